"""`motcua import`."""

import asyncio
import json
import random
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from deploy.importing import generate, journal, lists, shown
from deploy.importing.checking import Checked, check, digest, texts
from deploy.importing.lines import Rules
from deploy.importing.lists import Paths, Report
from deploy.importing.log import KafkaLog
from deploy.importing.run import Limits, Surroundings
from deploy.importing.sending import Job, Sent, send
from deploy.local.children import Children
from deploy.local.refusals import say
from deploy.local.secrets import CLIENTS_FILE
from deploy.local.settings import HOST, Settings
from services.intake.attachments import limits
from services.intake.attachments.settings import AttachmentSettings
from services.intake.domain.validation import portal_of
from services.intake.settings import IntakeSettings
from shared import jwe
from shared.catalogue import forms, load
from shared.clock import VIETNAM, system_clock
from shared.errors import Misconfigured
from shared.jwe import Key
from shared.kafka import security
from shared.settings import Settings as Shared
from shared.settings import told

console = Console(highlight=False)

File = Annotated[Path, typer.Argument(help="applications, one JSON object a line")]
Portal = Annotated[str, typer.Option("--portal", help="the portal or counter, as registered")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="check and count; send and write nothing")]
KeyFile = Annotated[
    Path | None, typer.Option("--key", help="intake's public key, as GET /v1/keys answers it")
]
Folder = Annotated[
    Path | None, typer.Option("--to", help="the folder for lists; left out: beside the file")
]
Anew = Annotated[bool, typer.Option("--anew", help="forget an earlier run over this file")]
InFlight = Annotated[
    int, typer.Option("--in-flight", min=1, max=20_000, help="sent and not answered, at most")
]
Patience = Annotated[
    int, typer.Option("--patience", min=5, max=3_600, help="seconds without any answer")
]
Rows = Annotated[int, typer.Option("--rows", min=0, help="rows shown of each list")]
Generate = Annotated[
    int,
    typer.Option("--generate", min=0, max=generate.COUNT_LIMIT, help="make a file to try it with"),
]


def import_file(
    file: File,
    portal: Portal = "",
    dry_run: DryRun = False,
    key: KeyFile = None,
    to: Folder = None,
    anew: Anew = False,
    in_flight: InFlight = 2_000,
    patience: Patience = 60,
    rows: Rows = 20,
    make: Generate = 0,
) -> None:
    """Hand in a file of applications; run it again to go on where it was cut off.

    Ends with 0 when every line stands at intake, and with 1 when lines did not come in or are
    not accounted for.
    """
    try:
        if make:
            _generate(file, make)
            return
        _require_portal(portal, dry_run)
        sha256, rules = digest(file), _rules(portal)
        if to:  # before the work, not after it
            to.mkdir(parents=True, exist_ok=True)
        if dry_run:
            _dry_run(file, rules, to, rows)
        known_key = _key(key)
        paths = Paths.beside(file, to)
        known = None if anew else journal.find(paths.journal, sha256, portal)
        most = Limits(in_flight=in_flight, patience_s=float(patience))
        _import(Job(file, sha256, paths, rules, known_key, known, most), rows)
    except OSError as error:
        raise Misconfigured(
            f"{error.filename or file} cannot be used ({error.strerror}): mend that, then run this"
            " again."
        ) from error


def _generate(file: Path, count: int) -> None:
    rules = _rules("")
    made = generate.lines(count, rules.catalogue, rules.forms, rules.now, random.SystemRandom())
    generate.write(file, made)
    console.print(f"{count:,} made-up applications in {file}.")


def _require_portal(portal: str, dry_run: bool) -> None:
    if not portal and not dry_run:
        raise Misconfigured("Name the portal or counter that the file is of: --portal NAME.")
    if portal and not portal_of(f"/portals/{portal}"):
        raise Misconfigured(
            f"{portal!r} is no portal's name: use small letters, digits and dashes, 63 at most."
        )


def _rules(portal: str) -> Rules:
    known = limits.load(told(AttachmentSettings).limits)
    written = forms.load(told(IntakeSettings).forms)
    return Rules(load(Shared().catalogue), written, known, portal, system_clock())


def _key(file: Path | None) -> Key | None:
    """Return intake's public key: as told, or of the local system that is spoken to."""
    path = file or local_key(Settings())
    if path is None:
        return None
    try:
        told: dict[str, Any] = json.loads(path.read_text())
        [jwk] = told.get("keys") or [told.get("intake_jwk") or told]
        return jwe.import_key({name: jwk[name] for name in ("kty", "crv", "x", "y")})
    except (ValueError, TypeError, KeyError, AttributeError, Misconfigured) as error:
        raise Misconfigured(
            f"{path} does not hold intake's public key: save there what GET /v1/keys answers."
        ) from error


