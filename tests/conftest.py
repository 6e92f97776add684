import os
import shutil
from pathlib import Path

import pytest

from tests.rendering import TEMPLATE, Project, git, render


@pytest.fixture(scope="session", autouse=True)
def _isolated(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whoever runs the tests, with whatever settings of git: it is nobody in particular, with none."""
    config = tmp_path_factory.mktemp("git") / "config"
    config.write_text("[user]\nname = Nobody\nemail = nobody@example.com\n[init]\ndefaultBranch = main\n")
    os.environ.update(GIT_CONFIG_GLOBAL=str(config), GIT_CONFIG_SYSTEM=os.devnull, GIT_CONFIG_NOSYSTEM="1")
    os.environ["PATH"] += f"{os.pathsep}{TEMPLATE / '.tools' / 'bin'}"  # uv, where the machine has none
    for inherited in ("VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        os.environ.pop(inherited, None)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the template whose HEAD is the working tree, uncommitted edits included."""
    clone = tmp_path_factory.mktemp("template") / "clone"
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
    return clone


@pytest.fixture(scope="session")
def shop(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The defaults, with their dependencies installed. Tests must leave it as it is."""
    return render(template, tmp_path_factory.mktemp("rendered") / "shop").set_up()


@pytest.fixture(scope="session")
def blank(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """`starter=blank`, with its dependencies installed. Tests must leave it as it is."""
    return render(template, tmp_path_factory.mktemp("rendered") / "blank", starter="blank").set_up()
