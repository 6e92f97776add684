from dev.project import ROOT
from guidelines import pages


def test_the_documentation_is_what_the_rules_say() -> None:
    """`python -m guidelines docs` mends it."""
    assert [str(path) for path in pages.stale(ROOT)] == []
