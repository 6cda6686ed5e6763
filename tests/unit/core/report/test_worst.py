"""The lowest comments stand first, each with why; a bound on their number is said."""

from lakegloss.core.report.standing import AssetState, Standing
from lakegloss.core.report.worst import RatingBounds, rate_comments

BOUNDS = RatingBounds(thin_words=3, table_limit=600, column_limit=400)


def states(table: str, **comments: str) -> list[AssetState]:
    own = AssetState(table=table, column="", kind="table", position=-1)
    return [own] + [
        AssetState(
            table=table, column=name, data_type="int", comment=text, standing=Standing.RULES,
            position=n,
        )
        for n, (name, text) in enumerate(comments.items())
    ]  # fmt: skip


GOOD = "Net weight of the parcel in grams, as the sorting line measured it."
ROW = {
    "data_type": "int", "rows": 90, "rows_read": 90, "null_share": 0.0, "distinct": 9,
    "distinct_exact": True, "frequent": None, "shapes": None, "table": "s.t", "column": "note",
}  # fmt: skip


def test_the_worst_are_first_and_good_ones_are_no_problem() -> None:
    lake = [
        states("s.t", weight=GOOD, order_no="Order no.", note="Always empty in every row read.")
    ]
    found = rate_comments(lake, {"s.t": {"note": ROW}}, BOUNDS)
    assert (found.rated, found.with_problems, found.left) == (3, 2, 0)
    assert [item.column for item in found.worst] == ["note", "order_no"]
    assert "the data contradict it" in found.worst[0].why
    assert "only repeats the name" in found.worst[1].why
    assert dict(found.problems)["the data contradict it"] == 1


def test_of_a_text_that_says_nothing_no_more_is_said() -> None:
    found = rate_comments([states("s.t", a="n/a")], {}, BOUNDS)
    assert found.worst[0].why == ("says nothing",)


def test_comments_beyond_the_bound_are_counted() -> None:
    lake = [states(f"s.t{n}", a="A a.", b="B b.") for n in range(5)]
    few = RatingBounds(thin_words=3, table_limit=600, column_limit=400, rated=4, shown=3)
    found = rate_comments(lake, {}, few)
    assert (found.rated, found.left, found.with_problems, len(found.worst)) == (4, 6, 4, 3)
