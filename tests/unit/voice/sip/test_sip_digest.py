"""Digest: the examples of the standard, both algorithms, both sides, and what must not pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.voice.sip.wire import PATIENT, tokens
from voice.sip.digest import MOST_NONCES, NONCE_SECONDS, Answerer, Credentials, Verifier, fields, respond

NOW = 5000.0
USERS = {"bot": "secret"}
GIVEN = {
    "username": "Mufasa", "realm": "http-auth@example.org", "uri": "/dir/index.html", "nc": "00000001", "qop": "auth",
    "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
}  # fmt: skip


def pair(users: dict[str, str] | None = None, password: str = "secret") -> tuple[Verifier, Answerer]:
    """A server, and a client with this password."""
    verifier = Verifier("pbx", USERS if users is None else users, b"key", tokens("n"))
    return verifier, Answerer(Credentials("bot", password), tokens("c"))


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(algorithm: str, response: str) -> None:
    """§3.9.1."""
    assert respond({**GIVEN, "algorithm": algorithm}, "GET", "Circle of Life") == response


def test_the_example_of_rfc_2617_and_the_form_before_it() -> None:
    given = {
        "username": "Mufasa", "realm": "testrealm@host.com", "uri": "/dir/index.html", "nc": "00000001", "qop": "auth",
        "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093", "cnonce": "0a4f113b",
    }  # fmt: skip
    assert respond(given, "GET", "Circle Of Life") == "6629fae49393a05397450978507c4ef1"
    old = {key: value for key, value in given.items() if key not in ("qop", "nc", "cnonce")}
    assert respond(old, "GET", "Circle Of Life") == "670fd8c2df070c60b045671b8b24ff02"


@pytest.mark.parametrize("algorithm", ["SHA-256", "MD5"])
def test_both_sides_agree(algorithm: str) -> None:
    verifier, answerer = pair()
    challenges = [text for text in verifier.challenges(NOW) if f"algorithm={algorithm}" in text]
    answer = answerer.answer(challenges, "INVITE", "sip:bot@pbx")
    assert fields(answer)["algorithm"] == algorithm
    assert verifier.verify(answer, "INVITE", NOW + 1) == "ok"


def test_the_stronger_algorithm_is_chosen() -> None:
    verifier, answerer = pair()
    assert (
        fields(answerer.answer(verifier.challenges(NOW)[::-1], "INVITE", "sip:a"))["algorithm"] == "SHA-256"
    )


def test_a_nonce_is_used_again_with_a_higher_count_and_never_with_the_same() -> None:
    verifier, answerer = pair()
    challenges = verifier.challenges(NOW)
    first = answerer.answer(challenges, "REGISTER", "sip:pbx")
    second = answerer.answer(challenges, "REGISTER", "sip:pbx")
    assert (fields(first)["nc"], fields(second)["nc"]) == ("00000001", "00000002")
    assert [verifier.verify(text, "REGISTER", NOW) for text in (first, second)] == ["ok", "ok"]
    assert [verifier.verify(text, "REGISTER", NOW) for text in (first, second)] == ["stale", "stale"]


def test_a_nonce_ends() -> None:
    verifier, answerer = pair()
    answer = answerer.answer(verifier.challenges(NOW), "INVITE", "sip:a")
    assert verifier.verify(answer, "INVITE", NOW + NONCE_SECONDS + 1) == "stale"
    assert "stale=true" in verifier.challenges(NOW, stale=True)[0]


@pytest.mark.parametrize("password", ["", "Secret", "secret "])
def test_a_wrong_password_is_wrong(password: str) -> None:
    verifier, answerer = pair(password=password)
    assert (
        verifier.verify(answerer.answer(verifier.challenges(NOW), "INVITE", "sip:a"), "INVITE", NOW)
        == "wrong"
    )


def test_a_user_who_does_not_exist_is_wrong_whatever_the_password() -> None:
    verifier, answerer = pair(users={"other": "secret"})
    assert (
        verifier.verify(answerer.answer(verifier.challenges(NOW), "INVITE", "sip:a"), "INVITE", NOW)
        == "wrong"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('realm="pbx"', 'realm="other"'),
        ("nc=00000001", "nc=1"),
        ("nc=00000001", "nc=00000002"),
        ("qop=auth", "qop=auth-int"),
        ("algorithm=SHA-256", "algorithm=SHA-512-256"),
        ("algorithm=SHA-256", "algorithm=MD5"),
        ('uri="sip:a"', 'uri="sip:b"'),
        ('nonce="', 'nonce="9'),
        ("Digest", "Basic"),
        ('username="bot"', 'username="bot", username="bot"'),
        ('cnonce="', 'cnonce="é'),
    ],
)
def test_a_changed_field_is_wrong(old: str, new: str) -> None:
    verifier, answerer = pair()
    answer = answerer.answer(verifier.challenges(NOW), "INVITE", "sip:a")
    assert old in answer
    assert verifier.verify(answer.replace(old, new, 1), "INVITE", NOW) == "wrong"


def test_another_method_is_wrong() -> None:
    verifier, answerer = pair()
    assert (
        verifier.verify(answerer.answer(verifier.challenges(NOW), "INVITE", "sip:a"), "BYE", NOW) == "wrong"
    )


@PATIENT
@given(st.text(max_size=200))
def test_any_header_has_a_verdict(text: str) -> None:
    verifier, answerer = pair()
    assert verifier.verify(f"Digest {text}", "INVITE", NOW) == "wrong"
    assert isinstance(answerer.answer([f"Digest {text}", text], "INVITE", "sip:a"), str)


def test_what_is_remembered_is_bounded() -> None:
    verifier, answerer = pair()
    for _ in range(MOST_NONCES + 10):
        assert (
            verifier.verify(answerer.answer(verifier.challenges(NOW), "INVITE", "sip:a"), "INVITE", NOW)
            == "ok"
        )
    assert len(verifier._counts) == MOST_NONCES


def test_old_servers_are_answered_without_what_they_do_not_know() -> None:
    """RFC 2069 has neither algorithm nor qop; a session variant needs cnonce all the same (RFC 7616 §3.4.2)."""
    answerer = pair()[1]
    plain = fields(answerer.answer(['Digest realm="r", nonce="n", opaque="o"'], "REGISTER", "sip:pbx"))
    assert plain.keys() == {"username", "realm", "nonce", "uri", "response", "opaque"}
    session = fields(
        answerer.answer(
            ['Digest realm="r", nonce="n", algorithm=MD5-sess, qop="auth,auth-int"'], "REGISTER", "sip:pbx"
        )
    )
    assert session["algorithm"] == "MD5-sess" and "cnonce" in session and session["qop"] == "auth"
    assert (
        answerer.answer(['Digest realm="r", nonce="n", algorithm=SHA-512', "Basic x"], "REGISTER", "sip:pbx")
        == ""
    )
