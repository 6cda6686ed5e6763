"""Comments of columns are read as code wrote them, too."""

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
