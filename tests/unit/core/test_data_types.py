"""What the string of a type says of values."""

import pytest

from lakegloss.core.data_types import (
    base_of,
    is_boolean,
    is_integer,
    is_moment,
    is_number,
    is_orderable,
    is_text,
    is_whole,
    key_family,
    meaning_family,
    privacy_family,
)

FAMILIES = {  # type: what a key, a comment and the rules for personal data make of it
    "tinyint": ("whole", "whole", "number"),
    "smallint": ("whole", "whole", "number"),
    "int": ("whole", "whole", "number"),
    "bigint": ("whole", "whole", "number"),
    "INTEGER": ("whole", "whole", "number"),
    "decimal(18,0)": ("whole", "number", "number"),
    "decimal(18, 0)": ("whole", "number", "number"),
    "numeric(18,0)": ("whole", "number", "number"),
    "decimal(18,2)": ("", "number", "number"),
    "decimal(10,10)": ("", "number", "number"),
    "float": ("float", "number", "number"),
    "double": ("float", "number", "number"),
    "real": ("float", "number", "number"),
    "string": ("text", "text", "text"),
    "STRING": ("text", "text", "text"),
    "string collate UTF8_LCASE": ("text", "text", "text"),
    "varchar(10)": ("text", "text", "text"),
    "char(3)": ("text", "text", "text"),
    "boolean": ("", "boolean", "boolean"),
    "binary": ("", "binary", "binary"),
    "date": ("", "date", "date"),
    "timestamp": ("", "timestamp", "date"),
    "timestamp_ntz": ("", "timestamp", "date"),
    "interval day to second": ("", "interval day to second", "text"),
    "struct<id:int>": ("", "struct<id:int>", "text"),
    "array<int>": ("", "array<int>", "text"),
    "map<string,int>": ("", "map<string,int>", "text"),
    "variant": ("", "variant", "text"),
    "": ("", "", "text"),
}


@pytest.mark.parametrize(("data_type", "families"), FAMILIES.items(), ids=FAMILIES)
def test_families(data_type: str, families: tuple[str, str, str]) -> None:
    assert (
        key_family(data_type),
        meaning_family(data_type),
        privacy_family(data_type),
    ) == families


@pytest.mark.parametrize("data_type", FAMILIES)
def test_a_type_is_of_one_kind_at_most(data_type: str) -> None:
    kinds = [is_boolean, is_number, is_text, is_moment]
    assert sum(kind(data_type) for kind in kinds) <= 1
    assert is_orderable(data_type) == (is_number(data_type) or is_moment(data_type))
    assert not is_integer(data_type) or is_whole(data_type)
    assert not is_whole(data_type) or is_number(data_type)


@pytest.mark.parametrize(
    ("data_type", "base"),
    [
        ("decimal(10,2)", "decimal"),
        ("array<struct<a:int>>", "array"),
        ("timestamp_ntz", "timestamp"),
        ("VARCHAR(3)", "varchar"),
        ("int", "int"),
    ],
)
def test_base(data_type: str, base: str) -> None:
    assert base_of(data_type) == base
