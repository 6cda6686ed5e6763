"""One meaning for a name, one home for a fact: what a reader may rely on in all of lib/."""

import ast
import re
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.kits.places import ROOT

LIB = ROOT / "lib" / "lakegloss"
MODULES = sorted(LIB.rglob("*.py"))
MOST_MODULES = 15
MEDIAN_LINES = 150

TWICE = {
    "Usage": "the engine's, and the word for the same in the service's OpenAPI document",
}
"""Public types that are defined more than once, each with the reason."""

NAMESAKES = {
    "registered": "old registered models look for serving/registered.py",
}
"""Modules of one name that are in reach of each other, each with the reason."""

HOMES: Mapping[str, tuple[str, str]] = {
    "families of types": (
        r"\"(?:tinyint|smallint|varchar)\"(?!:)|\(\?:?tiny\|small\|big\)",
        "core/data_types.py",
    ),
    "schema of a table's name": (
        r"join_path\(split_path\([^()]*\)\[:-1\]\)|def _?schema_of\(",
        "core/names.py",
    ),
    "last part of a name": (r"def (?:_?leaf\w*|_?own_name|last_part)\(\w+: str\)", "core/names.py"),
    "words of a name": (r"\[A-Z\]\+\(\?!\[a-z\]\)", "core/words/lexicon.py"),
    "singular of a word": (r"def _?singular\w*\(", "core/words/nouns.py"),
    "price of tokens": (r"\* *(?:self\.|settings\.)?price_\w+", "core/requests.py"),
    "row of a decision": (r"decision_id=uuid4", "core/records.py"),
    "no redirect": (r"HTTPRedirectHandler", "engine/http/transport.py"),
}
"""Facts, a sign of their code, and the only module that has it."""

OTHER_TYPES = {"core/words/rules.py": "says types in words"}


def short(path: Path) -> str:
    return str(path.relative_to(LIB))


def public_types(tree: ast.Module) -> Iterator[str]:
    """Classes, and the aliases of types that a module names (`Row = Mapping[str, Any]`)."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
            yield from (t.id for t in node.targets if isinstance(t, ast.Name))


def defined_twice(sources: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for name, source in sources:
        for found in public_types(ast.parse(source)):
            if re.match(r"[A-Z]\w*[a-z]", found):
                places[found].append(name)
    return {found: names for found, names in places.items() if len(names) > 1}


def namesakes(name: str, source: str, modules: set[str]) -> set[str]:
    """Last names that a module shares with one that it imports, or that two such share."""
    reached = {name}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            reached |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    last: defaultdict[str, set[str]] = defaultdict(set)
    for module in reached & modules:
        last[module.rpartition(".")[2]].add(module)
    return {found for found, names in last.items() if len(names) > 1}


def sources() -> list[tuple[str, str]]:
    return [(short(path), path.read_text(encoding="utf-8")) for path in MODULES]


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(LIB.parent).with_suffix("").parts)


def test_a_public_type_is_defined_once() -> None:
    assert {k: v for k, v in defined_twice(sources()).items() if k not in TWICE} == {}


def test_no_two_modules_of_one_name_are_in_reach_of_each_other() -> None:
    """A command has the name of the wing that it runs; else a name leads to one module."""
    modules = {dotted(path) for path in MODULES if path.stem != "__init__"}
    shared = {
        f"{short(path)}: {found}"
        for path in MODULES
        for found in namesakes(dotted(path), path.read_text(encoding="utf-8"), modules)
        if found not in NAMESAKES and path.parent != LIB / "cli"
    }
    assert shared == set()


@pytest.mark.parametrize(("sign", "home"), HOMES.values(), ids=HOMES)
def test_a_fact_has_one_home(sign: str, home: str) -> None:
    having = {name for name, source in sources() if re.search(sign, source)}
    assert having - set(OTHER_TYPES) == {home}


def test_folders_and_modules_are_small() -> None:
    folders: defaultdict[Path, int] = defaultdict(int)
    for path in MODULES:
        folders[path.parent] += path.stem != "__init__"
    assert {short(path): n for path, n in folders.items() if n > MOST_MODULES} == {}
    lines = [len(source.splitlines()) for _, source in sources()]
    assert statistics.median(lines) <= MEDIAN_LINES


def test_the_lints_see_what_is_broken() -> None:
    twice = defined_twice(
        [("a", "class Row: ...\nclass _Own: ..."), ("b", "Row = dict[str, int]\nclass _Own: ...")]
    )
    assert twice == {"Row": ["a", "b"]}
    known = {"p.a.rows", "p.b.rows", "p.c"}
    assert namesakes("p.c", "from p.a.rows import x\nfrom p.b import rows", known) == {"rows"}
    assert namesakes("p.a.rows", "from p.b.rows import x", known) == {"rows"}
    assert namesakes("p.c", "from p.a.rows import x", known) == set()
