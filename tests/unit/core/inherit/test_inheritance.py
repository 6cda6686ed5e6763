"""Which columns share a comment, who is asked for it, and who must not take it over."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.assets import AssetKey, Column, Table, TableKind
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.inherit.heirs import Heirs, calls_saved, expected
from lakegloss.core.inherit.inheritance import Donor, Inheritance
from lakegloss.core.inherit.repeats import Families
from lakegloss.core.inherit.wording import reworded, speaks_of_one, speaks_of_table
from lakegloss.core.plan.choices import NOTHING_KNOWN, Known, Policy, text_hash
from lakegloss.core.plan.tasks import Describer, Rules, TableTasks, tasks_of
from lakegloss.core.records import Source

RULES = Rules(
    policy=Policy(name="missing", thin_words=4, overwrite_human=False, intended="model"),
    describer=Describer(version="1", family="m", style="standard", language="English"),
    comment_on_column=True,
    guidance=lambda _table, _column: (),
)
BUYER = "Person or company that the entry is about."
Facts = Mapping[str, object]
SEEN: Facts = {"rows": 1000, "rows_read": 1000, "distinct": 400}
FOREIGN: Facts = SEEN | {"key_role": "foreign", "reference": "s.customers.customer_id"}
MEASURES = ("net_weight", "gross_weight", "lead_days", "open_rate", "shelf_life")


def tasks(
    name: str,
    columns: Mapping[str, Facts | str],
    *,
    known: Mapping[AssetKey, Known] | None = None,
    **more: object,
) -> TableTasks:
    """A table of bigint columns; a text instead of facts is the comment that the column has."""
    described = tuple(
        Column(path=c, data_type="bigint", position=n, comment=f if isinstance(f, str) else "")
        for n, (c, f) in enumerate(columns.items())
    )
    evidence = {
        AssetKey(name, c): Evidence(
            table=name,
            column=c,
            data_type="bigint",
            **(SEEN if isinstance(f, str) else f),  # type: ignore[arg-type]
        )
        for c, f in columns.items()
    }
    table = Table(name=name, columns=described, **more)  # type: ignore[arg-type]
    return tasks_of(table, evidence, known or {}, {}, RULES)


def inheritance(*tables: TableTasks, language: str = "English") -> Inheritance:
    made = Inheritance(limit=500, style="standard", language=language)
    made.expect({source for item in tables for source in item.table.sources})
    made.enter(tables)
    return made


def columns_of(*tables: TableTasks) -> list[AssetKey]:
    return [t.key for item in tables for t in item.tasks if t.described and t.key.column]


def copies(*names: str) -> list[TableTasks]:
    return [tasks(name, dict.fromkeys(("id", "name", *MEASURES), SEEN)) for name in names]


def test_of_columns_that_refer_to_one_key_one_is_asked() -> None:
    tables = [tasks(f"s.{n}", {"customer_id": FOREIGN, "id": SEEN}) for n in ("orders", "visits")]
    found = inheritance(*tables)
    heirs = Heirs(found, columns_of(*tables))
    asked, waits = AssetKey("s.orders", "customer_id"), AssetKey("s.visits", "customer_id")
    assert heirs.waiting == {waits}, "generic names wait for nobody"
    assert heirs.settle({asked}) == {}, "still being asked"
    found.offer(asked, Donor(asset=asked, text=BUYER))
    assert heirs.settle(set()) == {waits: Donor(asset=asked, text=BUYER)}
    assert not heirs.waiting


@pytest.mark.parametrize(
    "text",
    ["Customer who placed the order.", "Person that this flight was sold to.", "Who ordered it."],
)
def test_a_text_that_speaks_of_its_table_is_not_taken_over(text: str) -> None:
    tables = [tasks(f"s.{n}", {"customer_id": FOREIGN}) for n in ("orders", "visits")]
    found = inheritance(*tables)
    heirs = Heirs(found, columns_of(*tables))
    asked = AssetKey("s.orders", "customer_id")
    found.offer(asked, Donor(asset=asked, text=text))
    assert heirs.settle(set()) == {}
    assert not heirs.waiting, "the other is asked itself"


def test_what_copies_share_reaches_all_their_columns_but_not_the_tables() -> None:
    tables = copies("s.orders_2023", "s.orders_2024", "stage.stg_orders")
    found = inheritance(*tables)
    heirs = Heirs(found, [task.key for item in tables for task in item.tasks])
    assert {key.table for key in heirs.waiting} == {"s.orders_2024", "stage.stg_orders"}
    assert len(heirs.waiting) == 2 * (2 + len(MEASURES))
    first = AssetKey("s.orders_2023", "name")
    found.offer(first, Donor(asset=first, text="Label of the order in 2023."))
    assert heirs.settle(set()) == {}, "a word of one table's name keeps it there"


def test_a_text_of_an_earlier_chunk_serves_later_ones() -> None:
    first, second = copies("s.orders_2023"), copies("s.orders_2024")
    found = inheritance(*first)
    heirs = Heirs(found, columns_of(*first))
    assert not heirs.waiting
    for key in columns_of(*first):
        found.offer(key, Donor(asset=key, text=BUYER))
    found.enter(second)
    later = Heirs(found, columns_of(*second))
    assert later.inherited.keys() == set(columns_of(*second))
    assert not later.waiting


def test_unrelated_tables_of_generic_columns_share_nothing() -> None:
    tables = [
        tasks(f"s.{n}", dict.fromkeys(("id", "name", "value", "status"), SEEN))
        for n in ("colors", "invoices")
    ]
    assert not Heirs(inheritance(*tables), columns_of(*tables)).waiting


def test_other_evidence_is_another_column() -> None:
    other = {**dict.fromkeys(("id", "name", *MEASURES), SEEN), "name": SEEN | {"personal": "email"}}
    tables = [*copies("s.orders_2023"), tasks("s.orders_2024", other)]
    waiting = Heirs(inheritance(*tables), columns_of(*tables)).waiting
    assert AssetKey("s.orders_2024", "name") not in waiting
    assert AssetKey("s.orders_2024", "id") in waiting


def test_what_contradicts_the_heirs_own_data_is_not_taken_over() -> None:
    nulls = dict.fromkeys(("id", *MEASURES), SEEN | {"null_share": 0.5})
    tables = [*copies("s.orders_2023"), tasks("s.orders_2024", {**nulls, "name": SEEN})]
    found = inheritance(*tables)
    for key in columns_of(tables[0]):
        found.offer(key, Donor(asset=key, text="Time until delivery; never null."))
    assert found.find(AssetKey("s.orders_2024", "lead_days")) is None
    assert found.find(AssetKey("s.orders_2024", "name")) is not None


def test_peoples_text_is_taken_over_at_once_unless_they_disagree() -> None:
    wrote = tasks("s.orders", {"customer_id": FOREIGN})
    wrote = replaced(wrote, "customer_id", BUYER)
    missing = tasks("s.visits", {"customer_id": FOREIGN})
    found = inheritance(wrote, missing)
    donor = found.find(AssetKey("s.visits", "customer_id"))
    assert donor == Donor(asset=AssetKey("s.orders", "customer_id"), text=BUYER, by_people=True)
    against = replaced(tasks("s.bills", {"customer_id": FOREIGN}), "customer_id", "Who pays it.")
    disputed = inheritance(wrote, missing, against)
    assert disputed.find(AssetKey("s.visits", "customer_id")) is None
    assert disputed.groups(AssetKey("s.visits", "customer_id")) == ()


@pytest.mark.parametrize(
    ("text", "taken"),
    [("Number under which we know the customer.", True), ("Primary key of all customers.", False)],
)
def test_a_foreign_key_takes_over_what_people_say_of_its_key(text: str, *, taken: bool) -> None:
    primary = SEEN | {"distinct": 1000, "key_role": "primary"}
    key = replaced(tasks("s.customers", {"customer_id": primary}), "customer_id", text)
    heirs = tasks("s.visits", {"customer_id": FOREIGN, "manager_id": FOREIGN})
    found = inheritance(key, heirs)
    assert (found.find(AssetKey("s.visits", "customer_id")) is not None) is taken
    assert found.find(AssetKey("s.visits", "manager_id")) is None, "a role of its own"


def replaced(item: TableTasks, column: str, comment: str) -> TableTasks:
    """The same with a comment that a person wrote."""
    columns = tuple(
        replace(c, comment=comment) if c.path == column else c for c in item.table.columns
    )
    evidence = {AssetKey(item.table.name, path): e for path, e in item.evidence.items()}
    return tasks_of(replace(item.table, columns=columns), evidence, {}, {}, RULES)


def test_a_view_takes_over_what_it_passes_through() -> None:
    bounds = SEEN | {"minimum": "0", "maximum": "50"}
    source = tasks("s.orders", {"id": bounds, "amount": bounds, "gate": "Where."})
    source = replaced(source, "id", "Number of the order.")
    source = replaced(source, "amount", "Sum that was paid, in euros.")
    other = tasks("s.lines", {"gate": "Door of the hall."})
    columns = {"id": bounds, "amount": bounds | {"maximum": "900"}, "gate": SEEN}
    view = tasks("s.late", columns, kind=TableKind.VIEW, sources=("s.orders", "s.lines"))
    found = inheritance(source, other, view)
    taken = {key.column for key in columns_of(view) if found.find(key)}
    assert taken == {"id"}, "not a sum under the same name, not a name that two sources have"


def test_a_view_takes_over_texts_of_sources_that_were_not_selected() -> None:
    view = tasks("s.late", {"id": {"rows_read": 0}}, kind=TableKind.VIEW, sources=("x.orders",))
    found = Inheritance(limit=500, style="standard", language="German")
    found.expect(["x.orders"])
    column = Column(path="id", data_type="bigint", comment="Nummer der Bestellung.")
    found.enter_outside(Table(name="x.orders", columns=(column,)), {})
    found.enter([view])
    donor = found.find(AssetKey("s.late", "id"))
    assert donor is None, "numbers without evidence could be a sum"
    texts = replace(view.table, columns=(replace(view.table.columns[0], data_type="string"),))
    found = Inheritance(limit=500, style="standard", language="German")
    found.expect(["x.orders"])
    outside = Table(name="x.orders", columns=(replace(column, data_type="string"),))
    found.enter_outside(outside, {})
    found.enter([tasks_of(texts, {}, {}, {}, RULES)])
    donor = found.find(AssetKey("s.late", "id"))
    assert donor is not None
    assert donor.by_people


def test_own_texts_of_another_time_and_rules_texts_are_left_alone() -> None:
    def found(source: Source, *, current: bool) -> Donor | None:
        fresh = tasks("s.orders_2023", dict.fromkeys(MEASURES, SEEN))
        mark = fresh.tasks[1].fingerprint if current else "older"
        state = replace(
            NOTHING_KNOWN, fingerprint=mark, source=source, written={text_hash(BUYER): source}
        )
        key = fresh.tasks[1].key
        wrote = tasks(
            "s.orders_2023", {**dict.fromkeys(MEASURES, SEEN), key.column: BUYER},
            known={key: state},
        )  # fmt: skip
        missing = tasks("s.orders_2024", dict.fromkeys(MEASURES, SEEN))
        return inheritance(wrote, missing).find(AssetKey("s.orders_2024", key.column))

    assert found(Source.MODEL, current=True)
    assert found(Source.MODEL, current=False) is None
    assert found(Source.RULES, current=True) is None


def test_texts_in_other_languages_pass_between_copies_only() -> None:
    referring = [tasks(f"s.{n}", {"customer_id": FOREIGN}) for n in ("orders", "visits")]
    tables = [*referring, *copies("s.parts_2023", "s.parts_2024")]
    found = inheritance(*tables, language="German")
    for item in (tables[0], tables[2]):
        for key in columns_of(item):
            found.offer(key, Donor(asset=key, text="Kunde, um den es geht."))
    assert found.find(AssetKey("s.visits", "customer_id")) is None
    assert found.find(AssetKey("s.parts_2024", "lead_days")) is not None


def test_codes_are_shared_where_the_list_is_the_same() -> None:
    def coded(name: str, *codes: str) -> TableTasks:
        shares = tuple(Frequent(value=code, share=0.3) for code in codes)
        facts = {**SEEN, "distinct": len(codes), "frequent": shares}
        column = Column(path="sales_channel", data_type="string")
        seen = Evidence(table=name, column=column.path, data_type="string", **facts)  # type: ignore[arg-type]
        key = AssetKey(name, column.path)
        return tasks_of(Table(name=name, columns=(column,)), {key: seen}, {}, {}, RULES)

    tables = [coded("s.a", "web", "shop"), coded("s.b", "web", "shop"), coded("s.c", "web", "tv")]
    assert {k.table for k in Heirs(inheritance(*tables), columns_of(*tables)).waiting} == {"s.b"}


def test_a_model_that_always_speaks_of_the_table_is_not_tried_for_ever() -> None:
    found = Inheritance(limit=500, style="standard", language="English")
    waited = []
    for chunk in range(3):
        tables = [
            tasks(f"s.{table}{chunk}", {
                f"unit{n}_key": FOREIGN | {"reference": f"s.units{n}.key"} for n in range(20)
            })
            for table in ("orders", "visits")
        ]  # fmt: skip
        found.enter(tables)
        heirs = Heirs(found, columns_of(*tables))
        waited.append(len(heirs.waiting))
        for key in columns_of(*tables):
            found.offer(key, Donor(asset=key, text="Unit of the order or visit."))
        heirs.settle(set())
    assert waited == [20, 0, 0]


def test_a_plan_counts_what_will_be_taken_over_also_in_later_chunks() -> None:
    first, second = copies("s.orders_2022", "s.orders_2023"), copies("s.orders_2024")
    found = inheritance(*first)
    heirs = expected(found, first)
    assert len(heirs.waiting | heirs.inherited.keys()) == len(columns_of(first[0]))
    found.enter(second)
    assert expected(found, second).inherited.keys() == set(columns_of(*second))
    assert calls_saved(120, asked=240, calls=4) == 2


def test_nothing_is_shared_where_it_is_switched_off() -> None:
    tables = copies("s.orders_2023", "s.orders_2024")
    found = Inheritance(limit=500, style="standard", language="English", enabled=False)
    found.enter(tables)
    heirs = Heirs(found, columns_of(*tables))
    assert not heirs.waiting | heirs.inherited.keys()


def test_families_forget_what_was_not_used_for_long() -> None:
    families = Families(limit=2)
    first = copies("s.orders_2023")[0].table
    assert families.of(first) == families.of(replace(first, name="s.orders_2024")) == first.name
    for other in ("s.parts", "s.bills", "s.people"):
        families.of(tasks(other, {f"{other[2:]}_{name}": SEEN for name in MEASURES}).table)
    assert families.of(replace(first, name="s.orders_2025")) == "s.orders_2025"


def test_speaking_of_a_table() -> None:
    assert not speaks_of_table("When this record was created.", "s.orders", "created_at")
    assert not speaks_of_table("Order that it belongs to.", "s.orders", "order_id")
    assert speaks_of_table("Goods that were shipped.", "s.shipments", "product_id")
    assert speaks_of_one("Sales of the north.", "north.sales", "south.sales", "amount")
    assert not speaks_of_one("Sales of the day.", "north.sales", "south.sales", "amount")


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        ("created_at", "Time when the order was placed.", "Time when the visit was placed."),
        ("created_at", "Time when the record was made.", "Time when the record was made."),
        ("created_at", "Time when the ordered goods left.", ""),
        (
            "customer_id",
            "Customer to whom the order belongs.",
            "Customer to whom the visit belongs.",
        ),
        ("customer_id", "Customer who placed the order.", ""),
        ("customer_id", "Customer of the order line.", ""),
    ],
)
def test_a_text_is_reworded_only_where_its_words_hold_for_any_table(
    column: str, text: str, expected: str
) -> None:
    free = column == "created_at"
    assert reworded(text, "s.fct_orders", "s.visits", column, free=free) == expected
    assert reworded(text, "s.fct_orders", "s.xqzt", column, free=free) in {"", text}


def test_a_reworded_text_goes_on_as_the_heirs_own() -> None:
    tables = [tasks(f"s.{name}", {"created_at": SEEN}) for name in ("orders", "tickets", "visits")]
    found = inheritance(*tables)
    heirs = Heirs(found, columns_of(*tables))
    first = AssetKey("s.orders", "created_at")
    found.offer(first, Donor(asset=first, text="Time when the order was placed."))
    texts = [donor.text for donor in heirs.settle(set()).values()]
    assert texts == ["Time when the ticket was placed.", "Time when the visit was placed."]


@given(st.lists(st.sampled_from(["orders", "visits", "bills"]), min_size=1), st.data())
def test_everyone_is_asked_or_served_in_the_end(names: list[str], data: st.DataObject) -> None:
    """Whatever the texts are, no column waits for ever, and none is asked that was served."""
    text = st.sampled_from([BUYER, "Customer of the order.", "Never null.", "Visits in 2023."])
    numbered = [f"s.{name}_{n}" for n, name in enumerate(names)]
    tables = [tasks(n, {"customer_id": FOREIGN, "created_at": SEEN, "id": SEEN}) for n in numbered]
    found = inheritance(*tables)
    keys = set(columns_of(*tables))
    heirs, answered = Heirs(found, sorted(keys)), set[AssetKey]()
    for _ in range(4):
        asked = keys - heirs.waiting - heirs.inherited.keys() - answered
        answers = {key: data.draw(text) for key in sorted(asked) if data.draw(st.booleans())}
        for key, said in answers.items():
            found.offer(key, Donor(asset=key, text=said))
        answered |= asked
        heirs.settle(set())
    assert not heirs.waiting
    assert answered | heirs.inherited.keys() == keys
    assert not answered & heirs.inherited.keys()


def numbered(*codes: str) -> Facts:
    return SEEN | {
        "distinct": len(codes),
        "frequent": tuple(Frequent(value=c, share=1 / len(codes)) for c in codes),
        "minimum": min(codes),
        "maximum": max(codes),
    }


@pytest.mark.parametrize(
    ("text", "heir", "taken"),
    [
        ("Vehicle that the entry belongs to, zero for non-occupants.", numbered("0", "1"), True),
        ("Vehicle that the entry belongs to, zero for non-occupants.", numbered("1", "2"), False),
        ("Vehicle that the entry belongs to, often empty.", SEEN | {"null_share": 0.6}, True),
        ("Vehicle that the entry belongs to, often empty.", SEEN | {"null_share": 0.1}, False),
        ("Vehicle that the entry belongs to. Empty in every row read.", SEEN, False),
        ("Vehicle that the entry belongs to, in the order of the report.", SEEN, True),
    ],
)
def test_a_text_is_taken_over_only_where_the_heirs_data_bear_each_of_its_claims(
    text: str, heir: Facts, *, taken: bool
) -> None:
    more = {"key_role": "foreign", "reference": "s.vehicles.vehicle_number"}
    people = tasks("s.persons", {"vehicle_number": numbered("0", "1") | more})
    others = tasks("s.parts", {"vehicle_number": heir | more})
    found = inheritance(people, others)
    asked, waits = AssetKey("s.persons", "vehicle_number"), AssetKey("s.parts", "vehicle_number")
    donor = Donor(asset=asked, text=text)
    found.offer(asked, donor)
    assert (found.find(waits) is not None) is taken
    unfit = found.unfit(waits)
    assert unfit == (None if taken else donor), "what is not taken over is shown to the model"


def test_what_people_say_of_a_column_goes_to_its_copies_unless_data_contradict_it() -> None:
    first, second = (f"s.trips_202{n}" for n in (3, 4))
    text = "Vehicle of the trip, zero for walks."
    base = dict.fromkeys(MEASURES, SEEN)
    tables = [
        tasks(first, base | {"vehicle": text}),
        tasks(second, base | {"vehicle": SEEN}),
    ]
    found = inheritance(*tables)
    assert found.find(AssetKey(second, "vehicle")) is not None, "no data say that there is no 0"
    assert found.unfit(AssetKey(second, "vehicle")) is None
