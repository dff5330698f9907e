"""Signatures: fixed vectors, what the guide's clients send, and every refusal."""

import hashlib
import hmac
import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyses import signing
from analyses.signing import (
    BadSignature,
    StaleTimestamp,
    Verified,
    canonical,
    check_form,
    check_time,
    sign,
    verify,
)

SECRET = "a7f3d9e2c4b8f1a6e9d4c2b7f5a8e3d1c9b6f4a2e7d5c3b1f8a6e4d2c7b5f3a9"
OTHER = "0123456789abcdef0123456789abcdef"
TIMESTAMP = "1767225600"
NOW = 1767225600.0
BODY = b'{"status":"processing"}'

# Made with `openssl dgst -sha256 -hmac $SECRET`, not with the code under test.
BODY_HEX = "e7a035e434c0ee16304b231d246750059760b149dc06098b5592d64a1fa4c36a"
TIMESTAMPED_HEX = "3bcfb4f27313fb156148fed04c626d27149331bfc69d2ce8fa9656328cb1e035"
# over {"annotations":[{"class_name":"Gr\u00f6\u00dfe","confidence":1.0,"data":{"v":1e-07}}]} as ASCII
CANONICAL_HEX = "3591571d9b6db90242dac1c5af65da5bdd48f1d10c875a1b6cb23a0d9e454dba"
CANONICAL_TIMESTAMPED_HEX = "491b65d94f6bff59cf6903281d8eb8604d9cb395be23dda33db914c295c9b9c2"
# over {"annotations":[{"class_name":"Größe","confidence":1}]} as UTF-8
NODE_HEX = "83753ba70c441c0b527c582ba82cdc8fd3de42a8497fa62e8212aa144cbf2cc3"
# over {"summary":{"0":5,"1":5,…,"9":5,"10":5}}
NUMERIC_HEX = "535ee8fd53dd2fe576f48456b2203a5d5a0884375bc7ab55a436e881cdf2fbfa"

# The first draw of a text builds the Unicode tables, which takes a second in a fresh checkout.


def check(raw: bytes, signature: str, **options: Any) -> Verified:
    """verify() with the test's secret, clock and timestamp unless told otherwise."""
    timestamp = options.pop("timestamp", TIMESTAMP)
    return verify(raw, signature, timestamp, **{"secrets": [SECRET], "now": NOW, **options})


def guide_signature(payload: object) -> str:
    """What create_hmac_headers of the guide's Python client puts into X-ML-Signature."""
    message = json.dumps(payload, separators=(",", ":"), sort_keys=True)
    return hmac.new(SECRET.encode("utf-8"), message.encode("utf-8"), hashlib.sha256).hexdigest()


def sent_by_requests(payload: object) -> bytes:
    """What requests sends for json=payload: spaces, the caller's order of keys."""
    return json.dumps(payload, allow_nan=False).encode()


class TestVectors:
    @pytest.mark.parametrize(
        ("raw", "signature", "verdict"),
        [
            (BODY, BODY_HEX, Verified("body", "raw", 0)),
            (BODY, "sha256=" + TIMESTAMPED_HEX, Verified("timestamped", "raw", 0)),
            (
                b'{"annotations": [{"data": {"v": 1e-07}, "class_name": "Gr\\u00f6\\u00dfe", "confidence": 1.0}]}',
                CANONICAL_HEX,
                Verified("body", "canonical", 0),
            ),
            (
                '{"annotations": [{"data": {"v": 1E-7}, "class_name": "Größe", "confidence": 1.0}]}'.encode(),
                "sha256=" + CANONICAL_TIMESTAMPED_HEX,
                Verified("timestamped", "canonical", 0),
            ),
            (
                '{"annotations":[{"class_name":"Größe","confidence":1}]}'.encode(),
                NODE_HEX,
                Verified("body", "raw", 0),
            ),
            (
                sent_by_requests({"summary": dict.fromkeys(range(11), 5)}),
                NUMERIC_HEX,
                Verified("body", "canonical-numeric", 0),
            ),
        ],
    )
    def test_verified(self, raw: bytes, signature: str, verdict: Verified) -> None:
        assert check(raw, signature) == verdict

    def test_sign_body(self) -> None:
        assert sign(BODY, SECRET, TIMESTAMP) == BODY_HEX

    def test_sign_timestamped(self) -> None:
        assert sign(BODY, SECRET, TIMESTAMP, scheme="timestamped") == "sha256=" + TIMESTAMPED_HEX

    def test_sign_knows_its_schemes(self) -> None:
        with pytest.raises(ValueError, match="unknown signature scheme 'v9'"):
            sign(BODY, SECRET, TIMESTAMP, scheme="v9")


