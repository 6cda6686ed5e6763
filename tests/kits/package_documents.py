"""Real documents: texts that installed packages ship, with references that their authors left.

Nobody wrote a reference for this: the names that a docstring marks as code are its entities (the
marks are taken away), and the line by which a package names itself is the summary of its page.
"""

import ast
import hashlib
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from lakegloss.core.learning.screening import text_refusal
from lakegloss.core.metrics.wording import units_of

PACKAGES = ("scipy", "sklearn", "numpy")
"""Their docstrings mark names of code; they come with what lakegloss needs."""
TYPE = "name in code"
SUMMARY_WORDS = 20
_MARK = re.compile(
    r":(?P<role>[a-z]+(?::[a-z]+)?):`(?P<told>[^`]+)`|``(?P<code>[^`]+)``|`(?P<plain>[^`<>]+)`"
)
_NAME = re.compile(r"!?~?(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:\(\))?")
_ROLES = frozenset("func meth class mod attr obj data exc".split())
_VALUES = frozenset("True False None nan inf".split())
_CITED = re.compile(r"\s*\[\w+\]_")
_SECTION = re.compile(r"\n(?=[A-Z][A-Za-z ]+\n-{3,}\n)")
_NO_PARAGRAPH = re.compile(
    r"^(?:\s|>>>|\.\.|[-*+|=#<>~]|!\[|\[!|\d+\.|\[[^\]]*\]:|:[\w ]+:(?!`))|\n\s"
)
"""Begins a list, a heading, a field, a directive or code, or is set in."""
_NO_PROSE = re.compile(r"::|:math:|[<|]|http|pip install|={4}|-{4}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_LINKS = (
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[([^\]]+)\](?:\[[^\]]*\])?"), r"\1"),
    (re.compile(r"`([^`<]+?)\s*<[^>]+>`_+"), r"\1"),
    (re.compile(r"`+([^`]+)`+_*"), r"\1"),
    (re.compile(r"\*{1,3}([^*\n]+)\*{1,3}"), r"\1"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text and what its authors say of it, as inputs and outputs of a program."""

    name: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


def texts_with_entities(count: int, packages: Sequence[str] = PACKAGES) -> list[Document]:
    """So many docstrings, one of a file at most, in an order by hashes of their names."""
    return list(islice(_docstrings(packages), count))


def texts_with_summaries(count: int) -> list[Document]:
    """So many pages of installed packages, in an order by hashes of their names."""
    found = {str(one.metadata["Name"]).lower(): one for one in distributions()}
    pages = (summarised(found[name]) for name in sorted(found, key=place))
    return list(islice((page for page in pages if page is not None), count))


def place(name: str) -> str:
    """Where a name stands in an order that has nothing to do with its letters."""
    return hashlib.sha256(name.encode()).hexdigest()


# Names in docstrings.


def _docstrings(packages: Sequence[str]) -> Iterator[Document]:
    files = {
        f"{package}/{path.relative_to(folder).as_posix()}": path
        for package in packages
        for folder in _folders(package)
        for path in folder.rglob("*.py")
        if "tests" not in path.parts
    }
    for name in sorted(files, key=place):
        found = (with_entities(name, text) for text in docstrings_in(files[name]))
        yield from islice((one for one in found if one is not None), 1)


def _folders(package: str) -> list[Path]:
    spec = find_spec(package)
    return [Path(folder) for folder in (spec.submodule_search_locations if spec else None) or ()]


def docstrings_in(path: Path) -> Iterator[str]:
    """The docstrings of a file, in its order; a file that cannot be read has none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # escapes in other people's strings
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (OSError, SyntaxError, ValueError):
            return
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            text = ast.get_docstring(node)
            if text and "`" in text:
                yield text


def with_entities(name: str, docstring: str) -> Document | None:
    """A document of a docstring's prose; None where it is too short, or marks too few names."""
    text, names = without_marks("\n".join(_prose(docstring)))
    if not (len(text.split()) >= 45 and 3 <= len(names) <= 9) or "`" in text:
        return None
    entities = [{"name": one, "type": TYPE, "description": _around(one, text)} for one in names]
    inputs = {"text": text, "entity_types": [TYPE]}
    return _screened(Document(name=name, inputs=inputs, outputs={"entities": entities}))


def without_marks(text: str) -> tuple[str, list[str]]:
    """A text without the marks of reStructuredText, and the names that it marks as code.

    Marked expressions, values and titles are no names; a name without a mark is none, either.
    """
    names: dict[str, None] = {}

    def plain(match: re.Match[str]) -> str:
        role = (match["role"] or "").rpartition(":")[2]
        inner = " ".join((match["told"] or match["code"] or match["plain"]).split())
        if (role and role not in _ROLES) or not _NAME.fullmatch(inner):
            return inner
        shown = inner.removeprefix("!")
        if shown.startswith("~"):
            shown = shown.rpartition(".")[2].removeprefix("~")
        if (name := shown.removesuffix("()")) not in _VALUES:
            names[name] = None
        return shown

    return _MARK.sub(plain, text), list(names)


def _prose(docstring: str) -> Iterator[str]:
    """The paragraphs of prose before the sections and in the notes, up to 120 words."""
    first, *sections = _SECTION.split(docstring)
    notes = [part.partition("\n")[2].partition("\n")[2] for part in sections
             if part.startswith("Notes\n")]  # fmt: skip
    paragraphs = (p for part in [first, *notes] for p in re.split(r"\n\s*\n", part.strip("\n")))
    prose = (p for p in paragraphs if not (_NO_PARAGRAPH.search(p) or _NO_PROSE.search(p)))
    return _up_to(120, (" ".join(_CITED.sub("", p).split()) for p in prose))


def _up_to(most: int, paragraphs: Iterable[str]) -> Iterator[str]:
    """Whole paragraphs as long as they have no more words than that together."""
    words = 0
    for paragraph in paragraphs:
        words += len(paragraph.split())
        if words > most:
            return
        yield paragraph


def _around(name: str, text: str) -> str:
    """The first words of the sentence that names it."""
    sentence = next((s for s in _SENTENCE.split(text) if name in s), text)
    return " ".join(sentence.split()[:12])


# Pages of packages.


def summarised(package: Distribution) -> Document | None:
    """A document of a package's page; None where it has no prose, or says the summary itself."""
    meta: Any = package.metadata
    name, summary = str(meta.get("Name")), " ".join(str(meta.get("Summary") or "").split())
    page = str(meta.get("Description") or meta.get_payload() or "")
    text = "\n".join(_up_to(130, prose_of_page(page)))
    if (
        not 4 <= len(summary.split()) <= SUMMARY_WORDS
        or len(text.split()) < 40
        or is_said_in(summary, text)
        or name == "lakegloss"
    ):
        return None
    points = _SENTENCE.split(text)[:2]
    inputs = {"content": text, "max_words": SUMMARY_WORDS}
    outputs = {"summary": summary, "key_points": points}
    return _screened(Document(name=name, inputs=inputs, outputs=outputs))


def prose_of_page(page: str) -> Iterator[str]:
    """The paragraphs of a page in Markdown or reStructuredText that are plain sentences."""
    without_code = re.sub(r"```.*?(?:```|$)", "", page, flags=re.DOTALL)
    for paragraph in re.split(r"\n\s*\n", without_code):
        text = paragraph
        if re.match(r"\*{1,3}\w", text) is None and _NO_PARAGRAPH.search(text):
            continue
        for link, shown in _LINKS:
            text = link.sub(shown, text)
        text = " ".join(text.split())
        is_prose = text.endswith((".", "!")) and len(text.split()) >= 10
        if is_prose and "`" not in text and not _NO_PROSE.search(text):
            yield text


def is_said_in(summary: str, text: str) -> bool:
    """Whether a text holds a summary word for word."""
    return f" {' '.join(units_of(summary))} " in f" {' '.join(units_of(text))} "


def _screened(document: Document) -> Document | None:
    """None where the product would refuse the example: it may name people, or give orders."""
    refused = text_refusal([document.inputs, document.outputs])
    return document if refused is None else None
