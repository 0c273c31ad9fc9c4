"""A broker that asks everybody who they are: TLS, SCRAM, nothing allowed but what is granted."""

import asyncio
import datetime
import ipaddress
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.local import kafka, ports
from deploy.local.children import Children
from deploy.local.settings import HOST
from shared.kafka.security import KafkaSecurity

ADMIN = "admin"
START_LIMIT_S = 90.0
ASKING = """\
listeners=CLIENTS://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=CLIENTS://{host}:{port}
listener.security.protocol.map=CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENTS
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.clients.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required \
username="{admin}" password="{password}";
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
ssl.truststore.type=PEM
ssl.truststore.location={truststore}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:{admin};User:ANONYMOUS
"""  # anonymous is the controller's listener, of this one machine


@dataclass(frozen=True, slots=True)
class Secured:
    """A running broker, and the passwords of its accounts."""

    url: str
    folder: Path

    def env(self, user: str) -> dict[str, str]:
        """What a process of this account is told."""
        return {
            "MOTCUA_KAFKA_PROTOCOL": "SASL_SSL",
            "MOTCUA_KAFKA_USER": user,
            "MOTCUA_KAFKA_PASSWORD_FILE": str(self.folder / f"{user}.password"),
            "MOTCUA_KAFKA_CA_FILE": str(self.folder / "ca.pem"),
        }

    def options(self, user: str) -> dict[str, Any]:
        """What a client of this account is told."""
        return KafkaSecurity(
            protocol="SASL_SSL",
            user=user,
            password_file=self.folder / f"{user}.password",
            ca_file=self.folder / "ca.pem",
        ).options()


@contextmanager
def broker(children: Children, users: Sequence[str]) -> Iterator[Secured]:
    """A broker of its own that knows these accounts, and grants nothing yet."""
    port, controller_port = ports.free(2)
    folder = children.folder / "secured"
    data = folder / "data"
    data.mkdir(parents=True)
    _certify(folder)
    for user in (ADMIN, *users):
        (folder / f"{user}.password").write_text(f"made-up-{user}\n")
    where = {"host": HOST, "port": port, "controller_port": controller_port}
    properties = folder / "server.properties"
    asking = ASKING.format(
        **where,
        admin=ADMIN,
        password=f"made-up-{ADMIN}",
        keystore=folder / "broker.pem",
        truststore=folder / "ca.pem",
    )
    properties.write_text(kafka.PROPERTIES.format(**where, data=data) + asking)
    accounts = [
        word
        for user in (ADMIN, *users)
        for word in ("--add-scram", f"SCRAM-SHA-512=[name={user},password=made-up-{user}]")
    ]
    subprocess.run(
        [
            *kafka.command("kafka.tools.StorageTool", "format", "-t", kafka.CLUSTER_ID),
            *("-c", str(properties), *accounts),
        ],
        check=True,
        capture_output=True,
    )
    secured = Secured(f"{HOST}:{port}", folder)
    children.start("kafka", kafka.command("kafka.Kafka", str(properties)), port)
    children.wait_for("kafka", lambda: asyncio.run(_answers(secured)), START_LIMIT_S)
    yield secured


async def _answers(secured: Secured) -> bool:
    if not ports.open_at(int(secured.url.rpartition(":")[2])):
        return False
    admin = AIOKafkaAdminClient(bootstrap_servers=secured.url, **secured.options(ADMIN))
    try:
        await admin.start()
        return bool((await admin.describe_cluster())["brokers"])
    except KafkaError:
        return False
    finally:
        await admin.close()


def _certify(folder: Path) -> None:
    """Make an authority, and a broker's key and certificate by it."""
    authority, key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority for tests")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    root = _certificate(issuer, issuer, authority, authority).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a broker for tests")])
    leaf = _certificate(subject, issuer, key, authority).add_extension(address, critical=False)
    pem = serialization.Encoding.PEM
    chain = [b.sign(authority, hashes.SHA256()).public_bytes(pem) for b in (leaf, root)]
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "broker.pem").write_bytes(private + b"".join(chain))
    (folder / "ca.pem").write_bytes(chain[1])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
