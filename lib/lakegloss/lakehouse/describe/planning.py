"""The plan: what a run would do and cost, before anything is spent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.inherit.heirs import calls_saved, expected
from lakegloss.core.plan.choices import Known, Policy
from lakegloss.core.plan.fingerprint import model_family
from lakegloss.core.plan.guidance import Guidance
from lakegloss.core.plan.tasks import (
    CommentsAfter,
    Describer,
    Rules,
    TableTasks,
    comments_after,
    counted,
    tasks_of,
)
from lakegloss.core.records import ProposalStatus, Source, Verdict
from lakegloss.core.stages import comments_of
from lakegloss.core.words.rules import RULES_VERSION
from lakegloss.drafting.requests import render_requests
from lakegloss.drafting.rules import inheritance_of
from lakegloss.engine.limits.budget import cost_of
from lakegloss.errors import SettingsError
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.guidance_file import read_guidance
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.state import known_assets, with_moved
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.survey.survey import TABLES_A_CHUNK, Survey, survey
from lakegloss.lakehouse.threads import beside
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import Settings


class Planner:
    """Makes the tasks of chunks of tables; later chunks see what earlier ones will have written."""

    def __init__(self, ledgers: Ledgers, settings: Settings, program: CommentProgram) -> None:
        self._ledgers = ledgers
        guidance = read_guidance(settings.guidance) if settings.guidance else Guidance()
        dialect = Catalog(ledgers.spark).dialect()
        intended = Source.MODEL if settings.model else Source.RULES
        self._rules = Rules(
            policy=Policy(
                name=settings.policy,
                thin_words=settings.thin_words,
                overwrite_human=settings.overwrite_human,
                intended=intended.value,
            ),
            describer=Describer(
                version=program.version if settings.model else RULES_VERSION,
                family=model_family(settings.model) if settings.model else Source.RULES.value,
                style=settings.style,
                language=settings.language if settings.model else "English",
            ),
            comment_on_column=dialect.comment_on_column,
            guidance=guidance.matching,
        )
        self.inheritance = inheritance_of(settings)
        self._after: dict[str, Mapping[str, str]] = {}
        self._known: Mapping[AssetKey, Known] = {}
        self._read: frozenset[str] = frozenset()
        self._wanted: frozenset[str] = frozenset()
        self._coming: tuple[frozenset[str], Future[dict[AssetKey, Known]]] | None = None

    def tasks(self, tables: Sequence[Table], found: Survey) -> list[TableTasks]:
        """A task for each asset of a chunk of a survey's tables."""
        self._wanted = found.read_by_views
        self.inheritance.expect(found.read_by_views)
        self._learn_sources(tables)
        if found.profiled:  # that took its time: what people decided meanwhile counts
            self._coming = None
        order = found.order
        reading = beside(self._known_of, [table.name for table in tables], order)
        evidence = found.evidence.of(tables)
        following = order.index(tables[-1].name) + 1
        found.evidence.expect(order[following : following + TABLES_A_CHUNK])
        shown = {
            AssetKey(table.name, path): text
            for table in tables
            for path, text in comments_of(table).items()
        }
        known = with_moved(self._ledgers, reading.result(), shown)
        tasks = [tasks_of(table, evidence, known, self._after, self._rules) for table in tables]
        self.inheritance.enter(tasks)
        return tasks

    def expect(self, names: Sequence[str]) -> None:
        """Begin to read what the ledgers hold of a lake of one chunk."""
        if 0 < len(names) <= TABLES_A_CHUNK:
            self._coming = (frozenset(names), beside(known_assets, self._ledgers, names))

    def _known_of(self, names: Sequence[str], order: Sequence[str]) -> Mapping[AssetKey, Known]:
        """What the ledgers hold, read for several small levels at once."""
        if self._coming is not None and self._coming[0].issuperset(names):
            self._read, self._known = self._coming[0], self._coming[1].result()
            self._coming = None
        if not self._read.issuperset(names):
            start = order.index(names[0])
            window = order[start : start + max(TABLES_A_CHUNK, len(names))]
            self._known = known_assets(self._ledgers, window)
            self._read = frozenset(window)
        return self._known

    def _learn_sources(self, tables: Sequence[Table]) -> None:
        """Comments of sources outside the selection: a view depends on them all the same."""
        outside = {name for table in tables for name in table.sources} - set(self._after)
        if not outside:
            return
        known = known_assets(self._ledgers, outside)
        for name in sorted(outside):
            source = Catalog(self._ledgers.spark).read_comments(name)
            comments = {"": source.comment} | {c.path: c.comment for c in source.columns}
            self._after[name] = {
                path: comment or _waiting(known.get(AssetKey(name, path)))
                for path, comment in comments.items()
            }
            authors = {key.column: k for key, k in known.items() if key.table == name}
            self.inheritance.enter_outside(
                source,
                {
                    c.path: authors[c.path].author(c.comment)
                    for c in source.columns
                    if c.path in authors
                },
            )

    def learn(self, after: CommentsAfter) -> None:
        """Take in the comments that a chunk will have after the run, where a view reads them."""
        self._after.update((name, after[name]) for name in self._wanted & after.keys())


