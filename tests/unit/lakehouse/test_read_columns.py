"""Comments of columns are read as code wrote them, too."""

import pytest
from pyspark.sql.types import IntegerType, StructField, StructType

from lakegloss.lakehouse.columns import columns_of


def test_a_comment_that_code_set_to_null_is_none() -> None:
    number = IntegerType()
    inner = StructType(
        [StructField("x", number, metadata={"comment": None}), StructField("y", number)]
    )
    schema = StructType(
        [
            StructField("id", number, metadata={"comment": None}),
            StructField("s", inner, metadata={"comment": "Hers"}),
        ]
    )
    found = {column.path: column.comment for column in columns_of(schema)}
    assert found == {"id": "", "s": "Hers", "s.x": "", "s.y": ""}


@pytest.mark.parametrize(("value", "comment"), [(5, "5"), (False, "false"), (["a"], '["a"]')])
def test_a_comment_that_code_set_to_something_else_is_somebodys(
    value: object, comment: str
) -> None:
    inner = StructType([StructField("x", IntegerType(), metadata={"comment": value})])
    found = {c.path: c.comment for c in columns_of(StructType([StructField("s", inner)]))}
    assert found == {"s": "", "s.x": comment}
