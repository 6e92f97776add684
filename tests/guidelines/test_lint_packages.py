"""What reaches out of the process, and what of the same packages does not: one expression in a handler each."""

from pathlib import Path

import pytest

from guidelines.finding import Severity
from tests.guidelines.trees import check

HEAD = """
import asyncio, configparser, email.utils, glob, gzip, hashlib, hmac, io, json, logging, os, random, re, secrets
import shutil, smtplib, socket, sqlite3, subprocess, time, urllib.parse, urllib.request, uuid, zipfile
import http.client
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta, date
from pathlib import Path, PurePath

import aiohttp, asyncpg, bson, celery, grpc, kubernetes, openai, pymongo, redis.asyncio, redis.backoff, stripe, ulid
import boto3, boto3.dynamodb.conditions, boto3.dynamodb.types, botocore.config, botocore.exceptions
import elasticsearch, google.cloud.storage, google.cloud.pubsub_v1, googleapiclient.discovery
import pika, slack_sdk, twilio.rest
import httpx, numpy as np, pandas as pd, polars as pl, psycopg, psycopg.sql, psycopg2.extras, requests, requests.utils
import shop_pb2_grpc, supabase, twilio.twiml.voice_response, weaviate.classes.query
import sqlalchemy as sa
import twilio.request_validator
from restate import Context, Service
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

users = sa.Table("users", sa.MetaData(), sa.Column("id", sa.String))
svc = Service("S")
"""

PURE = """
requests.Request("GET", x).prepare()
requests.Session().headers.get(x)
requests.Session().prepare_request(requests.Request("GET", x))
requests.utils.quote(x)
requests.codes.ok
requests.exceptions.HTTPError(x)
requests.adapters.HTTPAdapter(max_retries=3)
httpx.URL(x).join(x).copy_with(host=x)
httpx.QueryParams({"a": x}).get("a")
httpx.Headers({"a": x}).get("a")
httpx.Request("GET", x).read()
httpx.Response(200, text=x).json()
httpx.Timeout(5)
httpx.codes.is_error(500)
httpx.Client().build_request("GET", x)
urllib.parse.urljoin(x, x)
urllib.request.Request(x).get_method()
urllib.request.quote(x)
socket.inet_aton(x)
socket.htons(3)
socket.AF_INET
http.client.responses.get(200)
subprocess.list2cmdline([x])
glob.escape(x)
shutil.ignore_patterns("*.pyc")
os.path.join(x, x)
os.path.basename(x)
os.path.splitext(x)
os.path.normpath(x)
os.fspath(PurePath(x))
Path(x).with_suffix(".a").name
Path(x).joinpath(x).parts
Path(x).relative_to("/").as_posix()
sa.select(users).where(users.c.id == x).order_by(users.c.id).limit(3)
sa.insert(users).values(id=x)
users.insert().values(id=x)
users.delete().where(users.c.id == x)
users.update()
sa.text("select 1").bindparams(a=x)
sa.func.count(users.c.id).label("n")
sa.func.now()
str(sa.select(users).compile())
psycopg.sql.SQL("select {}").format(psycopg.sql.Identifier(x))
psycopg.sql.SQL(", ").join([x])
psycopg2.extras.Json({"a": x})
sqlite3.complete_statement(x)
boto3.dynamodb.types.TypeSerializer().serialize(x)
boto3.dynamodb.conditions.Key("id").eq(x)
boto3.dynamodb.conditions.Attr("id").begins_with(x) & boto3.dynamodb.conditions.Attr("b").exists()
botocore.config.Config(retries={}).merge(None)
botocore.exceptions.ClientError({}, x).response.get("Error")
boto3.client("s3")
redis.backoff.ExponentialBackoff().compute(3)
redis.exceptions.LockError(x)
redis.asyncio.from_url(x)
pymongo.UpdateOne({"a": x}, {})
pymongo.errors.DuplicateKeyError(x)
bson.ObjectId(x)
ulid.ULID.from_str(x)
aiohttp.ClientTimeout(total=3)
aiohttp.FormData({"a": x}).add_field("b", x)
stripe.CardError(x, None, None).user_message
stripe.error.CardError(x).json_body
stripe.Event.construct_from({}, x)
stripe.util.convert_to_stripe_object({})
openai.types.chat.ChatCompletion.model_validate({})
celery.group([x])
celery.signature(x)
grpc.ssl_channel_credentials()
kubernetes.client.V1Pod(metadata=kubernetes.client.V1ObjectMeta(name=x)).to_dict()
google.cloud.pubsub_v1.PublisherClient().topic_path(x, x)
google.cloud.storage.Client().bucket(x).blob(x)
pika.BasicProperties(delivery_mode=2)
pika.BasicProperties().encode()
slack_sdk.models.blocks.SectionBlock(text=x).to_dict()
twilio.twiml.voice_response.VoiceResponse().say(x)
twilio.request_validator.RequestValidator(x).validate(x, {}, x)
weaviate.classes.query.Filter.by_property("a").equal(x)
pd.read_csv(io.StringIO(x))
pd.DataFrame({"a": [x]}).to_csv()
pd.DataFrame({"a": [x]}).to_json(orient="records")
pd.DataFrame({"a": [x]}).groupby("a").sum()
pl.DataFrame({"a": [x]}).filter(pl.col("a") == x)
zipfile.ZipFile(io.BytesIO(x.encode())).namelist()
gzip.compress(x.encode())
np.load(io.BytesIO(x.encode()))
np.array([1]).mean()
np.random.Generator(np.random.PCG64(7)).normal()
random.Random(7).random()
random.Random(x).choice([x])
configparser.ConfigParser().read_string(x)
ET.fromstring(x)
time.strptime(x, "%Y")
time.strftime("%Y", time.gmtime(3))
time.gmtime(3)
time.localtime(3)
datetime.fromtimestamp(3, UTC) + timedelta(days=1)
datetime.fromisoformat(x).date()
date(2024, 1, 1).isoformat()
email.utils.formatdate(3)
email.utils.format_datetime(datetime(2024, 1, 1))
email.utils.parseaddr(x)
email.utils.formataddr((x, x))
uuid.NAMESPACE_DNS
uuid.UUID(x).hex
uuid.uuid5(uuid.NAMESPACE_URL, x)
secrets.compare_digest(x, x)
hashlib.sha256(x.encode()).hexdigest()
hmac.new(b"k", x.encode(), "sha256").hexdigest()
json.loads(x)
logging.getLevelName(logging.INFO)
asyncio.Queue().put_nowait(x)
asyncio.iscoroutinefunction(svc)
"""

