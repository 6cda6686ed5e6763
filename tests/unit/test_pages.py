"""The pages for people are true: what they name is there, and what they list is all."""

import ast
import re
import subprocess
import sys
import textwrap
import tomllib
import types
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lakegloss.lakehouse.ledgers import tables
from tests.kits.places import ROOT

LIB = ROOT / "lib" / "lakegloss"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDES = [ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]
MADE = ("build/",)
"""Folders that commands make: a page may name what will be in them."""

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"\.?[\w-]+(?:[./-][\w-]+)*\.(?:py|md|yml|toml|sh|txt)|(?:[\w-]+/)+[\w-]*")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def without_blocks(text: str) -> str:
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading."""
    part = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found = re.findall(r"^#+ (.+)$", without_blocks(text_of(page)), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in found}


@cache
def definitions(path: Path) -> frozenset[str]:
    """The names that a module defines, members of its classes as Class.member."""
    return frozenset(_names(ast.parse(path.read_text(encoding="utf-8")).body))


def _names(body: list[ast.stmt], prefix: str = "") -> list[str]:
    found = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append(prefix + node.name)
        if isinstance(node, ast.ClassDef):
            found += _names(node.body, f"{node.name}.")
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found += [prefix + target.id for target in targets if isinstance(target, ast.Name)]
    return found


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(without_blocks(text_of(page))):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        there = (page.parent / target).resolve() if target else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", GUIDES, ids=name)
def test_paths_are_there(page: Path) -> None:
    """What stands in backticks and looks like a path is one: from here, lib/lakegloss or tests."""
    named = [word for word in CODE.findall(without_blocks(text_of(page))) if PATH.fullmatch(word)]
    missing = [
        word
        for word in named
        if not word.startswith(MADE)
        and not any((base / word).exists() for base in (ROOT, LIB, ROOT / "tests"))
    ]
    assert named
    assert missing == []


def test_the_tree_is_the_tree() -> None:
    """Every folder of the library is in it, with the first line of its docstring."""
    block = text_of(ROOT / "ARCHITECTURE.md").partition("    lib/lakegloss/\n")[2]
    shown, above = {}, ""
    for line in block.partition("\n\n")[0].splitlines():
        folder, _, told = line.strip().partition(" ")
        depth = (len(line) - len(line.lstrip())) // 2
        path = folder if depth == 3 else above + folder
        above = folder if depth == 3 else above
        shown[path] = told.strip()
    there = {}
    for init in sorted(LIB.rglob("__init__.py")):
        if init.parent != LIB:
            docstring = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) or ""
            there[f"{init.parent.relative_to(LIB)}/"] = docstring.partition("\n")[0]
    assert shown == there


def test_where_do_i_change_names_what_is_there() -> None:
    table = rows(text_of(ROOT / "ARCHITECTURE.md"), "Where do I change ...")
    assert len(table) > 40
    wrong = []
    for what, file, names, test in table:
        path = LIB / file.strip("`")
        known = definitions(path) if path.is_file() else frozenset()
        wrong += [(what, word) for word in CODE.findall(names) if word not in known]
        if not (ROOT / "tests" / test.strip("`")).is_file() or not CODE.findall(names):
            wrong.append((what, test))
    assert wrong == []


def test_the_ledgers_are_all_there_with_all_their_columns() -> None:
    ledgers = {x.name: x for x in vars(tables).values() if isinstance(x, tables.Ledger)}
    table = {
        row[0].strip("`"): row for row in rows(text_of(ROOT / "ARCHITECTURE.md"), "The ledgers")
    }
    assert table.keys() == ledgers.keys()
    for ledger in ledgers.values():
        _, key, columns, _ = table[ledger.name]
        assert tuple(CODE.findall(key)) == ledger.key
        named = {*CODE.findall(key), *CODE.findall(columns)}
        assert named == {field.name for field in ledger.schema}


def test_the_contracts_are_those_of_the_linter() -> None:
    configured = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["importlinter"]
    part = text_of(ROOT / "ARCHITECTURE.md").partition("## Who may import what")[2]
    listed = re.findall(r"^- (.+)$", part.partition("\n## ")[0], flags=re.MULTILINE)
    assert listed == [contract["name"] for contract in configured["contracts"]]


def test_commands_of_make_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), flags=re.MULTILINE))
    for page in [*PAGES, ROOT / "README.md"]:
        named = re.findall(r"(?:^|`)make ([a-z]+)\b", text_of(page), flags=re.MULTILINE)
        assert set(named) <= targets, name(page)


def worked_example() -> list[str]:
    """The blocks of code in CONTRIBUTING.md's new check: module, wiring, cost, test."""
    part = text_of(ROOT / "CONTRIBUTING.md").partition("## A new check")[2]
    return [textwrap.dedent(b) for b in re.findall(r"```python\n(.*?)```", part, re.DOTALL)]


def test_the_worked_example_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """The new check of CONTRIBUTING.md and its test, run as they stand."""
    blocks = worked_example()
    module = types.ModuleType("lakegloss.core.checks.manner")
    exec(compile(blocks[0], "CONTRIBUTING.md", "exec"), vars(module))  # noqa: S102 - our own text
    monkeypatch.setitem(sys.modules, module.__name__, module)
    names: dict[str, Any] = {}
    exec(compile(blocks[-1], "CONTRIBUTING.md", "exec"), names)  # noqa: S102 - our own text
    found = [value for key, value in names.items() if key.startswith("test_")]
    assert len(found) == 2
    for test in found:
        [mark] = test.pytestmark
        for case in mark.args[1]:
            test(case)
    assert {"Check", "_findings", "_against"} <= definitions(LIB / "core" / "checks" / "comment.py")
    assert "_COST" in definitions(LIB / "core" / "checks" / "quality.py")


@pytest.mark.parametrize(
    ("block", "file"),
    [(0, "lib/lakegloss/core/checks/manner.py"), (-1, "tests/unit/core/checks/test_manner.py")],
    ids=["module", "test"],
)
def test_the_worked_example_passes_the_linter(block: int, file: str) -> None:
    """A newcomer who copies it gets no complaint from `make lint`."""
    ruff = [sys.executable, "-m", "ruff"]
    for words in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [*ruff, *words, "--no-cache", "--stdin-filename", file, "-"],
            cwd=ROOT, input=worked_example()[block], capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_decision_is_listed_and_has_its_three_parts() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = {page.name: text_of(page) for page in folder.glob("*.md") if page.name != "README.md"}
    assert set(LINK.findall(text_of(folder / "README.md"))) == set(pages)
    for page, text in pages.items():
        parts = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences"], page


def test_every_page_is_reached_from_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    reached = {
        (index.parent / link.partition("#")[0]).resolve() for link in LINK.findall(text_of(index))
    }
    pages = {page for page in PAGES if page.parent != ROOT / "docs" / "decisions"} - {index}
    assert {name(page) for page in pages - reached} == set()


def test_no_word_of_the_glossary_stands_twice_in_a_part() -> None:
    for part in text_of(ROOT / "docs" / "glossary.md").split("\n## ")[1:]:
        words = [line.split("|")[1].strip() for line in part.splitlines() if line.startswith("| ")]
        assert len(words) == len(set(words)), part.partition("\n")[0]
