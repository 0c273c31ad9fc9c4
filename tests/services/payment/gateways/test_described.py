"""What OpenAPI says of a callback: it is valid, and a callback that we take is one by it."""

import jsonschema
import pytest
from openapi_spec_validator import validate

from services.payment.gateways.neutral.gateway import Neutral
from services.payment.gateways.platform.gateway import CONFIRMED, Platform
from services.payment.gateways.platform.keypay import CREATED, Keypay
from tests.services.payment.gateways.neutral.neutral_words import TOLD
from tests.services.payment.gateways.platform.piped_vectors import (
    CONFIRMATION,
    KEYPAY,
    keypay_row,
    platform_row,
)

KEYPAY_CALL = KEYPAY["dvcqg-keypay-callback-1"]["input"]["fields"] | {
    "check_sum": "…",
    "status": "0",
}


@pytest.mark.parametrize(
    ("gateway", "told", "amount"),
    [
        (Platform(platform_row()), CONFIRMATION, "SoTien"),
        (Keypay(keypay_row()), KEYPAY_CALL, "trans_amount"),
        (Neutral(platform_row()), TOLD, "amount_vnd"),
    ],
)
def test_a_callback_is_as_it_is_described(gateway, told, amount):
    described = gateway.callback_described()
    schema = described["requestBody"]["content"]["application/json"]["schema"]
    paths = {"/v1/callbacks/x": {"post": described}}

    validate({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": paths})
    jsonschema.validate(told, schema)
    for wrong in (1.5, None, "1.5"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(told | {amount: wrong}, schema)
    assert {*CONFIRMED} <= {*schema["required"]} or amount != "SoTien"
    assert {*CREATED} <= {*schema["required"]} or amount != "trans_amount"