def local_key(settings: Settings) -> Path | None:
    """Return where the key stands of the local system whose broker is spoken to; None: of another,
    whose key is not to be guessed.
    """
    for home in (settings.home, settings.demo):
        broker = Children(home).find("kafka")
        if broker and _broker(settings) == f"{HOST}:{broker.port}":
            return home / "secrets" / CLIENTS_FILE
    return None


def _broker(settings: Settings) -> str:
    return settings.kafka_url or f"{HOST}:{settings.kafka_port}"


def _dry_run(file: Path, rules: Rules, to: Path | None, rows: int) -> None:
    with shown.progress(console, "Checking", None) as looked:
        checked = check(texts(file), rules, bytes(journal.SALT_BYTES), looked)
    exceptions = checked.all_exceptions()
    shown.show_counts(console, checked, rules.catalogue, rows)
    shown.show_exceptions(console, exceptions, rows)
    if to:
        lists.put_exceptions(Paths.beside(file, to), exceptions)
    console.print(
        f"{checked.lines:,} lines: {checked.to_send:,} would be sent, {checked.repeated:,} repeat"
        f" an earlier line, {len(exceptions):,} are not in order. [dim]Nothing was sent.[/]",
        soft_wrap=not console.is_terminal,
    )
    _say_of_personal(checked, "would be")
    raise typer.Exit(1 if exceptions else 0)


def _import(job: Job, rows: int) -> None:
    sent = asyncio.run(_send(job))
    lists.put(job.paths, sent.outcome, _report(job, sent))
    shown.show_exceptions(console, sent.outcome.exceptions, rows)
    shown.show_reconciliation(console, sent.outcome.reconciliation)
    if job.known:
        when = f"{sent.begun.astimezone(VIETNAM):%Y-%m-%d %H:%M}"
        say(
            console,
            f"[dim]Counted since the import of this file began, {when} in Viet Nam: what an earlier"
            " run registered is in it. --anew begins again.[/]",
        )
    _say_of_personal(sent.checked, "were")
    if sent.outcome.came:
        console.print(
            f"[dim]{job.paths.registered} has the dossier codes.[/]",
            soft_wrap=not console.is_terminal,
        )
    if sent.outcome.exceptions:
        console.print(
            f"[dim]{job.paths.exceptions} has who did not come in.[/]",
            soft_wrap=not console.is_terminal,
        )
    if sent.is_key_wrong:
        raise Misconfigured(
            "Intake could not open what was encrypted to this key, so the rest was not sent: save"
            " what GET /v1/keys of that broker's intake answers, name it with --key, give the lines"
            " refused as personal-not-opened a new id, and run this again."
        )
    if sent.stalled:
        raise Misconfigured(
            f"It ended early: for {job.limits.patience_s:.0f} s nothing moved ({sent.stalled})."
            " See that Kafka and intake run, then run this again: it goes on from here."
        )
    found = sent.outcome.reconciliation
    raise typer.Exit(0 if found.closes and not found.exceptions else 1)


async def _send(job: Job) -> Sent:
    async with KafkaLog(_broker(Settings()), security.told()) as log:
        return await send(log, job, Surroundings(time.monotonic), partial(shown.progress, console))


def _report(job: Job, sent: Sent) -> Report:
    checked, found = sent.checked, sent.outcome
    units, procedures = lists.by_code(checked)
    return Report(
        file=job.file.name,
        sha256=job.sha256,
        portal=job.rules.portal,
        begun=sent.begun,
        ended=datetime.now(UTC),
        reconciliation=found.reconciliation,
        closes=found.reconciliation.closes,
        encrypted_here=checked.clear,
        came_encrypted=checked.encrypted,
        with_warnings=checked.warned,
        likely_duplicates=sum(bool(each.similar_to) for each in found.came),
        units=units,
        procedures=procedures,
    )


def _say_of_personal(checked: Checked, were: str) -> None:
    if checked.clear:
        console.print(
            f"Personal fields of {checked.clear:,} lines stand in the file in the clear; they"
            f" {were} encrypted to intake before they leave. Delete the file when all is in.",
            soft_wrap=not console.is_terminal,
        )
    if checked.encrypted:
        console.print(
            f"{checked.encrypted:,} lines came encrypted: only intake can judge their personal"
            " fields.",
            soft_wrap=not console.is_terminal,
        )
