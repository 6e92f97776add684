"""Work in flight survives a change of the code: what `make journals` recorded still replays. Needs no server."""

from pathlib import Path
from typing import Any

import pytest

from guidelines.replay import command, endpoint, files
from guidelines.replay.verdict import Kind

FOLDER = Path(__file__).parent / "journals"

JOURNALS = sorted(path.stem for path in FOLDER.glob(f"*{files.SUFFIX}"))

BREAKS = """\
{text}
What is in flight breaks if this replaces the code that it began on: deploy as a new version, at an address of its own.
Once that is meant, record the journals of the new code: make journals"""


@pytest.fixture(scope="module")
def app() -> Any:
    return endpoint.load(FOLDER.parents[1])


@pytest.mark.parametrize("name", JOURNALS)
def test_what_is_in_flight_still_replays(app: Any, name: str) -> None:
    found = command.judged([(name, files.load(FOLDER / f"{name}{files.SUFFIX}"))], app)
    [(_, _, verdict)] = found
    assert verdict.kind is Kind.FITS, BREAKS.format(text=command.as_text(found))
