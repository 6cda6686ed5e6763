"""Asks a model for labels: in rounds, paid answers first; in two steps where the tree is large."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lakegloss.core.assets import AssetKey
from lakegloss.core.labels.questions import (
    MOST_TABLES,
    SMALL_TREE,
    LabelBatch,
    TableQuestion,
    pack_questions,
    still_asked,
)
from lakegloss.core.labels.tree import DomainTree, lines_of
from lakegloss.core.records import Response
from lakegloss.core.requests import ModelRequest, estimate
from lakegloss.drafting.drafter import Asker
from lakegloss.drafting.stopping import has_text, unanswered, unavailable
from lakegloss.engine.outcome import Outcome, Reason
from lakegloss.errors import LakeglossError
from lakegloss.programs.labels.label_program import LabelProgram, ReadLabels
from lakegloss.settings_views import DraftingSettings

_TABLES_BY_ROUND = (MOST_TABLES, 10, 3)
_FEEDBACK = ("Some labels of an earlier answer are not listed. Give only listed ones, or none.",)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredLabel:
    """A label that a model gave ('' for none), and the request that it answered."""

    label: str
    request_hash: str


class LabelAnswers:
    """What came of asking; one writer.

    Attributes:
        given: by asset; what was never readable is not in it.
        refused: what the model last said in place of a label, by asset.
        not_asked: assets by the reason why no call for them was made or answered.
    """

    def __init__(self) -> None:
        self.given: dict[AssetKey, AnsweredLabel] = {}
        self.refused: dict[AssetKey, str] = {}
        self.not_asked: Counter[str] = Counter()
        self.calls = 0
        self.reused = 0
        self.error: LakeglossError | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether nothing more may be asked."""
        return self.error is not None or bool(self.not_asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStep:
    """Questions that see the same labels; `within` is the domain whose subdomains they are."""

    questions: Sequence[TableQuestion]
    lines: Sequence[str]
    within: str = ""


def first_step(questions: Sequence[TableQuestion], tree: DomainTree) -> LabelStep:
    """The step with which asking begins: the whole tree where it is small, else its domains."""
    return LabelStep(questions=questions, lines=lines_of(tree, deep=is_small(tree)))


def is_small(tree: DomainTree) -> bool:
    """Whether a tree stands whole in a request."""
    return sum(estimate(line) + 3 for line in lines_of(tree)) <= SMALL_TREE


def batches_of(
    step: LabelStep, program: LabelProgram, settings: DraftingSettings, number: int = 0
) -> list[LabelBatch]:
    """The requests of a step; later rounds put fewer tables into one."""
    return pack_questions(
        step.questions,
        step.lines,
        budget=settings.request_tokens,
        fixed=program.fixed_tokens(),
        most=_TABLES_BY_ROUND[min(number, len(_TABLES_BY_ROUND) - 1)],
        within=step.within,
    )


class LabelAsker:
    """Asks a model about the tables of a run.

    Args:
        held: paid answers of earlier runs, by request hash; each is read once.
        keep: called after each round, to make its answers durable.
    """

    def __init__(
        self,
        program: LabelProgram,
        settings: DraftingSettings,
        tree: DomainTree,
        ask: Asker,
        *,
        held: Mapping[str, Sequence[Response]],
        keep: Callable[[], object],
    ) -> None:
        self._program, self._settings, self._tree = program, settings, tree
        self._ask, self._keep = ask, keep
        self._held = {key: list(responses) for key, responses in held.items()}

    def answer(self, questions: Sequence[TableQuestion]) -> LabelAnswers:
        """Ask until each question has a label, or was asked often enough."""
        answers = LabelAnswers()
        if questions:
            self._run(first_step(questions, self._tree), answers)
        if not is_small(self._tree):
            for step in self._second_steps(questions, answers):
                if answers.is_stopped:
                    self._drop_domains(step, answers)
                else:
                    self._run_second(step, answers)
        return answers

    def _second_steps(
        self, questions: Iterable[TableQuestion], answers: LabelAnswers
    ) -> list[LabelStep]:
        chosen: defaultdict[str, list[TableQuestion]] = defaultdict(list)
        for question in questions:
            given = answers.given.get(AssetKey(question.table))
            if question.asks_domain and given is not None and given.label:
                chosen[given.label].append(replace(question, columns=()))
        return [
            LabelStep(questions=own, lines=lines_of(self._tree, domain=name), within=name)
            for name, own in chosen.items()
            if (domain := self._tree.domain(name)) is not None and domain.children
        ]

    def _run_second(self, step: LabelStep, answers: LabelAnswers) -> None:
        below = LabelAnswers()
        self._run(step, below)
        for key, given in below.given.items():
            if given.label:  # "none" leaves the domain alone
                answers.given[key] = given
        answers.calls += below.calls
        answers.reused += below.reused
        answers.not_asked += below.not_asked
        answers.error = answers.error or below.error
        if below.is_stopped:
            left = [q for q in step.questions if AssetKey(q.table) not in below.given]
            self._drop_domains(replace(step, questions=left), answers)

    def _drop_domains(self, step: LabelStep, answers: LabelAnswers) -> None:
        """Leave tables for the next run that got a domain, and whose subdomain is still to come."""
        for question in step.questions:
            answers.given.pop(AssetKey(question.table), None)

    def _run(self, step: LabelStep, answers: LabelAnswers) -> None:
        for number in range(self._settings.max_asks):
            left = [still_asked(q, answers.given) for q in step.questions]
            own = replace(step, questions=[q for q in left if q is not None])
            if not own.questions or answers.is_stopped:
                return
            batches = batches_of(own, self._program, self._settings, number)
            if number:
                batches = [replace(batch, feedback=_FEEDBACK) for batch in batches]
            self._round(batches, answers, is_last=number + 1 == self._settings.max_asks)

    def _round(
        self, batches: Sequence[LabelBatch], answers: LabelAnswers, *, is_last: bool
    ) -> None:
        requests = {self._render(batch).request_hash: batch for batch in batches}
        rendered = {hash_: self._render(batch) for hash_, batch in requests.items()}
        responses, new = self._paid(rendered)
        answers.reused += len(responses)
        outcome = self._ask(new) if new else Outcome()
        self._keep()
        answers.calls += outcome.attempts
        answers.error = answers.error or outcome.error
        for item in outcome.not_asked:
            answers.not_asked[item.reason] += len(item.request.assets)
        failed = unavailable(outcome.responses, last=is_last)
        answers.error = answers.error or failed
        for response in (*responses, *outcome.responses):
            batch = requests.get(response.request_hash)
            if batch is None:
                continue
            if unanswered(response):
                answers.not_asked[Reason.ENDPOINT] += len(batch.assets) if is_last else 0
            elif has_text(response):
                self._take(self._read(response, batch), response, answers)

    def _render(self, batch: LabelBatch) -> ModelRequest:
        return self._program.render(
            batch, model=self._settings.model, temperature=self._settings.temperature
        )

    def _paid(
        self, rendered: Mapping[str, ModelRequest]
    ) -> tuple[list[Response], list[ModelRequest]]:
        """The answers that are there, and the requests that are still to be sent."""
        responses, new = [], []
        for hash_, request in rendered.items():
            held = self._held.get(hash_)
            if held:
                responses.append(held.pop())
            else:
                new.append(request)
        return responses, new

    def _read(self, response: Response, batch: LabelBatch) -> ReadLabels:
        return self._program.parse(response.text, batch.assets, self._tree, within=batch.within)

    @staticmethod
    def _take(read: ReadLabels, response: Response, answers: LabelAnswers) -> None:
        for key, label in read.given.items():
            answers.given[key] = AnsweredLabel(label=label, request_hash=response.request_hash)
            answers.refused.pop(key, None)
        answers.refused.update(
            {key: said for key, said in read.refused.items() if key not in answers.given}
        )
