"""What a contract says of a notification is true of the gateway that reads it."""

import json

import pytest
from jsonschema import Draft202012Validator

from services.payment.gateways import Call, Key
from services.payment.gateways.families import FAMILIES
from tests.services.payment.gateways.transfer_vectors import LONG_AGO, NOW


@pytest.mark.parametrize("family", ["payos", "casso", "sepay"])
def test_the_example_keeps_to_its_schema_and_so_does_the_answer(a_watcher, family):
    gateway = FAMILIES[family](a_watcher(family, Key(secret="s", valid_from=LONG_AGO)))
    described = gateway.callback_described()
    [body] = described["requestBody"]["content"].values()
    [answer] = described["responses"]["200"]["content"].values()

    for content in (body, answer):
        Draft202012Validator(content["schema"]).validate(content["example"])
    assert json.loads(gateway.answer("recorded", Call(), NOW).body) == answer["example"]
    assert all(p["in"] == "header" for p in described["parameters"])
