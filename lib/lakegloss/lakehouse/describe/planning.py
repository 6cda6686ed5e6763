"""Plans a run: what it would do and cost, before anything is spent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.house.nearest import HouseWords
from lakegloss.core.inherit.heirs import calls_saved, expected
from lakegloss.core.inherit.inheritance import Inheritance
from lakegloss.core.plan.choices import Known, Policy
from lakegloss.core.plan.fingerprint import model_family
from lakegloss.core.plan.tasks import (
    CommentsAfter,
    Describer,
    Rules,
    TableTasks,
    comments_after,
    counted,
    tasks_of,
    wrong_texts,
)
from lakegloss.core.records import ProposalStatus, Source, Verdict
from lakegloss.core.stages import comments_of
from lakegloss.core.words.rules import RULES_VERSION
from lakegloss.drafting.rendering import render_requests
from lakegloss.drafting.without_model import inheritance_of
from lakegloss.engine.limits.budget import cost_of
from lakegloss.errors import SettingsError
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.guidance_file import read_guidance
from lakegloss.lakehouse.describe.house_reader import HouseReader
from lakegloss.lakehouse.describe.known_reader import KnownReader
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.survey.survey import TABLES_A_CHUNK, Survey, survey
from lakegloss.lakehouse.threads import beside
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import Settings
from lakegloss.settings_views import PlanSettings

_Seen = tuple[Mapping[AssetKey, Evidence], Mapping[AssetKey, Known]]


class Planner:
    """Makes the tasks of each chunk of tables; later chunks know what earlier ones will write.

    Args:
        rules: which assets are described, and by which program; see `rules_of`.
        inheritance: decides which columns take over their comment from others.
        known: reads what the ledgers know of the assets, ahead of the chunks where it can.
        house: reads what people wrote, which requests show.
    """

    def __init__(
        self,
        catalog: Catalog,
        rules: Rules,
        inheritance: Inheritance,
        known: KnownReader,
        house: HouseReader,
    ) -> None:
        self._catalog = catalog
        self._known = known
        self._rules = rules
        self._house = house
        self._words: HouseWords | None = None
        self._seen: dict[str, _Seen] = {}
        self.inheritance = inheritance
        self._after: dict[str, Mapping[str, str]] = {}
        self._wanted: frozenset[str] = frozenset()

    def tasks(self, tables: Sequence[Table], found: Survey) -> list[TableTasks]:
        """Make a task for each asset of one chunk of the survey's tables."""
        self._wanted = found.read_by_views
        self.inheritance.expect(found.read_by_views)
        self._learn_sources(tables)
        seen = self._seen.pop(tables[0].name, None) or self._look(tables, found)
        tasks = [tasks_of(table, *seen, self._after, self._rules) for table in tables]
        if self._house.is_wanted and any(task.described for t in tasks for task in t.tasks):
            self._seen[tables[0].name] = seen
            words = self._house_words(found)
            self._seen.pop(tables[0].name)
            tasks = [item.with_house(words) for item in tasks]
        self.inheritance.enter(tasks)
        return tasks

    def with_house(self, tasks: Sequence[TableTasks], found: Survey) -> list[TableTasks]:
        """The same, with what people wrote nearby for each asset that is to be described."""
        if not (self._house.is_wanted and tasks):
            return list(tasks)
        words = self._house_words(found)
        return [item.with_house(words) for item in tasks]

    def _look(self, tables: Sequence[Table], found: Survey) -> _Seen:
        """The evidence of a chunk, and what the ledgers know of it."""
        order = found.order
        reading = beside(self._known.of, [table.name for table in tables], order)
        evidence = found.evidence.of(tables)
        following = order.index(tables[-1].name) + 1
        found.evidence.expect(order[following : following + TABLES_A_CHUNK])
        shown = {
            AssetKey(table.name, path): text
            for table in tables
            for path, text in comments_of(table).items()
        }
        return evidence, self._known.with_moved(reading.result(), shown)

    def _house_words(self, found: Survey) -> HouseWords:
        """What people wrote in all selected tables, read before the first of them is asked about.

        Tables of a small lake are looked at once, for this and for their tasks.
        """
        if self._words is not None:
            return self._words
        is_small = found.tables <= TABLES_A_CHUNK
        for chunk in found.chunks() if is_small or self._house.may_have_some(found) else ():
            seen = self._seen.get(chunk[0].name) or self._look(chunk, found)
            self._house.add(chunk, *seen)
            if is_small:
                self._seen[chunk[0].name] = seen
        self._words = self._house.words()
        return self._words

    def _learn_sources(self, tables: Sequence[Table]) -> None:
        """Read the comments of sources outside the selection, on which views depend, too."""
        sources = {name for table in tables for name in table.sources}
        outside = frozenset(sources - self._after.keys())
        if not outside:
            return
        known = self._known.outside(outside)
        for name in sorted(outside):
            source = self._catalog.read_comments(name)
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
        """Keep the comments that a chunk will have after the run, for the views that read them."""
        self._after.update((name, after[name]) for name in self._wanted & after.keys())


