"""Which functions of common packages talk to the outside world: files, machines, networks.

The rest of those packages makes requests, queries, URLs and errors, which is the same every time. What a package
does to the outside is listed where few of its functions do (`TALKING`), and guessed for the other packages.
"""

from __future__ import annotations

import re


def _words(text: str) -> set[str]:
    return set(text.split())


_HTTP = "(get|post|put|patch|delete|head|options|request|send|stream|ws_connect|query)"
_COMMANDS = "(run|call|check_call|check_output|Popen|getoutput|getstatusoutput)"
_HOSTS = "(create_connection|create_server|socketpair|get(addrinfo|nameinfo|fqdn|host(name|by\\w+)))"
_TO_DISK = "(load|save\\w*|loadtxt|genfromtxt|fromfile|memmap|savetxt)"
_SESSIONS = (
    r"((sessionmaker|async_sessionmaker)\(\)\(\)|scoped_session\(\)(\(\))?|(Async)?Session\(\)"
    r"|(create_(async_)?engine|engine_from_config|(Async)?Engine|(async_)?sessionmaker)\(\)(\.(begin|connect)\(\))?"
    r"|(Async)?Connection\(\))"
)
_STATEMENTS = (
    r"(execute|exec|exec_driver_sql|scalars|scalar|commit|rollback|flush|connect|begin|begin_nested|add|add_all"
    r"|get|get_one|query|delete|merge|refresh|stream|stream_scalars|run_sync|bulk_\w+|dispose|raw_connection)"
)
_MANAGED = r"(get|create|filter|exclude|all|count|exists|first|last|update|delete|bulk_\w+|get_or_create|a[a-z]+)"
_MAIL = r"(SMTP|SMTP_SSL|LMTP|FTP|FTP_TLS|IMAP4|IMAP4_SSL|POP3|POP3_SSL)"
_BUFFERED = r"\.(pipeline|multi_exec)\(\)\.(?!(a?execute|immediate_execute_command|watch)$)\w+$"

