"""Where the project is, and which server it is made for."""

from pathlib import Path

from dev.errors import DevError

ROOT = Path(__file__).resolve().parents[1]
"""Working directory of every command; `python -m` finds the project's modules from here."""


def pinned_server_version() -> str:
    """The version of the Restate server that development, tests and deployment share.

    Raises:
        DevError: if `.restate-server-version` is missing or empty.
    """
    pin = ROOT / ".restate-server-version"
    version = pin.read_text().strip() if pin.is_file() else ""
    if not version:
        raise DevError(f"{pin} must hold the version of the Restate server, such as 1.7.0")
    return version
