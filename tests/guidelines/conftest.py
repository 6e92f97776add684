from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

collect_ignore = ["corpus"]

Build = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Makes a small project out of files and their text; returns its root."""

    def build(files: Mapping[str, str]) -> Path:
        root = tmp_path / "project"
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return root

    return build