def _waiting(known: Known | None) -> str:
    """The text of a proposal that waits to be applied."""
    ready = known is not None and known.status == ProposalStatus.READY
    return known.decided_text if ready and known and known.verdict != Verdict.REJECT else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run would do. Tokens are estimates, the output an upper bound; cost is in dollars.

    `actions` counts assets by what is done about them; `requests` is of the first round.
    `inherited` comments are taken over from others at best, which saves about `calls_saved` calls.
    """

    tables: int
    columns: int
    actions: Mapping[str, int]
    by_table: Mapping[str, int]
    requests: int
    input_tokens: int
    max_output_tokens: int
    max_cost: float | None
    unreadable: Mapping[str, str] = field(default_factory=dict)
    inherited: int = 0
    calls_saved: int = 0


def plan(
    spark: Any,
    settings: Settings,
    patterns: Sequence[str] = (),
    *,
    program: CommentProgram | None = None,
    progress: Progress = silent,
) -> Plan:
    """Plan what `describe` would do, and what it would cost; no model is called.

    Args:
        spark: a classic or a Connect session.
        patterns: tables, such as `sales.*`; none selects all.
        program: as in `describe`.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        SettingsError: the guidance file cannot be used.
    """
    ledgers = Ledgers(spark, settings)
    return make_plan(ledgers, settings, patterns, program=program, progress=progress)


def make_plan(
    ledgers: Ledgers,
    settings: Settings,
    patterns: Sequence[str] = (),
    *,
    run_id: str = "",
    program: CommentProgram | None = None,
    progress: Progress = silent,
) -> Plan:
    """Plan a run without making any call or statement.

    Args:
        program: as in `describe`.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        SettingsError: the guidance file cannot be used.
    """
    ledgers.ensure()
    program = program or built_in(settings)
    planner = Planner(ledgers, settings, program)
    found = survey(
        ledgers, settings, patterns, run_id=run_id, progress=progress, on_names=planner.expect
    )
    actions: Counter[str] = Counter()
    by_table: dict[str, int] = {}
    requests = input_tokens = output_tokens = inherited = asked = 0
    for chunk in found.chunks():
        tasks = planner.tasks(chunk, found)
        planner.learn(comments_after(tasks, ()))
        actions += counted(tasks)
        by_table |= {t.table.name: n for t in tasks if (n := sum(k.described for k in t.tasks))}
        if settings.model:
            heirs = expected(planner.inheritance, tasks)
            taken = heirs.waiting | heirs.inherited.keys()
            works = [
                t.work((k.key for k in t.tasks if k.described and k.key not in taken), {})
                for t in tasks
            ]
            inherited += len(taken)
            asked += sum(len(work.wanted) for work in works)
            rendered = render_requests(program, settings, [w for w in works if w.wanted])
            requests += len(rendered)
            input_tokens += sum(request.input_tokens for request in rendered)
            output_tokens += sum(request.max_tokens for request in rendered)
    return Plan(
        tables=found.tables,
        columns=found.columns,
        actions=dict(actions),
        by_table=by_table,
        requests=requests,
        input_tokens=input_tokens,
        max_output_tokens=output_tokens,
        max_cost=cost_of(settings, input_tokens, output_tokens),
        unreadable=found.unreadable,
        inherited=inherited,
        calls_saved=calls_saved(inherited, asked=asked, calls=requests),
    )


def built_in(settings: Settings) -> CommentProgram:
    """The program of a run that was given none.

    Raises:
        SettingsError: the settings name a registered one.
    """
    if settings.program:
        raise SettingsError(
            f"The settings name the registered program {settings.program!r}.",
            remedy="Give program=chosen_program(settings).program of lakegloss.release.chosen.",
        )
    return CommentProgram()
