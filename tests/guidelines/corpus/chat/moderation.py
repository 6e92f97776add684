import random
import re
from collections.abc import Callable

import httpx
from restate import ObjectContext

RULES: list[Callable[[str], bool]] = [
    lambda text: "http" in text,
    lambda text: bool(re.search(r"\$\d+", text)),
    lambda text: random.random() < 0.01,  # BAD: do-VI-1
]


def is_spam(text: str) -> bool:
    return any(rule(text) for rule in RULES)


class Moderator:
    def __init__(self, ctx: ObjectContext) -> None:
        self.ctx = ctx
        self.checks = {"local": self._local, "remote": self._remote}

    async def check(self, text: str) -> str:
        verdict = "ok"
        for name, check in self.checks.items():  # OK: a dict keeps its order
            verdict = await check(text)
        return verdict

    async def _local(self, text: str) -> str:
        return text.lower()  # OK: pure

    async def _remote(self, text: str) -> str:
        warm = httpx.get("https://moderation.example/health")  # BAD: do-I-3
        return await self.ctx.run_typed("moderate", self._ask, text=f"{text}{warm}")  # OK: in a step

    async def _ask(self, text: str) -> str:
        async with httpx.AsyncClient() as http:  # OK: only in a step
            return (await http.post("https://moderation.example", json={"text": text})).text  # OK: only in a step
