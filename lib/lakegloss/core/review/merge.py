"""Merges a review file three ways: the export, the file, and what is there now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
    AMBIGUOUS = "several tables have that name"
    JINJA = "the description holds Jinja, which only dbt can read"


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
    Trouble.AMBIGUOUS: "Name the one that is meant by --table.",
    Trouble.JINJA: "Write the text out in the file, or leave it to dbt (persist_docs).",
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
    """What a row asks for, as far as the file alone can tell."""

    row: ReviewRow
    verdict: Verdict
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalNow:
    """A proposal with its newest decision.

    `by_person` is true where a person decided, not the policy.
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
        """The text that would be written: the edited text where there is one."""
        return self.decided_text if self.verdict == Verdict.EDIT else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetNow:
    """An asset now: its comment, whether a person wrote it, and its newest proposal."""

    comment: str
    by_person: bool = False
    newest: ProposalNow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """The present state: the assets, why others are gone, and the proposals by id."""

    assets: Mapping[AssetKey, AssetNow]
    proposals: Mapping[str, ProposalNow]
    gone: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision to record on a proposal.

    Attributes:
        proposal_id: '' where the asset never had a proposal.
        text: the text of an edit.
        renewed: whether a new proposal must be recorded and accepted, because the old one cannot be
            applied as it is. It replaces the comment `replaces`. Its text is the person's, or that
            of the accepted proposal.
        on_old: whether the decision is also recorded on the proposal that the person saw.
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
    """What an import records, and what it lists. `already` counts rows recorded before."""

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
    """Read the rows of lakegloss' own file; rows that cannot be read are added to `conflicts`."""
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
    """Read what the rows ask for, which rows conflict, and how many rows ask for nothing."""
    asked: list[Wish] = []
    conflicts: list[Conflict] = []
    count, touched = 0, []
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the last count is the number
        if row.decision or not _is_as_exported(row):
            touched.append(row)
    moved = _moved_lines(touched)
    for row in touched:
        result = _wish(row, limits, moved=row.line in moved)
        if isinstance(result, Trouble):
            conflicts.append(_conflict(row, result))
        else:
            asked.append(result)
    single, disagreeing, repeated = _without_duplicates(asked)
    return single, [*conflicts, *disagreeing], count - len(touched) + repeated


def _is_as_exported(row: ReviewRow) -> bool:
    """Whether the text is as exported; in files of others, an empty text changes nothing."""
    return mark(row.text) == row.text_hash if row.own else not row.text.strip()


def _conflict(row: ReviewRow, trouble: Trouble, detail: str = "") -> Conflict:
    return Conflict(line=row.line, key=row.key, trouble=trouble, detail=detail)


def _wish(row: ReviewRow, limits: CommentBounds, *, moved: bool) -> Wish | Trouble:
    text, same = row.text.strip(), _is_as_exported(row)
    if row.decision not in {"", *Verdict}:
        return Trouble.WORD
    if row.decision == Verdict.REJECT:
        return Wish(row=row, verdict=Verdict.REJECT, text="")
    trouble = _trouble_of_text(row, text, limits, same=same, moved=moved)
    if trouble is not None:
        return trouble
    return Wish(
        row=row,
        verdict=Verdict.ACCEPT if same else Verdict.EDIT,
        text=row.text if same else text,
    )


def _trouble_of_text(
    row: ReviewRow, text: str, limits: CommentBounds, *, same: bool, moved: bool
) -> Trouble | None:
    if not text:
        return Trouble.EMPTY
    if same and row.decision == Verdict.EDIT:
        return Trouble.SAME
    if len(text) > limits.of(row.key):
        return Trouble.TOO_LONG
    return Trouble.MOVED if moved and row.decision != Verdict.EDIT else None


def _moved_lines(rows: Iterable[ReviewRow]) -> set[int]:
    """Find the lines whose text was exported in another line that has changed, too."""
    changed = [row for row in rows if row.own and not _is_as_exported(row)]
    left = {row.text_hash for row in changed}
    return {row.line for row in changed if mark(row.text) in left and row.text.strip()}


def _without_duplicates(asked: Sequence[Wish]) -> tuple[list[Wish], list[Conflict], int]:
    by_key: defaultdict[AssetKey, list[Wish]] = defaultdict(list)
    for wish in asked:
        by_key[wish.row.key].append(wish)
    single: list[Wish] = []
    disagreeing: list[Conflict] = []
    repeated = 0
    for rivals in by_key.values():
        if len({(w.verdict, w.text, w.row.proposal_id) for w in rivals}) > 1:
            disagreeing += [_conflict(w.row, Trouble.DUPLICATE) for w in rivals]
        else:
            single.append(rivals[0])
            repeated += len(rivals) - 1
    return single, disagreeing, repeated


