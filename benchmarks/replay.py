"""How the time of `python -m guidelines replay` grows with the number of journals: linearly, or this shows it.

The journals are those of a render's shop, over and over. What is printed is a ratio within one run: time per journal
beyond those of the size before, relative to the first such step. The seconds are those of this machine, start included.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parents[1] / "template"
JOURNALS = sorted((TEMPLATE / "tests" / "journals").glob("*.journal"))
SIZES = (1, 1_000, 2_000, 4_000)
ROUNDS = 3


def write(folder: Path, count: int) -> None:
    """Fills a folder with so many journals."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:05}.journal").write_text(JOURNALS[number % len(JOURNALS)].read_text())


def seconds(project: Path, folder: Path, count: int) -> float:
    """Of one run of the command, which must find that all fit."""
    python = project / ".venv" / "bin" / "python"
    command = [str(python), "-m", "guidelines", "replay", "--journals", str(folder), "--format", "json"]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=project, capture_output=True, check=True)
    took = time.perf_counter() - started
    assert len(json.loads(done.stdout)) == count
    return took


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit("name a render that was set up: python -m benchmarks.replay build/demo")
    project = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as directory:
        folders = {size: Path(directory) / str(size) for size in SIZES}
        for size, folder in folders.items():
            write(folder, size)
        best = dict.fromkeys(SIZES, float("inf"))
        for _ in range(ROUNDS):  # all sizes in turn, so that what else the machine does meets each of them
            for size, folder in folders.items():
                best[size] = min(best[size], seconds(project, folder, size))
    print(f"{'journals':>8} {'seconds':>8} {'per journal, relative':>22}")
    smaller, first = 0, 0.0
    for size, took in best.items():
        each = (took - best[smaller]) / (size - smaller) if smaller else 0.0
        first = first or each
        print(f"{size:>8} {took:>8.2f} {f'{each / first:.2f}' if first else '':>22}")
        smaller = size


if __name__ == "__main__":
    main()
