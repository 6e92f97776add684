"""Edits are applied where they belong, together or not at all."""

from pathlib import Path

from guidelines.finding import Edit, Finding, Severity
from guidelines.fixing import apply, fix
from tests.guidelines.conftest import Build


def finding(*edits: Edit, path: str = "a.py") -> Finding:
    return Finding(path, edits[0].start[0], 0, "rule", "", Severity.ERROR, str(edits), (), edits)


def replace(line: int, start: int, end: int, text: str) -> Edit:
    return Edit((line, start), (line, end), text)


def fixed(build: Build, source: str, *findings: Finding) -> tuple[int, str]:
    root: Path = build({"a.py": source})
    return fix(root, findings), (root / "a.py").read_text(encoding="utf-8")


def test_edits_do_not_move_each_other(build: Build) -> None:
    first, second = finding(replace(1, 4, 5, "one")), finding(replace(1, 8, 9, "two"))
    assert fixed(build, "x = a + b\n", first, second) == (2, "x = one + two\n")


def test_columns_are_counted_in_bytes(build: Build) -> None:
    source = 'x = "é" + a\n'
    assert fixed(build, source, finding(replace(1, 11, 12, "b"))) == (1, 'x = "é" + b\n')


def test_an_edit_may_span_lines_and_insert(build: Build) -> None:
    edits = Edit((1, 0), (1, 0), "import y\n"), Edit((1, 4), (3, 1), "y.z()")
    assert fixed(build, "x = (\n1\n)\n", finding(*edits)) == (1, "import y\nx = y.z()\n")


def test_the_same_edit_of_two_findings_is_made_once(build: Build) -> None:
    insert = Edit((1, 0), (1, 0), "import y\n")
    findings = finding(insert, replace(1, 0, 1, "y.a")), finding(insert, replace(1, 3, 4, "y.b"))
    count, text = fixed(build, "a, b\n", *findings)
    assert text.count("import y") == 1
    assert (count, text) in [(2, "import y\ny.a, y.b\n"), (1, "import y\ny.a, b\n")]


def test_of_findings_that_touch_one_is_left_alone(build: Build) -> None:
    outer, inner = finding(replace(1, 0, 4, "g()")), finding(replace(1, 2, 3, "y"))
    assert fixed(build, "f(x)\n", outer, inner) == (1, "g()\n")


def test_a_file_that_would_no_longer_parse_is_left_alone(build: Build) -> None:
    assert fixed(build, "x = a\n", finding(replace(1, 4, 5, "("))) == (0, "x = a\n")


def test_line_ends_and_byte_order_marks_stay() -> None:
    source = b"\xef\xbb\xbfx = 1\r\ny = a\r\n"
    assert apply(source, [replace(1, 0, 1, "z"), replace(2, 4, 5, "b")]) == b"\xef\xbb\xbfz = 1\r\ny = b\r\n"
