"""How each guideline that a machine checks can be broken in a rendered shop; `test_guard_rails.py` does it."""

from textwrap import dedent
from typing import NamedTuple

ORDER, PAYMENTS, NOTIFICATIONS = "workflows/order.py", "services/payments.py", "services/notifications.py"
REPORTS, LEDGER, WEBHOOKS = "services/reports.py", "services/ledger.py", "services/webhooks.py"
INVENTORY, CART, SCHEDULE = "objects/inventory.py", "objects/cart.py", "objects/schedule.py"
PRODUCTION = "deploy/kubernetes/overlays/production/kustomization.yaml"
ROUTE, CLUSTER = "deploy/kubernetes/public/route.yaml", "deploy/kubernetes/restate/cluster.yaml"
COMPOSED, NODES = "deploy/compose.cluster.yaml", "deploy/cluster/restate.toml"

ROLLOUT, ADDRESS, PREFLIGHT = "deploy/rollout.py", "deploy/address.py", "deploy/preflight.py"


class Breach(NamedTuple):
    """`old` becomes `new` in `file`; without `old`, `file` is added. `tests` turn red, or without any the check.

    `seen_in` is the file that the check complains about, where that is another.
    """

    file: str
    old: str
    new: str
    tests: str = ""
    seen_in: str = ""


def edit(file: str, old: str, new: str, tests: str = "", seen_in: str = "") -> Breach:
    return Breach(file, old, new, tests, seen_in)


def file(name: str, text: str) -> Breach:
    return Breach(name, "", dedent(text))


AGENT = """\
    from datetime import timedelta

    import restate
    from agents import Agent, Runner, function_tool
    from openai import AsyncOpenAI

    from durable import Service, retry_policy

    assistant = Service(
        "Assistant",
        inactivity_timeout=timedelta(minutes=1),
        abort_timeout=timedelta(minutes=1),
        invocation_retry_policy=retry_policy(),
    )
    client = AsyncOpenAI()


    @function_tool
    async def weather(city: str) -> str:
        ctx = restate.extensions.current_context()
        return await ctx.run_typed("weather", lambda: city)


    @assistant.handler()
    async def ask(ctx: restate.Context, question: str) -> str:
        answer = await client.responses.create(model="any", input=question)
        return answer.output_text
"""

AGENTS = """\
    from datetime import timedelta

    import restate

    from durable import VirtualObject, retry_policy

    planner = VirtualObject(
        "Planner",
        inactivity_timeout=timedelta(minutes=1),
        abort_timeout=timedelta(minutes=1),
        state_preload=True,
        invocation_retry_policy=retry_policy(),
    )
    critic = VirtualObject(
        "Critic",
        inactivity_timeout=timedelta(minutes=1),
        abort_timeout=timedelta(minutes=1),
        state_preload=True,
        invocation_retry_policy=retry_policy(),
    )


    @planner.handler()
    async def plan(ctx: restate.ObjectContext, goal: str) -> str:
        return await ctx.object_call(judge, key=ctx.key(), arg=goal)


    @critic.handler()
    async def judge(ctx: restate.ObjectContext, proposal: str) -> str:
        return await ctx.object_call(plan, key=ctx.key(), arg=proposal)
"""

