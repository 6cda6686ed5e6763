"""The house's own lints: rules that no linter knows."""

import ast
import inspect
import re
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from lakegloss import errors
from tests.kits.places import ROOT

LIB = ROOT / "lib" / "lakegloss"
MODULES = sorted(LIB.rglob("*.py"))
CODE = [
    path
    for folder in ("lib", "tests", "jobs", "scripts", "benchmarks")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
TEXTS = [
    path
    for pattern in ("*.md", "*.toml", "*.yml", "Makefile", "constraints.txt", "docs/**/*.md",
                    "resources/*.yml", "scripts/*", ".ci/*")
    for path in sorted(ROOT.glob(pattern))
    if path.is_file()
]  # fmt: skip
MAX_LINES = 450
# The house's measures. What holds today stands here where it is not yet what is meant; these only
# fall, to MEANT_LINES and MEANT_MODULES.
MEANT_LINES, MEDIAN_LINES = 150, 157
MEANT_MODULES, MAX_MODULES = 15, 17  # of serving/api
NINTH_DECILE = 25
HEAVY = ("pyspark", "dspy", "mlflow", "aiohttp", "pandas", "litellm", "typer", "jinja2")
# Public dataclasses that are not frozen or not keyword-only, with the reason; this only shrinks.
OTHER_DATACLASSES = {
    "core/assets.py:AssetKey": "a pair, written positionally everywhere",
    "engine/limits/budget.py:Reservation": "settled once its request is answered",
    "engine/http/credentials.py:DriverKey": "one value",
    "engine/http/credentials.py:KeyFile": "one value",
    "engine/http/credentials.py:MintedToken": "one value",
    "engine/http/credentials.py:NoCredential": "no value",
    "drafting/rules.py:Drafted": "filled by one writer",
    "lakehouse/ledgers/runs.py:RunLog": "counts while a run goes on, by one writer",
}
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|Users|work|root|mnt)/[\w.-]+")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def prints(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Name) and called.id in {"print", "breakpoint"}:
            yield called.lineno


def future_annotations(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            yield node.lineno


def loose_dataclasses(tree: ast.AST) -> Iterator[str]:
    """Public dataclasses without frozen=True and kw_only=True."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for decorator in node.decorator_list:
                if _is_dataclass(decorator) and not {"frozen", "kw_only"} <= _switched_on(
                    decorator
                ):
                    yield node.name


def _is_dataclass(decorator: ast.expr) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return getattr(target, "id", getattr(target, "attr", "")) == "dataclass"


def _switched_on(decorator: ast.expr) -> set[str | None]:
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    return {k.arg for k in keywords if isinstance(k.value, ast.Constant) and k.value.value is True}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_module_keeps_the_rules(path: Path) -> None:
    tree = parsed(path)
    assert ast.get_docstring(tree), "a module says in a docstring what it is for"
    assert list(prints(tree)) == [], "lib/ does not print"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def test_half_of_the_modules_are_short() -> None:
    """`__init__` modules are left out: most of them are empty."""
    counts = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in MODULES
        if path.stem != "__init__"
    }
    longest = [f"{name(path)} {n}" for path, n in Counter(counts).most_common(5)]
    median = statistics.median(counts.values())
    assert MEANT_LINES <= MEDIAN_LINES
    assert median <= MEDIAN_LINES, f"{median:.0f} lines, meant {MEANT_LINES}; longest: {longest}"


def test_folders_are_seen_at_a_glance() -> None:
    folders = Counter(path.parent for path in MODULES if path.stem != "__init__")
    fullest = [f"{name(folder)} {n}" for folder, n in folders.most_common(5)]
    assert MEANT_MODULES <= MAX_MODULES
    assert max(folders.values()) <= MAX_MODULES, f"meant {MEANT_MODULES}; fullest: {fullest}"


def test_functions_are_short() -> None:
    counts = {
        f"{name(path)}:{node.name}": lines(node)
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    decile = statistics.quantiles(counts.values(), n=10)[-1]
    longest = Counter(counts).most_common(5)
    assert decile <= NINTH_DECILE, (
        f"nine of ten have at most {decile:.0f} lines; longest: {longest}"
    )


@pytest.mark.parametrize("path", CODE, ids=name)
def test_annotations_are_kept_for_run_time(path: Path) -> None:
    assert list(future_annotations(parsed(path))) == []


def test_dataclasses_are_frozen_and_keyword_only() -> None:
    loose = {
        f"{path.relative_to(LIB)}:{found}"
        for path in MODULES
        for found in loose_dataclasses(parsed(path))
    }
    assert loose - set(OTHER_DATACLASSES) == set()
    assert set(OTHER_DATACLASSES) - loose == set(), "the list only shrinks: take these off it"


@pytest.mark.parametrize("path", CODE + TEXTS, ids=name)
def test_no_path_of_one_machine(path: Path) -> None:
    if path == Path(__file__):
        pytest.skip("it holds the pattern itself")
    assert MACHINE_PATH.findall(path.read_text(encoding="utf-8")) == []


def test_core_imports_nothing_heavy() -> None:
    """Import all of core in a new process and look at what came with it."""
    names = [
        ".".join(path.relative_to(ROOT / "lib").with_suffix("").parts)
        for path in sorted((LIB / "core").rglob("*.py"))
        if path.stem != "__init__"
    ]
    code = f"import sys, {', '.join(names)}; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = {module.partition(".")[0] for module in done.stdout.split()}
    assert loaded & set(HEAVY) == set()
    assert "lakegloss" in loaded


def test_every_error_is_in_the_tree_below_its_parent() -> None:
    """The tree in the docstring of errors.py is the tree of the classes."""
    tree = inspect.getdoc(errors) or ""
    lines = re.findall(r"^([ │├└─]*)([A-Z]\w+Error)\b", tree, flags=re.MULTILINE)
    parents: list[tuple[int, str]] = []
    documented = {}
    for indent, error in lines:
        parents = [(depth, parent) for depth, parent in parents if depth < len(indent)]
        documented[error] = parents[-1][1] if parents else "Exception"
        parents.append((len(indent), error))
    classes = {
        key: value.__bases__[0].__name__
        for key, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    assert documented == classes


def test_errors_raised_in_the_library_are_those_of_the_tree() -> None:
    """No module outside errors.py makes a kind of error of its own for users to meet."""
    own = {
        f"{path.relative_to(LIB)}:{node.name}"
        for path in MODULES
        if path.name != "errors.py"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef)
        and not node.name.startswith("_")
        and any(getattr(base, "id", "").endswith(("Error", "Exception")) for base in node.bases)
    }
    assert own == set()


BROKEN = """
from __future__ import annotations
from dataclasses import dataclass
@dataclass
class A: ...
@dataclass(frozen=True, slots=True)
class B: ...
@dataclass(frozen=True, slots=True, kw_only=True)
class C: ...
@dataclass
class _Private: ...
print("x")
"""


def test_the_lints_see_what_is_broken() -> None:
    tree = ast.parse(BROKEN)
    assert list(prints(tree)) == [12]
    assert list(future_annotations(tree)) == [2]
    assert list(loose_dataclasses(tree)) == ["A", "B"]
    assert MACHINE_PATH.findall("see /home/someone/x, not ./home/x") == ["/home/someone"]
