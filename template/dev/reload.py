"""What changed in the project's sources."""

from collections.abc import Iterator
from pathlib import Path

from watchfiles import Change, watch

IDLE_MILLISECONDS = 500
SETTLE_MILLISECONDS = 200

WITHOUT_EFFECT = {"dev", "tests"}
"""Packages that the service does not load."""


def changes(root: Path) -> Iterator[set[Path]]:
    """Yields the sources that changed, again and again, for ever; twice a second an empty set when none did.

    Raises:
        KeyboardInterrupt: when a signal handler raises it.
    """
    while True:
        directories = source_directories(root)
        # one by one rather than recursively, since the server writes to .restate/ all the time
        for changed in watch(
            *directories,
            recursive=False,
            watch_filter=is_source,
            debounce=SETTLE_MILLISECONDS,
            rust_timeout=IDLE_MILLISECONDS,
            yield_on_timeout=True,
        ):
            yield {Path(path).relative_to(root) for _, path in changed}
            if source_directories(root) != directories:
                break


def source_directories(root: Path) -> set[Path]:
    """The project's root, and every package in it that the service may import."""
    packages = [path.parent for path in root.glob("*/__init__.py") if path.parent.name not in WITHOUT_EFFECT]
    return {root, *(source.parent for package in packages for source in package.rglob("__init__.py"))}


def is_source(change: Change, path: str) -> bool:
    """Python files, and the settings in `.env`."""
    return path.endswith(".py") or Path(path).name == ".env"
