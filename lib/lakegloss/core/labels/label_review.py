"""Writes and reads the rows of review files of labels, and says which decisions hold."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lakegloss.core.labels.groups import LabelGroup
from lakegloss.core.labels.label_actions import KnownLabel
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tags import LabelKey, wrong_value
from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.records import Verdict
from lakegloss.core.review.cells import from_cell, to_cell

LABEL_COLUMNS = (
    "table", "column", "tag", "decision", "value", "now", "status", "source", "reason",
    "proposal_id", "value_hash",
)  # fmt: skip
LABEL_COLUMNS_NEEDED = frozenset(
    {"table", "column", "tag", "decision", "value", "proposal_id", "value_hash"}
)
_TYPED = ("decision", "value", "proposal_id", "value_hash")
OPEN_TO_PEOPLE = ("decision", "value")
"""The columns that people fill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLabel:
    """A proposal that stands in a review, and the value that the tag has now ('' for none)."""

    key: LabelKey
    known: KnownLabel
    now: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRuling:
    """What a person decided on a proposal; `value` is the one that an edit puts in its place."""

    key: LabelKey
    proposal_id: str
    verdict: Verdict
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelConflict:
    """A row of a file that was not recorded, and why."""

    line: int
    asset: str
    reason: str


def value_hash(value: str) -> str:
    """Hash a value, to see later whether it was changed."""
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()[:20]


def label_cells(item: OpenLabel) -> tuple[str, ...]:
    """Write the cells of one row, in the order of LABEL_COLUMNS."""
    key, known = item.key, item.known
    values = (
        key.table, key.column, key.tag, "", known.decided_value, item.now,
        known.status.replace("_", " "), known.source, known.reason, known.proposal_id,
        value_hash(known.decided_value),
    )  # fmt: skip
    return tuple(map(to_cell, values))


def rulings_of(
    rows: Iterable[tuple[int, Mapping[str, str]]],
    known: Mapping[LabelKey, KnownLabel],
    scheme: LabelScheme,
) -> tuple[list[LabelRuling], list[LabelConflict], int]:
    """The decisions in a file, the rows in conflict, and how many ask for nothing.

    Args:
        rows: line numbers, as a spreadsheet counts them, with cells by column.
    """
    rulings: dict[LabelKey, LabelRuling] = {}
    conflicts: list[LabelConflict] = []
    untouched = 0
    for line, cells in rows:
        texts = {name: from_cell(cells.get(name, "")) for name in LABEL_COLUMNS}
        texts |= {name: texts[name].strip() for name in _TYPED}
        key = LabelKey(texts["table"], texts["column"], texts["tag"])
        verdict = _verdict(texts)
        if verdict is None:
            untouched += 1
            continue
        problem = _problem(texts, verdict, known.get(key), scheme, key)
        if not problem and key in rulings:
            problem = "the file has another row about the same tag"
        if problem:
            conflicts.append(LabelConflict(line=line, asset=str(key), reason=problem))
            continue
        value = texts["value"] if verdict == Verdict.EDIT else ""
        rulings[key] = LabelRuling(
            key=key, proposal_id=texts["proposal_id"], verdict=Verdict(verdict), value=value
        )
    return list(rulings.values()), conflicts, untouched


def _verdict(texts: Mapping[str, str]) -> str | None:
    """What a row asks for: a changed value without a decision is an edit; None is nothing."""
    said = texts["decision"].casefold()
    changed = value_hash(texts["value"]) != texts["value_hash"]
    if said in ("", Verdict.ACCEPT) and changed:
        return Verdict.EDIT
    return said or None


def _problem(
    texts: Mapping[str, str],
    verdict: str,
    known: KnownLabel | None,
    scheme: LabelScheme,
    key: LabelKey,
) -> str:
    if verdict not in (Verdict.ACCEPT, Verdict.EDIT, Verdict.REJECT):
        return f"{texts['decision'][:40]!r} is no decision: accept, edit or reject"
    if known is None or not known.proposal_id:
        return "there is no such proposal"
    if known.proposal_id != texts["proposal_id"]:
        return "a newer proposal came since: export again"
    if known.applied:
        return "it is set already: undo takes it back"
    return wrong_label(scheme, key, texts["value"]) if verdict == Verdict.EDIT else ""


def wrong_label(scheme: LabelScheme, key: LabelKey, value: str) -> str:
    """Why a person's value is no label of the scheme; '' where it is one."""
    if problem := wrong_value(value):
        return f"the value cannot be written: {problem}"
    if value not in labels_of_tag(scheme, key.tag):
        return f"{value[:60]!r} is no label of the tag {key.tag!r}"
    return ""


def labels_of_tag(scheme: LabelScheme, tag: str) -> Sequence[str]:
    """All values that a tag of the scheme may have."""
    if tag == scheme.group_tag:
        return [*map(scheme.written, LabelGroup), *filter(None, [scheme.none_value])]
    if tag == scheme.class_tag:
        return [scheme.written(one) for one in PersonalClass]
    if tag == scheme.protected_tag:
        return [scheme.protected_value]
    places = [place for place, _ in scheme.tree.places()]
    if tag == scheme.domain_tag:
        return [place.domain for place in places]
    return [place.subdomain for place in places if place.subdomain and tag == scheme.subdomain_tag]
