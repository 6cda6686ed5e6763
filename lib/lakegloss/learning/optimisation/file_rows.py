"""Brings lines of a file of examples into the form of the ledger's, with the group of each.

An evaluation takes a line with `id`, `group`, `output` or `answer` (docs/learning.md); what one
command reads the other must read, too.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from lakegloss.core.learning.examples import COMMENT_PROGRAM
from lakegloss.core.learning.splits import split_of_group

FILE_SALT = "lakegloss examples of a file"
_ANSWERS = ("output", "answer")


def in_ledger_form(text: str, program: str) -> tuple[str, Mapping[str, str]]:
    """The text of a JSONL file in the ledger's form, and the groups by the subjects of the lines.

    Lines that are no JSON objects stay as they are: whoever reads them names them.
    """
    if program == COMMENT_PROGRAM:
        return text, {}
    groups: dict[str, str] = {}
    lines = []
    for number, line in enumerate(text.split("\n"), start=1):
        values = _object(line)
        if values is None or values.get("program", program) != program:
            lines.append(line)
            continue
        lines.append(json.dumps(dict(_renamed(values, number, groups)), ensure_ascii=True))
    return "\n".join(lines), groups


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line) if line.strip() else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _renamed(
    values: dict[str, Any], number: int, groups: dict[str, str]
) -> Iterator[tuple[str, Any]]:
    """The fields of a line under the ledger's names."""
    given = dict(values)
    group, id_ = given.pop("group", None), given.pop("id", None)
    expected = next((given.pop(name) for name in _ANSWERS if name in given), None)
    if expected is None and not isinstance(given.get("outputs"), dict | str | None):
        expected = given.pop("outputs")
    if expected is None and not isinstance(given.get("expected"), str | None):
        expected = given.pop("expected")
    if isinstance(expected, dict):
        given["outputs"] = expected
    elif expected is not None:
        given["expected"] = expected if isinstance(expected, str) else json.dumps(expected)
    if not given.get("table") and (group is not None or id_ is not None):
        subject = str(id_ if id_ is not None else f"{group} {number}")
        given["subject"] = subject
        if group is not None:
            groups[subject] = str(group)
            side = split_of_group(f"subject:{group}", FILE_SALT).value
            given["split"] = given.get("split") or side
    yield from given.items()
