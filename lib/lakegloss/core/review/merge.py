"""Three-way merge of a review file: what was exported, what the file says, what is there now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from lakegloss.core.assets import AssetKey
from lakegloss.core.records import ProposalStatus, Source, Verdict
from lakegloss.core.review.rows import FileLine, ReviewRow, mark, own_row


class Trouble(StrEnum):
    """Why a row is not recorded, in words."""

    UNREADABLE = "the row cannot be read"
    FORMULA = "the cell holds a formula, not text"
    WORD = "the decision is none of accept, edit, reject"
    EMPTY = "the text is empty"
    SAME = "the decision is edit, but the text is as it was exported"
    TOO_LONG = "the text is longer than the catalog's limit"
    MOVED = "the text is that of another row, whose text moved too"
    DUPLICATE = "other rows of the file say something else of the same comment"
    UNKNOWN = "there is no such proposal"
    MISPLACED = "the proposal is of another table or column"
    GONE = "the table or column is not there, or cannot be read"
    NEWER = "there is a newer proposal since the export"
    DECIDED = "someone else decided otherwise"
    CHANGED = "the catalog's comment was changed since the export"
    PEOPLE = "the catalog has a comment that a person wrote"
    NO_COLUMN = "the row names no column, and would write one text on all"


REMEDIES = {
    Trouble.UNREADABLE: "Restore the row from the export.",
    Trouble.FORMULA: "Write the text itself; an apostrophe in front makes any input text.",
    Trouble.WORD: "Write accept, edit or reject, or leave the cell empty.",
    Trouble.EMPTY: "Write a text, or reject the proposal.",
    Trouble.SAME: "Change the text, or write accept.",
    Trouble.TOO_LONG: "Shorten it, or raise max_table_comment or max_column_comment.",
    Trouble.MOVED: "Cells were sorted apart from their rows? If it is meant, write edit.",
    Trouble.DUPLICATE: "Keep one of the rows.",
    Trouble.UNKNOWN: "Import where the file was exported, or export again.",
    Trouble.MISPLACED: "Restore the columns table, column and proposal_id from the export.",
    Trouble.GONE: "Leave the row out, or describe the table again.",
    Trouble.NEWER: "Export again and decide on the newer proposal.",
    Trouble.DECIDED: "Agree with them; a new export with --all shows what they decided.",
    Trouble.CHANGED: "Export again: it shows the comment that is there now.",
    Trouble.PEOPLE: "Keep it, or import with --set overwrite_human=true.",
    Trouble.NO_COLUMN: "Name the column, or write None for the table's own comment.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A row that is listed and not recorded; `line` counts as a spreadsheet does."""

    line: int
    key: AssetKey
    trouble: Trouble
    detail: str = ""

    @property
    def remedy(self) -> str:
        return REMEDIES[self.trouble]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a row asks for, as far as the file alone tells."""

    row: ReviewRow
    verdict: Verdict
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalNow:
    """A proposal with its newest decision.

    `by_person` tells decisions of people from those of the policy.
    """

    proposal_id: str
    key: AssetKey
    text: str
    source: str
    status: str
    replaces: str
    verdict: str = ""
    decided_text: str = ""
    decided_by: str = ""
    decision_id: str = ""
    decided_at: datetime | None = None
    by_person: bool = False
    checks: tuple[str, ...] = ()
    reason: str = ""

    @property
    def words(self) -> str:
        """What would be written: the text after an edit."""
        return self.decided_text if self.verdict == Verdict.EDIT else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetNow:
    """An asset as it is: its comment, whether a person wrote that, and its newest proposal."""

    comment: str
    by_person: bool = False
    newest: ProposalNow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What is there now: assets that exist, why others do not, and proposals by id."""

    assets: Mapping[AssetKey, AssetNow]
    proposals: Mapping[str, ProposalNow]
    gone: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision to record on a proposal.

    Attributes:
        proposal_id: '' where the asset never had a proposal.
        text: of an edit.
        renewed: the proposal cannot be applied as it is: one that replaces the comment `replaces`
            is recorded with its acceptance, by a person or as a copy of the accepted one.
        on_old: the decision also stands on the proposal that was seen.
    """

    key: AssetKey
    line: int
    verdict: Verdict
    proposal_id: str
    text: str
    renewed: bool = False
    on_old: bool = True
    replaces: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What an import records, and what it lists. `already` counts rows that are recorded."""

    rulings: tuple[Ruling, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    untouched: int = 0
    already: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentBounds:
    """Characters that a comment may have."""

    table: int
    column: int

    def of(self, key: AssetKey) -> int:
        return self.column if key.column else self.table


def own_rows(lines: Iterable[FileLine], conflicts: list[Conflict]) -> Iterator[ReviewRow]:
    """Read the rows of lakegloss' own files; those that cannot be read go to the conflicts."""
    for line in lines:
        row = own_row(line)
        trouble = Trouble.FORMULA if line.formulas else None
        if line.problem or not (row.proposal_id and row.text_hash and row.key.table):
            trouble = Trouble.UNREADABLE
        if trouble:
            conflicts.append(_conflict(row, trouble, line.problem))
        else:
            yield row


def wishes(
    rows: Iterable[ReviewRow], limits: CommentBounds
) -> tuple[list[Wish], list[Conflict], int]:
    """What the rows ask for, the rows that cannot be taken, and how many ask for nothing."""
    asked: list[Wish] = []
    conflicts: list[Conflict] = []
    count, touched = 0, []
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the last count is the number
        if row.decision or not _same(row):
            touched.append(row)
    moved = _moved(touched)
    for row in touched:
        found = _wish(row, limits, moved=row.line in moved)
        if isinstance(found, Trouble):
            conflicts.append(_conflict(row, found))
        else:
            asked.append(found)
    single, disagreeing, repeated = _without_duplicates(asked)
    return single, [*conflicts, *disagreeing], count - len(touched) + repeated


def _same(row: ReviewRow) -> bool:
    """Whether the text is as exported; of files of others an empty text says nothing."""
    return mark(row.text) == row.text_hash if row.own else not row.text.strip()


def _conflict(row: ReviewRow, trouble: Trouble, detail: str = "") -> Conflict:
    return Conflict(line=row.line, key=row.key, trouble=trouble, detail=detail)


def _wish(row: ReviewRow, limits: CommentBounds, *, moved: bool) -> Wish | Trouble:
    text, same = row.text.strip(), _same(row)
    if row.decision not in {"", *Verdict}:
        return Trouble.WORD
    if row.decision == Verdict.REJECT:
        return Wish(row=row, verdict=Verdict.REJECT, text="")
    trouble = _of_text(row, text, limits, same=same, moved=moved)
    if trouble is not None:
        return trouble
    return Wish(
        row=row,
        verdict=Verdict.ACCEPT if same else Verdict.EDIT,
        text=row.text if same else text,
    )


def _of_text(
    row: ReviewRow, text: str, limits: CommentBounds, *, same: bool, moved: bool
) -> Trouble | None:
    if not text:
        return Trouble.EMPTY
    if same and row.decision == Verdict.EDIT:
        return Trouble.SAME
    if len(text) > limits.of(row.key):
        return Trouble.TOO_LONG
    return Trouble.MOVED if moved and row.decision != Verdict.EDIT else None


def _moved(rows: Iterable[ReviewRow]) -> set[int]:
    """Lines whose text was exported in another line that was changed as well."""
    changed = [row for row in rows if row.own and not _same(row)]
    left = {row.text_hash for row in changed}
    return {row.line for row in changed if mark(row.text) in left and row.text.strip()}


def _without_duplicates(asked: Sequence[Wish]) -> tuple[list[Wish], list[Conflict], int]:
    by_key: defaultdict[AssetKey, list[Wish]] = defaultdict(list)
    for wish in asked:
        by_key[wish.row.key].append(wish)
    single: list[Wish] = []
    disagreeing: list[Conflict] = []
    repeated = 0
    for same in by_key.values():
        if len({(w.verdict, w.text, w.row.proposal_id) for w in same}) > 1:
            disagreeing += [_conflict(w.row, Trouble.DUPLICATE) for w in same]
        else:
            single.append(same[0])
            repeated += len(same) - 1
    return single, disagreeing, repeated


def settle(asked: Iterable[Wish], now: Now, *, who: str, overwrite_human: bool = False) -> Merged:
    """Decide about each wish against what is there now.

    Args:
        who: the person who decides; they may change their own mind.
        overwrite_human: files that carry no proposals may replace what people wrote.
    """
    rulings: list[Ruling] = []
    conflicts: list[Conflict] = []
    already = 0
    for wish in asked:
        asset = now.assets.get(wish.row.key)
        if asset is None:
            detail = now.gone.get(wish.row.key.table, "")
            conflicts.append(_conflict(wish.row, Trouble.GONE, detail))
            continue
        found = _settle(wish, asset, now, who=who, overwrite_human=overwrite_human)
        if isinstance(found, Ruling):
            rulings.append(found)
        elif isinstance(found, Conflict):
            conflicts.append(found)
        else:
            already += 1
    return Merged(rulings=tuple(rulings), conflicts=tuple(conflicts), already=already)


def _settle(
    wish: Wish, asset: AssetNow, now: Now, *, who: str, overwrite_human: bool
) -> Ruling | Conflict | None:
    row, newest = wish.row, asset.newest
    target = now.proposals.get(row.proposal_id) if row.own else newest
    if row.own and target is None:
        return _conflict(row, Trouble.UNKNOWN)
    if target and target.key != row.key:
        return _conflict(row, Trouble.MISPLACED, str(target.key))
    if _is_done(wish, asset, target):
        return None
    if newest and newest.source == Source.HUMAN and newest.decided_by in {who, ""}:
        target = newest  # their own words, which answered the proposal that they saw
    wish = _named(wish, target)
    trouble = _trouble(wish, asset, target, who=who, overwrite_human=overwrite_human)
    if trouble is not None:
        detail = target.decided_by if target and trouble is Trouble.DECIDED else ""
        return _conflict(row, trouble, detail)
    return _ruling(wish, asset, target)


def _named(wish: Wish, target: ProposalNow | None) -> Wish:
    """The wish by what it does: the proposal's own text accepts it, any other edits it."""
    if wish.verdict == Verdict.REJECT:
        return wish
    same = target is not None and target.text == wish.text
    return replace(wish, verdict=Verdict.ACCEPT if same else Verdict.EDIT)


def _is_done(wish: Wish, asset: AssetNow, target: ProposalNow | None) -> bool:
    """Whether that is what a person decided, or an edit that the catalog shows already."""
    newest = asset.newest
    if wish.verdict == Verdict.REJECT:
        return bool(target and target.by_person and target.verdict == Verdict.REJECT)
    if newest and newest.verdict == Verdict.REJECT:  # also by an undo
        return False
    decided = any(known and known.by_person and known.words == wish.text and known.verdict
                  != Verdict.REJECT for known in (target, newest))  # fmt: skip
    unlike = target is None or target.text != wish.text
    return decided or (unlike and asset.comment == wish.text)


def _trouble(
    wish: Wish, asset: AssetNow, target: ProposalNow | None, *, who: str, overwrite_human: bool
) -> Trouble | None:
    row = wish.row
    if target is not None:
        if row.own and asset.newest and asset.newest.proposal_id != target.proposal_id:
            return Trouble.NEWER
        if _decided_otherwise(wish, target, who):
            return Trouble.DECIDED
    if wish.verdict == Verdict.REJECT or not asset.comment.strip():
        return None
    ours = target is not None and asset.comment in {target.words, target.text}
    if ours or (row.own and mark(asset.comment) == row.comment_hash):
        return None
    if row.own:
        return Trouble.CHANGED
    return Trouble.PEOPLE if asset.by_person and not overwrite_human else None


def _decided_otherwise(wish: Wish, target: ProposalNow, who: str) -> bool:
    if not target.by_person or target.decided_by == who:
        return False
    if wish.row.own:  # who saw a decision may know better
        return wish.row.decision_id != target.decision_id
    # A file of others does not tell what its writer saw; other words than the rejected are new.
    return not (target.verdict == Verdict.REJECT and wish.verdict == Verdict.EDIT)


def _ruling(wish: Wish, asset: AssetNow, target: ProposalNow | None) -> Ruling:
    anew = target is None or (target.verdict == Verdict.REJECT and not wish.row.own)
    carried = target is not None and not anew and _carries(wish, asset, target)
    return Ruling(
        key=wish.row.key,
        line=wish.row.line,
        verdict=wish.verdict,
        proposal_id=target.proposal_id if target else "",
        text=wish.text if wish.verdict == Verdict.EDIT else "",
        renewed=not carried,
        on_old=not anew,
        replaces=asset.comment,
    )


def _carries(wish: Wish, asset: AssetNow, target: ProposalNow) -> bool:
    """Whether a decision on the proposal itself reaches the catalog, as apply reads it."""
    if wish.verdict == Verdict.REJECT:
        return True
    if target.status == ProposalStatus.FAILED:
        return False
    return not asset.comment or asset.comment in {target.replaces, wish.text}
