import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from lakegloss.core.checks.weak_models import WeakModel
from lakegloss.core.report.coverage import (
    SchemaUsage,
    by_schema,
    coverage_of,
)
from lakegloss.core.report.data import (
    ReportBounds,
    ReportData,
    facts_of,
    gaps_of,
    in_detail,
    money,
    percent,
    table_detail,
    total_cost,
)
from lakegloss.core.report.index import index_lines
from lakegloss.core.report.wrong_texts import WrongText
from lakegloss.lakehouse.report.html import render_html
from lakegloss.lakehouse.report.printed import render_terminal
from tests.kits.report_data import NASTY, STATES, column, evidence, hostile_report, report


class Page(HTMLParser):
    """Tags, attributes and text of a page, and whether its tags are balanced."""

    VOID = frozenset(("meta", "img", "br", "hr", "link", "input"))

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.shown: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["style"], ["script"]):
            self.shown.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.shown).split())


def test_the_page_shows_the_figures_and_the_comments() -> None:
    page = Page(render_html(report()))
    assert not page.open
    for shown in (
        "Flights that left New York in 2013",
        "Scheduled hour of departure",
        "nothing known of it",
        "refers to nyc.airports.faa",
        "about 4,043 distinct",
        "1 % null",
        "1 to 23",
        "EWR, JFK, LGA",
        "DELTA_LOG_MISSING",
        "Of 6 tables and columns that can carry a comment, 4 have one.",
        "1,200 in, 300 out",
        "$0.0024",
    ):
        assert shown in page.text


def test_the_page_stands_alone() -> None:
    html = render_html(report())
    page = Page(html)
    assert not {"link", "img", "iframe", "object", "base", "form"} & set(page.tags)
    assert not {"src", "srcset", "action"} & {name for name, _ in page.attributes}
    links = [value or "" for name, value in page.attributes if name == "href"]
    assert all(link.startswith("#") for link in links)
    assert not re.search(r"url\(|@import", html)
    assert "default-src 'none'" in html


@pytest.mark.parametrize("data", [report(), hostile_report(NASTY)], ids=["plain", "hostile"])
def test_the_policy_names_the_one_script_by_its_hash(data: ReportData) -> None:
    html = render_html(data)
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in html
    for word in (
        "innerHTML",
        "outerHTML",
        "document.write",
        "eval(",
        "fetch(",
        "XMLHttp",
        "import",
    ):
        assert word not in script


def test_every_chart_and_table_is_described() -> None:
    html = render_html(report())
    page = Page(html)
    assert page.tags.count("svg") == page.tags.count("desc") == 7
    assert page.tags.count("caption") == page.tags.count("table")
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    labels = [value for name, value in page.attributes if name == "aria-labelledby"]
    assert {part for label in labels for part in (label or "").split()} <= set(ids)


PLAIN_TAGS = frozenset(Page(render_html(hostile_report("plain"))).tags)
PLAIN_COUNT = len(Page(render_html(hostile_report("plain"))).tags)


def test_hostile_text_is_only_text() -> None:
    html = render_html(hostile_report(NASTY))
    page = Page(html)
    assert not page.open
    assert frozenset(page.tags) == PLAIN_TAGS
    assert len(page.tags) == PLAIN_COUNT
    assert not any(name.startswith("on") for name, _ in page.attributes)
    assert "\u202e" not in html
    assert "\x1b" not in html
    assert "\\u202egnp.exe" in html


@given(st.text(min_size=1, max_size=60).filter(lambda text: text.strip()))
def test_no_text_changes_the_page(text: str) -> None:
    page = Page(render_html(hostile_report(text)))
    assert not page.open
    assert frozenset(page.tags) == PLAIN_TAGS
    assert not any(name.startswith("on") for name, _ in page.attributes)


def test_very_long_comments_are_cut_and_said() -> None:
    states = [column("", comment="x" * 9_999)]
    tables = (table_detail(states, {}, show_values=True),)
    html = render_html(report(states, tables=tables))
    assert "x… (9,999 characters in all)" in html
    assert "x" * 2_001 not in html


def test_values_of_personal_data_never_appear() -> None:
    row = evidence(
        personal="email",
        minimum="ada@example.org",
        maximum="zoe@example.org",
        frequent=[{"value": "ada@example.org", "share": 1.0}],
        shapes=[{"value": "aaa@aaaaaaa.aaa", "share": 1.0}],
    )
    facts = facts_of(row, show_values=True)
    assert facts == ["3 distinct", "shape aaa@aaaaaaa.aaa"]


@pytest.mark.parametrize(
    ("changes", "show", "facts"),
    [
        pytest.param({}, True, ["3 distinct", "EWR, JFK, LGA"], id="codes"),
        pytest.param({}, False, ["3 distinct", "shape AAA"], id="values withheld"),
        pytest.param({"masked": True}, True, ["3 distinct", "shape AAA"], id="masked"),
        pytest.param({"rows_read": 0, "distinct": 0}, False, ["no rows", "shape AAA"], id="empty"),
        pytest.param(
            {"null_share": 1.0, "distinct": 0, "shapes": []}, False, ["always null"], id="null"
        ),
        pytest.param(
            {"data_type": "date", "minimum": "2013-01-01", "maximum": "2013-12-31"},
            True,
            ["3 distinct", "2013-01-01 to 2013-12-31"],
            id="range",
        ),
        pytest.param(
            {"rows": 336776, "rows_read": 200136, "distinct_exact": False},
            True,
            ["3 distinct", "EWR, JFK, LGA", "of a sample of 200,136 rows"],
            id="sample",
        ),
    ],
)
def test_facts(changes: dict[str, object], show: bool, facts: list[str]) -> None:  # noqa: FBT001
    assert facts_of(evidence(**changes), show_values=show) == facts


