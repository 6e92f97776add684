import subprocess
import sys
from pathlib import Path

import pytest

import app
from settings import StartupError


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty package that the app looks for components in."""
    package = tmp_path / "some_components"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(app, "PACKAGES", ("some_components",))
    monkeypatch.setattr(sys, "modules", {k: v for k, v in sys.modules.items() if not k.startswith("some_components")})
    return package


def component(package: Path, module: str, name: str) -> None:
    (package / f"{module}.py").write_text(f'from durable import Service\nsome_service = Service("{name}")\n')


def test_a_file_that_is_dropped_in_is_served(packages: Path) -> None:
    component(packages, "one", "One")
    component(packages, "two", "Two")
    assert [found.name for found in app.components()] == ["One", "Two"]


def test_a_component_that_others_import_is_served_once(packages: Path) -> None:
    component(packages, "one", "One")
    (packages / "two.py").write_text("from some_components.one import some_service\n")
    assert [found.name for found in app.components()] == ["One"]


def test_two_components_of_one_name_are_refused(packages: Path) -> None:
    component(packages, "one", "Same")
    component(packages, "two", "Same")
    with pytest.raises(StartupError, match=r"'Same': in some_components\.one and in some_components\.two"):
        app.components()


def test_a_module_that_does_not_import_is_named(packages: Path) -> None:
    (packages / "broken.py").write_text("import no_such_module\n")
    with pytest.raises(StartupError, match=r"'some_components\.broken': ModuleNotFoundError: .*no_such_module"):
        app.components()


def test_a_module_with_a_syntax_error_is_named(packages: Path) -> None:
    (packages / "broken.py").write_text("def oops(:\n")
    with pytest.raises(StartupError, match=r"'some_components\.broken': SyntaxError"):
        app.components()


def test_no_component_imports_the_app() -> None:
    """Components are found; one that imports the app would import itself."""
    root = Path(app.__file__).parent
    listing = subprocess.run(
        ["grep", "-rlE", "^(from|import) app", *app.PACKAGES], cwd=root, capture_output=True, text=True
    )
    assert listing.stdout == ""
