"""Tests of the storm: each of these bugs is quiet until something dies or comes twice, and a quick storm finds it."""

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.rendering import Project

pytestmark = pytest.mark.slow


class Bug(NamedTuple):
    """Replaces each text by its successor in `file`; the storm of `seed` then says `found`."""

    file: str
    changes: dict[str, str]
    found: str
    seed: int = 1


BUGS = {
    "an idempotency key that changes per attempt": Bug(
        "services/payments.py",
        {
            "return await provider.value.charge(**request.model_dump())": (
                'return await provider.value.charge(**request.model_dump() | {"key": str(__import__("uuid").uuid4())})'
            )
        },
        "charges 2; expected 1",
    ),
    "a compensation that is not idempotent": Bug(
        "gateways/payments.py",
        {
            'json={"order_id": order_id}, headers={"Idempotency-Key": key}': (
                'json={"order_id": order_id, "charge": key}, '
                'headers={"Idempotency-Key": str(__import__("uuid").uuid4())}'
            )
        },
        "refunds 2; expected 1",
    ),
    "a compensation that is registered too late": Bug(
        "workflows/order.py",
        {
            """\
    saga.on_failure(ctx.service_call, payments.refund, Refund(key=key, order_id=ctx.key()))
    await settled(ctx.service_call(payments.charge, charge))
""": """\
    await settled(ctx.service_call(payments.charge, charge))
    saga.on_failure(ctx.service_call, payments.refund, Refund(key=key, order_id=ctx.key()))
"""
        },
        "refunds 0; expected 1",
    ),
    "a state write after a send": Bug(
        "workflows/order.py",
        {
            '    ctx.set("payment", AwaitedPayment(key=key, awakeable=awakeable))\n': "",
            "    await settled(ctx.service_call(payments.charge, charge))\n": """\
    await settled(ctx.service_call(payments.charge, charge))
    ctx.set("payment", AwaitedPayment(key=key, awakeable=awakeable))
""",
        },
        "was refused: ",
    ),
    "a webhook that resolves twice": Bug(
        "workflows/order.py",
        {'    if now.state == "paying":\n        if outcome': "    if True:\n        if outcome"},
        "its awakeable was resolved by ",
    ),
}


@pytest.mark.parametrize("name", BUGS)
def test_a_quick_storm_finds(shop: Project, tmp_path: Path, name: str) -> None:
    bug = BUGS[name]
    project = shop.copied(tmp_path / "project")
    project.replace(bug.file, bug.changes)
    options = {"SEED": str(bug.seed), "ORDERS": "40", "KILLS": "8", "MINUTES": "2", "RESTATE_TEST_SERVER": "native"}
    printed = project.fails("python", "-m", "dev.storm", environment=options)
    assert bug.found in printed, printed
    assert f"make storm SEED={bug.seed} ORDERS=40 KILLS=8" in printed
    assert "is placed: " in printed, f"no timeline: {printed}"