def test_tables_beyond_the_details_are_said() -> None:
    lines = index_lines(
        ["nyc.flights"], {"nyc.flights": STATES}, in_detail=[], wrong=[], classes=[]
    )
    data = report(summarised=tuple(by_schema(STATES)), beyond=41, index=tuple(lines))
    page = Page(render_html(data))
    assert "41 more tables are counted" in page.text
    assert "The first 1 of 1 tables in detail" in page.text
    assert ("data-search", "origin tailnum dest hour x1") in page.attributes


def test_schemas_of_different_case_are_two() -> None:
    [line] = index_lines(["a.t"], {"a.t": STATES}, in_detail=[], wrong=[], classes=[])
    page = render_html(report(index=(line, replace(line, schema="A"))))
    assert "<caption>Tables of a</caption>" in page
    assert "<caption>Tables of A</caption>" in page


def test_an_empty_lake_has_a_page() -> None:
    empty = report(
        [column("")], usage=(), checks={}, semantic={}, personal={}, gaps=(), unreadable=(),
        tables=(), schemas=(), runs=(), calls=0, cost=None, total=coverage_of("", []),
    )  # fmt: skip
    page = Page(render_html(empty))
    assert "No model was called" in page.text
    assert "No proposal failed a check." in page.text


def test_gaps_are_counted_by_reason() -> None:
    gaps = gaps_of(STATES, examples=1)
    assert [(gap.reason, gap.assets, gap.examples) for gap in gaps] == [
        ("nothing known of it", 1, ("nyc.flights.x1",)),
        ("waits for review", 1, ("nyc.flights.hour",)),
    ]


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (0.001, "<1 %"), (0.5, "50 %"), (0.999, ">99 %"), (1, "100 %")],
)
def test_shares_never_round_to_nothing_or_all(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("dollars", "text"), [(None, "none"), (0.0, "$0.00"), (0.0024, "$0.0024"), (12.5, "$12.50")]
)
def test_money(dollars: float | None, text: str) -> None:
    assert money(dollars) == text


@pytest.mark.parametrize(
    ("limits", "shown"),
    [
        pytest.param(ReportBounds(tables=2), ["a.t", "b.t"], id="tables"),
        pytest.param(ReportBounds(columns=5), ["a.t"], id="columns"),
        pytest.param(ReportBounds(columns=1), ["a.t"], id="one at least"),
        pytest.param(ReportBounds(), ["a.t", "b.t", "c.t"], id="all"),
    ],
)
def test_how_many_tables_are_shown(limits: ReportBounds, shown: list[str]) -> None:
    states = {
        name: [column(f"c{i}", table=name) for i in range(3)] for name in ("a.t", "b.t", "c.t")
    }
    assert in_detail(sorted(states), states, limits) == shown


@pytest.mark.parametrize(
    ("now", "recorded", "patterns", "cost"),
    [
        pytest.param([0.5, 0.25], [9.0], (), 0.75, id="prices are set"),
        pytest.param([None], [9.0, None, 1.0], (), 10.0, id="as the runs recorded"),
        pytest.param([None], [9.0], ("sales",), None, id="runs of other tables too"),
        pytest.param([], [None], (), None, id="unknown"),
    ],
)
def test_cost(
    now: list[float | None],
    recorded: list[float | None],
    patterns: tuple[str, ...],
    cost: float | None,
) -> None:
    usage = [SchemaUsage(name="s", cost=value) for value in now]
    assert total_cost(usage, [{"cost": value} for value in recorded], patterns) == cost


def test_a_weak_model_is_named_on_the_page_and_in_the_terminal() -> None:
    weak = WeakModel(model="tiny<script>", texts=30, unrelated=10)
    data = replace(report(), weak_models=(weak,))
    page = render_html(data)
    assert "10 of 30 texts of the model" in page
    assert "stronger model" in page
    assert "tiny<script>" not in page
    console = Console(file=StringIO(), width=200, color_system=None)
    console.print(render_terminal(data))
    assert "10 of 30 texts of the model" in console.file.getvalue()  # type: ignore[attr-defined]


def test_comments_that_are_no_longer_true_are_named_on_the_page_and_in_the_terminal() -> None:
    wrong = WrongText(table="s.t", column="c<b>", text="One of 'A'. <i>", why="others were seen")
    data = replace(report(), wrong_texts=(wrong,) * 9)
    page = render_html(data)
    assert "no longer true" in page
    assert "others were seen" in page
    assert "c<b>" not in page
    assert "<i>" not in page
    console = Console(file=StringIO(), width=200, color_system=None)
    console.print(render_terminal(data))
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert "9 comments are no longer true" in printed
    assert "s.t.c<b>: others were seen" in printed
    assert "... and 1 more" in printed
