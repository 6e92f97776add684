"""What is not the same when it runs again: names of the standard library and of packages that people use."""

from __future__ import annotations

from guidelines.lint import packages


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
    "pendulum.now",
    "pendulum.today",
    "arrow.now",
    "arrow.utcnow",
    "django.utils.timezone.now",
    "pandas.Timestamp.now",
    "pandas.Timestamp.utcnow",
    "pandas.Timestamp.today",
    "stripe.Webhook.construct_event",
    "stripe.WebhookSignature.verify_header",
    "whenever.Instant.now",
    "whenever.ZonedDateTime.now",
}

CLOCK_WITHOUT = {"time.localtime": 1, "time.gmtime": 1, "time.ctime": 1, "time.asctime": 1, "time.strftime": 2}
CLOCK_WITHOUT |= {"email.utils.formatdate": 1, "email.utils.localtime": 1, "arrow.get": 1, "croniter.croniter": 2}
CLOCK_WITHOUT |= {"django.utils.timezone.localtime": 1, "django.utils.timezone.localdate": 1}
"""Functions that read the clock when they get fewer arguments than this."""

STYLES = {"localtime", "usegmt", "tzinfo", "timezone", "tz"}
"""Arguments that say how the time is told, not which."""

IDS = {"uuid.uuid1", "uuid.uuid4", "uuid.uuid6", "uuid.uuid7", "uuid.getnode", "os.urandom", "os.getrandom"}
IDS |= {"ulid.new", "ulid.ulid", "nanoid.generate", "shortuuid.random", "email.utils.make_msgid", "xid.XID"}
IDS |= {"shortuuid.ShortUUID().random", "ksuid.Ksuid", "django.utils.crypto.get_random_string"}
IDS_WITHOUT = {"uuid.uuid8": 3, "ulid.ULID": 1, "shortuuid.uuid": 1, "shortuuid.ShortUUID().uuid": 1}
IDS_WITHOUT |= {"bson.ObjectId": 1, "bson.objectid.ObjectId": 1}
"""Functions that make an id of their own when they get fewer arguments than this."""
ID_PREFIXES = ("random.", "secrets.", "numpy.random.", "uuid_utils.", "uuid6.", "cuid.", "cuid2.", "faker.Faker().")
ID_EXCEPTIONS = {"secrets.compare_digest", "faker.Faker().seed_instance"}
ID_EXCEPTIONS |= {f"{module}.{name}" for module in ("uuid_utils", "uuid6") for name in ("UUID", "uuid3", "uuid5")}
SEEDED = {"random.Random", "numpy.random.default_rng", "numpy.random.RandomState", "numpy.random.SeedSequence"}
SEEDED |= {f"numpy.random.{name}" for name in ("Generator", "PCG64", "MT19937", "Philox", "SFC64")}

SLEEPS = {"time.sleep", "asyncio.sleep", "anyio.sleep", "trio.sleep", "gevent.sleep"}

ENVIRONMENT = {"os.getenv", "os.getenvb", "os.getpid", "os.getppid", "os.getlogin", "os.uname", "os.cpu_count"}
ENVIRONMENT |= {"os.getcwd", "getpass.getuser", "dotenv.load_dotenv", "dotenv.dotenv_values", "decouple.config"}
ENVIRONMENT |= {"builtins.hash", "builtins.id"}
ENVIRONMENT |= {"pydantic_settings.BaseSettings()", "environ.Env()", "os.times", "os.getloadavg", "sys.argv"}
ENVIRONMENT |= {f"locale.{name}" for name in _words("getlocale getdefaultlocale setlocale getpreferredencoding")}
ENVIRONMENT |= {"os.path.expanduser", "os.path.expandvars", "os.get_terminal_size", "shutil.get_terminal_size"}
ENVIRONMENT_PREFIXES = ("platform.", "psutil.", "importlib.metadata.")

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
FILE_PREFIXES = ("tempfile.", "linecache.", "aiofiles.os.", "asyncio.create_subprocess_")
PATHS = ("pathlib.Path()", "pathlib.PosixPath()", "anyio.Path()", "pathlib.Path.cwd()", "pathlib.Path.home()")
PATH_METHODS = _words(
    """
    read_text read_bytes write_text write_bytes exists is_file is_dir is_symlink stat lstat unlink mkdir rmdir
    iterdir open glob rglob touch rename replace chmod owner group samefile resolve walk symlink_to hardlink_to
    """
)

LLM = _words(
    """
    openai anthropic litellm google.generativeai google.genai cohere mistralai groq ollama together replicate
    langchain_openai langchain_anthropic langchain_google_genai langchain_community langchain
    langchain_mistralai langchain_groq langchain_ollama langchain_cohere langchain_aws langchain_google_vertexai
    langchain_deepseek langchain_xai smolagents autogen_agentchat voyageai
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
    send_message send_message_async text_generation chat_completion query aquery generate_text complete_async
    create_async stream_async generate_content_stream send_message_stream embed_content rerank moderations
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
    if path in IDS or (path in IDS_WITHOUT and arguments < IDS_WITHOUT[path]):
        return "id"
    if path.startswith(ID_PREFIXES) and path not in ID_EXCEPTIONS | SEEDED and "Random()." not in path:
        return None if path.startswith(tuple(f"{name}()" for name in SEEDED)) else "id"
    if (path in SEEDED and arguments == 0) or path.startswith("random.SystemRandom"):
        return "id"
    if path in SLEEPS:
        return "sleep"
    if path in ENVIRONMENT or path.startswith(ENVIRONMENT_PREFIXES):
        return "environment"
    if path in FILES or (path.startswith(FILE_PREFIXES) and "()" not in path):
        return "file"
    name = path.rpartition(".")[2]
    if path.startswith(PATHS) and name in PATH_METHODS:
        return "file"
    reached = packages.reaches(path)
    if reached is not None:
        return reached
    root = path.split(".")[0].removesuffix("()")
    if root in LLM_ROOTS and _asks(path, name):
        return "llm"
    return None


def _asks(path: str, name: str) -> bool:
    if not path.startswith(LLM_PREFIXES) or name not in LLM_METHODS:
        return False
    if path.endswith(".chats.create"):
        return False
    if path.startswith("langchain_community.") and not any(part in path for part in ("chat_models", "llms", "embedd")):
        return False
    if name in ("parse", "query", "predict", "iter", "batch") and path.split(".")[0] in ("langchain", "langgraph"):
        return False
    return "()" in path or path in RUNNERS or path.split(".")[0] in ("litellm", "openai", "ollama", "replicate")
