"""The picture of the console leaves a demonstration as it found it."""

import json
from contextlib import suppress

import httpx

from docs.draw_console import FAULTS, failing
from services.operations.console.sandbox.programs import Programs
from services.operations.console.sandbox.switches import SWITCHES


def test_faults_are_off_again_also_when_drawing_fails() -> None:
    told: dict[str, bool] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        told.update(json.loads(request.content))
        return httpx.Response(200)

    urls = {switch.program: "http://127.0.0.1:1" for switch in SWITCHES.values()}
    flags = {SWITCHES[name].flag for name in FAULTS}
    with suppress(TimeoutError), failing(Programs(urls, httpx.MockTransport(answer))):
        assert told == dict.fromkeys(flags, True)
        raise TimeoutError
    assert told == dict.fromkeys(flags, False)
