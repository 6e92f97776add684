"""Secrets made of numbers that anybody can compute, and what merely sounds like one."""

from pathlib import Path

import pytest

from tests.guidelines.snippets import HEAD
from tests.guidelines.trees import check

BODY = """
def keep(user: str, token: str) -> None: ...
def make_token(ctx): return str(ctx.uuid())
def make_label(ctx): return str(ctx.uuid())
def new_otp(rng): return rng.randint(0, 9)
def send(x: str, **more: str) -> None: ...

@obj.handler()
async def h(ctx: ObjectContext, x: str) -> str:
    {statements}
    return x
"""

FOUND = """
rng = ctx.random(); password = "".join(rng.choices(x, k=9))
ctx.set("secret", str(ctx.uuid()))
ctx.set("apiKey", ctx.uuid().hex)
x = make_token(ctx)
x = str(new_otp(ctx.random()))
row = {}; row["access_token"] = str(ctx.uuid())
send(x, sessionToken=str(ctx.uuid()))
keep(x, str(ctx.uuid()))
x = f"https://x/reset?token={ctx.uuid()}"
verification_code = ctx.random().randrange(9)
"""

CLEAN = """
tokens_used = ctx.random().randint(1, 3)
max_tokens = ctx.random().randint(1, 3)
token_count = ctx.random().randint(1, 3)
token_id = str(ctx.uuid())
idempotency_token = str(ctx.uuid())
pageToken = str(ctx.uuid())
spinning = ctx.random().random()
ctx.set("request_id", str(ctx.uuid()))
x = make_label(ctx)
x = f"https://x/orders?id={ctx.uuid()}"
keep(str(ctx.uuid()), x)
"""


def _found(root: Path, statements: str) -> list[str]:
    found = check(root, {"app.py": HEAD + BODY.replace("{statements}", statements)})
    return [finding.message for finding in found if finding.rule == "secret-from-context-random"]


@pytest.mark.parametrize("statements", FOUND.strip().splitlines())
def test_is_found(statements: str, tmp_path: Path) -> None:
    assert _found(tmp_path, statements)


@pytest.mark.parametrize("statements", [line for line in CLEAN.strip().splitlines() if line])
def test_is_clean(statements: str, tmp_path: Path) -> None:
    found = _found(tmp_path, statements)
    assert [message for message in found if not message.startswith(("token is made", "otp is made"))] == []