@pytest.mark.parametrize(
    "payload",
    [
        {"status": "completed", "summary": {"b": 1, "a": [1.0, 1e-07, 1e22, -0.0]}},
        {"class_name": "é", "emoji": "\U0001f600", "quote": '"\\/'},
        {"counts": {index: index for index in range(11)}},
        {"counts": {index: index for index in reversed(range(-12, 12))}},
        {"thresholds": {2.5: "b", 10.0: "c", -1.5: "a", 1e22: "d"}},
        {"mixed": {2: "a", 10.5: "b", 9: "c"}},
        {"outer": [{"deep": {10: {9: 1, 10: 2}, 9: {"9": 1, "x": 2, "10": 3}}}]},
    ],
)
def test_what_the_guides_python_client_sends(payload: object) -> None:
    assert check(sent_by_requests(payload), guide_signature(payload)).scheme == "body"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [1.0, 1e-07]}, b'{"a":[1.0,1e-07],"b":1}'),
        ({"é": "é"}, b'{"\\u00e9":"\\u00e9"}'),
        ({"10": 1, "9": 2}, b'{"10":1,"9":2}'),
    ],
)
def test_canonical(value: object, text: bytes) -> None:
    assert canonical(value) == text


keys = st.text(string.ascii_letters + "0123456789.-é²") | st.integers(-20, 20).map(str)
payloads = st.dictionaries(
    keys,
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda children: st.lists(children, max_size=3) | st.dictionaries(keys, children, max_size=3),
        max_leaves=10,
    ),
    max_size=4,
)


@given(st.binary(), st.sampled_from(signing.SCHEMES), st.text(string.ascii_letters, min_size=1))
def test_round_trip(raw: bytes, scheme: str, secret: str) -> None:
    signature = sign(raw, secret, TIMESTAMP, scheme)
    assert check(raw, signature, secrets=[secret]) == Verified(scheme, "raw", 0)


@given(payloads, st.sampled_from(signing.SCHEMES))
def test_round_trip_over_the_canonical_form(payload: dict[str, Any], scheme: str) -> None:
    signature = sign(canonical(payload), SECRET, TIMESTAMP, scheme)
    assert check(sent_by_requests(payload), signature).scheme == scheme


numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)


@given(st.dictionaries(numbers, st.integers()))
def test_round_trip_over_numeric_keys(payload: dict[float, int]) -> None:
    assert check(sent_by_requests({"map": payload}), guide_signature({"map": payload})).scheme == "body"


@given(st.binary(max_size=200))
def test_any_other_body_is_refused(raw: bytes) -> None:
    with pytest.raises(BadSignature):
        check(raw + b" ", sign(raw, OTHER, TIMESTAMP))


class TestSecrets:
    def test_the_second_of_two(self) -> None:
        assert check(BODY, BODY_HEX, secrets=[OTHER, SECRET]) == Verified("body", "raw", 1)

    def test_the_second_of_two_over_the_canonical_form(self) -> None:
        signature = guide_signature({"status": "processing"})
        raw = b'{"status": "processing"}'
        assert check(raw, signature, secrets=[OTHER, SECRET]) == Verified("body", "canonical", 1)

    def test_not_in_ascii(self) -> None:
        assert check(BODY, sign(BODY, "größe", TIMESTAMP), secrets=["größe"]).secret_index == 0

    @pytest.mark.parametrize("secrets", [[], [""], ["", ""]])
    def test_none_is_configured(self, secrets: list[str]) -> None:
        with pytest.raises(BadSignature, match="no secret is configured"):
            check(BODY, hmac.new(b"", BODY, hashlib.sha256).hexdigest(), secrets=secrets)

    def test_a_blank_one_never_matches(self) -> None:
        with pytest.raises(BadSignature, match="does not match"):
            check(BODY, hmac.new(b"", BODY, hashlib.sha256).hexdigest(), secrets=["", SECRET])


