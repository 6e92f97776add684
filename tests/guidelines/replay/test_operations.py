"""Each operation of the context, as in a journal of its own: once the code that made it, once other code."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dev.restate_server import Server
from guidelines.replay import command
from guidelines.replay.journal import Entry, Journal
from guidelines.replay.redaction import redact
from guidelines.replay.verdict import Kind, Verdict
from tests.guidelines.replay.serving import Serving, app_of

SOURCE = '''
from datetime import timedelta

import restate
from restate.entry_codec import JournalValueCodec


class Backwards(JournalValueCodec):
    """Stands for encryption: nobody without it can read a value."""

    def encode(self, buf: bytes) -> bytes:
        return b"#" + buf[::-1]

    async def decode(self, buf: bytes) -> bytes:
        assert not buf or buf.startswith(b"#")
        return buf[1:][::-1]


async def opened_codec():
    return Backwards()


leave = restate.Workflow("Leave")
lazy = restate.VirtualObject("Lazy", enable_lazy_state=True)
things = restate.Service("Things")


@leave.main()
async def run(ctx: restate.WorkflowContext, who: str) -> str:
    await ctx.promise("seen", type_hint=str).peek()
    return await ctx.promise("decision", type_hint=str).value()


@lazy.handler()
async def count(ctx: restate.ObjectContext, by: int) -> int:
    known = await ctx.state_keys()
    so_far = await ctx.get("count", type_hint=int) or 0
    ctx.set("count", so_far + by)
    await ctx.sleep(timedelta(hours=1))
    return so_far


@things.handler()
async def sleep(ctx: restate.Context, hours: int) -> None:
    await ctx.sleep(timedelta(hours=hours))


@things.handler()
async def caller(ctx: restate.Context, hours: int) -> None:
    called = ctx.service_call(sleep, arg=hours)
    await ctx.attach_invocation(await called.invocation_id())


@things.handler()
async def canceller(ctx: restate.Context, other: str) -> None:
    ctx.cancel_invocation(other)
    await ctx.sleep(timedelta(hours=1))


@things.handler()
async def signalled(ctx: restate.Context, name: str) -> str:
    return await ctx.signal("go", type_hint=str)


@things.handler()
async def signaller(ctx: restate.Context, other: str) -> None:
    ctx.resolve_signal(other, "stop", "now")
    await ctx.sleep(timedelta(hours=1))


@things.handler()
async def random_key(ctx: restate.Context, hours: int) -> None:
    ctx.service_send(sleep, arg=hours, idempotency_key=str(ctx.uuid()))
    await ctx.sleep(timedelta(hours=1))


app = restate.app([leave, lazy, things], journal_value_codec=CODEC)
'''

PLAIN, ENCRYPTED = SOURCE.replace("CODEC)", "None)"), SOURCE.replace("CODEC)", "opened_codec)")

OTHER = "another invocation"

OPERATIONS = {
    "promise": ("Leave/{key}/run", "ada", 4, 'promise("decision"', 'promise("answer"'),
    "peek": ("Leave/{key}/run", "ada", 4, 'promise("seen"', 'promise("looked at"'),
    "lazy state": ("Lazy/{key}/count", 1, 7, 'ctx.get("count"', 'ctx.get("total"'),
    "state keys": ("Lazy/{key}/count", 1, 7, "    known = await ctx.state_keys()\n", ""),
    "call": ("Things/caller", 1, 4, "service_call(sleep", "service_call(random_key"),
    "attach": ("Things/caller", 1, 4, "ctx.attach_invocation(await called.invocation_id())", "ctx.sleep(timedelta(1))"),
    "cancel": ("Things/canceller", OTHER, 3, "    ctx.cancel_invocation(other)\n", ""),
    "signal": ("Things/signaller", OTHER, 3, '"stop"', '"halt"'),
    "uuid": ("Things/random_key", 1, 4, "str(ctx.uuid())", "ctx.uuid().hex"),
}


@pytest.fixture(scope="module", params=[PLAIN, ENCRYPTED], ids=["plain", "encrypted"])
def source(request: pytest.FixtureRequest) -> str:
    source: str = request.param
    return source


@pytest.fixture(scope="module")
def journals(server: Server, tmp_path_factory: pytest.TempPathFactory, source: str) -> Iterator[dict[str, Journal]]:
    """Of each operation, as it stands."""
    with Serving(server, tmp_path_factory.mktemp("served"), source) as serving:
        key = "plain" if source is PLAIN else "encrypted"
        other = serving.send("Things/sleep", sent(1, source))
        found: dict[tuple[str, object], Journal] = {}
        for path, body, entries, _, _ in OPERATIONS.values():
            if (path, body) not in found:
                content = sent(other if body == OTHER else body, source)
                found[path, body] = serving.journal(serving.send(path.format(key=key), content), entries)
        yield {name: found[path, body] for name, (path, body, _, _, _) in OPERATIONS.items()}


def sent(body: object, source: str) -> bytes:
    """The codec is the service's own, so what comes from outside is to be encoded there."""
    plain = json.dumps(body).encode()
    return plain if source is PLAIN else b"#" + plain[::-1]


