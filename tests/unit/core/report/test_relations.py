"""Relations are read from references and drawn: of few tables all at once, of many by schema."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.report.picture import WIDTH, BoxPlace, BoxRow, Link, Node, draw
from lakegloss.core.report.relations import Relation, pictures, relations_of


def relation(table: str, other: str, column: str = "ref_id") -> Relation:
    return Relation(table=table, column=column, other=other, other_column="id")


def lefts(svg: str) -> dict[str, int]:
    """Where each box begins, by the name of its table."""
    found = re.findall(r'<rect x="(\d+)".*?<title>(.*?)</title>', svg)
    return {name: int(x) for x, name in found}


def test_references_are_split_where_a_table_is_known() -> None:
    rows = [
        {"table": "s.a", "column": "b_id", "reference": "s.b.id"},
        {"table": "s.a", "column": "part", "reference": "s.b.doc.id"},
        {"table": "s.a", "column": "far", "reference": "x.y.id"},
        {"table": "s.a", "column": "none", "reference": ""},
        {"table": "s.a", "column": "odd", "reference": "`not closed"},
        {"table": "s.a", "column": "short", "reference": "id"},
    ]
    found = relations_of(rows, {"s.a", "s.b"})
    assert [(r.column, r.other, r.other_column, r.inside) for r in found] == [
        ("b_id", "s.b", "id", True),
        ("far", "x.y", "id", False),
        ("part", "s.b", "doc.id", True),
    ]


def test_a_table_stands_left_of_those_it_refers_to() -> None:
    links = [("s.line", "s.order"), ("s.order", "s.customer"), ("s.line", "s.product")]
    (picture,) = pictures([relation(a, b) for a, b in links], {"s.customer": ["id"]})
    x = lefts(picture.svg)
    assert all(x[a] + WIDTH < x[b] for a, b in links)
    assert picture.svg.count('class="link"') == 3
    assert "s.line.ref_id refers to s.order.id" in picture.svg


def test_circles_and_references_to_the_own_table_are_drawn() -> None:
    chain = [("s.a", "s.b"), ("s.b", "s.c"), ("s.c", "s.a"), ("s.c", "s.c")]
    (picture,) = pictures([relation(a, b, f"to_{b[-1]}") for a, b in chain], {})
    assert picture.svg.count('class="link"') == 4
    assert len(set(lefts(picture.svg).values())) == 3


def test_many_tables_are_drawn_by_schema() -> None:
    facts = [relation(f"a.f{n}", f"b.d{n % 40}") for n in range(50)]
    inner = [relation(f"b.d{n}", "b.root") for n in range(40)]
    drawn = pictures(facts + inner, {})
    assert [p.title for p in drawn] == ["Relations between schemas", "a", "b"]
    assert "50 to b" in drawn[0].svg
    assert "40 references inside" in drawn[0].svg
    assert len(lefts(drawn[2].svg)) == 30
    assert drawn[2].left_out == 11
    assert pictures([], {}) == []


names = st.sampled_from([f"n{i}" for i in range(8)])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(names, names), max_size=16))
def test_every_box_has_a_place_of_its_own(pairs: list[tuple[str, str]]) -> None:
    boxes = [
        Node(name=f"n{i}", label=f"n{i}", rows=(BoxRow(text="k", kind="key"),)) for i in range(8)
    ]
    links = [
        Link(source=BoxPlace(node=a, row=0), target=BoxPlace(node=b, row=None), title=f"{a} {b}")
        for a, b in pairs
    ]
    svg = draw(boxes, links, title="t", id_prefix="p")
    corners = re.findall(r'<rect x="(\d+)" y="(\d+)"', svg)
    assert len(corners) == len(set(corners)) == 8
    assert svg.count('class="link"') == len(pairs)
    assert svg == draw(boxes, links, title="t", id_prefix="p")
