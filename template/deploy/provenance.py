"""Where a version comes from, as far as the working directory tells: it is registered with the deployment."""

import shutil
import subprocess
import tomllib
from pathlib import Path


def project_version(directory: Path) -> str | None:
    """The version in pyproject.toml; None where there is none."""
    try:
        with (directory / "pyproject.toml").open("rb") as file:
            version = tomllib.load(file).get("project", {}).get("version")
    except (OSError, tomllib.TOMLDecodeError):
        return None
    return str(version) if version else None


def git_sha(directory: Path) -> str | None:
    """The commit that is checked out, with "-dirty" if files differ; None outside of a repository."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def metadata(directory: Path, version: str | None, sha: str | None) -> dict[str, str]:
    """What to register: what was said, else what the directory tells."""
    said = {"version": version or project_version(directory), "git_sha": sha or git_sha(directory)}
    return {name: value for name, value in said.items() if value}
