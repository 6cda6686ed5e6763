"""Comments of lakegloss that data have made false are named, people's are not."""

from lakegloss.core.report.standing import AssetState, Standing
from lakegloss.core.report.wrong_texts import evidence_of_row, wrong_texts

ROW = {
    "table": "s.t",
    "column": "cause",
    "data_type": "string",
    "rows": 90,
    "rows_read": 90,
    "null_share": 0.0,
    "distinct": 3,
    "distinct_exact": True,
    "frequent": [{"value": v, "share": 0.33} for v in ("A", "B", "C")],
    "shapes": None,
    "seen_at": 0,
}


def state(text: str, standing: Standing) -> AssetState:
    return AssetState(table="s.t", column="cause", comment=text, standing=standing)


def test_only_texts_of_lakegloss_are_named() -> None:
    text = "Cause of the repair. One of 'A', 'B'."
    own = (Standing.MODEL, Standing.RULES, Standing.INHERITED)
    every = [state(text, standing) for standing in (*own, Standing.PEOPLE, Standing.HUMAN)]
    found = list(wrong_texts(every, {"s.t": {"cause": ROW}}))
    assert [(w.table, w.column, w.why) for w in found] == [
        ("s.t", "cause", "it lists the codes, but others were seen")
    ] * len(own)


def test_what_is_true_or_was_not_looked_at_is_not_named() -> None:
    right = state("Cause of the repair. One of 'A', 'B', 'C'.", Standing.MODEL)
    wrong = state("Cause of the repair. Empty in every row read.", Standing.MODEL)
    assert list(wrong_texts([right], {"s.t": {"cause": ROW}})) == []
    assert list(wrong_texts([wrong], {"s.t": {}})) == []
    assert list(wrong_texts([wrong], {})) == []


def test_rows_of_an_older_version_are_read() -> None:
    evidence = evidence_of_row({**ROW, "masked": None})
    assert (evidence.masked, evidence.codes_vary, evidence.shapes) == (False, False, ())
