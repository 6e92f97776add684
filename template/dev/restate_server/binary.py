"""Where the native server's executable comes from: $RESTATE_SERVER_BINARY, or npm and the user's cache."""

import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

from filelock import FileLock

from dev.project import pinned_server_version
from dev.restate_server.server import ServerUnavailable

INSTALL_SECONDS = 600

ARCHITECTURES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def find(version: str) -> Path:
    """The executable of a version; the first call on a machine downloads it (about 70 MB).

    $RESTATE_SERVER_BINARY stands for the pinned version only.

    Raises:
        ServerUnavailable: with what to install.
    """
    chosen = os.environ.get("RESTATE_SERVER_BINARY")
    if chosen and version == pinned_server_version():
        return _executable(Path(chosen))
    target = _target()
    # only the executable's own package: npm's @restatedev/restate-server merely chooses among these
    package = f"@restatedev/restate-server-{target}"
    home = _cache() / version / target
    # the executable itself rather than npm's launcher: signals must reach the server, and its pid be known
    binary = home / "node_modules" / package / "bin" / "restate-server"
    if not binary.is_file():
        home.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(home.parent / "install.lock", timeout=INSTALL_SECONDS):
            if not binary.is_file():  # parallel test workers all come here, and one does the work
                _install(f"{package}@{version}", home)
    return _executable(binary)


def _install(package: str, home: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise ServerUnavailable(
            "no way to run a Restate server here: install Node.js (its npm fetches the server), or start "
            "Docker, or set RESTATE_SERVER_BINARY to the path of a restate-server executable"
        )
    directory = tempfile.mkdtemp(dir=home.parent)
    try:
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
        command = [npm, "install", "--prefix", directory, *options, package]
        # in that directory, lest npm reads a project's configuration from this one
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        if done.returncode:
            raise ServerUnavailable(
                f"npm cannot install {package}; start Docker, or set RESTATE_SERVER_BINARY to the path of a "
                f"restate-server executable. npm says:\n{done.stderr.strip()}"
            )
        Path(directory).rename(home)  # all of it or nothing
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _target() -> str:
    system, machine = platform.system().lower(), platform.machine().lower()
    if system not in ("linux", "darwin") or machine not in ARCHITECTURES:
        raise ServerUnavailable(f"there is no native Restate server for {system} on {machine}: start Docker")
    return f"{system}-{ARCHITECTURES[machine]}"


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "restate-server"


def _executable(path: Path) -> Path:
    if not os.access(path, os.X_OK) or not path.is_file():
        raise ServerUnavailable(f"{path} is no executable file: RESTATE_SERVER_BINARY must name one")
    return path
