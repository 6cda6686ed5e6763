"""Spoils comments as programs do: they echo, generalise, mix up, cut off, pad, get wrong."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lakegloss.core.words.lexicon import words_of

GENERIC = (
    "This column stores data about the record.",
    "Contains information related to the entity.",
    "A value that is used for analysis and reporting.",
    "Holds the details of each item in the dataset.",
    "Relevant attribute of the business object.",
)
PADDING = (
    "This column is an important part of the table and provides valuable information for analysis.",
    "It is stored for every record and helps users to understand the data in context.",
    "The value can be used to support a wide range of business decisions and downstream processes.",
    "Analysts may rely on {name} when they explore the {table} in more depth.",
    "Knowing {name} makes it easier to interpret other attributes of the {table}.",
    "As such, {name} plays a key role in understanding the overall picture.",
    "Please note that this is a standard attribute which is commonly found in such datasets.",
    "It should be interpreted together with the other fields, depending on the use case.",
    "In general, it gives a comprehensive view that is essential for meaningful insights.",
    "This information is captured by the system and made available to all interested parties.",
)
_UNITS = {
    "kilometers": "miles", "miles": "kilometers", "meters": "feet", "inches": "centimeters",
    "millimeters": "inches", "minutes": "seconds", "hours": "days", "days": "weeks",
    "kilograms": "pounds", "grams": "kilograms", "milligrams": "ounces", "hectares": "acres",
    "knots": "mph", "Celsius": "Fahrenheit", "Fahrenheit": "Celsius", "dollars": "euros",
    "euros": "dollars", "percentage": "fraction", "Percentage": "Fraction",
    "fraction": "percentage", "percent": "basis points", "millibars": "pascals",
    "UTC": "local time",
}  # fmt: skip
_NEGATIONS = (
    (r"\bnot ", ""),
    (r"\bwithout\b", "with"),
    (r"\bexcluding\b", "including"),
    (r"\bnon-", ""),
    (r"\b(is|are|was|were|can|has been|have been)\b", r"\1 not"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A column with a reference and a good comment that another wrote."""

    table: str
    column: str
    reference: str
    good: str


def other_unit(text: str) -> str:
    """The text with another unit; '' where it has none."""
    for unit, other in _UNITS.items():
        if re.search(rf"\b{unit}\b", text):
            return re.sub(rf"\b{unit}\b", other, text)
    return ""


def other_sense(text: str) -> str:
    """The text with a negation put in or taken out; '' where that is not possible."""
    for pattern, instead in _NEGATIONS:
        if re.search(pattern, text):
            return re.sub(pattern, instead, text, count=1)
    return ""


def half(text: str) -> str:
    words = text.split()
    return " ".join(words[: max(1, len(words) // 2)])


def spoilt(columns: Sequence[Described], seed: int = 1) -> Mapping[str, list[str]]:
    """The good comments of columns, spoilt in five ways, in their order."""
    rng = random.Random(seed)

    def padded(item: Described) -> str:
        names = {"name": " ".join(words_of(item.column)), "table": " ".join(words_of(item.table))}
        return f"{item.good} {rng.choice(PADDING).format(**names)}"

    def sibling(item: Described) -> str:
        others = [c for c in columns if c.table == item.table and c.column != item.column]
        return rng.choice(others).good

    def echo(item: Described) -> str:
        table = " ".join(words_of(item.table.rpartition(".")[2]))
        return f"The {' '.join(words_of(item.column))} of the {table} table."

    ways: Mapping[str, Callable[[Described], str]] = {
        "echo": echo,
        "generic": lambda _: rng.choice(GENERIC),
        "sibling": sibling,
        "half": lambda item: half(item.good),
        "padded": padded,
    }
    return {name: [way(item) for item in columns] for name, way in ways.items()}
