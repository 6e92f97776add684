"""Imports a project's app in a process of its own, while the linter works."""

import ast
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from guidelines.finding import Finding, Severity
from guidelines.manifest.served import Component, from_facts
from guidelines.rule import Rule

TIMEOUT_SECONDS = 30

IMPORTER = Path(__file__).with_name("importing.py")

SETTINGS = {"ENVIRONMENT": "development", "ENV_FILE": os.devnull}
"""So that what is checked does not depend on whose machine checks it."""


@dataclass(frozen=True)
class Import:
    """An import under way."""

    process: subprocess.Popen[str]

    def result(self) -> tuple[tuple[Component, ...], list[Finding]]:
        """Waits for the import: what is served, or one finding that says why nobody knows."""
        try:
            answer, said = self.process.communicate(timeout=TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            return (), [_broken("app.py", 1, f"its import takes longer than {TIMEOUT_SECONDS} s")]
        try:
            facts = json.loads(answer)
        except json.JSONDecodeError:
            last = said.strip().splitlines()[-1:] or ["nothing"]
            return (), [_broken("app.py", 1, f"its import ended with {self.process.returncode}: {last[0]}")]
        if "error" in facts:
            return (), [_broken(facts["path"], facts["line"], f"the app does not import: {facts['error']}")]
        return from_facts(facts["components"]), []


def start(root: Path) -> Import | None:
    """Starts to import the app of a project; None if it has none, by the look of its app.py."""
    try:
        if not is_app((root / "app.py").read_text(encoding="utf-8-sig")):
            return None
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return None  # the linter says what is wrong with the file
    process = subprocess.Popen(  # noqa: S603  our own interpreter, our own script
        [sys.executable, str(IMPORTER), str(root)],
        cwd=root,
        env=os.environ | SETTINGS,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Import(process)


def is_app(text: str) -> bool:
    """Whether a source makes an `app` or `components` for Restate.

    Raises:
        SyntaxError, ValueError: when it does not parse.
    """
    names: set[str | None] = set()
    for node in ast.parse(text).body:
        match node:
            case ast.Assign(targets=targets):
                names.update(target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.FunctionDef(name=name):
                names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names.update(alias.asname or alias.name for alias in aliases)
    return "restate" in text and bool(names & {"app", "components"})


def _broken(path: str, line: int, message: str) -> Finding:
    return RULE.finding(path, line, " ".join(message.split()))


RULE = Rule(
    name="app-does-not-import",
    guidelines=(),
    severity=Severity.ERROR,
    checker="manifest",
    purpose="`app.py` cannot be imported, so nobody knows what it serves.",
    why="What the linter finds is still reported, but timeouts, retry policies and handler kinds were not looked at.",
    remedy="Mend what the message names; `python -c 'import app'` shows the whole traceback.",
    bad="import restate\nimport no_such_module\n\napp = restate.app([])\n",
    good="import restate\n\napp = restate.app([])\n",
    check=lambda findings: findings,
)
