"""How parts of operations are put together from what the process has; `__main__` joins them."""

import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple
from uuid import uuid4

import httpx

from services.operations.alarms.checking import Checking
from services.operations.alarms.desk import Desk as AlarmDesk
from services.operations.alarms.rows import Alarms
from services.operations.alarms.rows import Tables as AlarmTables
from services.operations.alarms.runner import SHARE
from services.operations.alarms.runner import Runner as AlarmRunner
from services.operations.alarms.sending import Sending
from services.operations.alarms.sightings import Sightings
from services.operations.alarms.sightings import Sources as Looked
from services.operations.alarms.telling import Deliveries, Teller
from services.operations.console import oidc
from services.operations.console.accounts import Accounts
from services.operations.console.door import Door
from services.operations.console.sandbox import routes as sandbox_routes
from services.operations.console.screen import WAYS, Screen
from services.operations.console.sessions import Sessions
from services.operations.counts import Counts, ReadUntil
from services.operations.dead.desk import Desk as DeadDesk
from services.operations.dead.desk import Seals
from services.operations.dead.edits import Edits
from services.operations.dead.standing import Standing
from services.operations.delivery import client
from services.operations.delivery import read as targets
from services.operations.domain import thresholds
from services.operations.domain.expiry import expiring
from services.operations.domain.facts import View
from services.operations.domain.statistics import Period
from services.operations.edition import ASIDE, OPERATIONS, Edition
from services.operations.flow import TOPIC as FLOW
from services.operations.form_files import Statistics
from services.operations.form_lines import told as form_told
from services.operations.incidents.desk import Desk as IncidentDesk
from services.operations.incidents.desk import Opener
from services.operations.incidents.offers import Offers
from services.operations.incidents.rows import Incidents
from services.operations.incidents.rows import Tables as IncidentTables
from services.operations.incidents.whom import Whom
from services.operations.indicators.evidence import Evidence
from services.operations.indicators.readiness import Readiness
from services.operations.indicators.scoring import Scoring
from services.operations.indicators.snapshots import Snapshots
from services.operations.indicators_api import IndicatorDesk
from services.operations.journeys import Journeys
from services.operations.live import FlowDesk
from services.operations.money.desk import MoneyDesk
from services.operations.money.health import Health
from services.operations.money.partner import PartnerDesk
from services.operations.money.readings import Readings
from services.operations.money.saying import Saying
from services.operations.money.settling import Settling
from services.operations.persons import Persons
from services.operations.proofs.desk import ProofDesk
from services.operations.proofs.rows import Proofs
from services.operations.proofs.runner import Grounds
from services.operations.proofs.runner import Runner as Prover
from services.operations.proving import Proving
from services.operations.readers import journeys_of, ledger, letters_of
from services.operations.readiness_api import ReadinessDesk
from services.operations.rounds.rows import Rounds
from services.operations.rounds.rows import Tables as RoundTables
from services.operations.settings import OperationsSettings
from services.operations.statistics import Counting
from services.operations.statistics_api import FormDesk
from services.operations.subscriptions.desk import SubscriptionDesk
from services.operations.subscriptions.rows import Subscriptions
from services.operations.subscriptions.runner import Runner as Sender
from services.operations.subscriptions.sending import Sending as FormSending
from services.operations.tables import APP_ID, LiveTables
from services.operations.trends import Trends
from services.operations.turns import Watched
from services.operations.unsealing import Unsealing, from_log
from shared.catalogue import Catalogue
from shared.catalogue.current import Watch
from shared.kafka import KafkaLags, KafkaOnlooker
from shared.service import Loop, Resources
from shared.settings import told
from shared.vault import dead_letter_sealer, open_dead_letter

Running = Callable[[], Coroutine[Any, Any, None]]


class Proven(NamedTuple):
    """What proves periods, until when the log is read, the loop, what operators ask of it, and what
    ends with it.
    """

    proving: Proving
    read: ReadUntil
    loop: Prover
    desk: ProofDesk
    close: Running