class TestForm:
    def test_body(self) -> None:
        assert check_form(BODY_HEX, TIMESTAMP) == ("body", BODY_HEX, 1767225600)

    def test_timestamped(self) -> None:
        assert check_form("sha256=" + BODY_HEX, "012345678") == ("timestamped", BODY_HEX, 12345678)

    @pytest.mark.parametrize(
        "signature",
        [
            "",
            " " + BODY_HEX,
            BODY_HEX + "\n",
            BODY_HEX[:-1],
            BODY_HEX + "0",
            BODY_HEX.upper(),
            "SHA256=" + BODY_HEX,
            "sha1=" + BODY_HEX,
            "sha256=sha256=" + BODY_HEX,
            "g" + BODY_HEX[1:],
            "²" + BODY_HEX[1:],
            "\uff10" + BODY_HEX[1:],  # a full-width zero
            f"{BODY_HEX},{BODY_HEX}",
        ],
    )
    def test_malformed_signature(self, signature: str) -> None:
        with pytest.raises(BadSignature, match="the signature is missing or malformed"):
            check_form(signature, TIMESTAMP)

    @pytest.mark.parametrize(
        "timestamp",
        [
            "",
            "12345678",
            "123456789012",
            "1767225600.0",
            "-1767225600",
            "+1767225600",
            " 1767225600",
            "1767225600\n",
            "1_767_225_600",
            "²767225600",
            "\u0661767225600",  # an Arabic one
            "2026-01-01",
        ],
    )
    def test_malformed_timestamp(self, timestamp: str) -> None:
        with pytest.raises(BadSignature, match="the timestamp is missing or malformed"):
            check_form(BODY_HEX, timestamp)

    def test_v1_is_not_known_yet(self) -> None:
        with pytest.raises(BadSignature, match="the signature scheme v1 is unknown"):
            check_form("v1=" + BODY_HEX, TIMESTAMP)

    def test_verify_asks_for_the_form_first(self) -> None:
        with pytest.raises(BadSignature, match="the signature is missing or malformed"):
            check(BODY, "nonsense")


class TestTime:
    @pytest.mark.parametrize("seconds", [-300, 0, 300])
    def test_near_enough(self, seconds: int) -> None:
        check_time(1767225600 + seconds, NOW + 0.9, 300)

    @pytest.mark.parametrize(
        ("seconds", "reason"),
        [
            (-301, "the timestamp is 301 seconds in the past, 300 are allowed"),
            (301, "the timestamp is 301 seconds in the future, 300 are allowed"),
        ],
    )
    def test_too_far(self, seconds: int, reason: str) -> None:
        with pytest.raises(StaleTimestamp) as caught:
            check_time(1767225600 + seconds, NOW, 300)
        assert caught.value.reason == reason

    def test_verify_asks_for_the_time(self) -> None:
        with pytest.raises(StaleTimestamp):
            check(BODY, BODY_HEX, now=NOW + 61, max_skew=60)

    def test_body_does_not_sign_it(self) -> None:
        assert check(BODY, BODY_HEX, timestamp="1767225601").scheme == "body"

    def test_timestamped_signs_it(self) -> None:
        with pytest.raises(BadSignature, match="does not match"):
            check(BODY, "sha256=" + TIMESTAMPED_HEX, timestamp="1767225601")


