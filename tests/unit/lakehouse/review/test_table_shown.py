"""What `lakegloss show` says of the data holds no part of the comment beside it."""

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.lakehouse.review.table_shown import evidence_in_words

COMMENT = "Speed in mph; now and then: recorded"


def test_the_comment_is_not_said_twice() -> None:
    column = Column(path="speed", data_type="int", comment=COMMENT)
    table = Table(name="s.planes", comment=COMMENT, columns=(column,))
    seen = Evidence(
        table="s.planes", column="speed", data_type="int", rows=100, rows_read=100, null_share=0.99
    )
    for asset in (column, None):
        words = evidence_in_words(table, asset, {"speed": seen})
        assert "mph" not in words
        assert "now" not in words
    assert "99% null" in evidence_in_words(table, column, {"speed": seen})
    assert "100 rows" in evidence_in_words(table, None, {"speed": seen})


def test_a_column_that_was_not_read_has_none() -> None:
    column = Column(path="speed", data_type="int", comment=COMMENT)
    assert evidence_in_words(Table(name="s.planes", columns=(column,)), column, {}) == ""
