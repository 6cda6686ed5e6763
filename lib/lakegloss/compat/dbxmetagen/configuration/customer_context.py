"""Turns dbxmetagen's customer context and acronyms into lines of guidance and glossary."""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from lakegloss.compat.dbxmetagen.configuration.metadata_config import parse_bool, yaml_of
from lakegloss.core.plan.guidance import LINE_LIMIT, Guidance, Rule, Term
from lakegloss.core.selection import SESSION_CATALOG
from lakegloss.errors import SettingsError

_SCOPES = ("table", "pattern", "schema", "catalog")
_MOST_WORDS = 500
_MOST_TERMS = 2_000
_LONGEST_ACRONYMS = 200_000
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")


def terms_of(content: object) -> tuple[Term, ...]:
    """The glossary in `acro_content`: a mapping, or its text in JSON or Python; read, never run.

    Raises:
        SettingsError: it is no mapping of words to meanings.
    """
    found = _mapping(content)
    return tuple(
        Term(word=str(word).strip(), meaning=" ".join(str(meaning).split()))
        for word, meaning in list(found.items())[:_MOST_TERMS]
        if str(word).strip() and str(meaning).strip()
    )


def _mapping(content: object) -> Mapping[object, object]:
    if isinstance(content, Mapping):
        return content
    text = str(content or "").strip()
    if not text or text.lower() == "none":
        return {}
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(text[:_LONGEST_ACRONYMS])
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(found, Mapping):
            return found
    raise SettingsError(
        f"acro_content cannot be read: {text[:60]!r}.",
        remedy='Write {"GMV": "gross merchandise value"}.',
    )


def context_entries(path: Path) -> list[Mapping[str, Any]]:
    """The entries of a YAML file of customer context, or of all such files in a folder.

    Raises:
        SettingsError: a file cannot be read, or has another form.
    """
    files = sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]
    return [entry for file in files for entry in _entries(file)]


def _entries(path: Path) -> Iterator[Mapping[str, Any]]:
    content = yaml_of(path) or {}
    listed = content.get("contexts") if isinstance(content, Mapping) else None
    if not isinstance(content, Mapping) or not isinstance(listed or [], list):
        raise SettingsError(
            f"{str(path)!r} holds no customer context.",
            remedy="Its form is `contexts: [{scope: ..., scope_type: schema, context_text: ...}]`.",
        )
    yield from (entry for entry in listed or [] if isinstance(entry, Mapping))


def rules_of_context(entries: Iterable[Mapping[str, Any]]) -> tuple[list[Rule], list[str]]:
    """Lines of guidance, those of the narrowest scope first, and what was left out, in words.

    An asset gets a bounded number of lines: so what holds for its table alone goes before what
    holds for its catalog.
    """
    rules: list[tuple[tuple[int, int], list[Rule]]] = []
    notes: list[str] = []
    for entry in entries:
        if _is_off(entry.get("active")):
            continue
        scope, kind, words = (
            _text(entry, name) for name in ("scope", "scope_type", "context_text")
        )
        kind, text = kind.lower(), " ".join(words.split()[:_MOST_WORDS])
        if problem := _problem(scope, kind, text):
            notes.append(f"a context was left out: scope {scope[:80]!r}: {problem}")
            continue
        if len(words) > _MOST_WORDS:
            notes.append(f"the context of {scope[:80]!r} was cut after {_MOST_WORDS} words")
        place = (_SCOPES.index(kind), -_priority(entry.get("priority")))
        pattern = pattern_of(scope, kind)
        rules.append((place, [Rule(text=line, tables=pattern) for line in lines_of(text)]))
    rules.sort(key=lambda rule: rule[0])
    return [line for _, lines in rules for line in lines], notes


def _is_off(active: object) -> bool:
    """Whether an entry is not in use; what says nothing is in use."""
    if active is None or isinstance(active, list | Mapping) or not str(active).strip():
        return False
    return not parse_bool(active if isinstance(active, bool | int) else str(active))


def _text(entry: Mapping[str, Any], name: str) -> str:
    """A text or number of an entry; '' for what is neither."""
    value = entry.get(name)
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _problem(scope: str, kind: str, text: str) -> str:
    """Why a context cannot be used; '' where it can."""
    if not scope:
        return "it names no scope"
    if kind not in _SCOPES:
        return f"scope_type {kind[:20]!r} is none of {', '.join(reversed(_SCOPES))}"
    return "" if text else "its context_text is no text"


def _priority(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def pattern_of(scope: str, kind: str) -> str:
    """A scope as a pattern of tables' names."""
    scope = scope.lower().replace("`", "")
    if kind == "catalog":
        scope = f"{scope}.*.*"
    elif kind == "schema":
        scope = f"{scope}.*"
    return scope.removeprefix(f"{SESSION_CATALOG}.")


def lines_of(text: str) -> list[str]:
    """A text in lines of guidance: whole sentences where they fit, else whole words."""
    lines: list[str] = []
    for sentence in _SENTENCE.split(text):
        for piece in _pieces(sentence):
            if lines and len(lines[-1]) + 1 + len(piece) <= LINE_LIMIT:
                lines[-1] += f" {piece}"
            else:
                lines.append(piece)
    return [line for line in lines if line.strip()]


def _pieces(sentence: str) -> Iterator[str]:
    piece = ""
    for word in sentence.split():
        for part in (word[at : at + LINE_LIMIT] for at in range(0, len(word), LINE_LIMIT)):
            if piece and len(piece) + 1 + len(part) > LINE_LIMIT:
                yield piece
                piece = part
            else:
                piece = f"{piece} {part}".strip()
    if piece:
        yield piece


def write_guidance(guidance: Guidance, path: Path) -> Path:
    """Write the lines as a file of guidance (docs/guidance.md).

    Raises:
        SettingsError: the file cannot be written.
    """
    content = {
        "guidance": [
            {"text": rule.text, "tables": rule.tables, "columns": rule.columns}
            for rule in guidance.rules
        ],
        "glossary": {
            term.word: {"meaning": term.meaning, "tables": term.tables} for term in guidance.terms
        },
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    except OSError as error:
        raise SettingsError(
            f"The guidance cannot be written to {str(path)!r}: {error.strerror}.",
            remedy="Set LAKEGLOSS_HOME to a folder that you may write.",
        ) from None
    return path