class TestRefusals:
    def test_wrong_secret(self) -> None:
        with pytest.raises(BadSignature, match="the signature does not match the body"):
            check(BODY, BODY_HEX, secrets=[OTHER])

    def test_altered_body(self) -> None:
        with pytest.raises(BadSignature, match="the signature does not match the body"):
            check(b'{"status":"completed"}', BODY_HEX)

    def test_body_hex_as_timestamped(self) -> None:
        with pytest.raises(BadSignature, match="the signature does not match the body"):
            check(BODY, "sha256=" + BODY_HEX)

    def test_timestamped_hex_as_body(self) -> None:
        with pytest.raises(BadSignature, match="the signature does not match the body"):
            check(BODY, TIMESTAMPED_HEX)

    @pytest.mark.parametrize(
        ("signature", "schemes"), [(BODY_HEX, ["timestamped"]), ("sha256=" + TIMESTAMPED_HEX, ["body"])]
    )
    def test_a_scheme_that_is_switched_off(self, signature: str, schemes: list[str]) -> None:
        with pytest.raises(BadSignature, match="is switched off"):
            check(BODY, signature, schemes=schemes)

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"\xff",
            b"{",
            b"[" * 100_000,
            b'{"a": ' + b"9" * 5_000 + b"}",
            b'{"1":' * 600 + b"1" + b"}" * 600,
        ],
        ids=["empty", "not UTF-8", "malformed", "deep", "huge integer", "deep numeric keys"],
    )
    def test_a_body_without_a_canonical_form(self, raw: bytes) -> None:
        with pytest.raises(BadSignature, match="the signature does not match the body"):
            check(raw, BODY_HEX)

    @pytest.mark.parametrize("key", ["01", "+1", "1_0", "1.50", "1e5", "-", "²", "inf", "nan", "1" * 5_000])
    def test_text_that_looks_like_a_number_sorts_as_text(self, key: str) -> None:
        payload = {"numbers": {9: 2, 10: 3}, "text": {"9": 2, "10": 3, key: 1}}
        assert check(sent_by_requests(payload), guide_signature(payload)).candidate == "canonical-numeric"


def test_the_canonical_form_is_not_tried_beyond_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = sent_by_requests({"a": 1})
    monkeypatch.setattr(signing, "MAX_CANONICAL_BYTES", len(raw) - 1)
    with pytest.raises(BadSignature):
        check(raw, guide_signature({"a": 1}))


def test_the_canonical_form_is_tried_up_to_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = sent_by_requests({"a": 1})
    monkeypatch.setattr(signing, "MAX_CANONICAL_BYTES", len(raw))
    assert check(raw, guide_signature({"a": 1})).candidate == "canonical"


@pytest.mark.parametrize(("payload", "candidates"), [({"a": {"b": 1}}, 2), ({"a": {"1": 1}}, 3)])
def test_each_wrong_secret_costs_the_same_work(
    monkeypatch: pytest.MonkeyPatch, payload: object, candidates: int
) -> None:
    digests: list[str] = []
    original = signing._hex_digest

    def counted(message: bytes, secret: str, timestamp: str, scheme: str) -> str:
        digests.append(secret)
        return original(message, secret, timestamp, scheme)

    monkeypatch.setattr(signing, "_hex_digest", counted)
    with pytest.raises(BadSignature):
        check(sent_by_requests(payload), BODY_HEX, secrets=["wrong", "", OTHER])
    assert digests == ["wrong", "", OTHER] * candidates


@pytest.mark.parametrize(
    ("raw", "signature", "options"),
    [
        (b"private", BODY_HEX, {}),
        (b"private", "private" + BODY_HEX, {}),
        (b"private", BODY_HEX, {"timestamp": "private"}),
        (b"private", BODY_HEX, {"now": 0.0}),
        (b"private", BODY_HEX, {"schemes": []}),
        (b"private", "v1=" + BODY_HEX, {}),
    ],
)
def test_a_reason_is_safe_to_log(raw: bytes, signature: str, options: dict[str, Any]) -> None:
    with pytest.raises(BadSignature) as caught:
        check(raw, signature, **options)
    assert not any(secret in str(caught.value) for secret in ("private", SECRET, BODY_HEX))