def settle(asked: Iterable[Wish], now: Now, *, who: str, overwrite_human: bool = False) -> Merged:
    """Turn each wish into a ruling or a conflict, by comparing it with the present state.

    Args:
        who: the person who decides; people may change their own decisions.
        overwrite_human: files that carry no proposals may replace what people wrote.
    """
    rulings: list[Ruling] = []
    conflicts: list[Conflict] = []
    already = 0
    proposed = _proposed_texts(now)
    for wish in asked:
        asset = now.assets.get(wish.row.key)
        if asset is None:
            detail = now.gone.get(wish.row.key.table, "")
            conflicts.append(_conflict(wish.row, Trouble.GONE, detail))
            continue
        if _is_untouched(wish, asset, proposed[wish.row.key], who):
            already += 1
            continue
        result = _settle(wish, asset, now, who=who, overwrite_human=overwrite_human)
        if isinstance(result, Ruling):
            rulings.append(result)
        elif isinstance(result, Conflict):
            conflicts.append(result)
        else:
            already += 1
    return Merged(rulings=tuple(rulings), conflicts=tuple(conflicts), already=already)


def _proposed_texts(now: Now) -> defaultdict[AssetKey, set[str]]:
    """The texts that no person wrote, by the asset that they were proposed for."""
    texts: defaultdict[AssetKey, set[str]] = defaultdict(set)
    for proposal in now.proposals.values():
        if proposal.source != Source.HUMAN:
            texts[proposal.key].add(proposal.text.strip())
    return texts


def _is_untouched(wish: Wish, asset: AssetNow, proposed: Collection[str], who: str) -> bool:
    """Whether a file of others repeats what was proposed, where this person decided otherwise.

    Such files hold every row: one that nobody touched takes back no edit of another copy.
    """
    newest = asset.newest
    if wish.row.own or newest is None or not (newest.by_person and newest.decided_by == who):
        return False
    otherwise = newest.verdict == Verdict.REJECT or newest.words != wish.text
    return otherwise and wish.text in proposed


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
        target = newest  # the person's own text, which replaced the proposal of the export
    wish = _with_true_verdict(wish, target)
    trouble = _trouble(wish, asset, target, who=who, overwrite_human=overwrite_human)
    if trouble is not None:
        detail = target.decided_by if target and trouble is Trouble.DECIDED else ""
        return _conflict(row, trouble, detail)
    return _ruling(wish, asset, target)


def _with_true_verdict(wish: Wish, target: ProposalNow | None) -> Wish:
    """Set the verdict by the text: the proposal's own text accepts it, another text edits it."""
    if wish.verdict == Verdict.REJECT:
        return wish
    same = target is not None and target.text == wish.text
    return replace(wish, verdict=Verdict.ACCEPT if same else Verdict.EDIT)


def _is_done(wish: Wish, asset: AssetNow, target: ProposalNow | None) -> bool:
    """Whether a person decided the same before, or the catalog shows the edited text already."""
    newest = asset.newest
    if wish.verdict == Verdict.REJECT:
        return bool(target and target.by_person and target.verdict == Verdict.REJECT)
    if newest and newest.verdict == Verdict.REJECT:  # by a person or an undo
        return False
    decided = any(
        proposal
        and proposal.by_person
        and proposal.words == wish.text
        and proposal.verdict != Verdict.REJECT
        for proposal in (target, newest)
    )
    is_other_text = target is None or target.text != wish.text
    return decided or (is_other_text and asset.comment == wish.text)


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
    shows_proposal = target is not None and asset.comment in {target.words, target.text}
    if shows_proposal or (row.own and mark(asset.comment) == row.comment_hash):
        return None
    if row.own:
        return Trouble.CHANGED
    return Trouble.PEOPLE if asset.by_person and not overwrite_human else None


def _decided_otherwise(wish: Wish, target: ProposalNow, who: str) -> bool:
    if not target.by_person or target.decided_by == who:
        return False
    if wish.row.own:  # a person who saw the other decision may overrule it
        return wish.row.decision_id != target.decision_id
    # A file of others does not tell what its writer saw; a text other than the rejected is new.
    return not (target.verdict == Verdict.REJECT and wish.verdict == Verdict.EDIT)


def _ruling(wish: Wish, asset: AssetNow, target: ProposalNow | None) -> Ruling:
    needs_proposal = target is None or (target.verdict == Verdict.REJECT and not wish.row.own)
    reaches_catalog = (
        target is not None and not needs_proposal and _reaches_catalog(wish, asset, target)
    )
    return Ruling(
        key=wish.row.key,
        line=wish.row.line,
        verdict=wish.verdict,
        proposal_id=target.proposal_id if target else "",
        text=wish.text if wish.verdict == Verdict.EDIT else "",
        renewed=not reaches_catalog,
        on_old=not needs_proposal,
        replaces=asset.comment,
    )


def _reaches_catalog(wish: Wish, asset: AssetNow, target: ProposalNow) -> bool:
    """Whether a decision on the proposal itself is enough for apply to write the text."""
    if wish.verdict == Verdict.REJECT:
        return True
    if target.status == ProposalStatus.FAILED:
        return False
    return not asset.comment or asset.comment in {target.replaces, wish.text}
