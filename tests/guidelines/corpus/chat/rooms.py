"""Chat: rooms as objects, members notified, messages moderated."""
from __future__ import annotations

import hashlib
import os
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import restate
from fastapi import APIRouter, Depends, FastAPI, Request
from jinja2 import Environment
from pydantic import BaseModel, Field, TypeAdapter
from restate import Context, ObjectContext, ObjectSharedContext, TerminalError
from sqlmodel import Session, select

from moderation import Moderator, is_spam

rooms = restate.VirtualObject("Rooms")
members = restate.VirtualObject("Members")
api = FastAPI()
router = APIRouter()
jinja = Environment()
template = jinja.from_string("{0}")  # OK: module level


class Message(BaseModel):
    author: str
    text: str
    id: str = Field(default_factory=lambda: uuid.uuid4().hex)  # MAY: do-VI-1
    sent: float = 0.0


class History(BaseModel):
    messages: list[Message] = []


async def history(ctx: ObjectContext | ObjectSharedContext) -> History:
    return await ctx.get("history", type_hint=History) or History()


@rooms.handler()
async def post(ctx: ObjectContext, message: Message) -> History:
    if is_spam(message.text):
        raise TerminalError("spam", status_code=422)
    now = await ctx.time()
    stamped = message.model_copy(update={"id": str(ctx.uuid()), "sent": now})  # OK: the SDK's id and clock
    log = await history(ctx)
    log.messages.append(stamped)
    verdict = await Moderator(ctx).check(stamped.text)
    ctx.set("history", log)  # OK: exclusive
    for member in await ctx.get("members", type_hint=list) or []:  # OK: a list
        ctx.object_send(deliver, key=member, arg=stamped)  # OK: a send
    html = template.render(text=message.text, verdict=verdict)  # OK: pure
    ctx.set("html", hashlib.md5(html.encode()).hexdigest())  # OK: pure
    return log


@rooms.handler(kind="shared")
async def read(ctx: ObjectSharedContext) -> History:
    return await history(ctx)  # OK: a read


@rooms.handler()
async def leave(ctx: ObjectContext, message: Message) -> None:
    names = set(await ctx.get("members", type_hint=list) or [])
    names.discard(message.author)
    ctx.set("members", sorted(names))  # OK: sorted
    for name in names:  # BAD: dont-I-5
        ctx.object_send(deliver, key=name, arg=message)
    expires = datetime.now(UTC) + timedelta(days=1)  # BAD: do-VI-2
    claims = {"sub": message.author, "exp": expires}
    ctx.set("token", jwt.encode(claims, os.environ["JWT_KEY"]))  # BAD: do-I-3


@members.handler()
async def deliver(ctx: ObjectContext, message: Message) -> None:
    await ctx.run_typed("push", push, member=ctx.key(), message=message)  # OK: in a step


async def push(member: str, message: Message) -> None:
    async with httpx.AsyncClient(timeout=5) as http:  # OK: only in steps
        await http.post("https://push.example", json={"to": member, "text": message.text})  # OK: only in steps


def database() -> Session:
    return Session(os.environ["DB"])  # OK: FastAPI dependency


@router.get("/rooms/{room}")
async def get_room(room: str, request: Request, session: Session = Depends(database)) -> dict[str, Any]:
    rows = session.exec(select(Message))  # OK: FastAPI route
    async with httpx.AsyncClient() as http:  # OK: FastAPI route
        answer = await http.post(f"http://localhost:8080/Rooms/{room}/read")  # OK: FastAPI route
    return {"id": str(uuid.uuid4()), "at": datetime.now(UTC), "rows": list(rows), **answer.json()}  # OK: FastAPI route


@api.post("/rooms/{room}")
async def post_room(room: str, message: Message) -> dict[str, Any]:
    async with restate.create_client("http://localhost:8080") as client:  # OK: FastAPI route
        try:
            await client.object_call(post, room, message, idempotency_key=uuid.uuid4().hex)  # OK: FastAPI route
        except Exception:  # OK: FastAPI route
            return {"ok": False}
    return {"ok": True}
