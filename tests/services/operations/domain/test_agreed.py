"""Who agreed to a checked round stands on the log, and whoever reads the story sees it."""

import msgspec
import pytest

from services.operations.console.facts import facts
from services.operations.domain.actions import ACTIONS, Saying
from services.operations.domain.citizen.units import Units
from services.operations.domain.entries import gist
from services.operations.domain.timeline import timeline
from shared import events
from shared.catalogue import load
from shared.contracts import CARRIED
from shared.events import Data
from shared.working_time import local_day
from tests.services.operations.story import BEGAN, Log, Story

ABOUT = {"send_again": "registered~1", "extend_deadline": "2026-07-06", "reassign_unit": "00008"}
AGREED = {"checked_by": "o-2", "principal": "local#o-1", "checked_principal": "local#o-2"}


COMMANDS = {name: action.say for name, action in ACTIONS.items() if action.say}


def command(action: str, **agreed: str) -> Data:
    said = Saying(ABOUT.get(action, "R1"), "o-1", "why", partner="sandbox", amount_vnd=9_000)
    return COMMANDS[action](said._replace(**agreed))


@pytest.mark.parametrize("action", COMMANDS)
def test_every_command_of_a_checked_round_says_who_agreed(action: str) -> None:
    said = msgspec.json.decode(events.encode(command(action, **AGREED)))
    assert said["checked_by"] == "o-2"


# the command of `cancel` has always said who agreed
@pytest.mark.parametrize("action", [action for action in COMMANDS if action != "cancel"])
def test_a_command_that_nobody_had_to_agree_to_is_one_that_an_older_reader_takes(
    action: str,
) -> None:
    said = msgspec.json.decode(events.encode(command(action)))
    assert not said.keys() & {"checked_by", "principal", "checked_principal"}


@pytest.mark.parametrize("action", COMMANDS)
def test_the_story_says_who_agreed_and_nothing_where_nobody_did(action: str) -> None:
    log = Log()
    story, units = Story(log), Units(load(), local_day(BEGAN))
    for data in (command(action, **AGREED), command(action)):
        inbox = next(topic for topic, types in CARRIED.items() if data.TYPE in types)
        story.external(inbox, "/operators/o-1", data)

    checked, alone = timeline(log.entries(story.application))

    assert checked.text == f"{alone.text}, agreed to by o-2"
    shown = [
        {fact.name.en: fact.value.vi for fact in facts(gist(bytes(line.data)), units)}
        for line in (checked, alone)
    ]
    assert [told.get("Agreed to by") for told in shown] == ["o-2", None]
