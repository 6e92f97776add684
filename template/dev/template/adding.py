"""One more component, from the version of the template that the project has."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from copier import run_copy

from dev.errors import DevError
from dev.template import parts
from dev.template.names import check_free, check_kind, check_name


def add(root: Path, kind: str, name: str) -> list[str]:
    """Adds a component; returns its files, relative to the project.

    Raises:
        DevError: for a kind or a name that will not do, or a template that is not where it was; nothing is written.
    """
    check_kind(kind)
    check_name(name)
    project = parts.project(root)
    with TemporaryDirectory(prefix="component-") as scratch:
        rendered = Path(scratch)
        _render(project, rendered, kind, name)
        check_free(name, rendered, root)
        files = sorted(str(path.relative_to(rendered)) for path in rendered.rglob("*") if path.is_file())
        for file in files:
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(rendered / file, root / file)
    return files


def _render(project: parts.Part, where: Path, kind: str, name: str) -> None:
    answers = {"component": kind, "name": name}
    try:
        run_copy(project.source, where, data=answers, vcs_ref=project.commit, defaults=True, quiet=True)
    except Exception as error:  # of Copier, of git: whatever it is, the template is not there
        why = " ".join(f"version {project.commit} of the template at {project.source}: {error}".split())
        raise DevError(f"cannot get {why}. If it moved, correct _src_path in .copier-answers*.yml") from error
