"""`# guidelines: ignore[rule] reason`: accepts a finding in its place. The reason is for the next reader.

Behind code it speaks of that line, on a line of its own of the next line of code.
"""

import io
import re
import tokenize
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from guidelines.config import nearest
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule

MARK = re.compile(r"#\s*guidelines:\s*ignore\b(?:\[(?P<rules>[^\]]*)\])?(?P<reason>[^#]*)")

NOT_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


@dataclass
class Suppression:
    """One comment: it stands on line `at` and speaks of line `line`."""

    path: str
    at: int
    line: int
    rules: tuple[str, ...]
    reason: str
    used: set[str] = field(default_factory=set)


@dataclass
class Suppressions:
    """Every suppression of a project. `rules` are all that exist, `ran` those that could have found something."""

    found: list[Suppression]
    rules: Collection[str]
    ran: Collection[str]

    def remaining(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings that nobody accepted."""
        for finding in findings:
            accepted = [s for s in self.found if (s.path, s.line) == (finding.path, finding.line)]
            accepted = [s for s in accepted if finding.rule in s.rules]
            for suppression in accepted:
                suppression.used.add(finding.rule)
            if not accepted:
                yield finding

    def problems(self) -> Iterator[Finding]:
        """What is wrong with the suppressions themselves. Ask after `remaining`."""
        for rule in (REASON, UNKNOWN, UNUSED):
            yield from rule.check(self)


def parse(path: str, text: str) -> Iterator[Suppression]:
    """The suppressions in a source that parses."""
    if "guidelines:" not in text:  # tokenizing is slow
        return
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    code = sorted({line for t in tokens if t.type not in NOT_CODE for line in range(t.start[0], t.end[0] + 1)})
    for token in tokens:
        match = MARK.match(token.string) if token.type == tokenize.COMMENT else None
        if match:
            at = token.start[0]
            line = at if at in code else next((later for later in code if later > at), at)
            rules = tuple(rule.strip() for rule in (match["rules"] or "").split(",") if rule.strip())
            yield Suppression(path, at, line, rules, match["reason"].strip(" :-—\t"))


def parse_lines(path: str, text: str) -> Iterator[Suppression]:
    """The suppressions in a file of another language, whose comments start with `#` as well."""
    lines = text.splitlines()
    for at, line in enumerate(lines, 1):
        match = MARK.search(line)
        if not match:
            continue
        alone = line.lstrip().startswith("#")
        code = (n for n, later in enumerate(lines[at:], at + 1) if later.strip() and not later.lstrip().startswith("#"))
        rules = tuple(rule.strip() for rule in (match["rules"] or "").split(",") if rule.strip())
        yield Suppression(path, at, next(code, at) if alone else at, rules, match["reason"].strip(" :-—\t"))


def _problem(suppression: Suppression, rule: str, message: str) -> Finding:
    return Finding(suppression.path, suppression.at, 0, rule, "", Severity.ERROR, message)


def _without_reason(all_: Suppressions) -> Iterator[Finding]:
    for suppression in all_.found:
        if not suppression.reason:
            names = ", ".join(suppression.rules) or "…"
            yield _problem(suppression, REASON.name, f"ignore[{names}] does not say why")


def _unknown(all_: Suppressions) -> Iterator[Finding]:
    for suppression in all_.found:
        if not suppression.rules:
            yield _problem(suppression, UNKNOWN.name, "names no rule: write ignore[rule] reason")
        for rule in suppression.rules:
            if rule not in all_.rules:
                yield _problem(suppression, UNKNOWN.name, f"there is no rule '{rule}'{nearest(rule, all_.rules)}")


def _unused(all_: Suppressions) -> Iterator[Finding]:
    for suppression in all_.found:
        for rule in suppression.rules:
            if rule in all_.ran and rule not in suppression.used:
                message = f"nothing to ignore: {rule} finds nothing on line {suppression.line}"
                yield _problem(suppression, UNUSED.name, message)


_GOOD = """\
import time

from restate import Context, Service

shop = Service("Shop")


@shop.handler()
async def order(ctx: Context, item: str) -> None:
    time.time()  # guidelines: ignore[unstable-clock] warms a cache, the result is not used
"""

REASON = Rule(
    name="suppression-without-reason",
    guidelines=(),
    severity=Severity.ERROR,
    checker="suppressions",
    purpose="A finding is ignored, and nobody says why.",
    why="The next reader cannot tell a decision from an accident, and does not dare to remove it.",
    remedy="Write the reason behind the bracket: `# guidelines: ignore[rule] the reason`.",
    bad=_GOOD.replace(" warms a cache, the result is not used", ""),
    good=_GOOD,
    check=_without_reason,
)

UNKNOWN = Rule(
    name="unknown-rule-in-suppression",
    guidelines=(),
    severity=Severity.ERROR,
    checker="suppressions",
    purpose="A suppression names no rule, or one that does not exist.",
    why="It ignores nothing, although it reads as if it did.",
    remedy="Take the name from the finding; `python -m guidelines list` has them all.",
    bad=_GOOD.replace("unstable-clock", "unstable-clok"),
    good=_GOOD,
    check=_unknown,
)

UNUSED = Rule(
    name="unused-suppression",
    guidelines=(),
    severity=Severity.ERROR,
    checker="suppressions",
    purpose="A suppression of something that is not found in its line.",
    why="The code is better than its comment says. Left alone, it would hide the next mistake in that line.",
    remedy="Remove the comment, or move it to the line of the finding.",
    bad=_GOOD.replace("time.time()", "len(item)"),
    good=_GOOD,
    check=_unused,
)

RULES = (REASON, UNKNOWN, UNUSED)
