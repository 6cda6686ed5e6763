"""Reads the YAML file of guidance (`core.plan.guidance` describes its form)."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from lakegloss.core.plan.guidance import Guidance, Rule, Term
from lakegloss.errors import SettingsError

_FORM = "docs/guidance.md shows its form: a list `guidance` and a mapping `glossary`."


def read_guidance(path: Path | None) -> Guidance:
    """The guidance in a YAML file; none where a setting names no file.

    Raises:
        SettingsError: the file cannot be read, is not YAML, or holds something unknown.
    """
    if path is None:
        return Guidance()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"The guidance file {str(path)!r} cannot be read: {error.strerror}.",
            remedy="Correct the setting `guidance`.",
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The guidance file {str(path)!r} is not valid YAML: {error}.", remedy=_FORM
        ) from None
    return _guidance(content or {}, path)


def _guidance(content: object, path: Path) -> Guidance:
    parts = _fields(content, {"guidance", "glossary"}, path, "the file")
    return Guidance(
        rules=tuple(_rules(parts.get("guidance") or [], path)),
        terms=tuple(_terms(parts.get("glossary") or {}, path)),
    )


def _rules(items: object, path: Path) -> Iterator[Rule]:
    if not isinstance(items, list):
        raise _wrong(path, "`guidance` must be a list")
    for number, item in enumerate(items, start=1):
        where = f"guidance line {number}"
        parts = {"text": item} if isinstance(item, str) else item
        fields = _fields(parts, {"text", "tables", "columns"}, path, where)
        yield Rule(
            text=_text(fields, "text", path, where),
            tables=_text(fields, "tables", path, where, default="*"),
            columns=_text(fields, "columns", path, where, default=""),
        )


def _terms(items: object, path: Path) -> Iterator[Term]:
    if not isinstance(items, Mapping):
        raise _wrong(path, "`glossary` must map words to meanings")
    for word, item in items.items():
        where = f"glossary word {word!r}"
        parts = {"meaning": item} if isinstance(item, str) else item
        fields = _fields(parts, {"meaning", "tables"}, path, where)
        yield Term(
            word=str(word),
            meaning=_text(fields, "meaning", path, where),
            tables=_text(fields, "tables", path, where, default="*"),
        )


def _fields(content: object, known: set[str], path: Path, where: str) -> Mapping[str, object]:
    if not isinstance(content, Mapping):
        raise _wrong(path, f"{where} must have the fields {', '.join(sorted(known))}")
    unknown = [name for name in content if name not in known]
    if unknown:
        raise _wrong(path, f"{where} has an unknown field {unknown[0]!r}")
    return content


def _text(
    fields: Mapping[str, object], name: str, path: Path, where: str, default: str | None = None
) -> str:
    value = fields.get(name, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise _wrong(path, f"{where}: {name!r} must be text")
    return value.strip()


def _wrong(path: Path, what: str) -> SettingsError:
    return SettingsError(f"The guidance file {str(path)!r}: {what}.", remedy=_FORM)
