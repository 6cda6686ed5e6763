"""Who is asked again: the state follows from the answers alone."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.house.copying import COPIED
from lakegloss.core.house.house_text import HouseText
from lakegloss.core.house.nearest import HouseWords
from lakegloss.core.inherit.inheritance import Donor
from lakegloss.core.plan.choices import Policy
from lakegloss.core.plan.tasks import Describer, Rules, TableTasks, tasks_of
from lakegloss.core.records import AskedAsset, Response
from lakegloss.drafting.rounds import AskLimits, Rounds

GOOD = {
    "": "Orders that customers placed in the web shop, one row for each.",
    "amount": "Total price of the order, with tax, in euros.",
    "placed": "Time at which the customer confirmed the order.",
}


def tasks(*more: str) -> TableTasks:
    """A table of orders, with more columns of text where they are named."""
    table = Table(
        name="d.orders",
        columns=(
            Column(path="amount", data_type="double", position=0),
            Column(path="placed", data_type="timestamp", position=1),
            *(Column(path=name, data_type="string", position=2) for name in more),
        ),
    )
    rules = Rules(
        policy=Policy(name="missing", thin_words=4, overwrite_human=False, intended="model"),
        describer=Describer(version="1", family="m", style="standard", language="English"),
        comment_on_column=False,
        guidance=lambda _table, _column: (),
    )
    return tasks_of(table, {}, {}, {}, rules)


TASKS = tasks()
MARKS = {task.key.column: task.fingerprint for task in TASKS.tasks}


def rounds(asks: int = 3) -> Rounds:
    return Rounds([TASKS], AskLimits(table=1000, column=500, asks=asks, style="standard"))


def answer(texts: dict[str, str], asked: list[str] | None = None, **more: object) -> Response:
    """An answer to a request about these columns; ids are c1, c2, ... in their order."""
    columns = list(GOOD) if asked is None else asked
    ids = {column: f"c{n}" for n, column in enumerate(columns, start=1)}
    entries = [{"id": ids.get(column, column), "text": text} for column, text in texts.items()]
    values = {
        "response_id": "r", "request_hash": "h", "attempt": 1, "run_id": "run",
        "text": json.dumps({"comments": entries}), "usable": True, "error": "",
        "finish_reason": "stop", "input_tokens": 1, "cached_tokens": 0, "output_tokens": 1,
        "usage_estimated": False, "latency": 0.1, "model": "m", "program": "comment",
        "program_version": "1", "variant": "champion", "transport": "driver", "endpoint": "e",
        "assets": tuple(
            AskedAsset(id=ids[c], table="d.orders", column=c, fingerprint=MARKS[c])
            for c in columns
        ),
        "answered_at": datetime(2026, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    return Response(**(values | more))  # type: ignore[arg-type]


def asked(state: Rounds) -> list[str]:
    return [wanted.column for work in state.works() for wanted in work.wanted]


def test_all_are_asked_at_first_and_nobody_after_a_good_answer() -> None:
    state = rounds()
    assert asked(state) == ["", "amount", "placed"]
    state.take(answer(GOOD))
    assert asked(state) == []
    assert {k.column: a.text for k, a in state.accepted.items()} == GOOD


def test_only_what_is_missing_is_asked_again() -> None:
    state = rounds()
    state.take(answer({"": GOOD[""], "placed": GOOD["placed"]}))
    assert asked(state) == ["amount"]
    assert state.reasons == {AssetKey("d.orders", "amount"): "the answer left it out"}


def test_what_failed_its_checks_is_asked_again_with_what_was_wrong() -> None:
    state = rounds()
    state.take(answer(GOOD | {"amount": "Amount."}))
    (work,) = state.works()
    assert [(w.column, bool(w.feedback)) for w in work.wanted] == [("amount", True)]
    state.take(answer({"amount": GOOD["amount"]}, ["amount"]))
    assert asked(state) == []
    assert state.reasons == {}


def test_nobody_is_asked_more_often_than_allowed() -> None:
    state = rounds(asks=2)
    for _ in range(2):
        state.take(answer({}))
    assert asked(state) == []
    assert {key.column for key in state.left} == set(GOOD)


def test_an_answer_for_another_fingerprint_says_nothing_of_this_one() -> None:
    state = rounds()
    old = answer(GOOD)
    stale = tuple(
        AskedAsset(id=a.id, table=a.table, column=a.column, fingerprint="old") for a in old.assets
    )
    state.take(answer(GOOD, assets=stale))
    assert asked(state) == ["", "amount", "placed"]


@pytest.mark.parametrize(
    ("texts", "more"),
    [
        pytest.param({}, {"text": "", "usable": False, "error": "server: 500"}, id="an error"),
        pytest.param({}, {"text": "Sorry, I cannot."}, id="a refusal"),
        pytest.param({}, {"text": '{"comments": [{"id": "c1", "te'}, id="cut at once"),
    ],
)
def test_an_unusable_answer_costs_one_ask_and_leaves_a_reason(
    texts: dict[str, str], more: dict[str, object]
) -> None:
    state = rounds(asks=1)
    state.take(answer(texts, **more))
    assert state.accepted == {}
    assert all(state.reasons[key] for key in state.left)


def test_ids_that_nobody_asked_for_are_counted_and_dropped() -> None:
    state = rounds()
    state.take(answer(GOOD | {"c99": "Something else altogether, about another table."}))
    assert state.unknown_ids == 1
    assert {k.column for k in state.accepted} == set(GOOD)


def test_an_id_that_stands_for_two_assets_serves_both() -> None:
    """Requests that are the same to the letter, of two tables, share one call."""
    both = rounds()
    twice = answer({"amount": GOOD["amount"]}, ["amount"])
    other = AskedAsset(id="c1", table="d.orders", column="placed", fingerprint=MARKS["placed"])
    both.take(answer({"amount": GOOD["amount"]}, ["amount"], assets=(*twice.assets, other)))
    assert {k.column for k in both.accepted} == {"amount", "placed"}


def test_answers_in_another_order_give_the_same_state() -> None:
    first = answer({"": GOOD[""], "amount": "Amount."})
    second = answer({"amount": GOOD["amount"], "placed": GOOD["placed"]}, ["amount", "placed"])
    one, other = rounds(), rounds()
    for response in (first, second):
        one.take(response)
    for response in (second, first):
        other.take(response)
    assert {k: a.text for k, a in one.accepted.items()} == {
        k: a.text for k, a in other.accepted.items()
    }


def named(time_text: str) -> dict[str, str]:
    """Texts that speak of their columns' names."""
    return GOOD | {"amount": "Total amount to pay, with tax.", "placed": time_text}


