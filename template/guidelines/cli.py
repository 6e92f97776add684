"""`python -m guidelines check | list | explain | docs | replay`.

Exit code 0 when there is nothing worse than advice, 1 for errors and warnings, 2 for misuse: a path, rule or setting
that does not exist. `replay` has its own reasons for 1 and 2; its help says them. Without dependencies, so that it also
works where only Python is installed; but YAML takes PyYAML, and `replay` what the project and its tests depend on.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from guidelines.config import ConfigError, nearest, project_of
from guidelines.manifest import app

CLEAN, FOUND, MISUSED = 0, 1, 2

FORMATS = {"text": "text", "json": "json_list", "github": "github", "sarif": "sarif"}

MOST_ROUNDS = 10
"""Of mending: one edit may make place for another."""


class Misuse(Exception):
    """What was asked for makes no sense. The message says what would."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; argparse itself ends with 2 where it cannot."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        code = command(options)
        sys.stdout.flush()
        return code
    except (Misuse, ConfigError) as error:
        print(f"guidelines: {error}", file=sys.stderr)
        return MISUSED
    except BrokenPipeError:  # `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND


def check(options: argparse.Namespace) -> int:
    """Prints what is wrong with the code at a path."""
    path = Path(os.path.realpath(options.path))  # resolve() breaks on a link to itself
    if not path.exists():
        raise Misuse(f"there is no {options.path}")
    if path.is_file() and path.suffix != ".py":
        raise Misuse(f"{options.path} is no Python file")
    project = project_of(path)
    importing = None if options.fix else app.start(project.root)  # imports for as long as the linter loads and works

    from guidelines import checking, fixing

    if options.fix:
        mended = 0
        for _ in range(MOST_ROUNDS):
            count = fixing.fix(project.root, checking.check(path, project).findings)
            mended += count
            if not count:
                break
        print(f"guidelines: {mended} mended", file=sys.stderr)
        importing = app.start(project.root)
    report = checking.check(path, project, importing)
    print(importlib.import_module(f"guidelines.formats.{FORMATS[options.format]}").render(report))
    return FOUND if report.failed else CLEAN


def explain(options: argparse.Namespace) -> int:
    """Prints the page of a rule, or of a guideline."""
    from guidelines import pages
    from guidelines.catalogue import RULES
    from guidelines.registry import REGISTRY

    name: str = options.rule
    if name in RULES:
        print(pages.page(RULES[name]))
    elif name in REGISTRY:
        print(pages.guideline(REGISTRY[name]))
    else:
        raise Misuse(f"there is no rule or guideline '{name}'{nearest(name, [*RULES, *REGISTRY])}")
    return CLEAN


def list_(options: argparse.Namespace) -> int:
    """Prints every guideline: where it is shown, and how it is enforced."""
    from guidelines import pages
    from guidelines.registry import REGISTRY

    print(pages.listing(REGISTRY.values()))
    return CLEAN


def docs(options: argparse.Namespace) -> int:
    """Writes what is generated from the registry and the rules, or says whether it is up to date."""
    from guidelines import pages

    stale = pages.stale(options.path)
    if options.check:
        for path in stale:
            print(f"{path} is out of date: run 'python -m guidelines docs'", file=sys.stderr)
        return FOUND if stale else CLEAN
    for path, text in stale.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path}")
    return CLEAN


def replay(options: argparse.Namespace) -> int:
    """Says of each invocation in flight whether the code here still replays its journal."""
    try:
        from guidelines.replay import command, endpoint
    except ImportError as error:
        raise Misuse(f"replay needs the project's dependencies and its group dev: {error}") from None
    options.admin = options.admin or os.environ.get("RESTATE_ADMIN_URL", "")
    if not options.admin and not options.journals:
        raise Misuse("say where the journals are: --admin URL (or RESTATE_ADMIN_URL), or --journals FOLDER")
    if options.payloads and not options.save:
        raise Misuse("--payloads says what is saved: it needs --save FOLDER")
    try:
        app = endpoint.load(Path())
        journals = list(command.read(options.admin, options.journals))
        if options.save:
            saved = command.save(journals, options.save, payloads=options.payloads)
            print(f"guidelines: {saved} saved in {options.save}", file=sys.stderr)
    except command.ERRORS as error:
        raise Misuse(str(error)) from None
    found = command.judged(journals, app)
    print(command.as_json(found) if options.format == "json" else command.as_text(found))
    return command.exit_code(found)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="guidelines", description="Checks code for Restate against 75 guidelines.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("check", help="check a file or folder; exits 1 for errors and warnings")
    command.add_argument("path", nargs="?", type=Path, default=Path(), help="what to check (default: this folder)")
    command.add_argument("--format", choices=FORMATS, default="text")
    command.add_argument("--fix", action="store_true", help="mend what can be mended safely first")
    command.set_defaults(command=check)

    command = commands.add_parser("list", help="the guidelines: where each is shown, and how it is enforced")
    command.set_defaults(command=list_)

    command = commands.add_parser("explain", help="the page of a rule or guideline")
    command.add_argument("rule", help="such as context-in-step or do-I-3")
    command.set_defaults(command=explain)

    command = commands.add_parser("docs", help="write docs/guidelines.md and the table in AGENTS.md")
    command.add_argument("path", nargs="?", type=Path, default=Path(), help="the project (default: this folder)")
    command.add_argument("--check", action="store_true", help="write nothing; exit 1 if something is out of date")
    command.set_defaults(command=docs)

    command = commands.add_parser(
        "replay",
        help="would the code here replay the invocations in flight? exits 1 if not",
        description="Replays the journal of each invocation in flight against the app of this folder, in here. "
        "Exits with 0 if each still fits, 1 if one does not, 2 if one cannot be judged and none is known to break.",
        epilog="No step is run, and nothing is written to the server. Code outside of steps does run, with the "
        "settings of this environment: run it where it can do no harm. What is proven is the recorded part, not what "
        "comes after it. Differences are printed with their values.",
    )
    source = command.add_mutually_exclusive_group()
    source.add_argument("--admin", metavar="URL", help="the server's admin API (default: $RESTATE_ADMIN_URL)")
    source.add_argument("--journals", metavar="FOLDER", type=Path, help="journals that were saved")
    command.add_argument("--save", metavar="FOLDER", type=Path, help="keep the journals there, redacted")
    command.add_argument("--payloads", action="store_true", help="keep them whole: personal data, never for git")
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.set_defaults(command=replay)
    return parser
