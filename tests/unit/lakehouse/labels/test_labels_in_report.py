"""The report's section on labels: counts, what waits, hostile texts inert."""

from dataclasses import replace

from lakegloss.core.labels.label_actions import KnownLabel
from lakegloss.core.labels.label_part import label_part
from lakegloss.core.labels.tags import LabelKey
from lakegloss.lakehouse.report.html import render_html
from tests.kits.report_data import report

HOSTILE = "<script>alert(1)</script>\u202e"


def test_the_page_shows_labels_and_runs_nothing_of_them() -> None:
    part = label_part(
        {
            LabelKey("s.a", "", "domain"): KnownLabel(written=frozenset({"sales"})),
            LabelKey(HOSTILE, HOSTILE, HOSTILE): KnownLabel(
                proposal_id="p", value=HOSTILE, decided_value=HOSTILE, status="needs_review",
                reason=HOSTILE,
            ),
        }
    )  # fmt: skip
    page = render_html(replace(report(), labels=part))
    section = page.partition('id="h-labels"')[2].partition("</section>")[0]
    assert "1 set by lakegloss, 0 ready to be set, 1 waiting" in section
    assert "&lt;script&gt;" in section
    assert '<a href="#h-labels">Labels</a>' in page
    assert "<script>alert" not in page
    assert "\u202e" not in section
    assert "h-labels" not in render_html(report())
