"""The front door: what a notebook imports is there, typed, documented and light to import."""

import ast
import inspect
import subprocess
import sys
from types import ModuleType

import pytest

import lakegloss
from lakegloss import learning, monitoring, programs, release, serving
from lakegloss.compat import dbxmetagen
from tests.kits.places import ROOT

FACES = [lakegloss, learning, monitoring, programs, release, serving, dbxmetagen]
HEAVY = {"pandas", "pyspark", "dspy", "mlflow", "numpy", "pydantic", "typer", "rich", "aiohttp"}


def typed_imports(face: ModuleType) -> set[str]:
    """The names that a type checker sees: those imported below `if TYPE_CHECKING`."""
    tree = ast.parse(inspect.getsource(face))
    return {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for line in node.body
        if isinstance(line, ast.ImportFrom)
        for alias in line.names
    }


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.__name__)
def test_all_names_are_there_sorted_and_typed(face: ModuleType) -> None:
    assert sorted(face.__all__) == sorted(set(face.__all__))
    assert set(face.__all__) - {"__version__"} == typed_imports(face)
    missing = [name for name in face.__all__ if getattr(face, name, None) is None]
    assert missing == []
    assert set(face.__all__) <= set(dir(face))


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.__name__)
def test_what_is_public_says_what_it_is_for(face: ModuleType) -> None:
    things = [getattr(face, name) for name in face.__all__]
    called = [thing for thing in things if inspect.isroutine(thing) or inspect.isclass(thing)]
    assert [thing.__name__ for thing in called if not inspect.getdoc(thing)] == []


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.__name__)
def test_a_misspelt_name_is_an_attribute_error(face: ModuleType) -> None:
    with pytest.raises(AttributeError, match="desribe"):
        face.desribe  # noqa: B018 - that reading it fails is the test


def test_the_runs_of_notebooks_take_the_session_first() -> None:
    """Whoever knows one of the calls knows how the others begin."""
    runs = [
        "apply",
        "check",
        "describe",
        "evaluate",
        "evaluate_program",
        "optimize",
        "plan",
        "report",
        "runs",
        "undo",
    ]
    assert [list(inspect.signature(getattr(lakegloss, name)).parameters)[:2] for name in runs] == [
        ["spark", "settings"]
    ] * len(runs)


def test_importing_lakegloss_is_light() -> None:
    code = "import sys, lakegloss; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {module.partition(".")[0] for module in done.stdout.split()}
    assert "lakegloss" in loaded
    assert loaded & HEAVY == set()


def test_readers_of_the_documents_meet_only_public_names() -> None:
    """README and docs import the front door and the documented faces, nothing below them."""
    public = {face.__name__ for face in FACES} | {"lakegloss.errors"}
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    imported = {
        (page.name, line.split()[1])
        for page in pages
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith(("from lakegloss", "import lakegloss"))
    }
    assert imported
    assert {(page, module) for page, module in imported if module not in public} == set()
