"""Every rule there is, by name."""

from guidelines import lint, suppressions
from guidelines.config_files.rules import RULES as CONFIG
from guidelines.manifest import app
from guidelines.manifest.rules import RULES as MANIFEST
from guidelines.rule import Rule

CHECKERS = {
    "lint": "read from the source",
    "manifest": "asked of the imported app",
    "config": "read from the deployment files",
    "suppressions": "about `# guidelines: ignore[…]` comments",
}


def _by_name() -> dict[str, Rule]:
    rules = (*lint.RULES, *MANIFEST, app.RULE, *CONFIG, *suppressions.RULES)
    found = {rule.name: rule for rule in sorted(rules, key=lambda rule: rule.name)}
    if len(found) < len(rules):
        raise ValueError("two rules have one name")
    return found


RULES: dict[str, Rule] = _by_name()
