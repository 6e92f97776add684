from datetime import timedelta

import pytest

from gateways.signatures import BadSignature, StaleSignature, sign, verify

BODY = b'{"amount": 1}'
MINUTES = timedelta(minutes=5)


def check(body: bytes = BODY, signature: str | None = None, timestamp: str = "1000", now: float = 1000) -> None:
    signature = sign(BODY, secret="s", timestamp=1000) if signature is None else signature
    verify(body, secret="s", signature=signature, timestamp=timestamp, now=now, tolerance=MINUTES)


def test_a_genuine_delivery_passes() -> None:
    check()


@pytest.mark.parametrize("signature", ["", "v1=", "v1=00", "v2=" + "0" * 64, "ü", "v1=" + "0" * 64])
def test_a_wrong_signature_is_bad(signature: str) -> None:
    with pytest.raises(BadSignature):
        check(signature=signature)


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e3", "\u0661\u0660\u0660\u0660", "9" * 40, "1001"])
def test_a_wrong_timestamp_is_bad(timestamp: str) -> None:
    with pytest.raises(BadSignature):
        check(timestamp=timestamp)


def test_a_reserialised_body_is_bad() -> None:
    with pytest.raises(BadSignature):
        check(body=BODY.replace(b" ", b""))


@pytest.mark.parametrize("now", [1301, 699])
def test_a_delivery_from_another_time_is_stale(now: float) -> None:
    with pytest.raises(StaleSignature):
        check(now=now)
