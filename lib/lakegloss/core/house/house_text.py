"""Defines what people wrote of an asset, and decides what of it may stand in requests for others.

A text enters a request only where it passes the checks that an example must pass
(`core.learning.screening`), quotes no value of the data, and says more than the name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.checks.literals import any_quoted, quoted_value
from lakegloss.core.evidence import Evidence
from lakegloss.core.learning.examples import COMMENT_PROGRAM, Example, FoundExample, Origin
from lakegloss.core.learning.screening import evidence_in, refusal_of
from lakegloss.core.learning.splits import words_in
from lakegloss.core.names import own_name
from lakegloss.core.plan.choices import NOTHING_KNOWN, Known
from lakegloss.core.records import Source, Verdict
from lakegloss.core.stages import comments_of
from lakegloss.core.words.lexicon import expand, word_set, words_of

_LONGEST = 2_000
"""Characters of a text; a longer one is no comment."""
_PLACEHOLDERS = word_set("todo tbd tbc fixme xxx none null test dummy placeholder unknown desc")
_LITERAL = re.compile(r"[\"\u201c\u201d\u00ab\u00bb`]|(?<!\w)['\u2018]|\d{5,}|\S+@\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseText:
    """What a person wrote, accepted or edited of a column, or of a table (column is '').

    Attributes:
        semantic: the kind of the column's values (`Evidence.semantic`), '' where not known.
        position: the column's place in its table; 0 where not known.
    """

    table: str
    column: str = ""
    data_type: str = ""
    semantic: str = ""
    position: int = 0
    text: str

    @property
    def key(self) -> AssetKey:
        return AssetKey(self.table, self.column)


def people_text(comment: str, known: Known) -> str:
    """What a person wrote or agreed to of an asset; '' where no person did.

    A decision counts also before its text is written, and after it was lost; a text of lakegloss
    that nobody decided on does not.

    Args:
        comment: that the catalog shows.
    """
    if comment.strip() and known.author(comment) == Source.HUMAN:
        return comment.strip()
    decided = known.by_person and known.verdict in {Verdict.ACCEPT, Verdict.EDIT}
    return known.decided_text.strip() if decided else ""


def people_texts(
    table: Table, evidence: Mapping[AssetKey, Evidence], known: Mapping[AssetKey, Known]
) -> Iterator[HouseText]:
    """What people wrote of a table and its columns, without texts that quote values of the data."""
    own = {c.path: e for c in table.columns if (e := evidence.get(AssetKey(table.name, c.path)))}
    texts = {
        path: people_text(comment, known.get(AssetKey(table.name, path), NOTHING_KNOWN))
        for path, comment in comments_of(table).items()
    }
    return texts_by_path(table, own, texts)


def texts_by_path(
    table: Table, evidence: Mapping[str, Evidence], texts: Mapping[str, str]
) -> Iterator[HouseText]:
    """These texts of a table and its columns, without those that quote values of the data.

    Args:
        evidence, texts: by column path; of texts '' is the table's own, and empty ones are none.
    """
    columns = {column.path: column for column in table.columns}
    for path, text in texts.items():
        column, seen = columns.get(path), evidence.get(path)
        if text.strip() and not _leaks(text, seen, list(evidence.values())):
            yield HouseText(
                table=table.name,
                column=path,
                data_type=column.data_type if column else "",
                semantic=seen.semantic if seen else "",
                position=column.position if column else 0,
                text=text.strip(),
            )


def example_text(example: Example, inputs: Mapping[str, object]) -> HouseText | None:
    """What an example of the ledger teaches other requests; None where it teaches nothing.

    Args:
        inputs: the example's inputs, read from their JSON.
    """
    if example.program != COMMENT_PROGRAM or example.withdrawn or not example.expected.strip():
        return None
    evidence = list(evidence_in(inputs))
    seen = next((e for e in evidence if e.column == example.column), None)
    if _leaks(example.expected, seen, evidence):
        return None
    return HouseText(
        table=example.table,
        column=example.column,
        data_type=seen.data_type if seen else "",
        semantic=_semantic(inputs, example.column),
        text=example.expected.strip(),
    )


def _semantic(inputs: Mapping[str, object], column: str) -> str:
    card = inputs.get("card")
    columns = card.get("columns") if isinstance(card, Mapping) else None
    for item in columns if isinstance(columns, list) else ():
        if isinstance(item, Mapping) and item.get("name") == column:
            return str(item.get("semantic", ""))
    return ""


def _leaks(text: str, seen: Evidence | None, columns: Sequence[Evidence]) -> bool:
    if seen is not None and quoted_value(text, seen):
        return True
    # Most texts hold no value of any column; only for the others are the dear searches made.
    near = [e for e in columns if any(v and v in text for v in _values(e))]
    return any_quoted(text, near)


def _values(evidence: Evidence) -> Iterator[str]:
    yield from (item.value.strip() for item in evidence.frequent)
    yield from (evidence.minimum.strip(), evidence.maximum.strip())


def is_fit(item: HouseText, values: str = "masked") -> bool:
    """Whether a text may stand in a request for another asset.

    Args:
        values: the policy for values; where it lets no value leave the lake, no text with a
            quotation, an address or a long number does either.
    """
    if len(item.text) > _LONGEST or not _says_something(item):
        return False
    if values in {"none", "shapes"} and _LITERAL.search(item.text):
        return False
    asked = FoundExample(
        table=item.table, column=item.column, expected=item.text, origin=Origin.CATALOG
    )
    return refusal_of(asked) is None


def _says_something(item: HouseText) -> bool:
    words = words_in(item.text) - name_stems(item.column or item.table) - _PLACEHOLDERS
    return any(len(word) > 2 or not word.isascii() for word in words)


@lru_cache(maxsize=65_536)
def name_stems(path: str) -> frozenset[str]:
    """The stems of the words of an asset's own name, as they are and written out."""
    name = own_name(path)
    return words_in(f"{expand(name)} {' '.join(words_of(name))}")
