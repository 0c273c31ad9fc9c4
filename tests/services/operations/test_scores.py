"""What citizens answered is counted by score; who changes their mind counts once."""

from types import SimpleNamespace

from shared.events.feedback import FeedbackGiven, FeedbackRecorded


def answer(story, score, before=0):
    given = FeedbackGiven(milestone="accepted", score=score)
    cause = story.external("notify.inbox", "/citizens/page", given)
    [event] = story.decide(
        "notify", cause, FeedbackRecorded(milestone="accepted", score=score, score_before=before)
    )
    return event


async def test_answers_are_counted_by_score_once_for_each_citizen(world: SimpleNamespace) -> None:
    log, store = world.Log(), world.Store()
    first, second = world.Story(log, 1), world.Story(log, 2)
    answer(first, 2)
    answer(first, 5, before=2)
    answer(second, 5)
    log.again(log.records[1])
    forged = FeedbackRecorded(milestone="accepted", score=1)
    second.external("notify.inbox", "/portals/x", forged)
    await store.read(world.Group(log.records))

    counted = await store.counts().total()
    assert counted.scores == {"feedback.recorded/2": 0, "feedback.recorded/5": 2}
    assert counted.types["feedback.recorded"] == 3
