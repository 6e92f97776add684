"""What is rendered once for all tests; and which tests run side by side."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from tests.releases import tag
from tests.rendering import KINDS, QUESTIONS, TEMPLATE, Project, add, git, render

ALONE = (
    "tests/test_docs.py",
    "tests/test_fresh_machine.py",
    "tests/test_load.py",
    "tests/test_matrix.py",
    "tests/test_projects.py",
    "tests/test_readmes.py",
)
"""Files whose tests run whole suites with four workers of their own, or use the ports that a developer does."""

WAITING = "tests/test_drills.py"
"""Takes minutes, and little of the machine: others run beside it."""

Once = Callable[[str, Callable[[Path], object]], Path]
"""Makes the directory of a name, by a function that is given its path."""

TOGETHER = ("tests/guidelines/test_corpus.py", "tests/test_targets_in_docker.py")
"""Files whose tests share what is costly to make, or names that are those of the whole machine."""


class SideBySide(LoadScopeScheduling):  # type: ignore[misc]
    """Each test goes to the next free worker, but those that need the machine for themselves all go to one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "alone" if file in ALONE else file if file in TOGETHER else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SideBySide:
    config.option.loadscopereorder = False  # it would start with the scope of most tests
    return SideBySide(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The quick ones first, after what mostly waits; last those that run alone, when nothing is left to run beside."""

    def turn(item: pytest.Item) -> int:
        if item.nodeid.startswith(ALONE):
            return 2
        return -1 if item.nodeid.startswith(WAITING) else 1 if item.get_closest_marker("slow") else 0

    items.sort(key=turn)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What each cell of tests/test_matrix.py cost."""
    reports = terminalreporter.getreports("passed")
    rows = [(report.nodeid, *value) for report in reports for name, value in report.user_properties if name == "cell"]
    if rows:
        terminalreporter.section("cells: seconds, of which tests")
        for nodeid, seconds, tests in rows:
            terminalreporter.write_line(f"{seconds:7.1f} {tests:7.1f}  {nodeid.partition('[')[2].removesuffix(']')}")
        terminalreporter.write_line(f"{sum(row[1] for row in rows):7.1f} {sum(row[2] for row in rows):7.1f}  in all")


@pytest.fixture(scope="session", autouse=True)
def _isolated(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whoever runs the tests, with whatever settings of git: it is nobody in particular, with none."""
    config = tmp_path_factory.mktemp("git") / "config"
    # or each rendered project would have its dependencies checked anew; what is in it is known by content
    os.environ["MYPY_CACHE_DIR"] = str(tmp_path_factory.mktemp("mypy"))
    config.write_text("[user]\nname = Nobody\nemail = nobody@example.com\n[init]\ndefaultBranch = main\n")
    os.environ.update(GIT_CONFIG_GLOBAL=str(config), GIT_CONFIG_SYSTEM=os.devnull, GIT_CONFIG_NOSYSTEM="1")
    os.environ["PATH"] += f"{os.pathsep}{TEMPLATE / '.tools' / 'bin'}"  # uv, where the machine has none
    # pytest of a rendered project must not take itself for a worker of this one
    ours = [name for name in os.environ if name.startswith("PYTEST_XDIST_")]
    for inherited in ("VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", *ours):
        os.environ.pop(inherited, None)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Once:
    """Makes a directory, in the first worker that asks for it; the others wait, and then have it too."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent

    def once(name: str, make: Callable[[Path], object]) -> Path:
        where, done = shared / name, shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(where, ignore_errors=True)  # what is left of a try that failed
                make(where)
                done.touch()
        return where

    return once


@pytest.fixture(scope="session")
def template(once: Once) -> Path:
    """A clone of the template whose HEAD is the working tree, uncommitted edits included."""
    return once("template", clone_of_the_working_tree)


@pytest.fixture(scope="session")
def shop(template: Path, once: Once) -> Project:
    """The defaults, with their dependencies installed. Tests must leave it as it is."""
    return Project(once("shop", lambda where: render(template, where).set_up()))


@pytest.fixture(scope="session")
def blank(template: Path, once: Once) -> Project:
    """`starter=blank`, with its dependencies installed. Tests must leave it as it is."""
    return Project(once("blank", lambda where: render(template, where, starter="blank").set_up()))


@pytest.fixture(scope="session")
def grown(blank: Project, once: Once) -> Project:
    """A blank project with one component of each kind. Tests must leave it as it is."""

    def grow(where: Path) -> None:
        project = blank.copied(where)
        for kind, name in KINDS.items():
            add(project, kind, name)

    return Project(once("grown", grow))


def clone_of_the_working_tree(clone: Path) -> None:
    git(TEMPLATE, "clone", "--quiet", "--no-hardlinks", str(TEMPLATE), str(clone))
    for path in git(TEMPLATE, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0"):
        source = TEMPLATE / path
        if path and source.is_file():
            (clone / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, clone / path)
        elif path:
            (clone / path).unlink(missing_ok=True)
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--allow-empty", "--message", "The working tree")
    tag(clone)


@pytest.fixture(scope="session")
def deployed(template: Path, once: Once) -> Project:
    """The shop with all `deploy_targets`, and traces; with its dependencies installed. Tests must leave it as it is."""
    targets = [*QUESTIONS["deploy_targets"]["choices"].values()]
    return Project(
        once("deployed", lambda path: render(template, path, deploy_targets=targets, telemetry="otlp").set_up())
    )