TALKING = """
requests.get(x)
requests.api.post(x)
requests.Session().send(requests.Request("GET", x).prepare())
requests.sessions.Session().get(x)
httpx.get(x)
httpx.stream("GET", x)
httpx.Client().get(x)
await httpx.AsyncClient().request("GET", x)
urllib.request.urlopen(x)
urllib.request.build_opener().open(x)
http.client.HTTPSConnection(x).request("GET", x)
socket.create_connection((x, 80))
socket.gethostbyname(x)
socket.gethostname()
socket.socket().connect((x, 80))
await asyncio.open_connection(x, 80)
await asyncio.get_running_loop().getaddrinfo(x, 80)
subprocess.run([x])
subprocess.check_output([x])
glob.glob(x)
shutil.copy(x, x)
shutil.rmtree(x)
os.path.exists(x)
os.path.getmtime(x)
Path(x).read_text()
Path(x).exists()
sa.create_engine(x).connect()
sa.create_engine(x).begin()
sa.create_engine(x).connect().execute(sa.text(x))
Session(sa.create_engine(x)).scalars(sa.select(users))
sessionmaker(sa.create_engine(x))().commit()
await async_sessionmaker(create_async_engine(x))().execute(sa.select(users))
sa.MetaData().create_all(sa.create_engine(x))
psycopg.connect(x)
psycopg.connect(x).cursor().execute(x)
psycopg.connect(x).execute(x)
psycopg2.extras.execute_values(x, x, x)
sqlite3.connect(x).execute(x)
await asyncpg.connect(x)
await asyncpg.create_pool(x)
boto3.client("s3").get_object(Bucket=x)
boto3.client("s3").upload_file(x, x, x)
boto3.Session().client("sqs").send_message(QueueUrl=x)
boto3.resource("dynamodb").Table(x).get_item(Key={})
boto3.resource("s3").Bucket(x).objects.all()
boto3.client("s3").get_paginator(x).paginate()
redis.Redis().get(x)
await redis.asyncio.from_url(x).set(x, x)
await redis.asyncio.Redis().pipeline().execute()
pymongo.MongoClient(x).shop.orders.find_one({})
pymongo.MongoClient(x)["shop"]["orders"].insert_one({})
await aiohttp.ClientSession().get(x)
await aiohttp.request("GET", x)
stripe.Charge.create(amount=3)
stripe.PaymentIntent.retrieve(x)
stripe.StripeClient(x).charges.create()
celery.Celery(x).send_task(x)
shop_pb2_grpc.ShopStub(grpc.insecure_channel(x)).Order(x)
kubernetes.client.CoreV1Api().list_namespaced_pod(x)
google.cloud.storage.Client().bucket(x).blob(x).upload_from_string(x)
google.cloud.pubsub_v1.PublisherClient().publish(x, x)
googleapiclient.discovery.build(x, x).events().list(a=x).execute()
elasticsearch.Elasticsearch(x).search(index=x)
pika.BlockingConnection(x).channel()
slack_sdk.WebClient(token=x).chat_postMessage(channel=x)
twilio.rest.Client(x, x).messages.create(to=x)
supabase.create_client(x, x).table(x).select(x).eq(x, x).execute()
smtplib.SMTP(x)
smtplib.SMTP(x).send_message(x)
pd.read_csv(x)
pd.read_parquet(x)
pd.read_sql(x, x)
pd.read_excel(x)
pd.read_json(x)
pd.DataFrame({"a": [x]}).to_csv(x)
pd.DataFrame({"a": [x]}).to_sql(x, x)
pl.scan_parquet(x)
np.load(x)
zipfile.ZipFile(x)
gzip.open(x)
configparser.ConfigParser().read(x)
np.random.default_rng().normal()
email.utils.formatdate()
email.utils.localtime()
email.utils.make_msgid()
uuid.uuid1()
ulid.ULID()
bson.ObjectId()
random.random()
random.Random().random()
secrets.token_hex()
time.strftime("%Y")
time.localtime()
stripe.Webhook.construct_event(x, x, x)
"""


def _errors(root: Path, expression: str) -> list[str]:
    handler = f"\n@svc.handler()\nasync def h(ctx: Context, x: str) -> str:\n    y = {expression}\n    return str(y)\n"
    return [found.message for found in check(root, {"app.py": HEAD + handler}) if found.severity is Severity.ERROR]


@pytest.mark.parametrize("expression", PURE.strip().splitlines())
def test_is_the_same_every_time(expression: str, tmp_path: Path) -> None:
    assert _errors(tmp_path, expression) == []


@pytest.mark.parametrize("expression", TALKING.strip().splitlines())
def test_is_found(expression: str, tmp_path: Path) -> None:
    assert _errors(tmp_path, expression)
