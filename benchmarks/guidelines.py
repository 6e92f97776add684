"""How the time of `python -m guidelines check` grows with the number of files: linearly, or this shows it.

Each size is a project of so many files, made of copies of the shop's components under other names. What is printed is a
ratio within one run: time per file, relative to the smallest size, start of the command included and taken off.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parents[1] / "template"
PACKAGES = ("services", "objects", "workflows", "gateways")
SIZES = (16, 64, 128, 256)
ROUNDS = 3


def project(root: Path, files: int) -> int:
    """Writes a project of about so many files; returns its lines."""
    lines = 0
    sources = [path for package in PACKAGES for path in sorted((TEMPLATE / package).glob("*.py"))]
    for copy in range(max(1, files // len(sources))):
        shop = root / f"shop_{copy}"
        for path in sources:
            text = path.read_text()
            for package in PACKAGES:
                text = text.replace(f"from {package}", f"from shop_{copy}.{package}")
            target = shop / path.relative_to(TEMPLATE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
            lines += text.count("\n")
        (shop / "__init__.py").touch()
    return lines


def seconds(root: Path) -> float:
    """The fastest of some runs of the command."""
    command = [sys.executable, "-m", "guidelines", "check", str(root), "--format", "json"]
    runs = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run(command, cwd=TEMPLATE, capture_output=True, check=False)
        runs.append(time.perf_counter() - started)
    return min(runs)


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        empty = Path(directory) / "empty"
        empty.mkdir()
        start = seconds(empty)
        smallest = 0.0
        print(f"{'files':>6} {'lines':>7} {'seconds':>8} {'per file, relative':>19}")
        for size in SIZES:
            root = Path(directory) / str(size)
            lines = project(root, size)
            files = len(list(root.rglob("*.py")))
            took = seconds(root)
            per_file = (took - start) / files
            smallest = smallest or per_file
            print(f"{files:>6} {lines:>7} {took:>8.2f} {per_file / smallest:>19.2f}")


if __name__ == "__main__":
    main()
