"""What OpenAPI says of a callback: valid, its examples true, and so is what we take and answer."""

import json
from typing import get_args

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.payment.gateways import Verdict
from services.payment.gateways.families import FAMILIES
from services.payment.gateways.iso20022.openapi import EXAMPLE
from services.payment.iso20022.reports import NOTIFICATIONS, read_reports
from tests.fuzz.voices import VOICES

AMOUNTS = {"platform": "SoTien", "keypay": "trans_amount", "neutral": "amount_vnd"}


@pytest.fixture(params=FAMILIES)
def voice(request):
    return VOICES[request.param]()


def described(voice):
    return voice.gateway.callback_described()


def test_a_description_is_openapi(voice):
    whole = {"post": described(voice)}
    document = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {"/": whole}}

    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_a_genuine_callback_is_as_it_is_described(voice):
    said = described(voice)
    for call in voice.calls:
        names = {p["name"].lower() for p in said.get("parameters", ()) if p["in"] == "header"}
        assert names <= {name.decode() for name, _ in call.headers}
        for media_type, content in said.get("requestBody", {}).get("content", {}).items():
            told = json.loads(call.body) if media_type == "application/json" else "<Document/>"
            jsonschema.validate(told, content["schema"])


def test_every_answer_is_as_it_is_described(voice):
    said, seen = described(voice)["responses"], set()
    for verdict in get_args(Verdict):
        reply = voice.gateway.answer(verdict, voice.calls[0], voice.at)
        seen.add(str(reply.status))
        content = said[str(reply.status)].get("content")
        assert bool(content) is bool(reply.body)
        if content:
            jsonschema.validate(json.loads(reply.body), content[reply.media_type]["schema"])
    assert seen == set(said)


def test_every_example_keeps_to_its_schema(voice):
    said = described(voice)
    contents = [*said.get("requestBody", {}).get("content", {}).values()]
    contents += [c for r in said["responses"].values() for c in r.get("content", {}).values()]
    for content in contents:
        for example in [n["value"] for n in content.get("examples", {}).values()]:
            jsonschema.validate(example, content["schema"])
        if "example" in content:
            jsonschema.validate(content["example"], content["schema"])
    if said.get("requestBody"):
        assert "example" in contents[0]
    assert all(said["responses"][s]["description"] for s in said["responses"])


@pytest.mark.parametrize(("family", "amount"), AMOUNTS.items())
def test_an_amount_that_is_not_whole_is_not_as_described(family, amount):
    voice = VOICES[family]()
    [content] = described(voice)["requestBody"]["content"].values()
    for wrong in (1.5, None, "1.5"):
        told = json.loads(voice.calls[0].body) | {amount: wrong}
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(told, content["schema"])


def test_the_example_of_iso_20022_is_a_message_that_we_read():
    head, credit = read_reports([EXAMPLE.encode()], NOTIFICATIONS)

    assert (credit.amount_vnd, credit.booked) == (16_000, True)
    assert head.account == "1234567890"
