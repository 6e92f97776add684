from __future__ import annotations

import os
import typing as t
import uuid

import httpx

if t.TYPE_CHECKING:
    from restate import WorkflowContext


async def create_account(key: str, name: str) -> str:
    async with httpx.AsyncClient(base_url=os.environ["ACCOUNTS"]) as http:  # OK: only in a step
        return (await http.post("/accounts", json={"key": key, "name": name})).json()["id"]  # OK: only in a step


async def undo_account(key: str) -> None:
    async with httpx.AsyncClient(base_url=os.environ["ACCOUNTS"]) as http:  # OK: only in a compensation's step
        await http.delete(f"/accounts/{key}")  # OK: only in a compensation's step


class Accounts:
    def __init__(self, ctx: WorkflowContext) -> None:
        self.ctx = ctx

    async def prepare(self, account: str) -> None:
        await self._each(account, self._folder, self._quota)

    async def _each(self, account: str, *actions: t.Callable[[str], t.Awaitable[None]]) -> None:
        for action in actions:  # OK: a tuple
            await action(account)

    async def _folder(self, account: str) -> None:
        os.makedirs(f"/srv/{account}")  # BAD: do-I-3

    async def _quota(self, account: str) -> None:
        await self.ctx.run_typed("quota", self._set_quota, account=account, token=uuid.uuid4().hex)  # BAD: do-VI-1

    def _set_quota(self, account: str, token: str) -> None:
        os.system(f"setquota {account} {token}")  # OK: only in a step

    def mark(self, what: str) -> None:
        self.ctx.set("mark", what)  # BAD: do-IV-4
