"""Finds the unit of measure at the end of a column's name."""

from lakegloss.core.words.lexicon import word_set

_UNITS = {
    "km": "kilometers", "kms": "kilometers", "kilometers": "kilometers", "mi": "miles",
    "miles": "miles", "meters": "meters", "metres": "meters", "mm": "millimeters",
    "cm": "centimeters", "ft": "feet", "feet": "feet", "inch": "inches", "inches": "inches",
    "kg": "kilograms", "kgs": "kilograms", "lb": "pounds", "lbs": "pounds", "oz": "ounces",
    "grams": "grams", "mg": "milligrams", "ug": "micrograms", "tonnes": "metric tons",
    "ms": "milliseconds", "msec": "milliseconds", "millis": "milliseconds",
    "milliseconds": "milliseconds", "us": "microseconds", "micros": "microseconds",
    "ns": "nanoseconds", "nanos": "nanoseconds", "sec": "seconds", "secs": "seconds",
    "seconds": "seconds", "mins": "minutes", "minutes": "minutes", "hr": "hours", "hrs": "hours",
    "hours": "hours", "days": "days", "weeks": "weeks", "wks": "weeks", "months": "months",
    "mths": "months", "yrs": "years", "years": "years",
    "usd": "US dollars", "eur": "euros", "gbp": "pounds sterling", "jpy": "yen",
    "chf": "Swiss francs", "cad": "Canadian dollars", "aud": "Australian dollars",
    "inr": "Indian rupees", "cny": "yuan", "dollars": "dollars", "cents": "cents",
    "bps": "basis points", "bytes": "bytes", "kb": "kilobytes", "mb": "megabytes",
    "gb": "gigabytes", "tb": "terabytes", "kbps": "kilobits per second",
    "mbps": "megabits per second", "hz": "hertz", "khz": "kilohertz", "mhz": "megahertz",
    "ghz": "gigahertz", "kw": "kilowatts", "kwh": "kilowatt-hours", "mw": "megawatts",
    "mwh": "megawatt-hours", "gwh": "gigawatt-hours", "watts": "watts", "volts": "volts",
    "amps": "amperes", "joules": "joules", "kcal": "kilocalories", "hpa": "hectopascals",
    "kpa": "kilopascals", "mbar": "millibars", "psi": "pounds per square inch",
    "mmhg": "millimeters of mercury", "bpm": "beats per minute",
    "mph": "miles per hour", "kph": "kilometers per hour", "kmh": "kilometers per hour",
    "knots": "knots", "rpm": "revolutions per minute", "ppm": "parts per million",
    "ppb": "parts per billion", "sqft": "square feet", "sqm": "square meters",
    "sqkm": "square kilometers", "acres": "acres", "hectares": "hectares", "ha": "hectares",
    "liters": "liters", "litres": "liters", "ml": "milliliters", "gal": "gallons",
    "ul": "microliters",
    "gallons": "gallons", "bbl": "barrels", "celsius": "degrees Celsius",
    "fahrenheit": "degrees Fahrenheit", "kelvin": "kelvins", "degrees": "degrees",
    "deg": "degrees", "radians": "radians", "db": "decibels", "lux": "lux",
    "cbm": "cubic meters", "m3": "cubic meters", "m2": "square meters", "lpm": "liters per minute",
    "gpm": "gallons per minute", "cfm": "cubic feet per minute", "va": "volt-amperes",
    "kva": "kilovolt-amperes", "kvar": "kilovolt-amperes reactive", "mah": "milliampere-hours",
    "dbm": "decibel-milliwatts", "mpa": "megapascals", "pa": "pascals", "nmi": "nautical miles",
    "kn": "knots", "kts": "knots", "px": "pixels", "mmol": "millimoles",
    "iops": "operations per second",
    "pln": "zlotys", "sek": "Swedish kronor", "nok": "Norwegian kroner", "dkk": "Danish kroner",
    "brl": "Brazilian reais", "mxn": "Mexican pesos", "sgd": "Singapore dollars",
    "degc": "degrees Celsius", "degf": "degrees Fahrenheit",
}  # fmt: skip

UNITS = frozenset(_UNITS.values())
"""Units of measure in plain words."""

_DOUBLE = {
    ("sq", "ft"): "square feet", ("sq", "m"): "square meters", ("sq", "km"): "square kilometers",
    ("sq", "mi"): "square miles", ("m", "s"): "meters per second",
    ("km", "h"): "kilometers per hour", ("deg", "c"): "degrees Celsius",
    ("deg", "f"): "degrees Fahrenheit", ("mg", "l"): "milligrams per liter",
    ("ug", "l"): "micrograms per liter", ("mg", "dl"): "milligrams per deciliter",
    ("ug", "m3"): "micrograms per cubic meter",
    ("mmol", "l"): "millimoles per liter", ("l", "h"): "liters per hour",
    ("kwh", "m2"): "kilowatt-hours per square meter", ("w", "m2"): "watts per square meter",
    ("g", "l"): "grams per liter", ("ml", "min"): "milliliters per minute",
    ("ml", "h"): "milliliters per hour", ("ul", "min"): "microliters per minute",
}  # fmt: skip

_LONG = {
    ("m", "3", "h"): "cubic meters per hour", ("m", "3", "s"): "cubic meters per second",
    ("m", "3", "d"): "cubic meters per day", ("l", "min"): "liters per minute",
    ("kwh", "m", "2"): "kilowatt-hours per square meter", ("w", "m", "2"): "watts per square meter",
    ("kg", "m", "3"): "kilograms per cubic meter", ("ug", "m", "3"): "micrograms per cubic meter",
    ("m", "3"): "cubic meters", ("m", "2"): "square meters", ("km", "2"): "square kilometers",
}  # fmt: skip

