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
MEANT_LINES, MEDIAN_LINES = 150, 150
MEANT_MODULES, MAX_MODULES = 15, 15
NINTH_DECILE = 25
HEAVY = ("pyspark", "dspy", "mlflow", "aiohttp", "pandas", "litellm", "typer", "jinja2")
# Public dataclasses that are not frozen or not keyword-only, with the reason; this only shrinks.
OTHER_DATACLASSES = {
    "core/assets.py:AssetKey": "a pair, written positionally everywhere",
    "core/labels/tags.py:LabelKey": "a key, written positionally everywhere",
    "core/labels/tree.py:DomainPlace": "a pair, written positionally everywhere",
    "engine/limits/budget.py:Reservation": "settled once its request is answered",
    "engine/http/credentials.py:DriverKey": "one value",
    "engine/http/credentials.py:KeyFile": "one value",
    "engine/http/credentials.py:MintedToken": "one value",
    "engine/http/credentials.py:NoCredential": "no value",
    "drafting/in_turn.py:Turns": "filled by one writer",
    "lakehouse/ledgers/runs.py:RunLog": "counts while a run goes on, by one writer",
}
# Where everything is caught, with the reason; this only shrinks. `core/going_on.py` is
# for all else that must never stop its caller.
CATCH_ALL = {
    "cli/main.py": "the boundary: wrong options are shown, defects keep their stack",
    "cli/workflow.py": "a platform's secrets: what it raises is not documented",
    "drafting/commenter.py": "one card's fault costs no other",
    "engine/caller.py": "one request's fault costs no other",
    "engine/execution.py": "a program's fault is the execution's",
    "learning/optimisation/scoring.py": "one run's fault is that run's score",
    "learning/optimisation/token_sizes.py": "an example that does not fit is scored later",
    "lakehouse/ledgers/runs.py": "a run records how it ended, and raises again",
    "lakehouse/review/workbook.py": "a broken workbook fails in a hundred ways",
    "lakehouse/threads.py": "what a thread meets is raised where its result is asked for",
    "programs/conditional.py": "a person's function: anything may come out of it",
    "programs/how_might_we.py": "one of a batch costs no other",
    "programs/json_adapter.py": "types that have no schema: pydantic raises many kinds",
    "serving/api/middleware.py": "the boundary: the service's failure, with its stack",
    "serving/api/database/store.py": "the thread goes on; whoever waits is told",
    "serving/executor/loader.py": "whatever a package does when it is imported",
    "serving/executor/tracking.py": "tracking never costs an execution",
}
MOST_CATCH_ALLS_A_THOUSAND_LINES = 0.6
SETTINGS_HOLDERS = 35
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|Users|work|root|mnt)/[\w.-]+")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(read(path), filename=str(path))


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


def catch_alls(tree: ast.AST) -> Iterator[int]:
    """Where an except clause catches everything."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            names = {"Exception" if kind is None else getattr(kind, "id", "") for kind in kinds}
            if names & {"Exception", "BaseException"}:
                yield node.lineno


def test_modules_keep_the_rules() -> None:
    silent = [name(path) for path in MODULES if not ast.get_docstring(parsed(path))]
    assert silent == [], "a module says in a docstring what it is for"
    printing = [f"{name(path)}:{line}" for path in MODULES for line in prints(parsed(path))]
    assert printing == [], "lib/ does not print"
    long = [name(path) for path in MODULES if len(read(path).splitlines()) > MAX_LINES]
    assert long == []


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def test_half_of_the_modules_are_short() -> None:
    """`__init__` modules are left out: most of them are empty."""
    counts = {path: len(read(path).splitlines()) for path in MODULES if path.stem != "__init__"}
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


def test_annotations_are_kept_for_run_time() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in CODE
        if "__future__" in read(path)
        for line in future_annotations(parsed(path))
    ]
    assert found == []


def test_dataclasses_are_frozen_and_keyword_only() -> None:
    loose = {
        f"{path.relative_to(LIB)}:{found}"
        for path in MODULES
        for found in loose_dataclasses(parsed(path))
    }
    assert loose - set(OTHER_DATACLASSES) == set()
    assert set(OTHER_DATACLASSES) - loose == set(), "the list only shrinks: take these off it"


def test_everything_is_caught_only_where_a_caller_must_go_on() -> None:
    caught = {
        str(path.relative_to(LIB)): lines
        for path in MODULES
        if (lines := list(catch_alls(parsed(path))))
    }
    assert caught.keys() - CATCH_ALL.keys() == set(), "use going_on, or name the errors"
    assert CATCH_ALL.keys() - caught.keys() == set(), "the list only shrinks: take these off it"
    lines = sum(len(read(path).splitlines()) for path in MODULES)
    count = sum(map(len, caught.values()))
    assert 1_000 * count / lines <= MOST_CATCH_ALLS_A_THOUSAND_LINES


def test_the_whole_settings_are_held_at_the_edges_only() -> None:
    """The modules that name `Settings`; below the edges views of them travel. This only shrinks."""
    holders = [
        str(path.relative_to(LIB))
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom)
        and node.module == "lakegloss.settings"
        and any(alias.name == "Settings" for alias in node.names)
    ]
    assert len(set(holders)) <= SETTINGS_HOLDERS, holders
    assert not [path for path in holders if path.startswith(("core/", "programs/"))]


def test_no_path_of_one_machine() -> None:
    found = {
        name(path): paths
        for path in CODE + TEXTS
        if path != Path(__file__)  # it holds the pattern itself
        if (paths := MACHINE_PATH.findall(read(path)))
    }
    assert found == {}


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
        if str(path.relative_to(LIB)) not in {"errors.py", "serving/api/problems.py"}
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
try: ...
except (ValueError, Exception): ...
try: ...
except: ...
try: ...
except ValueError: ...
"""


def test_the_lints_see_what_is_broken() -> None:
    tree = ast.parse(BROKEN)
    assert list(prints(tree)) == [12]
    assert list(future_annotations(tree)) == [2]
    assert list(loose_dataclasses(tree)) == ["A", "B"]
    assert list(catch_alls(tree)) == [14, 16]
    assert MACHINE_PATH.findall("see /home/someone/x, not ./home/x") == ["/home/someone"]
