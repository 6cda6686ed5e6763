"""Finds units of measure and time zones in the words of a text."""

import re
from collections.abc import Iterator, Mapping

from lakegloss.core.words.lexicon import word_set

_BY_DIMENSION: Mapping[str, str] = {
    "length": "millimeter|mm centimeter|cm kilometer|km|kms meter|metre inch|inches foot|feet|ft "
    "yard mile|mi nautical_mile",
    "mass": "milligram|mg microgram|ug kilogram|kg|kgs gram pound|lb|lbs ounce|oz ton|tonne",
    "temperature": "celsius|c|centigrade fahrenheit|f kelvin",
    "money": "dollar|usd|$ euro|eur|€ sterling|gbp|£ yen|jpy franc|chf cent yuan|cny rupee|inr",
    "speed": "mph km/h|kmh|kph m/s knot",
    "volume": "milliliter|millilitre|ml liter|litre gallon|gal barrel|bbl",
    "area": "acre hectare sqft sqm|m2 sqkm|km2",
    "share": "percent|percentage|% fraction|proportion basis_point|bps",
    "data": "byte kilobyte|kb megabyte|mb gigabyte|gb terabyte|tb bit",
    "pressure": "hectopascal|hpa kilopascal|kpa millibar|mbar|mb psi pascal",
    "energy": "joule kilojoule|kj calorie kilocalorie|kcal kilowatt-hour|kwh megawatt-hour|mwh",
    "power": "watt kilowatt|kw megawatt|mw",
    "angle": "degree radian",
    "time": "nanosecond|ns microsecond|us millisecond|ms second|sec|s minute|min|mins "
    "hour|hr|hrs day week month quarter year|yr|yrs decade",
}
_SYMBOLS = word_set("""
mm cm km kms ft mi mg ug kg kgs lb lbs oz c f usd eur gbp jpy chf cny inr kmh kph ml gal bbl m2 km2
bps kb mb gb tb hpa kpa mbar kj kcal kwh mwh kw mw ns us ms sec s min mins hr hrs yr yrs
""")
_PHRASES = (
    (re.compile(r"\bmiles (?:per|an) hour\b", re.IGNORECASE), "mph"),
    (re.compile(r"\bkilomet(?:er|re)s (?:per|an) hour\b", re.IGNORECASE), "kmh"),
    (re.compile(r"\bmet(?:er|re)s (?:per|a) second\b", re.IGNORECASE), "m/s"),
    (re.compile(r"\bnautical miles?\b", re.IGNORECASE), "nautical_mile"),
    (re.compile(r"\bsquare (?:feet|foot)\b", re.IGNORECASE), "sqft"),
    (re.compile(r"\bsquare met(?:er|re)s?\b", re.IGNORECASE), "sqm"),
    (re.compile(r"\bsquare kilomet(?:er|re)s?\b", re.IGNORECASE), "sqkm"),
    (re.compile(r"\bbasis points?\b", re.IGNORECASE), "basis_point"),
    (re.compile(r"\bpounds sterling\b", re.IGNORECASE), "sterling"),
    (re.compile(r"\bper ?cent\b", re.IGNORECASE), "percent"),
    (re.compile(r"\u00b0 ?C\b"), "celsius"),
    (re.compile(r"\u00b0 ?F\b"), "fahrenheit"),
)
_UNIT = re.compile(r"[$\u20ac\u00a3%]|\b[a-z]+(?:[/-][a-z]+|2)?\b", re.IGNORECASE)
# A symbol, or a word for a time, is a unit only where it is named as one: `in minutes`, `(km)`.
_NAMED_BEFORE = re.compile(
    r"(?:\bin|\bof|\bas|\bunits?:?|\bnumber of|[(\d,]|\bto the) ?(?:whole )?$", re.IGNORECASE
)
_LETTER_BEFORE = re.compile(r"(?:\bin|\bdegrees?|\bdeg|\d) ?$|\($", re.IGNORECASE)
_EXAMPLE = re.compile(r"\b(?:such as|like|e\.g\.,?|or) ['\"]?$", re.IGNORECASE)
_DOUBTFUL = frozenset({"foot", "second", "degree", "bit", "yard", "sterling", "proportion"})
_ZONE = re.compile(
    r"\b(?P<utc>UTC|GMT|Zulu|[Cc]oordinated [Uu]niversal [Tt]ime)\b"
    r"|\b(?P<local>[Ll]ocal (?:time|standard time))\b"
    r"|\b(?P<abbreviation>[ECMP][SD]T|CET|CEST|BST|JST|IST|AEST)\b"
    r"|\b(?P<name>(?:Eastern|Central|Mountain|Pacific) (?:[Ss]tandard |[Dd]aylight )?[Tt]ime)\b"
)


def _units() -> dict[str, tuple[str, str]]:
    made: dict[str, tuple[str, str]] = {}
    for dimension, words in _BY_DIMENSION.items():
        for group in words.split():
            first, *_ = forms = group.split("|")
            for form in forms:
                made.setdefault(form, (dimension, first))
                if form.isalpha() and form not in _SYMBOLS and not form.endswith("s"):
                    made.setdefault(f"{form}s", (dimension, first))
    return made


_UNITS = _units()


def units_in(text: str) -> Iterator[tuple[str, str]]:
    """The units that a text names, as pairs of a dimension (`length`) and a unit (`mile`)."""
    for pattern, unit in _PHRASES:
        if pattern.search(text):
            text = pattern.sub(" ", text)
            yield _UNITS[unit]
    for match in _UNIT.finditer(text):
        word = match.group().lower()
        known = _UNITS.get(word)
        if known is None or not _is_unit(text, match, known[0], word):
            continue
        yield known


def _is_unit(text: str, match: re.Match[str], dimension: str, word: str) -> bool:
    before = text[: match.start()]
    if _EXAMPLE.search(before):  # a value, not the unit of values
        return False
    if len(word) == 1 and word.isalpha():
        closed = text[match.end() : match.end() + 1] in {"", ")", ".", ",", ";"}
        return closed and bool(_LETTER_BEFORE.search(before))
    if dimension == "time" or word in _SYMBOLS:
        named = word.endswith("s") or word in _SYMBOLS
        return named and bool(_NAMED_BEFORE.search(before))
    return word not in _DOUBTFUL


def zone_in(text: str) -> str:
    """The time zone that a text names: `utc`, `local`, the zone's own short name; '' for none."""
    match = _ZONE.search(text)
    if match is None:
        return ""
    kind = match.lastgroup or ""
    return kind if kind in {"utc", "local"} else match.group().lower()