_MEANS = word_set("avg average mean median total sum p50 p90 p95 p99")
"""Statistics after which `min` is no other one."""
STATISTICS = word_set("avg average mean min max minimum maximum median std stddev total sum")

_TEMPERATURE = word_set("temp temperature temps dewp dewpoint tmax tmin tavg")
_LENGTHS = word_set("""
height length width depth distance dist elev elevation altitude alt diameter radius range visibility
head
""")
_MASSES = word_set("weight wt mass load")
_MONEY = word_set("cost price amount spend budget bid value revenue fee charge cpc cpm payout")
_PRICES = word_set(
    "price prices tariff preis precio prix prezzo preco prijs pris cena tarif tarief"
)
MONEY = _PRICES | word_set("cost costs amount amounts revenue fee salary wage turnover profit")
"""What is measured in money and hardly counted, so that `ct` after it is cents."""
_CURRENCIES = word_set("""
usd eur gbp jpy chf cad aud inr cny dollars cents bps pln sek nok dkk brl mxn sgd db deg degrees
""")
_NOT_PER = frozenset(unit for short, unit in _UNITS.items() if short in _CURRENCIES) | {
    "millionths of the currency unit", "percent",
}  # fmt: skip
_POWER = word_set("power pwr load watt consumption demand generation output")
_VOLTAGE = word_set("voltage volt u vin vout")
_CELLS = word_set("battery batt bat cell signal")
_CURRENT = word_set("current amperage")
_PRESSURE = word_set("pressure press druck suction discharge inlet outlet setpoint sp")
_PARTS = word_set("humidity hum moisture")
_TURNING = word_set("torque moment")
_WAVES = word_set("wavelength wl")
_TIMES = word_set("""
duration dur time delay latency elapsed runtime wait length lag timeout ttl interval age uptime eta
waiting downtime overtime validity setup idle travel lead session break rest pause handling lateness
""")

# Letters and words that mean a unit only after a quantity of its kind, or another unit there.
_AFTER = {
    "c": ((_TEMPERATURE, "degrees Celsius"),), "f": ((_TEMPERATURE, "degrees Fahrenheit"),),
    "k": ((_TEMPERATURE, "kelvins"),), "m": ((_LENGTHS, "meters"),),
    "in": ((_LENGTHS, "inches"),), "g": ((_MASSES, "grams"),), "t": ((_MASSES, "metric tons"),),
    "s": ((_TIMES, "seconds"),), "min": ((_TIMES, "minutes"),), "h": ((_TIMES, "hours"),),
    "d": ((_TIMES, "days"),),
    "nm": ((_TURNING, "newton meters"), (_WAVES, "nanometers"), (_LENGTHS, "nautical miles")),
    "w": ((_POWER, "watts"),), "v": ((_VOLTAGE, "volts"),), "a": ((_CURRENT, "amperes"),),
    "mv": ((_VOLTAGE | _CELLS, "millivolts"),), "ma": ((_CURRENT, "milliamperes"),),
    "micros": ((_MONEY, "millionths of the currency unit"),),
    "ct": ((MONEY, "cents"),),
    "bar": ((_PRESSURE, "bar"),), "pct": ((_PARTS, "percent"),),
}  # fmt: skip


def is_priced(words: tuple[str, ...], unit: str) -> bool:
    """Whether words before a unit name a price, so that the unit is what is paid for: price_kg."""
    return bool(_PRICES & set(words[-1:])) and unit not in _NOT_PER


def one_unit(unit: str) -> str:
    """A unit in the singular, as after 'per': cubic meter, kilowatt-hour, square foot."""
    first, per, rest = unit.partition(" per ")
    head, _, last = first.rpartition(" ")
    last = {"feet": "foot", "inches": "inch"}.get(last, last.removesuffix("s"))
    return f"{head} {last}".strip() + per + rest


def split_unit(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Split off the unit: the words before it, and the unit in plain words ('' if there is none).

    A name that is only a unit (``days``) keeps its word. Ambiguous letters count only after a
    quantity that is measured in this unit (``temp_c``, ``height_m``, ``duration_min``). A statistic
    may follow the unit (``temp_c_max``).
    """
    if len(words) > 2 and words[-1] in STATISTICS and words[-2:] not in _DOUBLE:
        before, unit = _split_long(words[:-1])
        if unit:
            return (*before, words[-1]), unit
    return _split_long(words)


def _split_long(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Split off a unit of any number of words at the very end."""
    for end, unit in _LONG.items():
        if len(words) > len(end) and words[-len(end) :] == end:
            return words[: -len(end)], unit
    return _split_end(words)


def _split_end(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    if len(words) < 2:
        return words, ""
    if len(words) > 2 and words[-2:] in _DOUBLE:
        return words[:-2], _DOUBLE[words[-2], words[-1]]
    last, before = words[-1], words[:-1]
    if last == "min" and _MEANS & set(before) and len(before) > 1:
        return before, "minutes"
    if last in _AFTER:
        return _after_its_quantity(before, last)
    if last not in _UNITS or before[-1] in {"per", "of", "by"}:
        return words, ""
    return before[:-1] if before[-1] == "in" else before, _UNITS[last]


def _after_its_quantity(before: tuple[str, ...], last: str) -> tuple[tuple[str, ...], str]:
    nearest = set(before[-1:] if last == "ct" else before)  # price_change_ct counts changes
    units = [unit for quantities, unit in _AFTER[last] if quantities & nearest]
    if units:
        return before, units[0]
    return (before, _UNITS[last]) if last in _UNITS else ((*before, last), "")
