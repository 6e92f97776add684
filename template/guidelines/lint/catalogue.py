"""What is not the same when it runs again: names of the standard library and of packages that people use."""

from __future__ import annotations


def _words(text: str) -> set[str]:
    return set(text.split())


CLOCK = {
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.perf_counter_ns",
    "time.process_time",
    "time.process_time_ns",
    "time.thread_time",
    "time.clock_gettime",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "asyncio.get_event_loop().time",
    "asyncio.get_running_loop().time",
    "email.utils.localtime",
    "pendulum.now",
    "pendulum.today",
    "arrow.now",
    "arrow.utcnow",
    "django.utils.timezone.now",
    "pandas.Timestamp.now",
    "pandas.Timestamp.utcnow",
    "whenever.Instant.now",
    "whenever.ZonedDateTime.now",
}

CLOCK_WITHOUT = {"time.localtime": 1, "time.gmtime": 1, "time.ctime": 1, "time.asctime": 1, "time.strftime": 2}
"""Functions that read the clock when they get fewer arguments than this."""

IDS = {
    "uuid.uuid1",
    "uuid.uuid4",
    "uuid.uuid6",
    "uuid.uuid7",
    "uuid.uuid8",
    "uuid.getnode",
    "os.urandom",
    "os.getrandom",
}
IDS |= {"ulid.new", "ulid.ULID", "ulid.ulid", "nanoid.generate", "shortuuid.uuid", "shortuuid.random", "bson.ObjectId"}
IDS |= {"shortuuid.ShortUUID().uuid", "shortuuid.ShortUUID().random", "ksuid.Ksuid", "faker.Faker()"}
ID_PREFIXES = ("random.", "secrets.", "numpy.random.", "uuid_utils.", "uuid6.", "cuid.", "cuid2.")
ID_EXCEPTIONS = {"random.Random", "secrets.compare_digest", "numpy.random.Generator", "numpy.random.SeedSequence"}
SEEDED = {"random.Random", "numpy.random.default_rng", "numpy.random.RandomState"}

SLEEPS = {"time.sleep", "asyncio.sleep", "anyio.sleep", "trio.sleep", "gevent.sleep"}

ENVIRONMENT = {"os.getenv", "os.getenvb", "os.getpid", "os.getppid", "os.getlogin", "os.uname", "os.cpu_count"}
ENVIRONMENT |= {"os.getcwd", "getpass.getuser", "dotenv.load_dotenv", "dotenv.dotenv_values", "decouple.config"}
ENVIRONMENT |= {"builtins.hash", "builtins.id"}
ENVIRONMENT |= {"pydantic_settings.BaseSettings()", "environ.Env()", "os.times", "os.getloadavg", "sys.argv"}
ENVIRONMENT_PREFIXES = ("platform.", "psutil.", "importlib.metadata.", "locale.")

FILES = {"builtins.open", "io.open", "builtins.input", "pathlib.Path.cwd", "pathlib.Path.home", "aiofiles.open"}
FILES |= {"anyio.open_file", "getpass.getpass", "sys.stdin.read", "sys.stdin.readline", "codecs.open"}
FILES |= {
    f"os.{name}"
    for name in _words(
        """
    listdir scandir walk fwalk stat lstat remove unlink mkdir makedirs rename renames replace rmdir removedirs open
    read write access chmod chown link symlink readlink truncate utime system popen fork kill
    """
    )
}
FILES |= {
    f"os.path.{n}" for n in _words("exists isfile isdir islink getsize getmtime getctime getatime lexists samefile")
}
FILE_PREFIXES = (
    "glob.",
    "shutil.",
    "tempfile.",
    "subprocess.",
    "linecache.",
    "aiofiles.os.",
    "asyncio.create_subprocess_",
)
PATHS = ("pathlib.Path()", "pathlib.PosixPath()", "anyio.Path()", "pathlib.Path.cwd()", "pathlib.Path.home()")
PATH_METHODS = _words(
    """
    read_text read_bytes write_text write_bytes exists is_file is_dir is_symlink stat lstat unlink mkdir rmdir
    iterdir open glob rglob touch rename replace chmod owner group samefile resolve walk symlink_to hardlink_to
    """
)

NETWORK = _words(
    """
    requests httpx aiohttp urllib.request urllib3 http.client socket smtplib aiosmtplib ftplib imaplib poplib paramiko
    asyncssh boto3 botocore aioboto3 aiobotocore grpc psycopg psycopg2 psycopg_pool asyncpg sqlite3 aiosqlite redis
    aioredis pymongo motor mysql pymysql aiomysql MySQLdb oracledb pyodbc elasticsearch opensearchpy kafka aiokafka
    confluent_kafka pika aio_pika nats celery stripe twilio sendgrid slack_sdk google.cloud azure websockets websocket
    cassandra neo4j minio qdrant_client pinecone chromadb weaviate docker kubernetes pexpect sqlalchemy databases
    tortoise zmq etcd3 consul hvac ldap3 dns memcache pymemcache aiomcache duckdb clickhouse_connect snowflake
    feedparser tweepy github firebase_admin supabase algoliasearch meilisearch typesense pycurl niquests treq
    """
)
NETWORK_PREFIXES = tuple(f"{name}." for name in NETWORK)
NETWORK_ROOTS = frozenset(name.split(".")[0] for name in NETWORK)

MAKING = _words(
    """
    client resource session from_url create_engine create_async_engine insecure_channel secure_channel
    sessionmaker async_sessionmaker scoped_session with_options register_adapter register_converter AsyncClient
    Client url
    """
)
"""Functions of those packages that make an object and do not talk to anybody."""