def _waiting(known: Known | None) -> str:
    """The text of a proposal that waits to be applied."""
    ready = known is not None and known.status == ProposalStatus.READY
    return known.decided_text if ready and known and known.verdict != Verdict.REJECT else ""


def rules_of(settings: PlanSettings, program: CommentProgram, *, comment_on_column: bool) -> Rules:
    """Make the rules of a run: which assets are described, and by which program.

    Args:
        comment_on_column: whether the session understands COMMENT ON COLUMN.

    Raises:
        SettingsError: the guidance file cannot be used.
    """
    guidance = read_guidance(settings.guidance)
    intended = Source.MODEL if settings.model else Source.RULES
    return Rules(
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
        comment_on_column=comment_on_column,
        guidance=guidance.matching,
    )


def planner_of(
    ledgers: Ledgers, settings: Settings, program: CommentProgram, known: KnownReader
) -> Planner:
    """Make the planner of a run.

    Raises:
        SettingsError: the guidance file cannot be used.
    """
    catalog = Catalog(ledgers.spark)
    dialect = catalog.dialect()
    rules = rules_of(settings.planning, program, comment_on_column=dialect.comment_on_column)
    house = HouseReader(ledgers, settings.drafting)
    return Planner(catalog, rules, inheritance_of(settings.drafting), known, house)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Says what a run would do and cost.

    `input_tokens` is an estimate, `max_output_tokens` an upper bound; `max_cost` is in dollars.
    `actions` counts assets by what is done about them; `requests` are those of the first round.
    At most `inherited` comments are taken over from others, which saves about `calls_saved` calls.
    `wrong` says, by asset, what the data contradict in comments that lakegloss wrote.
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
    wrong: Mapping[str, str] = field(default_factory=dict)


def plan(
    spark: Any,
    settings: Settings,
    patterns: Sequence[str] = (),
    *,
    program: CommentProgram | None = None,
    progress: Progress = silent,
) -> Plan:
    """Plan what `describe` would do and cost, without calling a model.

    Args:
        spark: a classic or a Connect session.
        patterns: select tables, such as `sales.*`; without patterns all tables are selected.
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
    """Plan a run without calling a model or writing to the catalog.

    Args:
        program: as in `describe`.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        SettingsError: the guidance file cannot be used.
    """
    ledgers.ensure()
    program = program or built_in(settings)
    known = KnownReader(ledgers)
    planner = planner_of(ledgers, settings, program, known)
    found = survey(
        ledgers, settings.profile, patterns, run_id=run_id, progress=progress, on_fresh=known.expect
    )
    actions: Counter[str] = Counter()
    by_table: dict[str, int] = {}
    wrong: dict[str, str] = {}
    requests = input_tokens = output_tokens = inherited = asked = 0
    for chunk in found.chunks():
        tasks = planner.tasks(chunk, found)
        planner.learn(comments_after(tasks, ()))
        actions += counted(tasks)
        wrong |= {str(key): why for key, why in wrong_texts(tasks).items()}
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
            rendered = render_requests(program, settings.drafting, [w for w in works if w.wanted])
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
        max_cost=cost_of(settings.calls, input_tokens, output_tokens),
        unreadable=found.unreadable,
        inherited=inherited,
        calls_saved=calls_saved(inherited, asked=asked, calls=requests),
        wrong=wrong,
    )


def built_in(settings: Settings) -> CommentProgram:
    """The built-in program, for a run that was given none.

    Raises:
        SettingsError: the settings name a registered program.
    """
    if settings.program:
        raise SettingsError(
            f"The settings name the registered program {settings.program!r}.",
            remedy="Give program=chosen_program(settings).program of lakegloss.release.chosen.",
        )
    return CommentProgram()
