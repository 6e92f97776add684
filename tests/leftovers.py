"""What a render must not have: traces of options that were not chosen. Each function returns what is left over."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.rendering import Project

NOT_OURS = {".git", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__", ".restate", ".tools"}

PATH = re.compile(r"[\w.-]+(/[\w.-]+)*(/|\.(py|md|toml|ya?ml|sh|example))")

INSTALLED = """
import importlib.metadata, json
found = {}
for each in importlib.metadata.distributions():
    files = each.files or []
    found[each.name] = {
        # a module may be one compiled file: its suffix names the Python that it is for
        "modules": sorted({file.parts[0].partition(".")[0] for file in files}),
        "commands": sorted({file.name for file in files if "bin" in file.parts}),
    }
print(json.dumps(found))
"""

DECLARED = """
import json, app, durable, settings
print(json.dumps([section.variable(field) for section in settings.sections() for field in section.model_fields]))
"""


def leftovers(root: Path) -> list[str]:
    """All of them, in a project whose dependencies are installed."""
    checks = (empty_folders, jinja, unused_dependencies, dead_links, dead_paths, dead_commands, undeclared_settings)
    return [f"{check.__name__}: {found}" for check in checks for found in check(root)]


def empty_folders(root: Path) -> list[str]:
    return [_name(root, path) for path in _walk(root) if path.is_dir() and not any(path.iterdir())]


def jinja(root: Path) -> list[str]:
    """Templates that were copied as they are; GitHub's own `${{ }}` is none, nor Prometheus' `{{ $value }}`."""
    found = []
    for path in _files(root):
        text = re.sub(r"\$\{\{.*?\}\}|\{\{ \$.*?\}\}", "", path.read_text(encoding="utf-8"))
        if path.suffix == ".jinja" or (path.suffix not in (".py", ".md") and re.search(r"{{ |{%", text)):
            found.append(_name(root, path))
    return found


def unused_dependencies(root: Path) -> list[str]:
    """Dependencies, those of development included, that nothing imports, runs, sets up or names as a URL's driver."""
    metadata = tomllib.loads((root / "pyproject.toml").read_text())
    groups = metadata.get("dependency-groups", {}).values()
    grouped = [each for group in groups for each in group if isinstance(each, str)]  # else it includes another group
    required = [_normal(each) for each in (*metadata["project"]["dependencies"], *grouped)]
    installed = {_normal(name): each for name, each in json.loads(_python(root, INSTALLED)).items()}
    python = [path.read_text() for path in _files(root) if path.suffix == ".py"]
    imported = {module for text in python for module in _imported(text)}
    run = "\n".join(path.read_text() for path in _files(root) if path.suffix not in (".py", ".toml"))

    def is_used(name: str) -> bool:
        package = installed.get(name.removeprefix("types-"), {"modules": [], "commands": []})
        return (
            bool(imported & set(package["modules"]))
            or any(re.search(rf"(\brun|--no-sync|-m) {re.escape(command)}\b", run) for command in package["commands"])
            or name in metadata.get("tool", {})
            or any(f"+{name}:" in text for text in python)
            or any(f'import_module("{name}' in text for text in python)  # of a group that is not always installed
        )

    return [name for name in required if not is_used(name)]


def dead_links(root: Path) -> list[str]:
    """Relative links of Markdown files to what does not exist."""
    dead = []
    for path in _markdown(root):
        for token in _inline(path):
            target = str(token.attrGet("href") or token.attrGet("src") or "").partition("#")[0]
            if target and not re.match(r"[a-z]+:", target) and not (path.parent / target).exists():
                dead.append(f"{_name(root, path)}: {target}")
    return dead


def dead_paths(root: Path) -> list[str]:
    """Paths between backticks, in Markdown files, to what does not exist; a name alone may be anywhere."""
    names = {path.name for path in _walk(root)}
    dead = []
    for path in _markdown(root):
        for word in (word for token in _inline(path) if token.type == "code_inline" for word in token.content.split()):
            target = word.partition("::")[0]
            made = target.startswith("build/")
            if not PATH.fullmatch(target) or made or target.rstrip("/") in NOT_OURS or target in names:
                continue
            if not (root / target).exists() and not (path.parent / target).exists():
                dead.append(f"{_name(root, path)}: {target}")
    return sorted(set(dead))


def dead_commands(root: Path) -> list[str]:
    """`python -m` of modules that do not exist, and `make` of targets that do not, in files that are not Python."""
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(), re.MULTILINE))
    dead = []
    for path in _files(root):
        if path.suffix == ".py":
            continue
        text = path.read_text()
        for module in re.findall(r"python3? -m ([a-z_][\w.]*\w)", text):
            where = root / module.replace(".", "/")
            if not where.is_dir() and not where.with_suffix(".py").exists() and not _is_installed(root, module):
                dead.append(f"{_name(root, path)}: python -m {module}")
        quoted = re.findall(r"(?:^\s*|`)make ([a-z-]+)", text, re.MULTILINE)
        dead += [f"{_name(root, path)}: make {target}" for target in quoted if target not in targets]
    return sorted(set(dead))


def undeclared_settings(root: Path) -> list[str]:
    """Variables of .env.example that no section declares."""
    declared = json.loads(_python(root, DECLARED))
    documented = re.findall(r"^#?([A-Z_]+)=", (root / ".env.example").read_text(), re.MULTILINE)
    return [variable for variable in documented if variable not in declared]


def _walk(root: Path) -> Iterator[Path]:
    for path in sorted(root.iterdir()):
        if path.name not in NOT_OURS:
            yield path
            if path.is_dir() and not path.is_symlink():
                yield from _walk(path)


def _files(root: Path) -> Iterator[Path]:
    return (path for path in _walk(root) if path.is_file() and path.suffix != ".lock")


def _markdown(root: Path) -> Iterator[Path]:
    return (path for path in _files(root) if path.suffix == ".md" and "guidelines" not in path.relative_to(root).parts)


def _inline(path: Path) -> Iterator[Token]:
    for token in MarkdownIt().enable("table").parse(path.read_text()):
        yield from token.children or []


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _is_installed(root: Path, module: str) -> bool:
    """As a program of its own, or with Python: pip is not in every environment."""
    source = f"import importlib.util; print(importlib.util.find_spec({module.partition('.')[0]!r}) is not None)"
    return module == "pip" or _python(root, source).strip() == "True"


def _normal(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found.group()).lower()


def _python(root: Path, source: str) -> str:
    return Project(root).run("python", "-c", source, ENV_FILE="", PYTHONPATH=str(root))


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
