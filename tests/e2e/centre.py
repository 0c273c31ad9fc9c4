"""A message centre beside a system, which is no part of a local one otherwise."""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from deploy.audit.devices import CENTRE
from deploy.local import ports, processes, secrets
from deploy.local.children import Children
from deploy.local.settings import HOST, Settings

NO_FAULTS: Mapping[str, str] = MappingProxyType({})


def start(
    children: Children, settings: Settings, env: Mapping[str, str] = NO_FAULTS
) -> tuple[str, str]:
    """Start it on free ports; return where its page is, and where it takes binds."""
    page, smpp = ports.free(2)
    own = {
        "MOTCUA_PORT": str(page),
        "MOTCUA_SMPP_PORT": str(smpp),
        "MOTCUA_CLIENTS": str(processes.secret(settings, secrets.CLIENTS_FILE)),
    }
    command = [sys.executable, "-m", "deploy.sandbox.smsc"]
    children.start(CENTRE, command, page, {**own, **env})
    return f"http://{HOST}:{page}", f"smpp://{HOST}:{smpp}"
