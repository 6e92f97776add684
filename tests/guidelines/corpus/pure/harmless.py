"""The harmless corners of libraries that otherwise reach outside, and their harmful neighbours."""
import asyncio
import calendar
import fnmatch
import glob
import hmac
import inspect
import os
import random
import secrets
import shlex
import socket
import subprocess
import threading
import time
import urllib.parse
import uuid
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path, PurePosixPath

import boto3.dynamodb.types
import httpx
import numpy as np
import pandas as pd
import requests
import restate
import sqlalchemy as sa
import stripe
from langchain_text_splitters import RecursiveCharacterTextSplitter
from openai.types.chat import ChatCompletionMessage
from pydantic import BaseModel
from restate import Context

harmless = restate.Service("Harmless")
users = sa.Table("users", sa.MetaData(), sa.Column("id", sa.String))
lock = threading.Lock()


class Doc(BaseModel):
    id: str
    text: str
    digest: str = ""


class Out(BaseModel):
    text: str


@harmless.handler()
async def pure(ctx: Context, doc: Doc) -> Out:
    url = httpx.URL("https://x.example").join(doc.id)  # OK: building a URL
    headers = httpx.Headers({"a": "b"})  # OK: a data structure
    timeout = httpx.Timeout(5)  # OK: a data structure
    request = requests.Request("GET", str(url)).prepare()  # OK: prepared, not sent
    query = sa.select(users).where(users.c.id == doc.id)  # OK: building a query
    statement = sa.text("select 1")  # OK: building a query
    packed = boto3.dynamodb.types.TypeSerializer().serialize(doc.id)  # OK: conversion
    same = secrets.compare_digest(doc.digest, doc.id)  # OK: a comparison
    signed = hmac.new(b"k", doc.text.encode(), "sha256").hexdigest()  # OK: pure
    quoted = shlex.quote(doc.text) + subprocess.list2cmdline([doc.text])  # OK: text
    path = PurePosixPath("/a") / doc.id  # OK: pure path
    stem = Path(doc.id).with_suffix(".txt").name  # OK: no disk touched
    joined = os.path.splitext(os.path.join("a", doc.id))[1] + os.sep + os.fspath(path)  # OK: text
    escaped = glob.escape(doc.text)  # OK: text
    matched = fnmatch.fnmatch(doc.id, "*.txt")  # OK: text
    packed_ip = socket.inet_aton("127.0.0.1")  # OK: conversion
    family = socket.AF_INET  # OK: a constant
    days = calendar.monthrange(2024, 2)[1]  # OK: pure
    parsed = time.strptime("2024", "%Y")  # OK: pure
    zone = timezone(timedelta(hours=2))  # OK: pure
    at = datetime.fromtimestamp(0, zone).replace(tzinfo=UTC)  # OK: of a fixed time
    old = uuid.uuid3(uuid.NAMESPACE_URL, doc.id)  # OK: a hash of its input
    text = urllib.parse.urlencode({"a": doc.id})  # OK: text
    coroutine = asyncio.iscoroutinefunction(pure) or inspect.iscoroutinefunction(pure)  # OK: introspection
    rng = np.random.default_rng(7)  # OK: seeded
    noise = rng.normal()  # OK: of a seeded generator
    array = np.array([1, 2]).mean()  # OK: pure
    frame = pd.DataFrame({"a": [1, 2]}).sum()  # OK: in memory
    day = pd.to_datetime("2024-01-01")  # OK: pure
    chunks = RecursiveCharacterTextSplitter(chunk_size=10).split_text(doc.text)  # OK: splits text, asks no model
    message = ChatCompletionMessage(role="assistant", content="x")  # OK: a data structure
    with lock:  # MAY: dont-I-2
        total = len(chunks)
    generator = random.Random(f"{ctx.request().id}")  # OK: seeded with the invocation's id
    shuffled = generator.sample(chunks, total)  # OK: of a seeded generator
    found = await ctx.run_typed("find", find, id=doc.id)
    status = found.get("status", "").strip()  # OK: a journaled dict
    return Out(
        text=f"{headers}{timeout}{request}{query}{statement}{packed}{same}{signed}{quoted}{stem}{joined}{escaped}"
        f"{matched}{packed_ip!r}{family}{days}{parsed}{at}{old}{text}{coroutine}{noise}{array}{frame}{day}{message}"
        f"{shuffled}{status}"
    )


def find(id: str) -> dict[str, str]:
    return requests.get(f"https://x.example/{id}").json()  # OK: only in a step


@harmless.handler()
async def impure(ctx: Context, doc: Doc) -> Out:
    noise = np.random.rand()  # BAD: do-VI-1
    free = np.random.default_rng()  # BAD: do-VI-1
    now = pd.Timestamp.now()  # BAD: do-VI-2
    sent = requests.Session().send(requests.Request("GET", "https://x.example").prepare())  # BAD: do-I-3
    charge = stripe.Charge.retrieve(doc.id)  # BAD: do-I-3
    event = stripe.Webhook.construct_event(doc.text, doc.digest, "whsec")  # WARN: do-VI-2|do-I-3
    kind = event["type"].lower()  # OK: a dict
    status = charge["status"].lower() + kind  # OK: a dict, read above
    amount = charge.get("amount")  # OK: a dict, read above
    engine = sa.create_engine("sqlite://")  # MAY: do-I-3
    with engine.begin() as connection:  # BAD: do-I-3
        connection.execute(sa.text("select 1"))  # MAY: do-I-3
    table = boto3.resource("dynamodb").Table("t").get_item(Key={"id": doc.id})  # BAD: do-I-3
    address = socket.create_connection(("x.example", 80))  # BAD: do-I-3
    real = Path(doc.id).resolve()  # BAD: do-I-3
    home = Path.home()  # BAD: do-I-3
    size = os.stat(doc.id).st_size  # BAD: do-I-3
    pid = os.getpid()  # BAD: do-I-3
    answer = input()  # BAD: do-I-3
    bits = secrets.SystemRandom().random()  # BAD: do-VI-1
    day = datetime.fromtimestamp(time.time(), UTC)  # BAD: do-VI-2
    epoch = datetime.now().timestamp()  # BAD: do-VI-2
    async with httpx.AsyncClient() as http:  # MAY: do-I-3
        async with http.stream("GET", "https://x.example") as stream:  # BAD: do-I-3
            body = await stream.aread()  # MAY: do-I-3
    return Out(
        text=f"{noise}{free}{now}{sent}{status}{amount}{table}{address}{real}{home}{size}{pid}{answer}{bits}{day}"
        f"{epoch}{body!r}"
    )
