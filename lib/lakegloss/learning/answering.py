"""Lets a version write the hidden comments: packed, in rounds, from paid answers where it can."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256

from lakegloss.core.assets import AssetKey
from lakegloss.core.evaluation.figures import Spent
from lakegloss.core.evaluation.references import HeldOutTable, visible_hash
from lakegloss.core.house.nearest import HouseWords
from lakegloss.core.plan.choices import Action, Choice
from lakegloss.core.plan.tasks import Rules, TableTasks, tasks_of
from lakegloss.core.records import Response, Source
from lakegloss.core.requests import ModelRequest
from lakegloss.core.words.rules import RULES_VERSION
from lakegloss.drafting.drafted import Draft, Drafted
from lakegloss.drafting.drafter import ModelDrafter
from lakegloss.drafting.loop import DraftingLoop
from lakegloss.drafting.without_model import RulesDrafter
from lakegloss.engine.attempt import Usage
from lakegloss.engine.limits.budget import cost_of
from lakegloss.faults import fault_point
from lakegloss.lakehouse.asking import asker
from lakegloss.lakehouse.describe.planning import rules_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.state import answers_for
from lakegloss.lakehouse.ledgers.sweep import sweep
from lakegloss.lakehouse.progress import Progress
from lakegloss.programs.comment import PROGRAM, CommentProgram
from lakegloss.settings_views import AskSettings, DraftingSettings, PlanSettings

RULES = "rules"
NOT_AGREED = "not agreed"
_TABLES_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluatedVersion:
    """What is evaluated: the comment program in some state with a model, or the built-in rules.

    Attributes:
        label: as it is shown, and as it was asked for.
        program: None for the rules.
    """

    label: str
    program: CommentProgram | None = None

    @property
    def version(self) -> str:
        return self.program.version if self.program else RULES_VERSION

    @property
    def name(self) -> str:
        return PROGRAM if self.program else RULES

    @property
    def source(self) -> Source:
        return Source.MODEL if self.program else Source.RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingPlan:
    """What a version would be asked first, before anything is spent.

    `input_tokens` is an estimate, `max_output_tokens` an upper bound; `max_cost` is in dollars,
    None without a price. Comments that fail the checks are asked for again.
    """

    label: str
    requests: int
    input_tokens: int
    max_output_tokens: int
    max_cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a version wrote of the hidden comments.

    Attributes:
        not_asked: how many assets got no answer, by reason; then nothing is concluded.
        cause: how the endpoint failed, the last time.
    """

    drafts: Mapping[AssetKey, Draft]
    spent: Spent
    not_asked: Mapping[str, int]
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes comments with versions, for one run.

    Args:
        on_spent: called with the tokens that the run has spent.
        agree: asked before a version is asked anything that costs; False lets it write nothing.
        house: what people wrote nearby, without what would give hidden comments away.
    """

    ledgers: Ledgers
    asking: AskSettings
    drafting: DraftingSettings
    planning: PlanSettings
    run_id: str
    progress: Progress
    on_spent: Callable[[Usage], None] = lambda _: None
    agree: Callable[[AskingPlan], bool] = lambda _: True
    house: HouseWords = field(default_factory=HouseWords)

    def write(self, version: EvaluatedVersion, tables: Sequence[HeldOutTable]) -> Written:
        """Write the hidden comments of tables.

        Answers that were paid for earlier, also by a run that was killed, are read again.

        Raises:
            SettingsError, EndpointError: the model cannot be used; what was answered is kept.
        """
        if version.program is None:
            drafting = replace(self.drafting, model="")
            tasks = [self._tasks(version, table) for table in tables]
            drafts = RulesDrafter(drafting).draft(tasks).drafts
            return Written(drafts=_by_key(drafts), spent=Spent(), not_asked={})
        plan = self._plan(version, version.program, tables)
        if plan.requests and not self.agree(plan):
            return Written(drafts={}, spent=Spent(), not_asked={NOT_AGREED: plan.requests})
        return self._ask(version, version.program, tables)

    def _plan(
        self, version: EvaluatedVersion, program: CommentProgram, tables: Sequence[HeldOutTable]
    ) -> AskingPlan:
        """What is left to ask, as the first round would ask it; the journal was swept before."""
        requests: list[ModelRequest] = []
        for part in _parts(tables):
            tasks = [self._tasks(version, table) for table in part]
            answers = self._answers(tasks)
            requests += DraftingLoop(tasks, program, self.drafting, answers=answers).next_round()
        sent = sum(request.input_tokens for request in requests)
        most = sum(request.max_tokens for request in requests)
        return AskingPlan(
            label=version.label,
            requests=len(requests),
            input_tokens=sent,
            max_output_tokens=most,
            max_cost=cost_of(self.asking.calls, sent, most),
        )

    def _ask(
        self, version: EvaluatedVersion, program: CommentProgram, tables: Sequence[HeldOutTable]
    ) -> Written:
        drafts: dict[AssetKey, Draft] = {}
        parts: list[Drafted] = []
        input_tokens = output_tokens = 0
        with self._drafter(program) as draft:
            for some in _parts(tables):
                tasks = [self._tasks(version, table) for table in some]
                parts.append(drafted := draft(tasks))
                fault_point("evaluate.drafted")
                if drafted.error is not None:
                    raise drafted.error
                drafts |= _by_key(drafted.drafts)
                read = self._answers(tasks)
                input_tokens += sum(answer.input_tokens for answer in read)
                output_tokens += sum(answer.output_tokens for answer in read)
                if drafted.not_asked:
                    break
        cost = cost_of(self.asking.calls, input_tokens, output_tokens)
        spent = Spent(
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            cost=cost,
            calls=sum(part.calls for part in parts),
            reused=sum(part.reused for part in parts),
        )
        return Written(
            drafts=drafts, spent=spent, not_asked=_not_asked(parts), cause=parts[-1].cause
        )

    @contextmanager
    def _drafter(
        self, program: CommentProgram
    ) -> Iterator[Callable[[Sequence[TableTasks]], Drafted]]:
        folder = self.asking.journal_folder
        keep = partial(sweep, self.ledgers, folder, self.run_id)
        with asker(
            self.ledgers, self.asking, self.run_id, self.progress, on_spent=self.on_spent
        ) as ask:
            drafter = ModelDrafter(self.drafting, program, ask)

            def draft(tasks: Sequence[TableTasks]) -> Drafted:
                keep()
                return drafter.draft(tasks, self._answers(tasks), keep=keep)

            yield draft
        keep()

    def _answers(self, tasks: Sequence[TableTasks]) -> list[Response]:
        """The paid answers to these very questions."""
        wanted = {
            (t.key.table, t.key.column, t.fingerprint) for table in tasks for t in table.tasks
        }
        found = answers_for(self.ledgers, {table.table.name for table in tasks})
        return [
            answer
            for answer in found
            if any((a.table, a.column, a.fingerprint) in wanted for a in answer.assets)
        ]

    def _rules(self, version: EvaluatedVersion) -> Rules:
        planning = self.planning if version.program else replace(self.planning, model="")
        return rules_of(planning, version.program or CommentProgram(), comment_on_column=True)

    def _tasks(self, version: EvaluatedVersion, held: HeldOutTable) -> TableTasks:
        """A task for each hidden comment.

        Its fingerprint is that of a blind question to this very model, with these words of the
        house beside it: an answer of a run that saw the comment or other words, or of another model
        of the family, never stands in for one.
        """
        keyed = {AssetKey(held.table.name, path): e for path, e in held.evidence.items()}
        made = tasks_of(held.table, keyed, {}, {}, self._rules(version))
        mark = f"blind {self.drafting.model} {self.drafting.temperature} {visible_hash(held.table)}"
        if self.house and version.program:
            mark += f" house {self.drafting.house_examples} {self.house.digest}"
        tasks = tuple(
            replace(
                task,
                choice=Choice(action=Action.DESCRIBE),
                fingerprint=sha256(f"{mark} {task.fingerprint}".encode()).hexdigest()[:32],
            )
            for task in made.tasks
            if task.key.column in held.references
        )
        asked = replace(made, tasks=tasks)
        return asked.with_house(self.house) if version.program else asked


def _parts(tables: Sequence[HeldOutTable]) -> Iterator[Sequence[HeldOutTable]]:
    for start in range(0, len(tables), _TABLES_AT_ONCE):
        yield tables[start : start + _TABLES_AT_ONCE]


def _by_key(drafts: Sequence[Draft]) -> dict[AssetKey, Draft]:
    return {draft.task.key: draft for draft in drafts}


def _not_asked(parts: Sequence[Drafted]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for part in parts:
        for reason, number in (*part.not_asked.items(), ("endpoint", part.unanswered)):
            if number:
                counts[reason] = counts.get(reason, 0) + number
    return counts
