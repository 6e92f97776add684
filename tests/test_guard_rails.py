"""Guard rails that bite: for each guideline that a machine checks, a project that breaks it turns red, and says which.

A breach replaces text of a rendered shop, or adds a file to it. What `make check` decides is asked of the checker that
decides it; what only tests see runs those tests. In both cases the guideline's id is in what is printed.
"""

import json
from pathlib import Path

import pytest

from guidelines.catalogue import RULES
from guidelines.registry import REGISTRY
from tests.breaches import BREACHES, DEPLOYED, REPLAYED, ROLLED_OUT, Breach
from tests.rendering import Project

CHECK = ("python", "-m", "guidelines", "check")
TYPES = ("mypy", ".")

CHECKED = {
    row.id
    for row in REGISTRY.values()
    if any(not check.endswith(":pending") and check not in ("doc", "n/a") for check in row.enforced_by)
}


def test_every_guideline_that_is_checked_is_broken_here() -> None:
    assert BREACHES.keys() == CHECKED
    replayed = {row.id for row in REGISTRY.values() if "replay:lanes" in row.enforced_by}
    assert REPLAYED.keys() == replayed
    of_files = {row.id for row in REGISTRY.values() if any(check.startswith("config:") for check in row.enforced_by)}
    assert {row for row, breach in BREACHES.items() if breach.file.startswith("deploy/")} | DEPLOYED.keys() >= of_files


def batches() -> list[dict[str, Breach]]:
    """Edits of different files, which one check can judge at once. The same breach may stand for several guidelines.

    A file that is added may not import, and then nobody looks at what is served: it is alone.
    """
    found: list[dict[str, Breach]] = []
    for guideline, breach in BREACHES.items():
        if breach.tests:
            continue
        for batch in found:
            if breach in batch.values() or all(
                breach.old and other.old and breach.file != other.file for other in batch.values()
            ):
                batch[guideline] = breach
                break
        else:
            found.append({guideline: breach})
    return found


@pytest.mark.parametrize("batch", batches(), ids=lambda batch: "+".join(batch))
def test_the_check_turns_red(deployed: Project, tmp_path: Path, batch: dict[str, Breach]) -> None:
    """Of each breach it says where, by a rule that follows from the guideline."""
    printed = broken(deployed, tmp_path, *batch.values()).fails(*CHECK, "--format", "json")
    found = {(finding["path"], name) for finding in json.loads(printed) for name in RULES[finding["rule"]].guidelines}
    assert {(breach.seen_in or breach.file, name) for name, breach in batch.items()} <= found, printed


@pytest.mark.parametrize("guideline", DEPLOYED)
def test_the_check_of_deployment_files_turns_red(deployed: Project, tmp_path: Path, guideline: str) -> None:
    printed = broken(deployed, tmp_path, DEPLOYED[guideline]).fails(*CHECK)
    assert guideline in printed, printed


def test_what_is_deployed_is_clean(deployed: Project) -> None:
    """Or the breaches above would prove nothing."""
    deployed.run(*CHECK)


@pytest.mark.slow
@pytest.mark.parametrize("guideline", [name for name in BREACHES if BREACHES[name].tests])
def test_the_tests_turn_red(shop: Project, tmp_path: Path, guideline: str) -> None:
    assert_tests_turn_red(shop, tmp_path, guideline, BREACHES[guideline])


@pytest.mark.slow
@pytest.mark.parametrize("guideline", ROLLED_OUT)
def test_the_tests_of_the_rollout_turn_red(shop: Project, tmp_path: Path, guideline: str) -> None:
    assert_tests_turn_red(shop, tmp_path, guideline, ROLLED_OUT[guideline])


def assert_tests_turn_red(shop: Project, tmp_path: Path, guideline: str, breach: Breach) -> None:
    """Those that the registry names, and no others."""
    checks = (each.removeprefix("test:") for each in REGISTRY[guideline].enforced_by)
    tests = [check for check in checks if check.startswith(breach.tests)]
    assert tests
    printed = broken(shop, tmp_path, breach).fails("python", "-m", "pytest", "-q", "-x", *tests)
    assert guideline in printed, printed


@pytest.mark.slow
@pytest.mark.parametrize("guideline", REPLAYED)
def test_the_replay_turns_red(shop: Project, tmp_path: Path, guideline: str) -> None:
    breach = REPLAYED[guideline]
    printed = broken(shop, tmp_path, breach).fails("python", "-m", "pytest", "-q", "-x", breach.tests)
    assert guideline in printed, printed


def broken(project: Project, tmp_path: Path, *breaches: Breach) -> Project:
    mutant = project.copied(tmp_path / "mutant")
    for breach in dict.fromkeys(breaches):
        path = mutant.path / breach.file
        path.write_text(breached(path.read_text(), breach) if breach.old else breach.new)
    return mutant


def breached(source: str, breach: Breach) -> str:
    assert breach.old in source, f"{breach.file} has changed: adapt the breach"
    text = source.replace(breach.old, breach.new, 1)
    for module in ("asyncio", "random", "time", "uuid"):
        if f"{module}." in breach.new:
            text = text.replace("\nfrom datetime import", f"\nimport {module}\nfrom datetime import", 1)
    return text
