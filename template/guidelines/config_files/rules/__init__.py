"""One rule per module, each judging what the deployment files say. Found, not listed."""

import importlib
import pkgutil

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = tuple(
    importlib.import_module(f"{__name__}.{module.name}").RULE
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name)
)
