"""Tests of the tests: each of these changes to the order breaks a promise, and at least one test must say so."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.rendering import Project

ORDER = "workflows/order.py"


class Mutation(NamedTuple):
    """Replaces `old` by `new` in `file`; `tests` is what has to turn red, and `says` is in its message."""

    old: str
    new: str
    tests: str
    file: str = ORDER
    says: str = ""


MUTATIONS = {
    "reserves more than there is": Mutation(
        "    if stock.available < request.quantity:\n",
        "    if stock.available <= 0:\n",
        "test_whatever_happens_at_once_the_model_agrees",
        file="objects/inventory.py",
    ),
    "charges before it reserves": Mutation(
        """\
        await reserve_stock(ctx, saga, placed)
        await take_payment(ctx, saga, placed, terms)
""",
        """\
        await take_payment(ctx, saga, placed, terms)
        await reserve_stock(ctx, saga, placed)
""",
        "test_a_sold_out_order_is_never_charged",
    ),
    "ships before it is approved": Mutation(
        """\
        if placed.amount > terms.approval_limit:
            await have_approved(ctx, terms)
        shipment = await ship(ctx, placed)
""",
        """\
        shipment = await ship(ctx, placed)
        if placed.amount > terms.approval_limit:
            await have_approved(ctx, terms)
""",
        "test_a_large_order_waits_for_approval",
    ),
    "confirms before it is paid": Mutation(
        """\
    await deadline(ctx, outcome, terms.payment_deadline, "the payment")

    for line in placed.lines:
        await settled(ctx.object_call(inventory.confirm, key=line.sku, arg=ctx.key()))
""",
        """\
    for line in placed.lines:
        await settled(ctx.object_call(inventory.confirm, key=line.sku, arg=ctx.key()))
    await deadline(ctx, outcome, terms.payment_deadline, "the payment")
""",
        "test_an_unpaid_order_confirms_nothing",
    ),
    "does not compensate the charge": Mutation(
        "    saga.on_failure(ctx.service_call, payments.refund, Refund(key=key, order_id=ctx.key()))\n",
        "",
        "gives_the_money_back",
    ),
    "registers the refund after the charge": Mutation(
        """\
    saga.on_failure(ctx.service_call, payments.refund, Refund(key=key, order_id=ctx.key()))
    await settled(ctx.service_call(payments.charge, charge))
""",
        """\
    await settled(ctx.service_call(payments.charge, charge))
    saga.on_failure(ctx.service_call, payments.refund, Refund(key=key, order_id=ctx.key()))
""",
        "test_cancelling_while_it_is_charged_leaves_nothing_behind",
    ),
    "makes the idempotency key with uuid4": Mutation(
        "    key = str(ctx.uuid())\n    awakeable",
        '    key = str(__import__("uuid").uuid4())\n    awakeable',
        "test_an_order_is_charged_and_shipped_once and replay",
    ),
    "makes the idempotency key with uuid4, and is killed": Mutation(
        "    key = str(ctx.uuid())\n    awakeable",
        '    key = str(__import__("uuid").uuid4())\n    awakeable',
        "test_an_order_ends_the_same_wherever_the_service_is_killed",
        says=r"killed after entry \d+, Command: SetState \(payment\): order-\S+\n.*replays another way",
    ),
    "makes the shipment's key with uuid4": Mutation(
        "    key = str(ctx.uuid())\n    handover",
        '    key = str(__import__("uuid").uuid4())\n    handover',
        "test_an_order_ends_the_same_wherever_the_service_is_killed",
        says=r"killed after entry \d+, Command: Run \(ship\): order-\S+\n(.*\n)?effects: .*'shipment': \[1, 1\]",
    ),
    "makes the idempotency key inside the step": Mutation(
        "return await provider.value.charge(**request.model_dump())",
        'return await provider.value.charge(**request.model_dump() | {"key": str(__import__("uuid").uuid4())})',
        "test_an_answer_lost_after_the_charge_does_not_charge_twice",
        "services/payments.py",
    ),
    "waits for the callback without a deadline": Mutation(
        '    await deadline(ctx, outcome, terms.payment_deadline, "the payment")\n',
        "    await outcome\n",
        "test_an_order_whose_payment_is_never_confirmed_gives_the_money_back",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_order_turns_a_test_red(shop: Project, tmp_path: Path, name: str) -> None:
    mutation = MUTATIONS[name]
    mutant = shop.copied(tmp_path / "mutant")
    mutant.replace(mutation.file, {mutation.old: mutation.new})
    command = ["python", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", mutation.tests, "tests"]
    printed = mutant.fails(*command, environment={"RESTATE_TEST_SERVER": "native"})
    assert re.search(r"^FAILED tests/", printed, re.MULTILINE), printed
    assert re.search(mutation.says, printed), printed
