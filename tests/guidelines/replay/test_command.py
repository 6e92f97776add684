"""What the command makes of bad input, of files, and of an app that only takes signed requests."""

from pathlib import Path

import pytest

from guidelines.cli import MISUSED, main
from guidelines.replay import files
from guidelines.replay.journal import Entry, Journal

SIGNED = """
import restate

things = restate.Service("Things")


@things.handler()
async def wait(ctx: restate.Context, name: str) -> str:
    return await ctx.signal("go", type_hint=str)


app = restate.app([things], identity_keys=["publickeyv1_w7YHemBctH5Ck2nQRQ47iBBqhNHy4FV7t2Usbye2A6f"])
"""

WAITING = Journal(
    id="inv_11yztjecWIpv2RtU8Owv1Q9NptGHMwN1MT",
    service="Things",
    handler="wait",
    key="",
    status="suspended",
    protocol=6,
    seed=1,
    entries=(Entry("Command: Input", b'r\x07\n\x05"ada"'),),
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "app.py").write_text(SIGNED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RESTATE_ADMIN_URL", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "fix"),
    [
        ([], "--admin URL (or RESTATE_ADMIN_URL)"),
        (["--admin", "http://127.0.0.1:1"], "mend --admin"),
        (["--admin", "nowhere"], "--admin"),
        (["--journals", "nowhere"], "there is no folder nowhere"),
        (["--journals", "."], "there is no journal in ."),
        (["--journals", ".", "--payloads"], "it needs --save FOLDER"),
    ],
)
def test_bad_input_names_the_fix(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], fix: str
) -> None:
    assert main(["replay", *arguments]) == MISUSED
    said = capsys.readouterr().err
    assert fix in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("text", ["", "{}", "[]\n", '{"format": 2}\n', '{"format": 1, "id": "x"}\n', "\x00"])
def test_a_file_that_holds_no_journal_is_named(project: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (project / "some.journal").write_text(text)
    assert main(["replay", "--journals", "."]) == MISUSED
    assert "some.journal" in capsys.readouterr().err


def test_a_folder_without_an_app_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "app.py").unlink()
    assert main(["replay", "--journals", "."]) == MISUSED
    assert "there is no app.py" in capsys.readouterr().err


def test_an_app_that_does_not_import_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "app.py").write_text("import no_such_module")
    assert main(["replay", "--journals", "."]) == MISUSED
    assert "no_such_module" in capsys.readouterr().err


def test_an_app_with_identity_keys_is_asked_without_them(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files.save(WAITING, project)
    assert main(["replay", "--journals", "."]) == 0
    assert "1 in flight: 1 fits" in capsys.readouterr().out


def test_what_is_saved_is_redacted_and_then_not_judged(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files.save(WAITING, project)
    assert main(["replay", "--journals", ".", "--save", "kept"]) == 0
    saved = next((project / "kept").iterdir())
    assert b"ada" not in b"".join(entry.body for entry in files.load(saved).entries)
    assert main(["replay", "--journals", "kept"]) == 2
    assert "redacted" in capsys.readouterr().out
    (project / "app.py").write_text(SIGNED.replace("async def wait", "async def other"))
    assert main(["replay", "--journals", "kept"]) == 1
    assert "handler gone" in capsys.readouterr().out


def test_what_breaks_counts_more_than_what_cannot_be_judged(project: Path) -> None:
    files.save(WAITING, project, "one")
    (project / "app.py").write_text(SIGNED.replace("async def wait", "async def other"))
    (project / "two.journal").write_text(
        (project / "one.journal").read_text().replace('"protocol": 6', '"protocol": 7')
    )
    assert main(["replay", "--journals", "."]) == 1
