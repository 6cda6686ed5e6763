"""Drafts of the rules that tell nothing beyond unknown words wait, until the glossary has them."""

from dataclasses import replace
from datetime import UTC, datetime

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.plan.choices import Policy
from lakegloss.core.plan.guidance import Guidance, Term
from lakegloss.core.plan.tasks import Describer, Rules, TableTasks, tasks_of
from lakegloss.core.records import Proposal, ProposalStatus, Source
from lakegloss.drafting.proposals import proposals_of
from lakegloss.drafting.without_model import RulesDrafter, rules_draft, why_unknown
from lakegloss.lakehouse.apply.apply import _ready
from lakegloss.settings import load_settings

SETTINGS = load_settings(model="").drafting
TABLE = Table(
    name="shop.orders",
    columns=(
        Column(path="tg", data_type="string"),
        Column(path="bx_no", data_type="string"),
        Column(path="customer_name", data_type="string"),
    ),
)
SEEN = {
    AssetKey(TABLE.name, column.path): Evidence(
        table=TABLE.name, column=column.path, data_type="string", rows=900, rows_read=900,
        distinct=700,
    )
    for column in TABLE.columns
}  # fmt: skip
WORDS = Guidance(terms=(Term(word="tg", meaning="torque gradient"),))


def tasks(guidance: Guidance = Guidance(), family: str = "rules") -> TableTasks:  # noqa: B008
    rules = Rules(
        policy=Policy(name="missing", thin_words=4, overwrite_human=False, intended=family),
        describer=Describer(version="1", family=family, style="standard", language="English"),
        comment_on_column=True,
        guidance=guidance.matching,
    )
    return tasks_of(TABLE, SEEN, {}, {}, rules)


def proposals(guidance: Guidance = Guidance()) -> dict[str, Proposal]:  # noqa: B008
    drafted = RulesDrafter(SETTINGS).draft([tasks(guidance)])
    return {row.column: row for row in proposals_of(drafted.drafts, "run")}


def test_such_a_draft_is_kept_and_waits_with_the_words_and_the_remedy() -> None:
    rows = proposals()
    waits = rows["bx_no"]
    assert (waits.text, waits.status) == ("Bx number of the order.", ProposalStatus.NEEDS_REVIEW)
    assert waits.checks == ("unknown_words",)
    assert "meant by bx," in waits.reason
    assert "lakegloss words" in waits.reason
    plain = rows["customer_name"]
    assert (plain.status, plain.checks, plain.reason) == (ProposalStatus.READY, (), "")


def test_no_setting_applies_it() -> None:
    rows = [
        {name: getattr(row, name) for name in row.__slots__}
        for row in proposals().values()
        if row.column in {"bx_no", "customer_name"}
    ]
    for overwrite_human in (False, True):
        ready, waiting = _ready(rows, [], {}, overwrite_human=overwrite_human)
        assert [item.key.column for item in ready] == ["customer_name"]
        assert [item.key.column for item in waiting] == ["bx_no"]
    accepted = {"proposal_id": rows[0]["proposal_id"], "verdict": "accept", "text": "",
                "origin": "command", "decided_at": datetime.now(UTC)}  # fmt: skip
    ready, _ = _ready(rows, [accepted], {}, overwrite_human=False)
    assert {item.key.column for item in ready} == {"bx_no", "customer_name"}


def test_a_line_in_the_glossary_frees_it_by_another_fingerprint() -> None:
    before, after = proposals()["tg"], proposals(WORDS)["tg"]
    assert before.status == ProposalStatus.NEEDS_REVIEW
    assert (after.text, after.status) == ("Torque gradient of the order.", ProposalStatus.READY)
    assert before.fingerprint != after.fingerprint


def test_it_frees_the_text_of_the_table_too_where_the_rules_write() -> None:
    def of_table(made: TableTasks) -> str:
        return made.tasks[0].fingerprint

    assert of_table(tasks()) != of_table(tasks(WORDS))
    assert of_table(tasks(family="m")) == of_table(tasks(WORDS, family="m"))
    assert "customer name and torque gradient" not in proposals()[""].text
    assert "torque gradient" in proposals(WORDS)[""].text


def test_the_stand_in_for_a_models_text_waits_too_and_keeps_its_reason() -> None:
    made = tasks(family="m")
    task = next(item for item in made.tasks if item.key.column == "tg")
    draft = rules_draft(made, task, SETTINGS, reason="it is empty", checks=("empty",))
    assert (draft.source, draft.is_doubtful) == (Source.RULES, True)
    assert draft.checks == ("empty", "unknown_words")
    assert draft.reason.startswith("it is empty; nobody knows")
    [row] = proposals_of([draft], "run")
    assert row.status == ProposalStatus.NEEDS_REVIEW
    known = next(item for item in made.tasks if item.key.column == "customer_name")
    stand_in = rules_draft(made, known, SETTINGS, reason="it is empty", checks=("empty",))
    assert proposals_of([stand_in], "run")[0].status == ProposalStatus.READY


def test_many_and_long_words_make_no_long_reason() -> None:
    assert why_unknown(()) == ""
    words = tuple(f"{letter}" * 90 for letter in "bcdfghjkl")
    assert len(why_unknown(words)) < 500
    assert "and 3 more" in why_unknown(words)


def test_what_waits_can_be_told_apart_from_other_drafts() -> None:
    draft = RulesDrafter(SETTINGS).draft([tasks()]).drafts[1]
    assert draft.unknown == ("tg",)
    assert not replace(draft, unknown=()).is_doubtful
