"""The labels of a report: what is set, what is ready, what waits."""

from lakegloss.core.labels.label_actions import KnownLabel
from lakegloss.core.labels.label_part import LabelLine, WaitingLabel, label_part
from lakegloss.core.labels.tags import LabelKey


def known(value: str, status: str = "ready", **more: object) -> KnownLabel:
    return KnownLabel(proposal_id="p", value=value, decided_value=value, status=status, **more)  # type: ignore[arg-type]


def test_labels_are_counted_by_what_became_of_them() -> None:
    part = label_part(
        {
            LabelKey("s.a", "", "domain"): known(
                "sales", applied=True, written=frozenset({"sales"})
            ),
            LabelKey("s.b", "", "domain"): known("sales"),
            LabelKey("s.c", "x", "kind"): known("pii", "needs_review", reason="taken off"),
            LabelKey("s.c", "y", "kind"): known("pii", verdict="reject"),
            LabelKey("s.c", "z", "kind"): known("", "failed"),
            LabelKey("s.d", "", "domain"): KnownLabel(written=frozenset({"people"})),
        }
    )
    assert part is not None
    assert part.lines == (
        LabelLine(tag="domain", value="people", tables=1, columns=0, is_set=1, ready=0, waiting=0),
        LabelLine(tag="domain", value="sales", tables=2, columns=0, is_set=1, ready=1, waiting=0),
        LabelLine(tag="kind", value="pii", tables=0, columns=1, is_set=0, ready=0, waiting=1),
    )
    assert part.waiting == (
        WaitingLabel(table="s.c", column="x", tag="kind", value="pii", reason="taken off"),
    )
    assert (part.is_set, part.ready, part.waits) == (2, 1, 1)
    assert label_part({LabelKey("s.c", "z", "kind"): known("", "failed")}) is None
