"""The webhook's headers and body: forged, stale, mangled, and rightly signed nonsense."""

import json
import time

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev.provider.sandbox import SECRET
from gateways.signatures import sign
from tests.hostile.corpus import BODIES, CANARY
from tests.system import PATIENCE, System

pytestmark = pytest.mark.lanes("normal")

SETTINGS = settings.get_profile("hostile")

header_values = st.one_of(
    # without what no client lets out
    st.binary(max_size=200).filter(lambda value: not set(value) & set(b"\0\n\v\f\r")).map(bytes.strip),
    st.sampled_from([b"v1=", b"v1=" + b"0" * 64, b"v2=abc", b"v1=\xff", b"0", b"-1", b"1e9", b"9" * 300, b"\xd9\xa1"]),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
events = st.fixed_dictionaries(
    {
        "id": st.text(max_size=20) | json_values,
        "type": st.sampled_from(["payment.succeeded", "payment.failed"]) | json_values,
        "created": st.integers() | json_values,
        "data": st.fixed_dictionaries(
            {
                "order_id": st.text(min_size=1, max_size=200) | json_values,
                "key": st.text(max_size=40) | json_values,
                "amount": st.integers() | json_values,
            },
            optional={"failure_code": st.just(CANARY), "card_token": st.just(CANARY)},
        )
        | json_values,
    }
)
bodies = st.one_of(
    st.binary(max_size=2_000),
    st.sampled_from(sorted(BODIES.values(), key=len)),
    json_values.map(lambda value: json.dumps(value).encode()),
    events.map(lambda value: json.dumps(value).encode()),
)


def test_nobody_gets_in_without_the_signature(target: System, cases: int) -> None:
    with httpx.Client(timeout=PATIENCE, trust_env=False) as http:

        @settings(SETTINGS, max_examples=-(-cases // 8))
        @given(
            body=bodies,
            headers=st.fixed_dictionaries(
                {}, optional={"webhook-timestamp": header_values, "webhook-signature": header_values}
            ),
            content_type=st.none() | st.sampled_from(["application/json", "text/plain", "application/octet-stream"]),
        )
        def each(body: bytes, headers: dict[str, bytes], content_type: str | None) -> None:
            given_type = {b"content-type": content_type.encode()} if content_type else {}
            sent = {name.encode(): value for name, value in headers.items()} | given_type
            answer = http.post(f"{target.ingress_url}/Webhooks/payment", content=body, headers=sent)
            assert answer.status_code // 100 == 4, answer.text

        each()


def test_what_is_signed_is_believed_only_if_it_is_an_event_of_an_order(target: System, cases: int) -> None:
    with httpx.Client(timeout=PATIENCE, trust_env=False) as http:

        @settings(SETTINGS, max_examples=-(-cases // 8))
        @given(body=bodies, age=st.sampled_from([0, 0, 0, 600, -600]))
        def each(body: bytes, age: int) -> None:
            timestamp = int(time.time()) - age
            signature = sign(body, secret=SECRET, timestamp=timestamp)
            headers = {
                "webhook-timestamp": str(timestamp),
                "webhook-signature": signature,
                "content-type": "application/json",
            }
            answer = http.post(f"{target.ingress_url}/Webhooks/payment", content=body, headers=headers)
            assert answer.status_code in ((403,) if age and body else (400, 404)), answer.text

        each()
