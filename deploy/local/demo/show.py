"""The demonstration from beginning to end; whatever happens, no process is left behind."""

import asyncio
import json
import logging
import shutil
import signal
import time
from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError
from rich.console import Console, RenderableType
from rich.padding import Padding

from deploy.audit.invariants import Finding, audit
from deploy.local import device_view, faults, journey_view, launcher, processes
from deploy.local.children import Children
from deploy.local.cli import Screen as Steps
from deploy.local.demo import (
    devices,
    figures,
    gather,
    keeping,
    paths,
    status,
    tables,
    wrongs,
)
from deploy.local.demo.devices import Device
from deploy.local.demo.folding import folded, with_fewer_bars
from deploy.local.demo.gather import Seen
from deploy.local.demo.planted import Case, NotPlanted, plant
from deploy.local.demo.play import KEPT, QUICK, Failed, Plan, Played, play
from deploy.local.demo.scene import Scene
from deploy.local.demo.screen import Screen
from deploy.local.demo.story import Story, draw
from deploy.local.demo.verdict import Verdict, judge, unfinished
from deploy.local.fitted import print_whole
from deploy.local.settings import Settings
from deploy.sandbox.portal import personal_values
from services.payment.partners import SANDBOX, read
from shared.catalogue import load
from shared.clock import system_clock
from shared.errors import Misconfigured
from shared.working_time import local_day

WIDTH = 100
INTERRUPTED = 130  # as shells say it: 128 + SIGINT