TALKING = {
    name: re.compile(pattern)
    for names, pattern in {
        "requests": rf"requests(\.api)?\.{_HTTP}$|requests(\.sessions)?\.[Ss]ession\(\)\.{_HTTP}$",
        "httpx": rf"httpx\.((Async)?Client\(\)\.)?{_HTTP}$|.*Transport\(\)\.handle_(async_)?request$",
        "aiohttp": rf"aiohttp(\.client)?\.(ClientSession\(\)\.)?{_HTTP}$|.*\.resolve$",
        "niquests treq": rf"\w+\.((Async)?Session\(\)\.)?{_HTTP}$",
        "urllib3": r"urllib3(\.\w+)*\.(\w+(Manager|Pool)\(\)\.)?(request\w*|urlopen)$|.*\.(proxy|connection)_from_url$",
        "urllib": r"urllib\.request\.(urlopen|urlretrieve|(build_opener|OpenerDirector)\(\)\.open)$",
        "http": r"http\.client\.HTTPS?Connection\(\)\.(request|getresponse|connect|send|endheaders)$",
        "socket": rf"socket\.{_HOSTS}$|socket\.(socket|create_\w+)\(\)\.(?!close|settime|setblock|fileno)[a-z]\w*$",
        "asyncio": r"asyncio\.(open_(unix_)?connection|start_(unix_)?server)$"
        r"|asyncio\.get_\w+_loop\(\)\.(get(addr|name)info|create_(unix_)?(connection|server)|sock_\w+)$",
        "anyio trio": r"\w+\.(connect_\w+|run_process|open_process|open_tcp_stream|create_\w+_listener|serve_tcp)$",
        "subprocess": rf"subprocess\.{_COMMANDS}$",
        "glob": r"glob\.(glob|iglob)$",
        "shutil": r"shutil\.(?!ignore_patterns$|Error|SameFileError|(un)?register_|get_(un)?(archive|pack)_formats$)",
        "boto3 botocore aioboto3 aiobotocore": r"[\w.()]+\.(client|resource|create_client)\(\)"
        r"((\.[A-Z]\w*|\.get_(paginator|waiter))\(\))*(\.\w+)*"
        r"\.(?!close$|can_paginate$|get_paginator$|get_waiter$|get_available_subresources$)[a-z]\w*$",
        "sqlalchemy sqlmodel": rf"[\w.]*\b{_SESSIONS}\.{_STATEMENTS}$|.*\bMetaData\(\)\.(create_all|drop_all|reflect)$"
        rf"|.*\bmetadata\.(create_all|drop_all|reflect)$",
        "celery": r".*\.(delay|apply_async|send_task|adelay|aapply_async|revoke)$|.*AsyncResult\(\)\.\w+$",
        "googleapiclient": r".*\.execute$",
        "supabase": r".*\(\).*\.(execute|invoke|upload|download|remove|sign_\w+|get_user|get_session|create_user)$",
        "django": rf".*\bModel\.(objects|_default_manager)(\.\w+\(\))*\.{_MANAGED}$"
        r"|.*\bModel\(\)\.a?(save|delete|refresh_from_db)$|django\.core\.mail\.(send_\w*mail|mail_admins|mail_managers)$"
        r"|django\.core\.cache\.cache\.\w+$|.*\bconnection\.cursor\(\)\.(execute|executemany|fetch\w+)$",
        "peewee": r".*\bModel\.(create|get|get_or_none|get_or_create|get_by_id|insert_many|delete_by_id|bulk_create)$"
        r"|.*\bModel\(\)\.(save|delete_instance)$|.*Database\(\)\.(connect|execute_sql|atomic)$|.*\.execute$",
        "pandas": r"pandas\.(read_(?!clipboard)\w+|(ExcelFile|ExcelWriter|HDFStore))$",
        "polars": r"polars\.(read|scan)_\w+$|.*\.(write|sink)_\w+$",
        "numpy": rf"numpy\.{_TO_DISK}$",
        "pyarrow": r"pyarrow\.\w+\.(read_\w+|write_\w+|ParquetFile|ParquetWriter)$",
        "openpyxl": r"openpyxl\.load_workbook$|openpyxl\.Workbook\(\)\.save$",
        "PIL": r"PIL\.Image\.open$|.*\(\)\.save$",
        "cv2": r"cv2\.(imread|imwrite|VideoCapture)$",
        "joblib": r"joblib\.(load|dump)$",
        "zipfile": r"zipfile\.ZipFile$",
        "tarfile": r"tarfile\.(open|TarFile\.open)$",
        "gzip bz2 lzma shelve dbm smart_open fsspec webbrowser": r"\w+\.open$",
        "configparser": r"configparser\.\w+\(\)\.read$",
        "xml": r"xml\.etree\.ElementTree\.parse$",
        "keyring": r"keyring\.(get|set|delete)_\w+$",
    }.items()
    for name in names.split()
}
"""All that reaches the outside world, by the first part of the path; nothing else of these packages does."""

ON_DISK = _words(
    """
    subprocess glob shutil pandas polars numpy pyarrow openpyxl PIL cv2 joblib zipfile tarfile gzip bz2 lzma shelve dbm
    configparser xml keyring
    """
)
CONNECTING = re.compile(rf"(smtplib|ftplib|imaplib|poplib)\.{_MAIL}$")
STUBS = re.compile(r"[\w.]*_pb2_grpc\.\w+Stub\(\)\.\w+$")

GUESSED = _words(
    """
    smtplib aiosmtplib ftplib imaplib poplib paramiko asyncssh grpc psycopg psycopg2 psycopg_pool asyncpg sqlite3
    aiosqlite redis aioredis pymongo motor mysql pymysql aiomysql MySQLdb oracledb pyodbc elasticsearch opensearchpy
    kafka aiokafka confluent_kafka pika aio_pika nats stripe twilio sendgrid slack_sdk google.cloud google.auth azure
    websockets websocket cassandra neo4j qdrant_client pinecone chromadb weaviate docker kubernetes pexpect databases
    minio tortoise zmq etcd3 consul hvac ldap3 dns memcache pymemcache aiomcache duckdb clickhouse_connect snowflake
    feedparser tweepy github firebase_admin algoliasearch meilisearch typesense pycurl httpx_sse braintree resend
    jira notion_client pysftp zeep gspread telegram discord mailjet_rest postmarker vonage influxdb_client s3fs gcsfs
    pymssql aioodbc valkey coredis asyncmy psycopg2cffi aioboto aioredlock aiocache simple_salesforce shopify plaid
    """
)
_GUESSED_PREFIXES = tuple(f"{name}." for name in GUESSED)
_ROOTS = frozenset(name.split(".")[0] for name in GUESSED)

