"""What must hold of the real services besides: applications, money, notices."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from deploy.simulation.bank import Bank
from deploy.simulation.check import journals
from deploy.simulation.gateway import Gateway
from deploy.simulation.operators import Said
from deploy.simulation.world import Violation, World
from services.intake.domain.saga import ENDS
from services.notify.domain import Dossier
from services.notify.domain.moves import OVER
from services.operations.domain.acting.cancelling import back_vnd
from services.payment.domain.state import Payment
from shared import events
from shared.events import Data, Event
from shared.events.cancelling import Cancelled
from shared.events.intake import (
    Corrected,
    CorrectionAsked,
    FollowUpRejected,
    InterlinkedEnded,
    InterlinkedRegistered,
    Refused,
    Registered,
)
from shared.events.notify import AgainRefused
from shared.events.payment import Mismatched, Overpaid, ReceiptIssued, Settled
from shared.events.portal import Submitted
from shared.events.refunds import RefundRefused, RefundRetryRefused
from shared.events.routing import ActionRejected
from shared.store import Row

T = TypeVar("T")
D = TypeVar("D", bound=Data)

ASK_LIMIT = 4  # questions after an order: whoever answers none leaves it to the day's statement
REFUSALS = frozenset(
    {AgainRefused.TYPE, ActionRejected.TYPE, RefundRefused.TYPE, RefundRetryRefused.TYPE}
)
WITH_A_PERSON = ("by_hand", "waiting_for_check", "failed")


def check_services(world: World, submitted: Sequence[str], bank: Bank, gateway: Gateway) -> None:
    """Check all of it.  Raises `Violation`."""
    _check_applications(world, submitted)
    _check_payments(world, bank)
    _check_cancelled(world)
    _check_references(world)
    _check_notices(world, gateway)


def _check_applications(world: World, submitted: Sequence[str]) -> None:
    """Every readable submission is registered or refused, once; a dossier code is one's own."""
    journal = journals(world, "intake")
    codes: Counter[str] = Counter()
    for application in submitted:
        emitted = _emitted(journal.get(application, ()))
        registered = _of(emitted, Registered)
        parents = _of(emitted, InterlinkedRegistered)
        answers = len(registered) + len(parents) + len(_of(emitted, Refused))
        readable = any(c.startswith(Submitted.TYPE) for c in _causes(world, application))
        if answers != readable:
            raise Violation(f"intake {application[-4:]}: answered {answers} times")
        for parent in parents:
            codes[parent.dossier_code] += 1
            ended = _of(emitted, InterlinkedEnded)
            registered += _check_children(application, parent, ended, journal)
        _check_corrections(application, emitted)
        for dossier in registered:
            codes[dossier.dossier_code] += 1
            if not (dossier.dossier_code and dossier.sealed and dossier.contact):
                raise Violation(f"intake {application[-4:]}: registered without its facts")
    if any(times > 1 for times in codes.values()):
        raise Violation(f"dossier codes are given twice: {codes.most_common(3)}")


def _check_children(
    application: str,
    parent: InterlinkedRegistered,
    ended: Sequence[InterlinkedEnded],
    journal: Mapping[str, Sequence[Row]],
) -> list[Registered]:
    """A parent ends at most once, when all children have; each is registered at most once."""
    found = []
    for child in parent.children:
        registered = _of(_emitted(journal.get(child.application, ())), Registered)
        if len(registered) > 1:
            raise Violation(f"intake {child.application[-4:]}: a child registered twice")
        found += registered
    if len(ended) > 1:
        raise Violation(f"intake {application[-4:]}: a parent ended {len(ended)} times")
    if ended and not all(c.standing in ENDS for c in ended[0].children):
        raise Violation(f"intake {application[-4:]}: a parent ended before its children")
    return found


def _check_corrections(application: str, emitted: Sequence[Event]) -> None:
    """Every correction that was asked for counts or is turned back, once."""
    asked, made = len(_of(emitted, CorrectionAsked)), len(_of(emitted, Corrected))
    late = sum(
        p.code == "too-late-to-correct"
        for no in _of(emitted, FollowUpRejected)
        for p in no.problems
    )
    if asked != made + late:
        raise Violation(f"intake {application[-4:]}: {asked} corrections, {made} made, {late} late")


def _causes(world: World, application: str) -> Iterable[str]:
    """Return the types of what was submitted and can be read."""
    for (topic, _), records in world.log.records.items():
        for record in records if topic == "portal.submissions" else ():
            if record.key == application.encode():
                try:
                    yield events.decode(record.value or b"").type
                except msgspec.DecodeError:
                    continue


