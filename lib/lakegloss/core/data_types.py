"""Sorts data types into families: what Spark's name of a type (`decimal(10,2)`) says of values.

Callers who write a card by hand may use SQL's other words for a type (`INTEGER`, `numeric`) in any
case: they mean the same here.
"""

import re

_INTEGER = re.compile(r"(?:tiny|small|big)?int|integer|long|short|byte")
_NUMBER = re.compile(
    r"(?!interval)(?:tiny|small|big)?int|integer|long|short|byte|float|double|decimal|numeric|real"
)
_WHOLE_DECIMAL = re.compile(r"(?:decimal|numeric)\(\d+, *0\)")
_FLOAT = re.compile(r"float|double|real")
_TEXT = ("string", "varchar", "char")
_MOMENT = ("date", "timestamp")


def base_of(data_type: str) -> str:
    """A type's first word, without what it holds or is bounded by: `array`, `varchar`, `timestamp`.

    All kinds of timestamps have the same first word.
    """
    return re.split(r"[(<_]", data_type.lower(), maxsplit=1)[0]


def is_boolean(data_type: str) -> bool:
    """Whether values are true or false."""
    return data_type.lower() == "boolean"


def is_text(data_type: str) -> bool:
    """Whether values are texts of any length."""
    return data_type.lower().startswith(_TEXT)


def is_number(data_type: str) -> bool:
    """Whether values are numbers.

    The beginning of the type decides. An `interval` is no number: it holds a length of time.
    """
    return _NUMBER.match(data_type.lower()) is not None


def is_integer(data_type: str) -> bool:
    """Whether the type holds whole numbers only."""
    return _INTEGER.fullmatch(data_type.lower()) is not None


def is_whole(data_type: str) -> bool:
    """Whether values are whole numbers: integers, and decimals without digits after the point."""
    return is_integer(data_type) or _WHOLE_DECIMAL.fullmatch(data_type.lower()) is not None


def is_moment(data_type: str) -> bool:
    """Whether values are days, or points in time."""
    return data_type.lower().startswith(_MOMENT)


def is_orderable(data_type: str) -> bool:
    """Whether the least and the greatest value say something: numbers, days, points in time."""
    return is_number(data_type) or is_moment(data_type)


def key_family(data_type: str) -> str:
    """'text', 'whole', 'float' (which may hold whole numbers) or '' for types no key has.

    Values of one family can be compared, as those of a reference and its key are.
    """
    if is_text(data_type):
        return "text"
    if is_whole(data_type):
        return "whole"
    return "float" if _FLOAT.fullmatch(data_type.lower()) else ""


def meaning_family(data_type: str) -> str:
    """One name for the types that columns of one meaning may have: 'text', 'whole', 'number', ...

    Lengths, digits and time zones do not matter. A type of no family is its own family.
    """
    if is_text(data_type):
        return "text"
    if is_integer(data_type):
        return "whole"
    if base_of(data_type) in {"decimal", "numeric", "float", "double", "real"}:
        return "number"
    return "timestamp" if base_of(data_type) == "timestamp" else data_type


def privacy_family(data_type: str) -> str:
    """The family that the rules for personal data use: number, date, boolean, binary, else text."""
    if is_number(data_type):
        return "number"
    if is_moment(data_type):
        return "date"
    lowered = data_type.lower()
    return lowered if lowered in {"boolean", "binary"} else "text"