MAKING = _words(
    """
    client resource session create_engine insecure_channel secure_channel register_adapter register_converter
    AsyncClient Client url pipeline pubsub lock register_script cursor bucket blob collection document dataset table
    topic subscription get_database get_collection initialize_app database container
    """
)
"""Functions that make an object and do not talk to anybody."""

PURE = _words(
    """
    close aclose json raise_for_status text select insert update values where join label asc desc quote func literal
    bindparam cast exists escape_string adapt configure quote_ident mogrify complete_statement
    set_missing_host_key_policy paramstyle converter copy dict model_dump items keys as_string code name reason
    ignore strip lower upper split startswith endswith group signature register_uuid init_app add_done_callback
    construct_from Binary version retry_state
    """
)
_PURE_PREFIXES = re.compile(
    r"(to|as|with|is|has|build|make|parse|format|encode|decode|serialize|deserialize|escape|quote|dumps|loads|register"
    r"|can|from)(_|$)|(serialize|deserialize|encode|decode|dumps|loads|validate|compute)$|.*_(path|credentials|handler)$"
)
_PURE_MODULES = re.compile(
    r"\.(types?|exceptions?|errors?|error|constants?|const|utils?|typing|models?|schemas?|status|codes|enums?|sql|rows"
    r"|extensions|conninfo|abc|conditions|backoff|retry|classes|helpers\.mail|twiml|request_validator|signature|protocol"
    r"|formatting|converters|rdatatype|name|StripeObject|Webhook\w*|adapt|json|version)\."
)
_DATA = re.compile(
    r"(Error|Exception|Warning|Config|Options|Settings|Params|Parameters|Headers|URL|Timeout|Limits|Request|Response"
    r"|Message|Properties|Serializer|Deserializer|Policy|Backoff|FormData|Filter|Condition|Mail|Credentials?|Json|Jsonb"
    r"|Binary|Composed|Identifier|Formatter|Parser|^V\d\w*|Vector|Document|Point\w*|Model|Column|Field|Mutation|Auth)$"
)
"""Classes whose objects hold data."""


WRITERS = re.compile(
    r"(pandas|polars|numpy)\.[\w.()\[\]]*\(\)[\w.()\[\]]*"
    r"\.(to_(csv|json|excel|parquet|pickle|sql|feather|hdf|html|orc|gbq|markdown|latex|xml|stata)|tofile)$"
)
"""They write a file if they are told where, and give text otherwise."""

IN_MEMORY = ("io.StringIO()", "io.BytesIO()")


def reaches(path: str) -> str | None:
    """network or file when calling this reaches out of the process, None when it does not."""
    root = path.split(".")[0].removesuffix("()")
    pattern = TALKING.get(root)
    if pattern is not None:
        if pattern.match(path) is None:
            return None
        return "file" if root in ON_DISK else "network"
    if CONNECTING.match(path) or STUBS.match(path) or (root in _ROOTS and _talks(path)):
        return "network"
    return None


def _talks(path: str) -> bool:
    """A guess for packages whose functions are not listed."""
    if path.startswith(("pymongo.", "motor.")):
        path = path.replace("[]", "")  # databases and collections
    if not path.startswith(_GUESSED_PREFIXES) or "[]" in path or _PURE_MODULES.search(path):
        return path.startswith("psycopg2.extras.execute_")
    if re.search(_BUFFERED, path):
        return False
    owners, name = path.split("()")[:-1], path.rpartition(".")[2]
    if not all(_is_client(owner) for owner in owners):
        return False
    makes = name in MAKING | PURE or name.endswith("_client") or _PURE_PREFIXES.match(name) is not None
    return name[:1].islower() and not makes


def _is_client(path: str) -> bool:
    """Whether calling this gives something to talk through, rather than an answer or mere data."""
    name = path.rpartition(".")[2]
    if name[:1].isupper():
        return _DATA.search(name) is None
    if name.startswith(("from_", "with_")) or name.endswith(("_client", "_connection")):
        return True
    return name in MAKING | {"connect", "create_pool", "pool", "connection", "acquire", "transaction"}
