"""Signed calls: the published example of Standard Webhooks, and everything that must not pass for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.signature import TOLERANCE, key_of, sign, verify
from core.errors import Unauthenticated

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, STAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
"""The example of the specification's own test suite."""


def test_the_published_example() -> None:
    assert sign(SECRET, ID, STAMP, BODY) == sign(SECRET, ID, int(STAMP), BODY) == SIGNATURE
    for now in (int(STAMP), int(STAMP) - TOLERANCE, int(STAMP) + TOLERANCE):
        verify(SECRET, ID, STAMP, SIGNATURE, BODY, now)
    verify(SECRET, ID, STAMP, f"v1,AAAA v2,x {SIGNATURE}", BODY, int(STAMP))


@pytest.mark.parametrize(
    ("id", "stamp", "signature", "body", "late"),
    [
        ("", STAMP, SIGNATURE, BODY, 0), (ID, "", SIGNATURE, BODY, 0), (ID, STAMP, "", BODY, 0),
        (ID + "x", STAMP, SIGNATURE, BODY, 0), (ID, "1614265331", SIGNATURE, BODY, 0), (ID, STAMP, SIGNATURE, BODY + b" ", 0),
        (ID, STAMP, SIGNATURE.removeprefix("v1,"), BODY, 0), (ID, STAMP, SIGNATURE, BODY, TOLERANCE + 1),
        (ID, STAMP, SIGNATURE, BODY, -TOLERANCE - 1), (ID, "0" + STAMP, SIGNATURE, BODY, 0), (ID, "１", SIGNATURE, BODY, 0),
        ("x" * 129, STAMP, SIGNATURE, BODY, 0), ("您", STAMP, SIGNATURE, BODY, 0), (ID, STAMP, "v1,您", BODY, 0),
    ],
)  # fmt: skip
def test_what_is_not_signed_now_and_so_is_refused(id: str, stamp: str, signature: str, body: bytes, late: int) -> None:
    with pytest.raises(Unauthenticated) as refused:
        verify(SECRET, id, stamp, signature, body, int(STAMP) + late)
    assert refused.value.code == "hook_unsigned" and refused.value.message.endswith(".")


@given(st.text(min_size=1), st.binary(), st.binary())
def test_another_body_or_secret_has_another_signature(secret: str, body: bytes, other: bytes) -> None:
    secret = "key " + secret.encode("utf-8", "ignore").decode()
    made = sign(secret, ID, STAMP, body)
    verify(secret, ID, STAMP, made, body, int(STAMP))
    assert (sign(secret, ID, STAMP, other) == made) == (body == other)
    assert sign(secret + "x", ID, STAMP, body) != made


def test_a_secret_is_text_or_base64_behind_its_mark() -> None:
    assert key_of("plain words") == b"plain words"
    assert key_of("whsec_cGxhaW4gd29yZHM=") == b"plain words"
    for false in ("whsec_not base64", "whsec_"):
        with pytest.raises(ValueError, match="base64"):
            key_of(false)