def verdict(journal: Journal, folder: Path, source: str) -> Verdict:
    [(_, _, found)] = command.judged([("", journal)], app_of(folder, source))
    return found


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_fits_and_what_does_not(journals: dict[str, Journal], source: str, operation: str, tmp_path: Path) -> None:
    _, _, _, old, new = OPERATIONS[operation]
    assert old in source
    fitting = verdict(journals[operation], tmp_path, source)
    assert fitting == Verdict(Kind.FITS, "waits")
    assert verdict(journals[operation], tmp_path, source.replace(old, new)).kind is Kind.DIFFERS


def test_what_is_sent_is_compared_unless_a_codec_hides_it(
    journals: dict[str, Journal], source: str, tmp_path: Path
) -> None:
    """The SDK compares no values where there is a codec, since encryption may differ each time; nor does a server."""
    found = verdict(journals["call"], tmp_path, source.replace("sleep, arg=hours)", "sleep, arg=hours + 1)"))
    assert found.kind is (Kind.DIFFERS if source is PLAIN else Kind.FITS)


def test_a_seed_that_is_not_known_is_refused_where_it_matters(
    journals: dict[str, Journal], source: str, tmp_path: Path
) -> None:
    """That the computed seed is the real one is what makes "uuid" fit above."""
    assert verdict(replace(journals["uuid"], seed=None), tmp_path, source).kind is Kind.UNKNOWN
    assert verdict(replace(journals["uuid"], seed=1), tmp_path, source).kind is Kind.DIFFERS
    assert verdict(replace(journals["promise"], seed=None), tmp_path, source).kind is Kind.FITS


def test_what_is_not_understood_is_refused(journals: dict[str, Journal], source: str, tmp_path: Path) -> None:
    journal = journals["promise"]
    unknown = replace(journal, entries=(*journal.entries, Entry("Command: Teleport", b"")))
    beheaded = replace(journal, entries=journal.entries[1:])
    for refused in (replace(journal, protocol=7), unknown, beheaded, redact(journal)):
        found = command.judged([("", refused)], app_of(tmp_path, source))
        assert found[0][2].kind is Kind.UNKNOWN
        assert command.exit_code(found) == command.UNKNOWN


def test_what_is_redacted_holds_no_value(journals: dict[str, Journal]) -> None:
    for journal in journals.values():
        kept = redact(journal)
        assert [entry.type for entry in kept.entries] == [entry.type for entry in journal.entries]
        assert [entry.name for entry in kept.entries] == [entry.name for entry in journal.entries]
        assert b"a test" not in b"".join(entry.body for entry in kept.entries)
        assert b"a test" in journal.entries[0].body
