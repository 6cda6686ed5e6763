"""The rules for personal data do not change in secret: stored evidence must be classified again."""

import ast
import hashlib
from collections.abc import Iterator

from lakegloss.core.personal.version import CLASSIFIER_VERSION
from tests.kits.places import ROOT

CORE = ROOT / "lib" / "lakegloss" / "core"
RULES = [
    *(
        path
        for path in sorted((CORE / "personal").rglob("*.py"))
        if path.stem not in {"__init__", "presidio", "version"}
    ),
    CORE / "values" / "checksums.py",
    CORE / "values" / "forms.py",
]
KNOWN = (5, "5bf2b2136f27")
CHANGED = (
    "The rules for personal data changed. If they may find more than before, raise "
    "CLASSIFIER_VERSION (core/personal/version.py): lakes that are there classify again what they "
    "stored. Then write both values into KNOWN."
)


def parts(node: object) -> Iterator[str]:
    """What a module does, without comments, docstrings and layout, the same in every Python."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.AST):
        yield type(node).__name__
        for name, value in ast.iter_fields(node):
            if value is not None and value != []:
                yield name
                yield from parts(value)
    elif isinstance(node, list):
        for item in node:
            yield from parts(item)
        yield "]"
    else:
        yield repr(node)


def test_changed_rules_have_another_version() -> None:
    digest = hashlib.sha256()
    for path in RULES:
        for part in parts(ast.parse(path.read_text(encoding="utf-8"))):
            digest.update(part.encode() + b"\0")
    assert (CLASSIFIER_VERSION, digest.hexdigest()[:12]) == KNOWN, CHANGED