BREACHES = {
    "do-I-1": edit(ORDER, "settled(ctx.service_call(payments.charge, charge))", "payments.charge(ctx, charge)"),
    "do-I-2": edit(NOTIFICATIONS, "    await ctx.run_typed(", "    ctx.run_typed("),
    "do-I-3": edit(LEDGER, 'await ctx.run_typed("read total", read_total, sku=sale.sku)', "await read_total(sale.sku)"),
    "do-I-4": edit(
        PAYMENTS,
        '    return await settled(ctx.run_typed("charge"',
        '    print("charging")\n    return await settled(ctx.run_typed("charge"',
    ),
    "do-I-5": edit(
        NOTIFICATIONS,
        '    await ctx.run_typed("send mail"',
        '    while True:\n        await ctx.sleep(timedelta(days=1))\n    await ctx.run_typed("send mail"',
    ),
    "do-I-6": edit(REPORTS, "    abort_timeout=timedelta(minutes=10),\n", ""),
    "do-II-4": edit(REPORTS, "await question\n", "(await asyncio.gather(question))[0]\n"),
    "do-II-5": edit(REPORTS, "await question\n", "(await asyncio.gather(question))[0]\n"),
    "do-III-2": edit(ORDER, "@order.handler()\nasync def status", "@order.main()\nasync def status"),
    "do-III-3": edit(
        "durable/client.py",
        '{"idempotency-key": idempotency_key} if idempotency_key',
        "{} if idempotency_key",
        "tests/durable/test_client.py",
    ),
    "do-III-4": edit("durable/client.py", '/attach"))', '/output"))', "tests/durable/test_client.py"),
    "do-IV-3": edit(
        INVENTORY, '@inventory.handler(kind="shared")\nasync def status', "@inventory.handler()\nasync def status"
    ),
    "do-IV-4": edit(
        INVENTORY,
        "    stock = await load(ctx)\n    if stock == Stock():\n        raise",
        '    stock = await load(ctx)\n    ctx.set("seen", True)\n    if stock == Stock():\n        raise',
    ),
    "do-IV-5": edit(
        INVENTORY, "        ctx.clear_all()", '        ctx.set("stock", stock)', "tests/objects/test_inventory.py"
    ),
    "do-IV-6": edit(NOTIFICATIONS, "notify(ctx: Context, message: Message)", "notify(ctx: Context, message)"),
    "do-IV-7": edit(CART, "    state_preload=True,\n", ""),
    "do-IV-8": edit(LEDGER, " & (sales_by_sku.c.version == before.version)", "", "tests/services/test_ledger.py"),
    "do-V-1": edit(
        CART, 'raise TerminalError("the cart is empty", status_code=409)', 'raise ValueError("the cart is empty")'
    ),
    "do-V-2": edit(
        ORDER,
        "failure.message)\n        raise\n",
        'failure.message)\n        return Receipt(order_id="", tracking="", amount=0)\n',
    ),
    "do-V-3": edit(
        INVENTORY, "    elif order_id not in stock.released:", "    elif False:", "tests/objects/test_inventory.py"
    ),
    "do-V-4": edit(
        ORDER,
        """\
    saga.on_failure(ctx.service_call, payments.refund, Refund(key=key, order_id=ctx.key()))
    await settled(ctx.service_call(payments.charge, charge))
""",
        """\
    await settled(ctx.service_call(payments.charge, charge))
    saga.on_failure(ctx.service_call, payments.refund, Refund(key=key, order_id=ctx.key()))
""",
    ),
    "do-V-5": edit(
        WEBHOOKS,
        "    except BadSignature as error:\n        raise",
        "    except BadSignature:\n        return\n    except OSError as error:\n        raise",
        "tests/services/test_webhooks.py",
    ),
    "do-V-6": edit(
        NOTIFICATIONS,
        "    await ctx.run_typed(",
        '    await ctx.promise("sent", type_hint=str).value()\n    await ctx.run_typed(',
    ),
    "do-V-7": edit(
        ORDER,
        "failure.message)\n        raise\n",
        'failure.message)\n        return Receipt(order_id="", tracking="", amount=0)\n',
    ),
    "do-V-8": edit(ORDER, 'await deadline(ctx, decision, terms.approval_deadline, "the approval")', "await decision"),
    "do-VI-1": edit(NOTIFICATIONS, "key=str(ctx.uuid())", "key=str(uuid.uuid4())"),
    "do-VI-2": edit(SCHEDULE, "next_at=await ctx.time()", "next_at=time.time()"),
    "do-VII-6": edit(PAYMENTS, "    ingress_private=True,\n", "", "tests/services/test_payments.py"),
    "do-VII-7": edit(
        "app.py", ", identity_keys=settings.ServerSettings.read().identity_keys", "", "tests/test_settings.py"
    ),
    "do-VIII-1": file("services/assistant.py", AGENT),
    "do-VIII-2": file("services/assistant.py", AGENT),
    "do-VIII-3": file("services/assistant.py", AGENT),
    "do-VIII-4": edit("AGENTS.md", "| do-I-1 ", "| do-I-0 ", "tests/test_guidelines.py"),
    "dont-I-1": edit(REPORTS, "except TerminalError as error:", "except Exception as error:"),
    "dont-I-2": edit(REPORTS, "await question\n", "(await asyncio.gather(question))[0]\n"),
    "dont-I-3": edit(
        NOTIFICATIONS,
        "key=str(ctx.uuid()), message=message",
        "key=str(ctx.uuid()), message=message)\n    await ctx.run_typed('inner', lambda: str(ctx.uuid())",
    ),
    "dont-I-4": edit(
        NOTIFICATIONS,
        "    await ctx.run_typed(",
        "    if random.random() < 0.5:\n        return\n    await ctx.run_typed(",
    ),
    "dont-I-5": edit(REPORTS, "for sku in skus}", "for sku in set(skus)}"),
    "dont-I-6": edit(
        NOTIFICATIONS, "    await ctx.run_typed(", "    token = str(ctx.uuid())\n    await ctx.run_typed("
    ),
    "dont-II-1": edit(
        SCHEDULE,
        "    ctx.service_send(reports.stock",
        "    await ctx.object_call(stop, key=ctx.key(), arg=None)\n    ctx.service_send(reports.stock",
    ),
    "dont-II-2": edit(
        CART,
        "    contents.lines[line.sku] = line",
        "    await ctx.sleep(timedelta(seconds=5))\n    contents.lines[line.sku] = line",
    ),
    "dont-II-3": edit(
        ORDER,
        "ctx.service_call(payments.charge, charge)",
        "ctx.service_call(payments.charge, charge, idempotency_key=key)",
    ),
    "dont-II-4": file("objects/agents.py", AGENTS),
    "dont-III-9": edit(
        "app.py", ", identity_keys=settings.ServerSettings.read().identity_keys", "", "tests/test_settings.py"
    ),
    "dont-IV-2": edit("durable/policy.py", 'on_max_attempts="pause"', 'on_max_attempts="kill"', seen_in=CART),
    # of the deployment files, see DEPLOYED for those that something else checks too
    "do-VII-1": edit(PRODUCTION, "    digest: sha256:", "    newTag: latest # sha256:"),
    "do-VII-4": edit(ROUTE, "protocol: HTTPS", "protocol: HTTP"),
    "do-VII-5": edit(ROUTE, "      appProtocol: kubernetes.io/h2c\n", ""),
    "do-VII-8": edit("deploy/kubernetes/base/policy.yaml", "    - from:\n", "    - to:\n"),
    "do-VII-9": edit(CLUSTER, 'rocksdb-total-memory-size = "3 GiB"', 'rocksdb-total-memory-size = "4 GiB"'),
    "do-VII-10": edit(CLUSTER, "    destination = ", "    # destination = "),
    "do-VII-11": edit(
        NODES, 'type = "replicated"', 'type = "object-store"\npath = "file:///mnt/metadata"', seen_in=COMPOSED
    ),
    "dont-III-1": file("deploy/release.sh", 'curl -X PUT "$ADMIN/v2/deployments/$1" --json "$2"\n'),
    "dont-III-5": edit("deploy/kubernetes/cloud/environment.yaml", "remoteProxy: false", "remoteProxy: true"),
    "dont-III-6": edit(COMPOSED, "  RESTATE_WORKER__SNAPSHOTS__DESTINATION: ", "  SNAPSHOTS_DESTINATION: "),
    "dont-III-7": edit(
        NODES, 'type = "replicated"', 'type = "object-store"\npath = "s3://b"\naws-endpoint-url = "x"', seen_in=COMPOSED
    ),
    "dont-III-8": edit(COMPOSED, "RESTATE_LOCATION: home.b", "RESTATE_LOCATION: ${LOCATION}"),
    "dont-IV-1": file("deploy/stop.sh", 'curl -X DELETE "$ADMIN/invocations/$1"\n'),
    # of the rollout command, see ROLLED_OUT for what the deployment files break too
    "do-VII-2": edit(
        ROLLOUT, "    if deployment.work.invocations:\n", "    if False:\n", "tests/deploy/test_rollout.py"
    ),
    "do-VII-3": edit(
        ADDRESS, '"use_http_11": self.use_http_11', '"use_http_11": True', "tests/deploy/test_bad_input.py"
    ),
    "do-VII-12": edit(
        PREFLIGHT,
        "    if saved is None:\n",
        "    if saved is None:\n        return\n",
        "tests/deploy/test_preflight.py",
    ),
    "dont-III-2": edit(
        "deploy/compatibility.py",
        "            yield from _service(service, successor)",
        "            continue",
        "tests/deploy/test_check.py",
    ),
    "dont-III-3": edit("deploy/check.py", "if found.drifted and", "if False and", "tests/deploy/test_check.py"),
    "dont-III-4": edit("deploy/resume.py", 'if row["status"] != "paused":', "if False:", "tests/deploy/test_resume.py"),
    "dont-IV-3": edit(
        "deploy/data_directory.py", "if len(nodes) > 1:", "if len(nodes) > 9:", "tests/deploy/test_backup.py"
    ),
    "dont-IV-4": edit(
        PREFLIGHT,
        "abs(wanted.minor - current.minor) > 1",
        "abs(wanted.minor - current.minor) > 9",
        "tests/deploy/test_preflight.py",
    ),
    "dont-IV-5": edit(
        PREFLIGHT,
        'if action == "rollback":\n        findings +=',
        "if not findings and False:\n        findings +=",
        "tests/deploy/test_preflight.py",
    ),
}

