"""What we ask of a bank is what docs/contracts/bank.yaml says: no field more, and none less."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from services.payment.gateways.neutral.functions import AMOUNT_LIMIT, FUNCTIONS, HEAD, Fields, path
from services.payment.gateways.neutral.gateway import DECLINES, FAILS, QUERY_PROBLEMS
from services.payment.gateways.request_signature import WINDOW_S

TEXT = (Path(__file__).parents[2] / "docs" / "contracts" / "bank.yaml").read_text()
BANK: dict[str, Any] = yaml.safe_load(TEXT)
SCHEMAS = BANK["components"]["schemas"]
OURS = {name: f for name, f in FUNCTIONS.items() if name != "notify"}  # that one is called by them


def forms(function: str, fields: Fields) -> dict[str, Any]:
    """What a schema must say of each field."""
    found: dict[str, Any] = {}
    for name, form in {**HEAD, **fields}.items():
        if name == "function":
            found[name] = {"const": function}
        elif isinstance(form, re.Pattern):
            found[name] = {"type": "string", "pattern": f"^({form.pattern})$"}
        else:
            found[name] = {"type": "integer", "minimum": 0, "maximum": AMOUNT_LIMIT}
    return found


def test_it_is_openapi():
    validate(BANK)


def test_it_has_every_function_that_we_call():
    assert set(BANK["paths"]) == {path(name) for name in OURS}
    numbers = {BANK["paths"][path(n)]["post"]["summary"][0]: f.number for n, f in OURS.items()}
    assert all(int(told) == number for told, number in numbers.items())


@pytest.mark.parametrize("end", ["asks", "says"])
@pytest.mark.parametrize("function", OURS)
def test_a_body_has_the_fields_and_forms_that_we_send_and_take(function, end):
    fields = getattr(FUNCTIONS[function], end)
    told = SCHEMAS[f"{function}.{end}"]
    described = {n: dict(p) for n, p in told["properties"].items()}

    assert all(p.pop("description") for p in described.values())
    assert described == forms(function, fields)
    assert told["required"] == list(forms(function, fields))


def test_every_code_that_we_act_on_is_described():
    codes = set(SCHEMAS["Problem"]["properties"]["code"]["enum"])

    assert {*DECLINES, *FAILS, *QUERY_PROBLEMS} <= codes
    assert f"{WINDOW_S} s" in BANK["components"]["parameters"]["Time"]["description"]
