"""Writes and reads the rows of review files of labels, and says which decisions hold."""

import hashlib
from collections import defaultdict
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
    "table", "column", "tag", "decision", "value", "now", "status", "source", "reason", "decided",
    "proposal_id", "value_hash", "decision_id",
)  # fmt: skip
LABEL_COLUMNS_NEEDED = frozenset(
    {"table", "column", "tag", "decision", "value", "proposal_id", "value_hash"}
)
_TYPED = ("decision", "value", "proposal_id", "value_hash", "decision_id")
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
        known.status.replace("_", " "), known.source, known.reason, decided_text(known),
        known.proposal_id, value_hash(known.decided_value), known.decision_id,
    )  # fmt: skip
    return tuple(map(to_cell, values))


def decided_text(known: KnownLabel) -> str:
    """Say what a person decided before, and who; '' where none did."""
    return f"{known.verdict} by {known.decided_by}" if known.by_person else ""


def rulings_of(
    rows: Iterable[tuple[int, Mapping[str, str]]],
    known: Mapping[LabelKey, KnownLabel],
    scheme: LabelScheme,
    *,
    who: str = "",
) -> tuple[list[LabelRuling], list[LabelConflict], int]:
    """The decisions in a file, the rows in conflict, and how many ask for nothing new.

    What somebody else decided after the export is a conflict, never replaced; so are rows of one
    file that disagree.

    Args:
        rows: line numbers, as a spreadsheet counts them, with cells by column.
        who: the person who decides; people may change their own decisions.
    """
    made: list[tuple[int, LabelRuling]] = []
    conflicts: list[LabelConflict] = []
    untouched = 0
    for line, cells in rows:
        texts = {name: from_cell(cells.get(name, "")) for name in LABEL_COLUMNS}
        texts |= {name: texts[name].strip() for name in _TYPED}
        key = LabelKey(texts["table"], texts["column"], texts["tag"])
        ruling = _ruling(texts, known.get(key), scheme, key, who)
        if ruling is None:
            untouched += 1
        elif isinstance(ruling, str):
            conflicts.append(LabelConflict(line=line, asset=str(key), reason=ruling))
        else:
            made.append((line, ruling))
    single, repeated = without_rivals(made)
    conflicts = sorted([*conflicts, *repeated], key=lambda one: one.line)
    return single, conflicts, untouched


def without_rivals(
    made: Iterable[tuple[int, LabelRuling]],
) -> tuple[list[LabelRuling], list[LabelConflict]]:
    """One ruling for each tag; rows that say different things of one tag are all in conflict."""
    by_key: defaultdict[LabelKey, list[tuple[int, LabelRuling]]] = defaultdict(list)
    for line, ruling in made:
        by_key[ruling.key].append((line, ruling))
    single: list[LabelRuling] = []
    conflicts: list[LabelConflict] = []
    for key, rivals in by_key.items():
        agreed = len({ruling for _, ruling in rivals}) == 1
        if agreed:
            single.append(rivals[0][1])
        why = "the file has another row about the same tag" + ("" if agreed else ": keep one")
        lines = [line for line, _ in rivals[agreed:]]
        conflicts += [LabelConflict(line=line, asset=str(key), reason=why) for line in lines]
    return single, conflicts


def _ruling(
    texts: Mapping[str, str],
    known: KnownLabel | None,
    scheme: LabelScheme,
    key: LabelKey,
    who: str,
) -> LabelRuling | str | None:
    """The decision of a row, why it is none, or None where it asks for nothing new."""
    verdict, value = texts["decision"].casefold(), texts["value"]
    is_changed = value_hash(value) != texts["value_hash"]
    if not verdict and not is_changed:
        return None
    problem = _problem(texts, verdict, known, is_changed=is_changed)
    if known is None or problem:
        return problem
    if _is_done(known, verdict, value):
        return None
    problem = _hindrance(known, verdict, who, texts["decision_id"])
    if is_changed and verdict != Verdict.REJECT and not problem:
        problem = wrong_label(scheme, key, value)
    return problem or _made(key, known, verdict, value)


def _made(key: LabelKey, known: KnownLabel, verdict: str, value: str) -> LabelRuling:
    """The value that the person saw counts: the proposal's own accepts it, another one edits it."""
    if verdict == Verdict.REJECT:
        return LabelRuling(key=key, proposal_id=known.proposal_id, verdict=Verdict.REJECT)
    is_own = value == known.value
    return LabelRuling(
        key=key, proposal_id=known.proposal_id, verdict=Verdict.ACCEPT if is_own else Verdict.EDIT,
        value="" if is_own else value,
    )  # fmt: skip


def _hindrance(known: KnownLabel, verdict: str, who: str, decision_id: str) -> str:
    if known.applied and verdict != Verdict.REJECT:
        return "it is set already: reject takes it away, undo the whole run"
    return overruled(known, who, decision_id)


def _problem(
    texts: Mapping[str, str], verdict: str, known: KnownLabel | None, *, is_changed: bool
) -> str:
    if verdict not in ("", *Verdict):
        return f"{texts['decision'][:40]!r} is no decision: accept, edit or reject"
    if known is None or not known.proposal_id:
        return "there is no such proposal"
    if known.proposal_id != texts["proposal_id"]:
        return "a newer proposal came since: export again"
    if verdict == Verdict.EDIT and not is_changed:
        return "the decision is edit, but the value is as it was exported"
    return ""


def _is_done(known: KnownLabel, verdict: str, value: str) -> bool:
    """Whether a person decided the same before, or the value is set."""
    if verdict == Verdict.REJECT:
        return known.by_person and known.verdict == Verdict.REJECT
    agreed = known.applied or (known.by_person and known.verdict != Verdict.REJECT)
    return agreed and value == known.decided_value


def overruled(known: KnownLabel, who: str, decision_id: str | None = None) -> str:
    """Why a decision would replace one that its maker did not see; '' where it would not.

    Args:
        who: who decides now; people may change their own decisions.
        decision_id: the decision that was seen, '' for none; None where the file does not say.
    """
    if not known.by_person or known.decided_by == who or known.decision_id == decision_id:
        return ""
    said = f"{known.decided_by or 'somebody'} decided otherwise since: {known.verdict}"
    if known.verdict == Verdict.REJECT:
        return f"{said}; `label accept --rejected` overrules it"
    export = "`lakegloss label export`" if decision_id is None else "a new export"
    return f"{said} ({known.decided_value}); {export} shows it, and may overrule it"


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