def run(keep: bool, plan: Plan | None = None, settings: Settings | None = None) -> int:
    """Run it and return the exit status: 0 if all that must hold held.  Raises `Misconfigured`."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # what Ctrl-C cuts short is no news
    console = Console(highlight=False)
    console.width = min(console.width, WIDTH) if console.is_terminal else WIDTH
    try:
        return _Demo(console, plan or Plan(), own(settings or Settings())).run(is_kept=keep)
    except KeyboardInterrupt:
        _forget()
        console.print("[yellow]Interrupted.[/]  Everything that was started has ended.")
        return INTERRUPTED


def _forget() -> None:
    """Have this process end with its own status, whatever Ctrl-C cut short.

    Where that was a string of code (a module with dataclasses that is imported runs such), Python
    remembers it, and ends by the signal though it was caught; until another string is run.
    """
    namedtuple("Nothing", ())  # runs one


def own(settings: Settings) -> Settings:
    """Return settings for a system of our own.  Raises `Misconfigured` where it cannot be."""
    if settings.kafka_url or settings.mongo_url:
        raise Misconfigured(
            "The demonstration brings its own Kafka and MongoDB, and KAFKA_URL or MONGO_URL names "
            "others: unset them for it."
        )
    if Children(settings.home).all():
        raise Misconfigured(
            "The local system is running, on the ports that the demonstration needs: "
            "`make down` first (its data stays)."
        )
    return settings.model_copy(update={"home": settings.demo})


def kept(settings: Settings) -> Mapping[str, str]:
    """Return what services are told in a demonstration that is kept: faults can be tried there."""
    return {**KEPT, "MOTCUA_OPERATIONS_SANDBOX": json.dumps(faults.urls(settings))}


class _Demo:
    def __init__(self, console: Console, plan: Plan, settings: Settings) -> None:
        self._console, self._plan, self._settings = console, plan, settings
        self._began, self._peak_bytes = time.monotonic(), 0
        self._example = self._open = ""  # applications: one to look at, one not at its end
        self._devices: Sequence[Device] = ()  # those of the one to look at
        self._cases: Sequence[Case] = ()  # to be found and released by who tries it out

    def run(self, *, is_kept: bool) -> int:
        self._begin_anew()
        with _processes(self._settings.home, self._console) as children:
            with self._console.status("Looking around") as status:
                told = kept(self._settings) if is_kept else QUICK
                stack = launcher.up(children, self._settings, Steps(status), told)
            scene = Scene(children, self._settings, stack)
            verdict = self._carry_through(scene)
            if is_kept:
                verdict = self._leave(scene, verdict)
            elapsed_s = time.monotonic() - self._began
            logs = self._settings.home / "logs"
            self._console.print(tables.verdict(verdict, elapsed_s, self._peak_bytes, f"{logs}"))
        return verdict.status

    def _leave(self, scene: Scene, verdict: Verdict) -> Verdict:
        """Plant what is to be found, let the town live, and leave all of it running."""
        with self._console.status("Planting what is to be found and released"):
            if verdict.holds:
                try:
                    self._cases = asyncio.run(plant(scene, load(), local_day(system_clock())))
                except (NotPlanted, httpx.HTTPError, KafkaError) as error:
                    verdict = Verdict((f"{error}",))
            launcher.start_one(scene.children, scene.settings, scene.stack, processes.TOWN)
        scene.children.keep()
        keeping.tell(self._console, scene, self._example, self._open, self._devices, self._cases)
        return verdict

    def _begin_anew(self) -> None:
        """End a demonstration that was left running, and forget its data.

        Raises `Misconfigured`, and leaves it as it is, where another could not begin.
        """
        home = self._settings.home
        launcher.require_ports(Children(home), self._settings)
        if Children(home).all():
            self._console.print("The kept demo is stopped and removed, with its data and keys.")
        with self._console.status("Beginning anew"):
            launcher.down(Children(home))
            launcher.require_ports(Children(home), self._settings)  # may be others than it had
            shutil.rmtree(home, ignore_errors=True)

    def _carry_through(self, scene: Scene) -> Verdict:
        """Let the story happen, show what came of it, and judge."""
        plan, today = self._plan, local_day(system_clock())
        _, *others = (row.name for row in read(SANDBOX))
        story = draw(load(), today, plan.count, plan.seed, plan.habits, others)
        screen = Screen(self._console, len(story.parts))
        try:
            played = asyncio.run(play(scene, story, plan, screen))
        except Failed as failed:
            return Verdict((f"{failed}",))
        self._peak_bytes = played.peak_bytes
        with self._console.status("Reading the log, the journals and the partners' own books"):
            try:
                seen = asyncio.run(_read(scene, story, played))
            except (httpx.HTTPError, KafkaError, PyMongoError) as error:
                return Verdict((f"the evidence cannot be read: {error!r}",))
            findings = audit(seen.evidence)
        return self._tell(story, played, seen, findings)

    def _tell(
        self, story: Story, played: Played, seen: Seen, findings: Sequence[Finding]
    ) -> Verdict:
        evidence, books, told, *_ = seen
        money = figures.money(evidence)
        answers = wrongs.answers(story.wrongs, played.turned, evidence)
        taken, reached = paths.paths(evidence), played.board.reached
        self._print(
            tables.states(
                told.counts,
                played.board.ended()["refused"],
                *(reached[stage] for stage in ("registered", "interlinked", "children")),
            ),
            tables.paths(taken),
            tables.money(money, books.answers),
            tables.notices(figures.notices(evidence), figures.ways(evidence)),
            tables.latencies(figures.latencies(evidence)),
            tables.door(answers),
        )
        if told.interlinked:
            self._print(
                tables.titled("One for several agencies"),
                Padding(journey_view.timeline(told.interlinked), (1, 0, 1, 0), expand=False),
            )
        unheard = self._tell_of_one(seen)
        self._print(tables.invariants(findings))
        if played.stuck:
            self._print(tables.stuck(played.stuck))
            at_officers = (each.application for each in played.stuck if each.service == "routing")
            self._open = next(at_officers, "")
        open_ = [*unfinished(played.stuck, played.silent, played.lagging), *unheard]
        states = figures.states(evidence)
        return judge(findings, answers, open_, money, told.counts, states, taken)

    def _tell_of_one(self, seen: Seen) -> Sequence[str]:
        """Show one application, and what its people see; return what is wrong with that."""
        told = seen.told
        if not told.application:
            return ()
        self._example, self._devices = told.application, seen.devices
        self._print(
            tables.titled("One of them, as operations tells it"),
            Padding(journey_view.timeline(folded(told.journey)), (1, 0, 1, 0), expand=False),
            journey_view.waterfall(with_fewer_bars(told.waterfall)),
        )
        if not seen.devices:
            return ()
        folder = self._settings.home / "notices"
        devices.keep(folder, seen.devices, seen.status)
        came = devices.arrived(told.application, seen.devices, seen.evidence)
        drawn = device_view.devices([(d.way, d.items) for d in seen.devices])
        self._print(
            tables.titled("What its people see", drawn),
            tables.arrived(came, len(seen.devices)),
        )
        print_whole(
            self._console, tables.pages(keeping.short(folder), seen.devices, seen.status), margin=2
        )
        return came.wrong

    def _print(self, *content: RenderableType) -> None:
        for each in content:
            self._console.print(each)


async def _read(scene: Scene, story: Story, played: Played) -> Seen:
    people = [value for part in story.parts for value in personal_values(part.application)]
    personal = {*people, *story.wrongs.personal()}
    books = await gather.read_books(scene)
    unreadable = {story.wrongs.not_json.encode()}
    evidence = await gather.read_evidence(scene, books, played.acknowledged, personal, unreadable)
    one, of_several = figures.most_telling(evidence), paths.interlinked(evidence)
    told = await gather.read_operations(scene, one, of_several)
    applications = {part.application.id: part.application for part in story.parts}
    if one not in applications:  # none, or a child
        return Seen(evidence, books, told)
    shown = await devices.read(scene, applications[one]), await status.read(scene, one)
    return Seen(evidence, books, told, *shown)


@contextmanager
def _processes(folder: Path, console: Console) -> Iterator[Children]:
    """Give processes that end with the block; a second Ctrl-C does not disturb their ending."""
    before = signal.getsignal(signal.SIGINT)
    ending = console.status("Ending all processes")
    try:
        with Children(folder) as children:
            try:
                yield children
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                ending.start()
    finally:
        ending.stop()
        signal.signal(signal.SIGINT, before)
