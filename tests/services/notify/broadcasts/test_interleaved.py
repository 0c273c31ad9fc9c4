"""A broadcast among all else that is told: in any order, failed over, joined, cancelled."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.domain.providers import Provider, Providers
from shared.events import notify
from tests.services.notify.broadcasts.office import ID
from tests.services.notify.test_interleavings import BY_EMAIL, CONSENTS, World

NAME = f"broadcast-{ID}"
SOURCE = f"/services/notify/broadcasts/{ID}"
TWO_EACH = Providers(
    Provider(f"{channel}-{n}", channel, priority=n) for channel in ("sms", "email") for n in (1, 2)
)


class Told(World):
    """The same world with a broadcast, which may be cancelled."""

    def __init__(self, *args, cancels: bool, **more) -> None:
        super().__init__(*args, **more)
        told = notify.BroadcastTold(broadcast=ID)
        self.inbox.append((told, SOURCE, self.case.application))
        self.may_cancel = cancels

    def chances(self, calm: bool) -> list:
        found = super().chances(calm)
        return [*found, self.cancel] if self.may_cancel and not calm else found

    def cancel(self) -> None:
        self.case.cancelled = frozenset({NAME})

    def it_is_still_so(self, milestone: str) -> None:
        super().it_is_still_so(milestone)
        assert milestone not in self.case.cancelled


@given(
    steps=st.integers(0, 120),
    chance=st.randoms(use_true_random=False),
    consents=st.sampled_from([CONSENTS, BY_EMAIL]),
    cancels=st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_it_goes_out_once_or_not_at_all_and_never_when_it_is_over_or_cancelled(
    steps, chance, consents, cancels, new_case, whole
):
    case = new_case((1, 1, 1), (20, 20, 20), providers=TWO_EACH)
    world = Told(case, whole, chance, consents=consents, cancels=cancels)
    world.run(steps)
    world.check()