def _check_payments(world: World, bank: Bank) -> None:
    """An obligation is settled at most once; money is somewhere, once; receipts are its sum."""
    paid = {
        (reference, deed.transaction): deed.amount_vnd
        for reference, deeds in bank.deeds.items()
        for deed in deeds
        if deed.finding == "paid"
    }
    for application, versions in journals(world, "payment").items():
        who, emitted = f"payment {application[-4:]}", _emitted(versions)
        state = _state(versions, Payment) or Payment()
        settled = _of(emitted, Settled)
        if len(settled) != sum(o.status in ("settled", "refunded") for o in state.obligations):
            raise Violation(f"{who}: {len(settled)} settlements of {state.obligations}")
        if any(a.is_watched for a in state.attempts):
            raise Violation(f"{who}: an order is asked after for ever")
        receipts = sum(r.amount_vnd for r in _of(emitted, ReceiptIssued))
        if receipts != sum(s.amount_vnd for s in settled):
            raise Violation(f"{who}: receipts of {receipts} VND for {settled}")
        kept: Counter[tuple[str, str]] = Counter()
        ends: list[Settled | Overpaid | Mismatched] = [*settled]
        ends += _of(emitted, Overpaid)
        ends += _of(emitted, Mismatched)
        for money in ends:
            place = money.reference, money.transaction
            kept[place] += 1
            if paid.get(place) != money.amount_vnd or kept[place] > 1:
                raise Violation(f"{who}: money that nobody paid, or twice: {money}")
        told = {(m.reference, m.transaction) for m in state.money}
        if told != set(kept):
            raise Violation(f"{who}: money lost: {told ^ set(kept)}")
        answered = {a.reference for a in state.attempts if a.asked < ASK_LIMIT}
        if unheard := {place for place in paid if place[0] in answered} - set(kept):
            raise Violation(f"{who}: money moved, and nobody heard: {unheard}")
        _check_refunds(who, application, state, bank)


def _check_refunds(who: str, application: str, state: Payment, bank: Bank) -> None:
    """What is not needed is given back, once; or a person knows that it is to be."""
    owed_vnd = state.to_refund_vnd
    for refund in state.refunds:
        name = f"{application}.refund.{refund.number}"
        tries = [name, *(f"{name}.{n}" for n in range(2, refund.tries + 1))]
        given = sum(bank.given_back[each] for each in tries)
        if given > 1 or (refund.status == "done") != (given == 1):
            raise Violation(f"{who}: given back {given} times: {refund}")
        if refund.status not in ("done", *WITH_A_PERSON):
            raise Violation(f"{who}: a refund never ends: {refund}")
        owed_vnd -= refund.amount_vnd if refund.status in WITH_A_PERSON else 0
    waiting = [m for m in state.money if m.kept_as == "mismatched"]
    if owed_vnd and not waiting:
        raise Violation(f"{who}: {owed_vnd} VND are owed, and nobody gives them back")


def _check_cancelled(world: World) -> None:
    """Nothing of the fee stays of an application that was cancelled."""
    payments = journals(world, "payment")
    for application, versions in journals(world, "routing").items():
        if not _of(_emitted(versions), Cancelled):
            continue
        money = _emitted(payments.get(application, ()))
        said = [msgspec.json.decode(e.data, type=events.CONTRACTS[e.type]) for e in money]
        if kept_vnd := back_vnd(said):
            raise Violation(f"payment {application[-4:]}: cancelled, and {kept_vnd} VND kept")


def _check_references(world: World) -> None:
    """The reference of an attempt is a row that points back at it."""
    rows = {r["_id"]: r for r in world.database.collections["payment.references"].all()}
    for application, versions in journals(world, "payment").items():
        for attempt in (_state(versions, Payment) or Payment()).attempts:
            row = rows.get(attempt.reference, {})
            if (row.get("application"), row.get("attempt")) != (application, attempt.number):
                raise Violation(f"reference {attempt.reference} points elsewhere: {row}")


def _check_notices(world: World, gateway: Gateway) -> None:
    """A notice goes out once at most, and every one comes to an end."""
    slots: Counter[str] = Counter()
    for key, times in gateway.arrived.items():
        slots[key.rpartition("/")[0]] += times
    twice = [slot for slot, times in slots.items() if times > 1]
    if twice:
        raise Violation(f"told twice: {twice}")
    for application, versions in journals(world, "notify").items():
        for slot, notice in (_state(versions, Dossier) or Dossier()).notices.items():
            if notice.status not in (*OVER, "awaiting"):
                raise Violation(f"notify {application[-4:]}: {slot} never ends: {notice}")
            went_out = slots[f"{application}/{slot}"] == 1
            if (notice.status in ("sent", "delivered")) != went_out:
                raise Violation(f"notify {application[-4:]}: {slot} {notice}, out: {went_out}")


def check_operators(world: World, said: Mapping[str, Said]) -> None:
    """What an operator asks for is done or refused, once; of what was asked as of the same moves of
    a dossier one thing at most.  Raises `Violation`.
    """
    done = Counter[Said]()
    for id_, asked in said.items():
        journal = journals(world, asked.service).get(asked.application, ())
        answers = [e for e in _emitted(journal) if e.causationid == id_]
        refused = [e for e in answers if e.type in REFUSALS]
        if not answers or (refused and len(answers) > 1):
            raise Violation(f"{asked.service} {asked.application[-4:]}: {id_} led to {answers}")
        done[asked] += not refused and asked.moves_seen is not None
    if twice := [asked for asked, times in done.items() if times > 1]:
        raise Violation(f"done twice: {twice}")


def _emitted(versions: Iterable[Row]) -> list[Event]:
    return [events.decode(e.encode()) for v in versions for e in v.get("emitted", ())]


def _of(emitted: Iterable[Event], contract: type[D]) -> list[D]:
    return [msgspec.json.decode(e.data, type=contract) for e in emitted if e.type == contract.TYPE]


def _state(versions: Sequence[Row], state: type[T]) -> T | None:
    text = versions[-1]["state"]
    return None if text == "null" else msgspec.json.decode(text, type=state)
