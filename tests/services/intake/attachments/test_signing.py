"""Signatures are those that AWS publishes: its test suite for Signature Version 4 (service
`service`), and the examples in the documentation of S3.
"""

from datetime import UTC, datetime
from hashlib import sha256

import pytest

from services.intake.attachments.signing import EMPTY, Call, Key, Query, authorization

AT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SUITE = Key("AKIDEXAMPLE", SECRET, "us-east-1", "service")

S3_AT = datetime(2013, 5, 24, tzinfo=UTC)
S3_KEY = Key("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")


def suite(
    method: str = "GET", path: str = "/", query: Query = (), body: bytes = b"", **headers: str
) -> str:
    sent = {"Host": "example.amazonaws.com", "X-Amz-Date": "20150830T123600Z", **headers}
    sent = {name.replace("_", "-"): value for name, value in sent.items()}
    call = Call(method, path, sent, sha256(body).hexdigest(), query)
    return authorization(SUITE, call, AT)


def s3(method: str, path: str, query: Query = (), payload: str = EMPTY, **headers: str) -> str:
    sent = {"host": "examplebucket.s3.amazonaws.com", "x-amz-date": "20130524T000000Z"}
    sent |= {"x-amz-content-sha256": payload}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return authorization(S3_KEY, Call(method, path, sent, payload, query), S3_AT)


@pytest.mark.parametrize(
    ("name", "said", "signature"),
    [
        (
            "get-vanilla",
            suite(),
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            "post-vanilla",
            suite("POST"),
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        ),
        (
            "get-vanilla-query-order-key-case",
            suite(query=(("Param2", "value2"), ("Param1", "value1"))),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            "get-header-value-trim",
            suite(My_Header1=" value1", My_Header2=' "a   b   c"'),
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        ),
        (
            "get-utf8",
            suite(path="/ሴ"),
            "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
        ),
        (
            "post-x-www-form-urlencoded",
            suite("POST", body=b"Param1=value1", Content_Type="application/x-www-form-urlencoded"),
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
        (
            "S3: GET object",
            s3("GET", "/test.txt", range="bytes=0-9"),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "S3: PUT object",
            s3(
                "PUT",
                "/test$file.text",
                payload=sha256(b"Welcome to Amazon S3.").hexdigest(),
                date="Fri, 24 May 2013 00:00:00 GMT",
                x_amz_storage_class="REDUCED_REDUNDANCY",
            ),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            "S3: GET bucket lifecycle",
            s3("GET", "/", query=(("lifecycle", ""),)),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            "S3: list objects",
            s3("GET", "/", query=(("max-keys", "2"), ("prefix", "J"))),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
)
def test_the_signature_is_the_published_one(name: str, said: str, signature: str) -> None:
    assert said.endswith(f"Signature={signature}"), name


def test_the_header_names_key_scope_and_what_was_signed() -> None:
    assert suite().startswith(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature="
    )
