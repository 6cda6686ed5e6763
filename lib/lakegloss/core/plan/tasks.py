"""Makes a task for each asset from its table, its evidence and the ledgers."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.checks.claims import contradiction, contradiction_of_table
from lakegloss.core.evidence import Evidence
from lakegloss.core.house.house_text import HouseText
from lakegloss.core.house.nearest import HouseWords, NearText
from lakegloss.core.names import leaf, split_path
from lakegloss.core.plan.choices import (
    NOTHING_KNOWN,
    Action,
    Choice,
    Known,
    Policy,
    choose,
    text_hash,
)
from lakegloss.core.plan.fingerprint import fingerprint
from lakegloss.core.plan.packing import TableWork, Wanted
from lakegloss.core.records import Proposal, ProposalStatus, Source, Verdict
from lakegloss.core.stages import can_write
from lakegloss.core.words.meaning.glossary import glossary_of

CommentsAfter = Mapping[str, Mapping[str, str]]
"""Comments as they will be after the run, by table and column path ('' for the table itself)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Describer:
    """The writer of the comments, as far as fingerprints depend on it."""

    version: str
    family: str
    style: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One asset, what to do about it, and what its comment depends on.

    `pending` is the text of a proposal that waits to be applied. `author` is the `Source` that
    wrote the comment as it will be (`after`); it is '' where there is no comment, or where
    lakegloss would write its own differently today. `refused` are hashes of texts that were
    rejected here. `near` is what people wrote of assets like this one. It is no part of the
    fingerprint, as one person's new comment must not make the comments around it stale. `wrong`
    says what the data of today contradict in a comment that lakegloss wrote; '' where nothing.
    """

    key: AssetKey
    fingerprint: str
    choice: Choice
    comment: str
    guidance: tuple[str, ...] = ()
    pending: str = ""
    author: str = ""
    refused: frozenset[str] = frozenset()
    near: tuple[NearText, ...] = ()
    wrong: str = ""

    def status_of(self, text: str) -> ProposalStatus:
        """The status of a good proposal of that text: a text that was rejected needs a person."""
        again = text_hash(text) in self.refused
        return ProposalStatus.NEEDS_REVIEW if again else self.choice.status

    @property
    def after(self) -> str:
        """The comment as it will be without a new draft: a pending proposal counts as applied."""
        return self.pending or self.comment

    @property
    def described(self) -> bool:
        return self.choice.action is Action.DESCRIBE


@dataclass(frozen=True, slots=True, kw_only=True)
class TableTasks:
    """A table with its evidence by column path and a task for each of its assets."""

    table: Table
    evidence: Mapping[str, Evidence]
    tasks: tuple[Task, ...]

    def work(self, keys: Iterable[AssetKey], feedback: Mapping[AssetKey, str]) -> TableWork:
        """The work to pack for some of its assets, with feedback on earlier answers."""
        chosen = keys if isinstance(keys, set | frozenset) else set(keys)
        wanted = tuple(
            Wanted(
                column=task.key.column,
                fingerprint=task.fingerprint,
                feedback=feedback.get(task.key, ""),
                guidance=task.guidance,
                near=task.near,
            )
            for task in self.tasks
            if task.key in chosen
        )
        return TableWork(table=self.table, wanted=wanted, evidence=self.evidence)

    def with_house(self, house: HouseWords) -> "TableTasks":
        """The same, with what people wrote nearby for each asset that is to be described."""
        if not house:
            return self
        columns = {column.path: column for column in self.table.columns}
        tasks = tuple(
            replace(task, near=house.near(self._asked(task.key, columns)))
            if task.described
            else task
            for task in self.tasks
        )
        return replace(self, tasks=tasks)

    def _asked(self, key: AssetKey, columns: Mapping[str, Column]) -> HouseText:
        column, evidence = columns.get(key.column), self.evidence.get(key.column)
        return HouseText(
            table=self.table.name,
            column=key.column,
            data_type=column.data_type if column else "",
            semantic=evidence.semantic if evidence else "",
            position=column.position if column else 0,
            text="",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What tasks are made by: the policy, the describer, and what this session can write."""

    policy: Policy
    describer: Describer
    comment_on_column: bool
    guidance: Callable[[str, str], tuple[str, ...]]


def tasks_of(
    table: Table,
    evidence: Mapping[AssetKey, Evidence],
    known: Mapping[AssetKey, Known],
    comments_after: CommentsAfter,
    rules: Rules,
) -> TableTasks:
    """Make a task for the table and for each of its columns.

    Args:
        comments_after: comments of the tables that this one reads, as they will be after the run.
    """
    own_evidence = {
        c.path: e for c in table.columns if (e := evidence.get(AssetKey(table.name, c.path)))
    }
    assets: list[Column | None] = [None, *table.columns]
    tasks = tuple(
        _task(table, column, own_evidence, known, comments_after, rules) for column in assets
    )
    return TableTasks(table=table, evidence=own_evidence, tasks=tasks)