def test_texts_under_each_others_ids_are_asked_again() -> None:
    state = rounds()
    right = named("Time at which it was placed.")
    state.take(answer(right | {"amount": right["placed"], "placed": right["amount"]}))
    assert asked(state) == ["", "amount", "placed"], "most texts are wrong, so none is believed"
    assert "another column" in state.reasons[AssetKey("d.orders", "amount")]
    state.take(answer(right))
    assert {k.column: a.text for k, a in state.accepted.items()} == right


def test_a_lone_doubt_is_asked_about_once_and_then_believed() -> None:
    state = rounds()
    doubtful = named("Moment of the order.") | {"amount": "What was placed into the basket."}
    state.take(answer(doubtful))
    assert asked(state) == ["amount"]
    both = {c: doubtful[c] for c in ("amount", "placed")}
    state.take(answer(both, ["amount", "placed"]))
    assert asked(state) == []


def test_an_answer_that_another_request_got_is_nobodys() -> None:
    state = rounds()
    own = answer({"amount": GOOD["amount"]}, ["amount"])
    foreign = answer({}, ["placed"], text=own.text)
    state.take_all([foreign, own])
    assert asked(state) == ["", "amount", "placed"]
    assert (
        state.reasons[AssetKey("d.orders", "placed")]
        == "the answer was to a request for other columns"
    )
    state.take_all([answer({"placed": GOOD["placed"]}, ["placed"])])
    assert asked(state) == ["", "amount"]


def test_a_text_without_relation_is_kept_for_a_person_and_not_asked_about_again() -> None:
    state = rounds()
    state.take(answer(GOOD | {"placed": "A large box with food and the dogs of the neighbours."}))
    assert asked(state) == []
    doubts = {key.column: text.doubt for key, text in state.accepted.items()}
    assert doubts["placed"]
    assert not doubts["amount"]
    assert not doubts[""]


SHOWN = "Moment at which the order of a customer was confirmed."


@pytest.mark.parametrize(
    ("name", "is_copy"),
    [
        pytest.param("confirmation", True, id="another name"),
        pytest.param("placed_at", False, id="a name that shares a word"),
    ],
)
def test_a_repeated_example_is_asked_for_again_and_then_waits(name: str, is_copy: bool) -> None:  # noqa: FBT001
    house = HouseWords(
        [HouseText(table="d.parcels", column=name, data_type="timestamp", text=SHOWN)]
    )
    state = Rounds(
        [TASKS.with_house(house)],
        AskLimits(table=1000, column=500, asks=3, style="standard"),
    )
    copied = GOOD | {"placed": SHOWN.upper()[:1] + SHOWN[1:]}
    state.take_all([answer(copied)])
    [key] = [task.key for task in TASKS.tasks if task.key.column == "placed"]
    assert (state.reasons.get(key) == COPIED) is is_copy
    if is_copy:
        state.take_all([answer({"placed": SHOWN}, ["placed"])])
        assert state.accepted[key].doubt == COPIED
    else:
        assert not state.accepted[key].doubt


def test_the_model_is_told_what_is_wrong_with_a_comment_and_what_does_not_fit_here() -> None:
    key = AssetKey("d.orders", "amount")
    wrong = replace(
        TASKS,
        tasks=tuple(replace(t, wrong="values repeat") if t.key == key else t for t in TASKS.tasks),
    )
    limits = AskLimits(table=1000, column=500, asks=3, style="standard")
    asked = Rounds([wrong], limits)
    donor = Donor(asset=AssetKey("d.bills", "placed"), text="When it came, zero for none.\n`x`")
    asked.show_unfit(AssetKey("d.orders", "placed"), donor)
    asked.show_unfit(AssetKey("d.orders", "nowhere"), donor)
    [work] = asked.works()
    feedback = {wanted.column: wanted.feedback for wanted in work.wanted}
    assert feedback["amount"] == "the comment it has is no longer true: values repeat"
    assert "d.bills.placed" in feedback["placed"]
    assert "zero for none" in feedback["placed"]
    assert "\n" not in feedback["placed"]
    assert feedback[""] == ""