class Alarming(NamedTuple):
    """What operators do about alarms and incidents, the loops that look, tell and open, and what
    ends with them.
    """

    desk: AlarmDesk
    alarms: Alarms
    incidents: IncidentDesk
    offers: Offers
    watched: tuple[Loop, ...]
    closing: tuple[Running, ...]

    @property
    def gathered(self) -> tuple[IncidentDesk, Offers, Alarms]:
        """Return what pages of incidents are made of."""
        return self.incidents, self.offers, self.alarms


def alarming(
    resources: Resources,
    edition: Edition,
    proven: Proven,
    watch: Watch,
    watched: Watched,
) -> Alarming:
    """Return all of it."""
    settings, table, clock = resources.settings, resources.table, resources.clock
    tables = AlarmTables(*(table(f"alarm_{name}") for name in AlarmTables._fields))
    rows = Alarms(tables)
    read = edition.all_groups
    lags = KafkaLags(settings.kafka_url, read, settings.lanes, security=resources.security)
    looked = Looked(
        situations=table("situations"),
        facts=table("facts"),
        lags=lags,
        checking=Checking(tables.places, proven.proving, proven.read),
        faults=watched.faults,
        expiring=expiring(resources.secrets.partners),
        catalogue=watch.current,
    )
    deliveries, http = Deliveries(table("alarm_deliveries")), client()
    sending = Sending(http, told(OperationsSettings).console)
    teller = Teller(rows, deliveries, targets(resources.secrets.alarms), sending, clock)
    runner = AlarmRunner(rows, Sightings(looked), clock)
    own = Incidents(IncidentTables(*(table(f"incident_{n}") for n in IncidentTables._fields)))
    whom = Whom(table("situations"), rows.wrong, clock, time.monotonic)
    desk = IncidentDesk(own, whom, clock, lambda: uuid4().hex)
    rounds = Rounds(RoundTables(*(table(f"round_{name}") for name in RoundTables._fields)))
    return Alarming(
        AlarmDesk(rows, deliveries, clock, watched.faults),
        rows,
        desk,
        Offers(own, rounds, journeys_of(resources)),
        (
            watched.loop("alarms", runner, SHARE),
            watched.loop("telling", teller),
            watched.loop("incidents", Opener(rows, desk)),
        ),
        (lags.close, http.aclose),
    )


def persons(resources: Resources, journeys: Journeys, http: httpx.AsyncClient) -> Persons:
    """Return how the applications of a person are found."""
    secrets, address = resources.secrets, told(OperationsSettings).intake
    return Persons(journeys, http, address, secrets.intake_key, resources.vault.subject_hash)


def live(
    resources: Resources, edition: Edition, trends: Trends
) -> tuple[LiveTables, FlowDesk, Running]:
    """Return the live tables, what operators ask of them, and what ends with it."""
    settings, security, clock = resources.settings, resources.security, resources.clock
    tables = LiveTables(
        settings.kafka_url,
        lanes=settings.lanes,
        clock=clock,
        monotonic=time.monotonic,
        replicas=told(OperationsSettings).replicas,
        session_s=settings.session_s,
        security=security,
    )
    read = edition.all_groups | {APP_ID: (FLOW,)}
    lags = KafkaLags(settings.kafka_url, read, settings.lanes, security=security)
    desk = FlowDesk(tables, lags, trends, edition.of(OPERATIONS), clock, time.monotonic)
    return tables, desk, lags.close


def indicators(
    resources: Resources, counting: Counting, journeys: Journeys, catalogue: Catalogue
) -> IndicatorDesk:
    """Return how units are judged."""
    rules = thresholds.read(told(OperationsSettings).thresholds.read_bytes())
    situations, clock = resources.table("situations"), resources.clock
    snapshots = Snapshots(counting, situations, resources.table("indicators"), rules, clock)
    evidence = Evidence(counting, situations, snapshots, clock)
    scoring = Scoring(counting, journeys, resources.table("scores"), clock)
    return IndicatorDesk(snapshots, evidence, scoring, catalogue)


