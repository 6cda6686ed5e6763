"""Packing: every asset once, within the budget, always the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.plan.packing import BUCKETS, Batch, TableWork, Wanted, max_tokens, pack

FIXED = 480
BUDGET = 2400


def work(name: str, columns: int, *, wanted: list[str] | None = None, **extra: object) -> TableWork:
    paths = [f"measure_{n}" for n in range(columns)]
    table = Table(name=name, columns=tuple(Column(path=p, data_type="double") for p in paths))
    evidence = {
        p: Evidence(
            table=name,
            column=p,
            data_type="double",
            rows=1000,
            rows_read=1000,
            distinct=400,
            minimum="-3.25",
            maximum="118.5",
        )
        for p in paths
    }
    asked = ["", *paths] if wanted is None else wanted
    return TableWork(
        table=table,
        wanted=tuple(Wanted(column=c, fingerprint=f"{name}/{c}", **extra) for c in asked),  # type: ignore[arg-type]
        evidence=evidence,
    )


def keys(batches: list[Batch]) -> list[tuple[str, str]]:
    return [(a.table, a.column) for b in batches for a in b.assets]


def pack_all(works: list[TableWork], budget: int = BUDGET) -> list[Batch]:
    return pack(works, budget=budget, fixed=FIXED, max_assets=120)


def test_small_tables_share_a_request() -> None:
    batches = pack_all([work(f"s.t{n}", 3) for n in range(5)])
    assert len(batches) == 1
    assert [a.id for a in batches[0].assets][:6] == ["t1", "c1", "c2", "c3", "t2", "c4"]


def test_a_thousand_tables_of_ten_columns_need_at_most_150_requests() -> None:
    batches = pack_all([work(f"sales.orders_{n}", 10) for n in range(1000)])
    assert len(batches) <= 150


def test_fifty_columns_are_one_request() -> None:
    assert len(pack_all([work("s.t", 50)])) == 1


def test_a_wide_table_spans_requests_with_its_context_in_each() -> None:
    batches = pack_all([work("s.wide", 300)])
    assert len(batches) > 1
    assert [b.cards[0].split(":")[0] for b in batches] == ["t1 s.wide"] + ["table s.wide"] * (
        len(batches) - 1
    )
    assert all(b.cards[1].startswith("other columns: ") for b in batches)
    assert keys(batches).count(("s.wide", "")) == 1


def test_one_new_column_is_one_request_for_it_alone() -> None:
    batches = pack_all([work("s.t", 12, wanted=["measure_11"])])
    assert keys(batches) == [("s.t", "measure_11")]
    assert batches[0].cards[0].startswith("table s.t")
    assert "measure_0" in batches[0].cards[1]
    assert batches[0].cards[2].startswith("c1 measure_11 double")


def test_nothing_wanted_is_no_request() -> None:
    assert pack_all([work("s.t", 3, wanted=[])]) == []


def test_feedback_names_the_id() -> None:
    batch = pack_all([work("s.t", 2, wanted=["measure_1"], feedback="it is too long")])[0]
    assert batch.feedback == ("c1: it is too long",)


def test_guidance_is_sent_once_a_request() -> None:
    works = [work(f"s.t{n}", 3, guidance=("GMV = gross value",)) for n in range(2)]
    assert pack_all(works)[0].guidance == ("GMV = gross value",)


def test_an_asset_that_is_too_long_stands_alone_without_neighbours() -> None:
    batches = pack([work("s.t", 5)], budget=FIXED + 10, fixed=FIXED, max_assets=120)
    assert [len(b.assets) for b in batches] == [1] * 6
    assert not any(line.startswith("other columns") for b in batches for line in b.cards)


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(KeyError):
        pack_all([work("s.t", 2, wanted=["nowhere"])])


@pytest.mark.parametrize("style", ["concise", "standard", "detailed"])
def test_answers_fit_the_largest_bucket(style: str) -> None:
    works = [work(f"s.t{n}", 100) for n in range(3)]
    batches = pack(works, budget=100_000, fixed=FIXED, max_assets=10_000, style=style)
    assert all(b.max_tokens in BUCKETS for b in batches)
    assert all(b.max_tokens >= 30 * len(b.assets) for b in batches)


def test_max_tokens_grows_in_buckets() -> None:
    assert [max_tokens(n, "standard") for n in (1, 10, 30, 60, 130, 9999)] == [
        512, 1024, 2048, 4096, 8192, 8192,
    ]  # fmt: skip


WORKS = st.lists(
    st.tuples(
        st.integers(1, 90),
        st.booleans(),
        st.sampled_from(["", "was an echo"]),
        st.sampled_from([(), ("a rule",), ("a rule", "another, longer rule for amounts")]),
    ),
    max_size=12,
).map(
    lambda shapes: [
        work(f"schema.table_{n}", c, wanted=None if all_ else [""], feedback=f, guidance=g)
        for n, (c, all_, f, g) in enumerate(shapes)
    ]
)


@given(WORKS, st.integers(FIXED - 50, 3000), st.integers(1, 120))
def test_every_asset_once_within_the_budget_and_stable(
    works: list[TableWork], budget: int, most: int
) -> None:
    batches = pack(works, budget=budget, fixed=FIXED, max_assets=most)
    wanted = [(w.table.name, a.column) for w in works for a in w.wanted]
    assert sorted(keys(batches)) == sorted(wanted)
    for batch in batches:
        assert len(batch.assets) == 1 or batch.tokens + FIXED <= budget
        assert len(batch.assets) <= most
        ids = [a.id for a in batch.assets]
        assert len(set(ids)) == len(ids)
        asked = [line.split()[0] for line in batch.cards if line.split()[0] in set(ids)]
        assert asked == ids
        assert all(a.fingerprint == f"{a.table}/{a.column}" for a in batch.assets)
    assert pack(works, budget=budget, fixed=FIXED, max_assets=most) == batches


def test_order_of_a_table_is_kept() -> None:
    batches = pack_all([work("s.wide", 200)])
    columns = [c for _, c in keys(batches)]
    assert columns == ["", *(f"measure_{n}" for n in range(200))]


def test_frequent_values_reach_the_card() -> None:
    table = Table(name="s.t", columns=(Column(path="k", data_type="string"),))
    evidence = Evidence(
        table="s.t",
        column="k",
        data_type="string",
        rows=9,
        rows_read=9,
        distinct=2,
        frequent=(Frequent(value="a", share=0.6), Frequent(value="b", share=0.4)),
    )
    batch = pack_all(
        [TableWork(table=table, wanted=(Wanted(column="k"),), evidence={"k": evidence})]
    )[0]
    assert batch.cards == ("table s.t: 9 rows", "c1 k string: codes such as 'a','b'")
