import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.report.charts import Bar, bar_chart, count_chart, number, strip_chart

SVG = "{http://www.w3.org/2000/svg}"
NAMES = {"model": "language model", "rules": "rules", "before": "before"}


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own text


def widths(root: ET.Element, css: str) -> list[float]:
    return [float(r.get("width", "").rstrip("%")) for r in root.iter(f"{SVG}rect")
            if r.get("class") == css]  # fmt: skip


def test_parts_are_drawn_to_scale_side_by_side() -> None:
    bars = [
        Bar(label="a", parts=[("model", 30), ("rules", 10)]),
        Bar(label="b", parts=[("model", 20)]),
    ]
    root = parsed(bar_chart(bars, title="t", names=NAMES, id_prefix="x"))
    assert widths(root, "s-model") == [75.0, 50.0]
    assert widths(root, "s-rules") == [25.0]
    starts = [r.get("x") for r in root.iter(f"{SVG}rect") if r.get("class") == "s-rules"]
    assert starts == ["75.000%"]


def test_the_state_before_is_a_bar_of_its_own() -> None:
    bars = [Bar(label="a", parts=[("model", 0.5)], ghost=[("before", 0.1)])]
    root = parsed(bar_chart(bars, title="t", names=NAMES, whole=1.0, id_prefix="x"))
    assert widths(root, "s-before") == [10.0]
    assert widths(root, "s-model") == [50.0]


def test_a_strip_fills_the_width() -> None:
    root = parsed(strip_chart([("model", 1), ("rules", 3)], title="t", names=NAMES, id_prefix="x"))
    assert widths(root, "s-model") + widths(root, "s-rules") == [25.0, 75.0]


def test_counts_are_drawn_to_scale_on_one_line_each() -> None:
    counts = [("email", 8.0), ("phone", 2.0)]
    root = parsed(count_chart(counts, title="t", key="type", id_prefix="x"))
    assert widths(root, "s-type") == [44.0, 11.0]
    assert root.findtext(f"{SVG}desc") == "email: 8; phone: 2"
    assert int(root.get("height", "")) == 50


def test_no_counts_are_a_chart_still() -> None:
    assert widths(parsed(count_chart([], title="t", key="type", id_prefix="x")), "s-type") == []


def test_charts_are_read_aloud() -> None:
    bars = [Bar(label="nyc", parts=[("model", 1200), ("rules", 0)], note="1,200")]
    root = parsed(bar_chart(bars, title="Coverage", names=NAMES, id_prefix="x"))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "x-title x-desc"
    assert root.findtext(f"{SVG}title") == "Coverage"
    assert root.findtext(f"{SVG}desc") == "nyc: language model 1,200"


@pytest.mark.parametrize(
    "bars",
    [[], [Bar(label="none", parts=[])], [Bar(label="0", parts=[("model", 0)])]],
    ids=["no bars", "no parts", "zero"],
)
def test_nothing_to_draw_is_a_chart_still(bars: list[Bar]) -> None:
    root = parsed(bar_chart(bars, title="t", names=NAMES, id_prefix="x"))
    assert widths(root, "s-model") == []


@given(st.text(max_size=80), st.floats(min_value=0, max_value=1e12))
def test_any_text_makes_well_formed_svg(text: str, value: float) -> None:
    bars = [Bar(label=text, parts=[("model", value)], note=text)]
    svg = bar_chart(bars, title=text, names={"model": text}, id_prefix="x")
    root = parsed(svg)
    assert {element.tag for element in root.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "title", "desc", "rect", "text")
    }
    assert all(0 <= width <= 100 for width in widths(root, "s-model"))


def test_long_labels_are_cut_and_kept_in_the_tooltip() -> None:
    label = "a_very_long_name_of_a_schema_that_never_ends"
    root = parsed(bar_chart([Bar(label=label, parts=[])], title="t", names=NAMES, id_prefix="x"))
    drawn = next(e for e in root.iter(f"{SVG}text") if e.get("class") == "label")
    assert (drawn.text or "").endswith("…")
    assert drawn.findtext(f"{SVG}title") == label


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (7, "7"),
        (1234, "1,234"),
        (0.25, "0.25"),
        (0.5, "0.5"),
        (1234.56, "1,235"),
        (1_250_000, "1.2 M"),
        (25_000_000, "25 M"),
    ],
)
def test_numbers_for_people(value: float, text: str) -> None:
    assert number(value) == text


def test_colours_are_left_to_the_page() -> None:
    svg = strip_chart([("model", 1)], title="t", names=NAMES, id_prefix="x")
    assert not re.search(r"fill=|stroke=|#[0-9a-f]{3,6}", svg)