def proofs(resources: Resources, edition: Edition, counts: tuple[Counts, Counts]) -> Proven:
    """Return all of it."""
    settings, table, clock = resources.settings, resources.table, resources.clock
    read = {group: edition.groups[group] for group in map(edition.of, (OPERATIONS, ASIDE))}
    log = KafkaLags(settings.kafka_url, read, settings.lanes, security=resources.security)
    own = table("journeys"), table("names"), table("aside")
    proving, jwk = Proving(*own, table("letter_answers")), resources.secrets.proof_jwk
    grounds = Grounds(proving, counts, log.ends, settings.database, jwk)
    rows = Proofs(table("proofs"))
    return Proven(
        proving,
        ReadUntil(log.ends, counts, clock),
        Prover(rows, grounds, clock, time.monotonic),
        ProofDesk(rows, jwk, clock, lambda: uuid4().hex),
        log.close,
    )


def readiness(
    resources: Resources, counting: Counting, journeys: Journeys, catalogue: Catalogue
) -> ReadinessDesk:
    """Return what operators ask of service centres."""
    rows = Readiness(counting, journeys, resources.table("readiness"))
    return ReadinessDesk(rows, catalogue, resources.clock)


def subscribing(
    resources: Resources, forms: FormDesk, watched: Watched
) -> tuple[SubscriptionDesk, Loop, Sequence[Running]]:
    """Return what operators ask of subscriptions, the loop that sends, and what ends with it."""
    rows = Subscriptions(resources.table("subscriptions"))
    named = {each.name: each for each in targets(resources.secrets.reports, "reports")}
    http, clock, catalogue = client(), resources.clock, forms.catalogue

    async def form_of(unit: str, period: Period, view: View) -> Statistics:
        return await form_told(forms.counting, catalogue.edition(), unit, period, view)

    runner = Sender(rows, named, form_of, FormSending(http), forms.press, clock)
    desk = SubscriptionDesk(rows, named, catalogue, clock, lambda: uuid4().hex)
    return desk, watched.loop("subscriptions", runner), (http.aclose,)


def door(resources: Resources, http: httpx.AsyncClient, *, is_sandbox: bool) -> Door:
    """Return by what the console is entered."""
    accounts = Accounts(resources.secrets.accounts, resources.secrets.known)
    sessions = Sessions(resources.table("sessions"), resources.clock)
    key = resources.secrets.master_key
    ways = (*WAYS, sandbox_routes.WAY) if is_sandbox else WAYS
    provider = oidc.read(resources.secrets.oidc)
    going = oidc.Oidc(provider, key, resources.clock, http) if provider else None
    return Door.made(Screen(ways), accounts, sessions, key, time.monotonic, going)


def unsealing(resources: Resources, journeys: Journeys) -> Unsealing:
    """Return what opens sealed fields."""
    told = resources.settings

    def log(topic: str) -> KafkaOnlooker:
        return KafkaOnlooker(told.kafka_url, topic, told.lanes, security=resources.security)

    claims, vault = resources.table("unsealings"), resources.vault
    return Unsealing(journeys, from_log(log), vault, claims, resources.publisher, resources.clock)


def dead(resources: Resources, journeys: Journeys, per_second: int) -> DeadDesk:
    """Return what operators do about what lanes set aside."""
    key = resources.secrets.master_key
    seals = Seals(lambda sealed: open_dead_letter(key, sealed), dead_letter_sealer(key))
    edits, publisher = Edits(resources.table("dead_edits")), resources.publisher
    letters = letters_of(resources, journeys)
    standing = Standing(resources.table("situations"))
    about = letters, standing, journeys, edits, publisher, seals
    return DeadDesk(*about, resources.clock, per_second)


def money(resources: Resources, tables: LiveTables) -> tuple[MoneyDesk, Readings]:
    """Return what is done about breaks, and what tells other processes how partners fare."""
    table, clock = resources.table, resources.clock
    told = Readings(table("partner_readings"), tables, uuid4().hex, clock)
    health = Health(table("situations"), told, clock, time.monotonic)
    saying = Saying(resources.publisher.append, resources.settings.lanes, clock)
    return MoneyDesk(ledger(resources), health, saying, clock), told


def settling(resources: Resources, journeys: Journeys) -> Settling:
    """Return who makes settlement reports."""
    return Settling(resources.table("names"), journeys, ledger(resources), resources.clock)


def partner(resources: Resources, money: MoneyDesk, journeys: Journeys) -> PartnerDesk:
    """Return what bank partners ask of themselves."""
    return PartnerDesk(money, journeys, letters_of(resources, journeys))