ROLLED_OUT = {
    "do-VII-1": edit("deploy/check.py", "if found.drifted and", "if False and", "tests/deploy/test_check.py"),
    "do-VII-4": edit(
        ADDRESS,
        'return url.scheme == "http" and _is_public(url.host)',
        "return False",
        "tests/deploy/test_check.py",
    ),
    "dont-IV-2": edit("RUNBOOK.md", "INVOCATION/cancel", "INVOCATION/kill", "tests/drills/test_bad_release.py"),
}
"""What the rollout command and the runbook can break as well."""

DEPLOYED = {
    "do-VII-6": edit("deploy/compose.yaml", "ENVIRONMENT: production", "ENVIRONMENT: development"),
    "dont-III-9": edit("deploy/compose.yaml", "- 127.0.0.1:${ADMIN_PORT", "- ${ADMIN_PORT"),
}
"""What the deployment files can break as well; `broken` here, and once more by other means above."""

REPLAYED = {
    "do-I-3": edit(
        ORDER,
        "    key = str(ctx.uuid())\n    awakeable",
        "    key = random.random().hex()\n    awakeable",
        "tests/workflows/test_order.py",
    ),
    "dont-I-4": edit(
        ORDER,
        "    await deadline(ctx, outcome,",
        '    if random.random() < 0.5:\n        ctx.set("lucky", True)\n    await deadline(ctx, outcome,',
        "tests/workflows/test_order.py",
    ),
    "dont-I-5": edit(
        "tests/system.py",
        'ON_PURPOSE = ("Probe/coin_flip", "Probe/unordered")',
        'ON_PURPOSE = ("Probe/coin_flip",)',
        "tests/test_forced_replay.py",
    ),
    "dont-I-3": edit(
        ORDER,
        '    terms = await ctx.run_typed("terms", current_terms)\n',
        """\
    async def nested() -> Terms:
        return await ctx.run_typed("terms", current_terms)

    terms = await ctx.run_typed("outer", nested)
""",
        "tests/workflows/test_order.py",
    ),
}
