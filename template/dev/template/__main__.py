"""`make add`, `make update` and `make outdated`."""

import argparse
import shlex
import sys

from dev.errors import DevError
from dev.project import ROOT
from dev.template.adding import add
from dev.template.updating import Update


def main() -> int:
    """0 when there is nothing left to do, 1 for conflicts, 2 for bad input; `outdated` ends with 1 if it is."""
    parser = argparse.ArgumentParser(prog="python -m dev.template", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    adding = commands.add_parser("add", help="one more component")
    adding.add_argument("kind")
    adding.add_argument("name")
    updating = commands.add_parser("update", help="bring the project to another version of the template")
    updating.add_argument("--version", default="", help="a release, tag or commit; the newest release if not said")
    updating.add_argument("--answers", default="", help="answers to change, as in 'starter=blank'")
    updating.add_argument("--discard", default="", choices=["", "yes"], help="delete edited files that nobody needs")
    commands.add_parser("outdated", help="whether there is a newer release")
    options = parser.parse_args()
    try:
        match options.command:
            case "add":
                return added(options.kind, options.name)
            case "update":
                return updated(options.version, options.answers, options.discard == "yes")
            case _:
                return outdated()
    except DevError as error:
        print(error, file=sys.stderr)
        return 2


def added(kind: str, name: str) -> int:
    for file in add(ROOT, kind, name):
        print(f"added {file}")
    print("It is served, tested and checked as it is: make it yours. To remove it, delete these files.")
    return 0


def updated(version: str, answers: str, discard_edits: bool) -> int:
    update = Update(ROOT, version, _parsed(answers))
    if not update.waiting:
        print(f"Nothing to do: the project and its components are at {update.new} of the template.")
        return 0
    print(f"From {update.old} to {update.new} of the template.\n{update.changes}")
    done = update.run(discard_edits=discard_edits)
    print(f"Updated {', '.join(part.label for part in done.updated)}; staged, not committed.")
    if done.conflicts:
        print("Conflicts, for you to resolve and to `git add`:", *done.conflicts, sep="\n  ")
    else:
        print("Look at it: git diff --staged. Then: make check test, and git commit.")
    print("Or undo all of it: git reset --hard")
    return 1 if done.conflicts else 0


def outdated() -> int:
    update = Update(ROOT)
    if not update.waiting:
        print(f"Up to date with the template: {update.new}.")
        return 0
    print(f"The template has {update.new}, this project {update.old}: make update\n{update.changes}")
    return 1


def _parsed(answers: str) -> dict[str, str]:
    pairs = [answer.partition("=") for answer in shlex.split(answers)]
    for question, equals, _ in pairs:
        if not equals:
            raise DevError(f"ANSWERS={answers}: write question=answer, such as ANSWERS='starter=blank', not {question}")
    return {question: answer for question, _, answer in pairs}


if __name__ == "__main__":
    sys.exit(main())
