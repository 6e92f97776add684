"""Runs every checker on a project, and judges what they found by the project's settings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from guidelines import lint, linting
from guidelines.catalogue import RULES
from guidelines.config import Project, Settings
from guidelines.config_files.deployment import Deployment
from guidelines.config_files.reading import files as deployment_files
from guidelines.config_files.rules import RULES as CONFIG
from guidelines.finding import Finding, Severity
from guidelines.manifest import app
from guidelines.manifest.rules import RULES as MANIFEST
from guidelines.manifest.served import Served
from guidelines.sources import python_files
from guidelines.suppressions import Suppression, Suppressions, parse, parse_lines

HOLES = ("app-does-not-import", "served-unseen")


@dataclass(frozen=True)
class Report:
    """What was found in `files` files; paths are relative to `root`."""

    root: Path
    findings: list[Finding]
    files: int

    @property
    def failed(self) -> bool:
        """Whether anything is worse than advice."""
        return any(finding.severity is not Severity.ADVICE for finding in self.findings)


def check(path: Path, project: Project, importing: app.Import | None = None) -> Report:
    """Checks a file or folder as part of the project that it is in.

    The whole project is read, since a handler and what it calls are seldom in one file; only what is found at or below
    `path` is reported. What is served is checked if somebody imports the app. Deployment files are checked in any case.

    Raises:
        ConfigError: when the project's settings cannot be used.
    """
    settings = project.settings(RULES)
    wanted = set(python_files(project.root, path, settings.exclude))
    files = set(wanted)
    if project.table is not None:
        files.update(python_files(project.root, project.root, settings.exclude))
    linted = linting.run(project.root, files, settings)
    found = [*linted.findings]
    ran = {rule.name for rule in lint.RULES} if project.table is not None or path.is_dir() else set()
    if importing:
        components, failures = importing.result()
        found += failures
        if not failures:
            found += _unsaid(_manifest(Served(components, linted.handlers, linted.internal)), linted.findings)
            ran |= {rule.name for rule in MANIFEST}
    deployed = Deployment(tuple(deployment_files(project.root, settings.exclude) if ran else ()))
    found += [finding for rule in CONFIG for finding in rule.check(deployed)]
    ran |= {rule.name for rule in CONFIG if ran}
    comments = [comment for file, text in linted.texts.items() for comment in parse(file, text)]
    others = [file for file in deployed.files if file.path not in linted.texts]
    comments += [comment for file in others for comment in parse_lines(file.path, file.text)]
    wanted.update(file.path for file in others if (project.root / file.path).is_relative_to(path))
    judged = _judged(found, comments, settings, ran)
    return Report(project.root, sorted(set(_reported(judged, wanted, path, project))), len(wanted))


def _manifest(served: Served) -> Iterator[Finding]:
    for rule in MANIFEST:
        yield from rule.check(served)


def _unsaid(found: Iterable[Finding], said: Iterable[Finding]) -> Iterator[Finding]:
    """Leaves out what the linter said already: the same guideline, of the same handler."""
    known = {(finding.path, finding.line, finding.guideline) for finding in said}
    return (finding for finding in found if (finding.path, finding.line, finding.guideline) not in known)


def _judged(
    found: Iterable[Finding], comments: list[Suppression], settings: Settings, ran: set[str]
) -> Iterator[Finding]:
    ran -= {rule for rule, severity in settings.severity.items() if severity is None}
    suppressions = Suppressions(comments, RULES, ran)
    remaining = list(suppressions.remaining(found))
    for finding in (*remaining, *suppressions.problems()):
        severity = settings.severity.get(finding.rule, finding.severity)
        if severity is not None:
            yield replace(finding, severity=severity)


def _reported(found: Iterable[Finding], wanted: set[str], path: Path, project: Project) -> Iterator[Finding]:
    """What is in a file that was asked for; of excluded ones only that there is something nobody checked."""
    for finding in found:
        below = (project.root / finding.path).is_relative_to(path)
        if finding.path in wanted or (finding.rule in HOLES and below):
            yield finding
