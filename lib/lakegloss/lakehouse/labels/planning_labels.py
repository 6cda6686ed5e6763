"""Plans labels: what is wanted of each table, what is done about it, and what a model is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.labels.by_rules import LabelFacts, wanted_labels
from lakegloss.core.labels.doubt import doubtful_columns
from lakegloss.core.labels.groups import class_of_group
from lakegloss.core.labels.label_actions import (
    NOTHING_KNOWN_OF_LABEL,
    KnownLabel,
    LabelTask,
    is_free,
    tasks_of_labels,
)
from lakegloss.core.labels.label_rows import LABEL_PROGRAM, WantedLabel
from lakegloss.core.labels.overrides import (
    LabelOverride,
    fixed_labels,
    wanted_with_fixed,
    with_fixed,
)
from lakegloss.core.labels.questions import TableQuestion, question_of
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tags import LabelKey, spelled_otherwise
from lakegloss.core.records import Source
from lakegloss.lakehouse.labels.asking_labels import LabelAnswers
from lakegloss.lakehouse.labels.tag_reader import TagsNow
from lakegloss.programs.labels.label_program import LabelProgram

NO_LABEL = "the model gives no label"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLabels:
    """One table's facts and what is asked about it; the labels follow from both.

    Attributes:
        question: None where nothing is asked.
        fixed: labels that people fixed in a file.
    """

    facts: LabelFacts
    question: TableQuestion | None
    fixed: Mapping[LabelKey, LabelOverride] = field(default_factory=dict)


class LabelPlanner:
    """Plans the labels of tables by a scheme.

    Args:
        model: '' asks nobody.
        overrides: labels that people fixed in a file; they go before all but tags of people.
    """

    def __init__(
        self,
        scheme: LabelScheme,
        program: LabelProgram,
        *,
        model: str,
        overrides: Sequence[LabelOverride] = (),
    ) -> None:
        self.scheme = scheme
        self.program = program
        self.model = model
        self._overrides = overrides

    def plan(
        self,
        table: Table,
        evidence: Mapping[AssetKey, Evidence],
        now: TagsNow,
        known: Mapping[LabelKey, KnownLabel],
    ) -> PlannedLabels:
        """The facts of one table with what earlier runs learned of a model, and what is asked."""
        facts = LabelFacts(
            table=table,
            evidence={
                column.path: one
                for column in table.columns
                if (one := evidence.get(AssetKey(table.name, column.path))) is not None
            },
            tags=self._with_spellings(now.of(table.name)),
            ours=frozenset(
                (key.column, key.tag)
                for key, value in now.values.items()
                if key.table == table.name
                and is_free(value, known.get(key, NOTHING_KNOWN_OF_LABEL))
            ),
            platform={
                key.column: name for key, name in now.platform.items() if key.table == table.name
            },
        )
        fixed = fixed_labels(facts, self._overrides)
        facts = with_fixed(facts, fixed)
        if not self.model:
            return PlannedLabels(facts=facts, question=None, fixed=fixed)
        doubts = doubtful_columns(facts, self.scheme)
        asked = question_of(
            facts, doubts, self.scheme.tree, asker=self.program.asker(self.model),
            asks_domain=self._asks_domain(facts),
        )  # fmt: skip
        return replace(self._without_known(facts, asked, known), fixed=fixed)

    def _with_spellings(self, tags: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        """The tags; one that reads like a tag of the scheme counts as that one, too."""
        for own in tags.values():
            for name in self.scheme.tags:
                other = spelled_otherwise(LabelKey("", "", name), own)
                if other and name not in own:
                    own[name] = own[other]
        return tags

    def _asks_domain(self, facts: LabelFacts) -> bool:
        tag, tree = self.scheme.domain_tag, self.scheme.tree
        if not (tag and tree) or tree.by_pattern(facts.table.name) is not None:
            return False
        return facts.of_people("", tag) is None

    def _without_known(
        self, facts: LabelFacts, asked: TableQuestion, known: Mapping[LabelKey, KnownLabel]
    ) -> PlannedLabels:
        """Take what was learned from the same question before, and ask for the rest."""
        classes: dict[str, WantedLabel] = {}
        left = []
        for path, line in asked.columns:
            one = known.get(self.key_of_answer(facts.table.name, path))
            if one is None or one.fingerprint != asked.fingerprints[path]:
                left.append((path, line))
            elif personal := self._class_of(one):
                classes[path] = self._given(asked, path, personal, one.request_hash)
        place, asks_domain = None, asked.asks_domain
        one = known.get(LabelKey(facts.table.name, "", self.scheme.domain_tag))
        if asks_domain and one is not None and one.fingerprint == asked.fingerprints[""]:
            asks_domain = False
            below = known.get(LabelKey(facts.table.name, "", self.scheme.subdomain_tag))
            same = below is not None and below.fingerprint == one.fingerprint
            name = f"{one.value}/{below.value}" if below is not None and same else one.value
            place = self._given(asked, "", name, one.request_hash) if one.value else None
        question = replace(asked, asks_domain=asks_domain, columns=tuple(left))
        return PlannedLabels(
            facts=replace(facts, asked=classes, place=place),
            question=question if question.size else None,
        )

    def key_of_answer(self, table: str, column: str) -> LabelKey:
        """The tag under which the ledger keeps what a model said of an asset."""
        if not column:
            return LabelKey(table, "", self.scheme.domain_tag)
        return LabelKey(table, column, self.scheme.class_tag or self.scheme.group_tag)

    def _class_of(self, one: KnownLabel) -> str:
        if self.scheme.class_tag:
            return self.scheme.class_meant(one.value)
        group = self.scheme.group_meant(one.value)  # only the group was kept: any class of it
        return class_of_group(group) if group is not None else ""

    def with_answers(self, planned: PlannedLabels, answers: LabelAnswers) -> PlannedLabels:
        """The facts with what a model has said now."""
        question = planned.question
        if question is None:
            return planned
        facts = planned.facts
        classes = dict(facts.asked)
        for path, _ in question.columns:
            given = answers.given.get(AssetKey(question.table, path))
            if given is not None and given.label:
                classes[path] = self._given(question, path, given.label, given.request_hash)
        place = facts.place
        given = answers.given.get(AssetKey(question.table)) if question.asks_domain else None
        if given is not None and given.label:
            place = self._given(question, "", given.label, given.request_hash)
        return replace(planned, facts=replace(facts, asked=classes, place=place))

    def nothing_said(self, planned: PlannedLabels, answers: LabelAnswers) -> list[WantedLabel]:
        """What the model gave no label: kept, so that the same is not asked again."""
        question = planned.question
        if question is None:
            return []
        paths = [path for path, _ in question.columns]
        assets = [*([""] if question.asks_domain else []), *paths]
        return [
            self._given(question, path, "", given.request_hash, reason=NO_LABEL)
            for path in assets
            if (given := answers.given.get(AssetKey(question.table, path))) is not None
            and not given.label
        ]

    def _given(
        self,
        question: TableQuestion,
        column: str,
        label: str,
        request_hash: str,
        *,
        reason: str = "",
    ) -> WantedLabel:
        return WantedLabel(
            key=self.key_of_answer(question.table, column),
            value=label,
            source=Source.MODEL,
            reason=reason or f"the model {self.model}",
            fingerprint=question.fingerprints[column],
            request_hash=request_hash,
            program=LABEL_PROGRAM,
            program_version=self.program.version,
            model=self.model,
        )

    def tasks(
        self,
        planned: PlannedLabels,
        now: TagsNow,
        known: Mapping[LabelKey, KnownLabel],
    ) -> list[LabelTask]:
        """What is done about each label that a table and its columns should have."""
        wanted = wanted_with_fixed(wanted_labels(planned.facts, self.scheme), planned.fixed)
        shown = dict(now.values)
        for label in wanted:
            other = now.spelled_otherwise(label.key) if label.key not in shown else None
            if other is not None:
                shown[label.key] = now.values[other]
        return tasks_of_labels(wanted, shown, known)


def questions_of(planned: Sequence[PlannedLabels]) -> list[TableQuestion]:
    """What is asked about these tables."""
    return [one.question for one in planned if one.question is not None]
