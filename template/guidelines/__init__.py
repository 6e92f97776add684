"""The guidelines of durable execution, and the checkers behind `make check`. Knows nothing of the project's business.

Managed by the template: change settings in `[tool.guidelines]` of pyproject.toml, not the code here.
"""
