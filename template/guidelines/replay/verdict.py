"""What one journal and the code say of each other."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from guidelines.replay import endpoint, wire
from guidelines.replay.endpoint import Answer
from guidelines.replay.journal import PROTOCOL, Journal
from guidelines.replay.messages import CODES, END, ERROR, INPUT, JOURNAL_MISMATCH, OUTPUT, SUSPENSION

OTHER_SEEDS = (1, 2)
"""Where the seed is not known, two that agree show that it does not matter."""

REDACTED = "its values were redacted: replay it from the server, or save it with --payloads"

OTHER_TYPE = re.compile(
    r"recorded the following: '(?P<recorded>[^']+)'.*perform the following: '(?P<attempted>[^']+)'", re.DOTALL
)
SAME_TYPE = re.compile(r"happened while executing '(?P<command>[^']+)'")
OTHER_FIELD = re.compile(r"^ {2,}([\w ]+): (.+) != (.+)$", re.MULTILINE)


class Kind(Enum):
    FITS = "fits"
    DIFFERS = "differs"
    GONE = "handler gone"
    FAILS = "would fail"
    UNKNOWN = "cannot judge"


@dataclass(frozen=True)
class Verdict:
    """`entry` is the index of the command that differs, as the server counts them; the rest is for people."""

    kind: Kind
    detail: str = ""
    entry: int | None = None
    expected: str = ""
    found: str = ""


async def judge(app: Any, journal: Journal) -> Verdict:
    """Replays a journal against an app. Whatever is not understood for certain is `UNKNOWN`, never a guess."""
    if not journal.started:
        return await _if_served(app, journal, Verdict(Kind.FITS, "not started"))
    if reason := _refusal(journal):
        return Verdict(Kind.UNKNOWN, reason)
    if journal.redacted:
        return await _if_served(app, journal, Verdict(Kind.UNKNOWN, REDACTED))
    try:
        if journal.seed is not None:
            return await _replay(app, journal, journal.seed)
        first, second = [await _replay(app, journal, seed) for seed in OTHER_SEEDS]
    except (ValueError, wire.Malformed) as error:
        return Verdict(Kind.UNKNOWN, str(error))
    if first == second:
        return first
    return Verdict(Kind.UNKNOWN, "it depends on ctx.uuid() or ctx.random(), and its random seed is not known")


async def _if_served(app: Any, journal: Journal, verdict: Verdict) -> Verdict:
    """Where nothing can be replayed, all there is to see is whether the handler is still there."""
    answer = await endpoint.call(app, journal.service, journal.handler, b"")
    return _gone(journal) if answer.status == 404 else verdict


def _refusal(journal: Journal) -> str:
    if journal.unreadable:
        return journal.unreadable
    if journal.protocol != PROTOCOL:
        return f"it speaks service protocol {journal.protocol}, and only {PROTOCOL} is understood"
    if unknown := sorted({entry.type for entry in journal.entries} - CODES.keys()):
        return f"its journal has an entry of an unknown type: {', '.join(unknown)}"
    if not journal.entries or journal.entries[0].type != INPUT:
        return "its journal does not begin with its input"
    return ""


async def _replay(app: Any, journal: Journal, seed: int) -> Verdict:
    answer = await endpoint.call(app, journal.service, journal.handler, journal.request(seed))
    if answer.status == 404:
        return _gone(journal)
    if answer.status != 200:
        return Verdict(Kind.UNKNOWN, f"the app answered {answer.status}")
    return _read(answer)


def _read(answer: Answer) -> Verdict:
    messages = list(wire.frames(answer.body))
    for code, body in messages:
        if code == ERROR:
            return _error(dict(wire.decode(body)))
    for code, body in messages:
        if code == CODES[OUTPUT]:
            return _output(dict(wire.decode(body)))
    if any(code == END for code, _ in messages):
        return Verdict(Kind.FITS, "completes")
    if any(code == SUSPENSION for code, _ in messages):
        return Verdict(Kind.FITS, "waits")
    if answer.timed_out:
        return Verdict(Kind.UNKNOWN, f"the handler did not get anywhere within {endpoint.TIMEOUT_SECONDS:g} s")
    if answer.stopped_at_step:
        return Verdict(Kind.FITS, "goes on with a step")
    return Verdict(Kind.UNKNOWN, "the app ended the attempt without saying how")


def _output(message: dict[int, int | bytes]) -> Verdict:
    failure = message.get(15)
    if isinstance(failure, bytes):
        return Verdict(Kind.FAILS, f"ends with a terminal error: {_text(dict(wire.decode(failure)).get(2))}")
    return Verdict(Kind.FITS, "completes")


def _error(message: dict[int, int | bytes]) -> Verdict:
    code, text = message.get(1, 0), _text(message.get(2))
    if code != JOURNAL_MISMATCH:
        return Verdict(Kind.FAILS, f"error {code!r}, on every attempt: {text}")
    index = message.get(4)
    return Verdict(Kind.DIFFERS, text, index if isinstance(index, int) else None, *_difference(text))


def _difference(text: str) -> tuple[str, str]:
    """What the journal has and what the code does, out of the SDK's words; empty where it found other ones."""
    if types := OTHER_TYPE.search(text):
        return types["recorded"], types["attempted"]
    command, fields = SAME_TYPE.search(text), OTHER_FIELD.findall(text)
    if not command or not fields:
        return "", ""
    expected = ", ".join(f"{name} {recorded}" for name, recorded, _ in fields)
    found = ", ".join(f"{name} {attempted}" for name, _, attempted in fields)
    return f"{command['command']} with {expected}", f"{command['command']} with {found}"


def _gone(journal: Journal) -> Verdict:
    return Verdict(Kind.GONE, f"nothing is served as {journal.service}/{journal.handler}")


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else ""