def _task(
    table: Table,
    column: Column | None,
    evidence: Mapping[str, Evidence],
    known: Mapping[AssetKey, Known],
    comments_after: CommentsAfter,
    rules: Rules,
) -> Task:
    key = AssetKey(table.name, column.path if column else "")
    seen = evidence.get(key.column)
    guidance = rules.guidance(table.name, key.column)
    told = guidance if column else (*guidance, *_told_of_columns(table, rules))
    fingerprint_now = fingerprint(
        table=table.name,
        column=key.column,
        data_type=column.data_type if column else "",
        bucket=(seen.bucket if seen else "") if column else columns_mark(table),
        source_comments=source_comments(table, key.column, comments_after),
        guidance=told,
        style=rules.describer.style,
        language=rules.describer.language,
        program_version=rules.describer.version,
        model_family=rules.describer.family,
        kind=table.kind.value,
    )
    comment = column.comment if column else table.comment
    state = known.get(key, NOTHING_KNOWN)

    def wrong_in(text: str) -> str:
        if column is None:
            return contradiction_of_table(text, evidence)
        return contradiction(text, seen) if seen is not None else ""

    if can_write(
        table.kind,
        key.column,
        comment_on_column=rules.comment_on_column,
        blocked=column.blocked if column else "",
    ):
        choice = choose(
            comment,
            fingerprint_now,
            state,
            rules.policy,
            is_false=lambda text: bool(wrong_in(text)),
        )
    else:
        choice = Choice(action=Action.NOT_WRITABLE)
    return Task(
        key=key,
        fingerprint=fingerprint_now,
        choice=choice,
        comment=comment,
        guidance=guidance,
        pending=state.decided_text if choice.action is Action.PENDING else "",
        author=_author(comment, fingerprint_now, state, choice),
        refused=state.refused,
        wrong=wrong_in(comment) if is_own(comment, state) else "",
    )


def _told_of_columns(table: Table, rules: Rules) -> tuple[str, ...]:
    """What the glossary says of a table's columns, which the rules' text of the table names, too.

    A model is told of a table what matches the table itself, so its fingerprints have no more.
    """
    if rules.describer.family != Source.RULES:
        return ()
    lines = (line for c in table.columns for line in rules.guidance(table.name, c.path))
    return tuple(line for line in dict.fromkeys(lines) if glossary_of([line]))


def is_own(comment: str, known: Known) -> bool:
    """Whether a comment is a text of lakegloss that no person wrote or edited."""
    return bool(comment.strip()) and known.author(comment) != Source.HUMAN


def wrong_texts(tables: Iterable["TableTasks"]) -> dict[AssetKey, str]:
    """What the data contradict in comments that lakegloss wrote, by asset."""
    return {task.key: task.wrong for table in tables for task in table.tasks if task.wrong}


def _author(comment: str, fingerprint_now: str, state: Known, choice: Choice) -> str:
    if choice.action is Action.PENDING:
        return Source.HUMAN.value if state.verdict == Verdict.EDIT else state.source
    author = state.author(comment) if comment.strip() else ""
    return author if author == Source.HUMAN or state.fingerprint == fingerprint_now else ""


def columns_mark(table: Table) -> str:
    """Name the columns that a table's own comment rests on: with others it is another table."""
    return "|".join(sorted(c.path for c in table.columns if len(split_path(c.path)) == 1))


def source_comments(table: Table, column: str, comments_after: CommentsAfter) -> tuple[str, ...]:
    """The comments of the tables that a view reads, or of their columns of the same name."""
    name = leaf(column).lower() if column else ""
    return tuple(
        text
        for source in table.sources
        for path, text in comments_after.get(source, {}).items()
        if text and (leaf(path).lower() if path else "") == name
    )


def in_order(sources: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Sort tables into levels: each table that a view reads is in an earlier level than the view.

    Views that read each other in a circle, which no catalog should allow, share the last level.

    Args:
        sources: the names of the tables that each table reads, by its own name.
    """
    levels: list[list[str]] = []
    placed: set[str] = set()
    rest = list(sources)
    while rest:
        level = [t for t in rest if all(s in placed or s not in sources for s in sources[t])]
        level = level or rest
        levels.append(level)
        placed.update(level)
        rest = [name for name in rest if name not in placed]
    return levels


def counted(tables: Iterable[TableTasks]) -> Counter[str]:
    """Count the assets by their action."""
    return Counter(task.choice.action.value for table in tables for task in table.tasks)


def comments_after(
    tables: Iterable[TableTasks], proposals: Iterable[Proposal]
) -> Mapping[str, Mapping[str, str]]:
    """The comments of these tables once the proposals that are ready are applied."""
    after = {t.table.name: {task.key.column: task.after for task in t.tasks} for t in tables}
    for proposal in proposals:
        if proposal.status == ProposalStatus.READY:
            after[proposal.table][proposal.column] = proposal.text
    return after