PURE = _words(
    """
    close aclose json raise_for_status text select insert update values where join label asc desc quote func
    literal construct_event bindparam and_ or_ not_ case cast exists mapped_column relationship column inet_aton
    inet_ntoa htons ntohs inet_pton inet_ntop escape_string adapt build_request configure
    """
)

SQLALCHEMY = _words(
    """
    execute scalars scalar commit rollback flush connect begin begin_nested add add_all get get_one query delete
    merge refresh stream stream_scalars run_sync bulk_save_objects bulk_insert_mappings dispose raw_connection
    """
)

LLM = _words(
    """
    openai anthropic litellm google.generativeai google.genai cohere mistralai groq ollama together replicate
    langchain_openai langchain_anthropic langchain_google_genai langchain_community langchain
    langgraph agents pydantic_ai crewai dspy instructor vertexai huggingface_hub transformers llama_index google.adk
    """
)
LLM_PREFIXES = tuple(f"{name}." for name in LLM)
LLM_ROOTS = frozenset(name.split(".")[0] for name in LLM)
LLM_METHODS = _words(
    """
    create completion acompletion completions generate agenerate generate_content generate_content_async invoke
    ainvoke stream astream batch abatch run run_sync run_async run_streamed run_stream iter chat complete
    acomplete embed embed_query aembed_query embed_documents embedding aembedding embeddings parse kickoff
    kickoff_async predict apredict responses aresponses image_generation aimage_generation transcription
    send_message send_message_async text_generation chat_completion query aquery generate_text
    """
)
RUNNERS = {"agents.Runner.run", "agents.Runner.run_sync", "agents.Runner.run_streamed"}

CONCURRENCY = {
    f"asyncio.{name}"
    for name in _words(
        """
    gather wait wait_for as_completed create_task ensure_future TaskGroup timeout timeout_at shield to_thread run
    run_coroutine_threadsafe Runner
    """
    )
}
CONCURRENCY |= {"anyio.create_task_group", "anyio.move_on_after", "anyio.fail_after", "anyio.to_thread.run_sync"}
CONCURRENCY |= {"anyio.from_thread.run", "anyio.move_on_at", "anyio.fail_at"}
CONCURRENCY |= {"trio.open_nursery", "trio.move_on_after", "trio.fail_after", "trio.to_thread.run_sync"}
CONCURRENCY |= {"threading.Thread", "threading.Timer", "_thread.start_new_thread", "async_timeout.timeout"}
CONCURRENCY |= {"asgiref.sync.sync_to_async", "aiostream.stream.merge", "starlette.concurrency.run_in_threadpool"}
CONCURRENCY_PREFIXES = ("concurrent.futures.", "multiprocessing.")
LOOP_METHODS = {"run_in_executor", "create_task", "call_later", "call_soon", "call_at", "run_until_complete"}
LOOPS = {"asyncio.get_event_loop()", "asyncio.get_running_loop()", "asyncio.new_event_loop()"}


def is_within(path: str, names: frozenset[str]) -> bool:
    """Whether a path is one of the names, or below one."""
    while path:
        if path in names:
            return True
        path = path.rpartition(".")[0]
    return False


def kind(path: str, arguments: int) -> str | None:
    """clock, id, sleep, environment, file, network, process or llm; None for what is the same every time."""
    if path in CLOCK or (path in CLOCK_WITHOUT and arguments < CLOCK_WITHOUT[path]):
        return "clock"
    if path in IDS:
        return "id"
    if path.startswith(ID_PREFIXES) and path not in ID_EXCEPTIONS | SEEDED and "Random()." not in path:
        return None if path.startswith(tuple(f"{name}()" for name in SEEDED)) else "id"
    if (path in SEEDED and arguments == 0) or path.startswith("random.SystemRandom"):
        return "id"
    if path in SLEEPS:
        return "sleep"
    if path in ENVIRONMENT or path.startswith(ENVIRONMENT_PREFIXES):
        return "environment"
    if path in FILES or path.startswith(FILE_PREFIXES):
        return "file"
    name = path.rpartition(".")[2]
    if path.startswith(PATHS) and name in PATH_METHODS:
        return "file"
    root = path.split(".")[0].removesuffix("()")
    if root in NETWORK_ROOTS and _talks(path, name):
        return "network"
    if root in LLM_ROOTS and _asks(path, name):
        return "llm"
    return None


def _talks(path: str, name: str) -> bool:
    if not path.startswith(NETWORK_PREFIXES):
        return False
    if path.startswith("sqlalchemy."):
        return name in SQLALCHEMY and "()" in path
    owners = path.split("()")[:-1]
    if "[]" in path or not all(_is_object(owner) for owner in owners):
        return False
    return name[:1].islower() and name not in MAKING | PURE


def _is_object(path: str) -> bool:
    """Whether calling this gives something to talk through, rather than an answer."""
    name = path.rpartition(".")[2]
    return name[:1].isupper() or name in MAKING | {"connect", "create_pool", "pool", "connection"}


def _asks(path: str, name: str) -> bool:
    if not path.startswith(LLM_PREFIXES) or name not in LLM_METHODS:
        return False
    if path.startswith("langchain_community.") and not any(part in path for part in ("chat_models", "llms", "embedd")):
        return False
    if name in ("parse", "query", "predict", "iter", "batch") and path.split(".")[0] in ("langchain", "langgraph"):
        return False
    return "()" in path or path in RUNNERS or path.split(".")[0] in ("litellm", "openai", "ollama", "replicate")
