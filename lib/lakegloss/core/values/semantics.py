"""Finds what kind of thing the values of a column are, from its values and its name.

Values decide, alone where they can be nothing else. A name alone counts only where no value was
seen, and only for kinds that a name shows clearly. Where there are
values, the name and the values must agree.
"""

from collections.abc import Sequence
from enum import StrEnum

from lakegloss.core.data_types import is_boolean, is_number, is_text, is_whole
from lakegloss.core.names import own_name
from lakegloss.core.values import forms
from lakegloss.core.words.lexicon import latin_words_of, word_set


class SemanticType(StrEnum):
    """The kinds of values that lakegloss tells apart."""

    EMAIL = "email"
    URL = "url"
    HOSTNAME = "hostname"
    IP_ADDRESS = "ip_address"
    MAC_ADDRESS = "mac_address"
    PHONE = "phone"
    UUID = "uuid"
    HASH = "hash"
    JSON = "json"
    XML = "xml"
    FILE_PATH = "file_path"
    MIME_TYPE = "mime_type"
    VERSION = "version"
    COLOR = "color"
    DATE_TEXT = "date_text"
    TIMESTAMP_TEXT = "timestamp_text"
    TIME_TEXT = "time_text"
    DATE_NUMBER = "date_number"
    EPOCH_SECONDS = "epoch_seconds"
    EPOCH_MILLIS = "epoch_millis"
    EPOCH_MICROS = "epoch_micros"
    EPOCH_NANOS = "epoch_nanos"
    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    WEEKDAY = "weekday"
    HOUR = "hour"
    MINUTE = "minute"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    POINT = "point"
    COUNTRY_CODE = "country_code"
    CURRENCY_CODE = "currency_code"
    LANGUAGE_CODE = "language_code"
    TIMEZONE = "timezone"
    POSTAL_CODE = "postal_code"
    CODE = "code"
    BOOLEAN_FLAG = "boolean_flag"
    PERCENTAGE = "percentage"
    PROPORTION = "proportion"
    AMOUNT = "amount"
    COUNT = "count"
    IDENTIFIER = "identifier"
    FREE_TEXT = "free_text"


AGREEMENT = 0.9
"""The share of the values that must be of a kind; the rest may be placeholders or errors."""

_NOT_VALUES = frozenset({"", "null", "none", "nan", "n/a", "na", "-", "?", "\\n", "<na>"})


def clean_values(values: Sequence[str], limit: int = 200) -> tuple[str, ...]:
    """Select at most `limit` values, without outer blanks and without placeholders for nothing."""
    stripped = (value.strip() for value in values[: 2 * limit])
    return tuple(v for v in stripped if v.lower() not in _NOT_VALUES)[:limit]


def share_of(values: Sequence[str], holds: forms.Matcher) -> float:
    """The share of the values (0 to 1) that have a form; 0 where there are no values."""
    return sum(1 for v in values if holds(v)) / len(values) if values else 0.0


def semantic_type(
    name: str,
    data_type: str,
    values: Sequence[str],
    *,
    distinct: int,
    rows: int,
    minimum: str,
    maximum: str,
) -> str:
    """Find the `SemanticType` of a column's values; '' where the evidence does not show it.

    Args:
        name: the column's path or name.
        data_type: Spark's simple string.
        values: some values as text, best different ones; 200 of them are read.
        distinct: different non-null values among `rows`.
        rows: rows that were read.
        minimum: as text; with `maximum` it bounds the numbers that are not among `values`.
        maximum: as text.
    """
    words = latin_words_of(own_name(name))
    seen = clean_values(values)
    if is_boolean(data_type):
        return SemanticType.BOOLEAN_FLAG
    if is_number(data_type):
        bounds = clean_values((minimum, maximum))
        return _number_type(words, _Numbers((*seen, *bounds), data_type, distinct, rows))
    if not is_text(data_type):
        return ""
    return _text_type(words, seen, distinct, rows) if seen else _type_by_name(words)


# Words in names that show a kind, in several languages.

_ID = word_set(
    "id ids key keys uuid guid sk pk fk no nr num number nummer numero número code ref identifier "
    "identificador kennung schluessel schlüssel clave cle clé"
)
_FLAG = word_set(
    "is has was can flag flg ind indicator yn enabled active deleted valid bool boolean should "
    "kennzeichen allow allowed"
)
_COUNT = word_set(
    "count counts cnt num number qty quantity n nb nbr total anzahl menge cantidad quantité "
    "quantite seats visits clicks views units items capacity numero número"
)
_AMOUNT = word_set(
    "amount amt price cost costs revenue fee fees subtotal balance salary wage income tax payment "
    "paid discount charge charges budget fare profit sales spend betrag preis kosten umsatz gehalt "
    "summe importe precio costo coste saldo ingreso montant prix cout coût salaire prezzo importo "
    "preço preco usd eur gbp dollars turnover premium debit credit dmbtr wrbtr netwr"
)
_PERCENT = word_set(
    "percent pct percentage perc prozent porcentaje pourcentage pourcent percentuale"
)
_SHARE = _PERCENT | word_set(
    "share ratio rate fraction proportion prop prob probability likelihood score anteil quote tasa "
    "taux frac confidence"
)
_LATITUDE = word_set("lat latitude breitengrad latitud")
_LONGITUDE = word_set("lon lng long longitude laengengrad längengrad longitud")
_EPOCH = word_set(
    "time ts timestamp epoch unix utc date datetime created updated modified at start end begin "
    "expires expiry seen last first ms millis sec seconds login us micros usec ns nanos nsec strt"
)
_DATE = word_set(
    "date day dt datum fecha data dat key dte giorno jour tag ymd datekey budat bldat erdat"
)
_TEXT = word_set(
    "comment comments description desc note notes text body message remarks summary review content "
    "bemerkung beschreibung kommentar descripcion descripción comentario details"
)
_PHONE = word_set(
    "phone telephone tel telefon telephon telefono teléfono téléphone mobile cell fax handy movil "
    "móvil celular telf telfx gsm msisdn whatsapp"
)
_POSTAL = word_set(
    "zip zipcode postal postcode postalcode plz pstlz cp codigopostal cap postleitzahl"
)

_BY_VALUES: tuple[tuple[SemanticType, forms.Matcher], ...] = (
    (SemanticType.EMAIL, forms.is_email),
    (SemanticType.URL, forms.is_url),
    (SemanticType.UUID, forms.is_uuid),
    (SemanticType.MAC_ADDRESS, forms.is_mac_address),
    (SemanticType.IP_ADDRESS, forms.is_ip_address),
    (SemanticType.POINT, forms.is_point),
    (SemanticType.HASH, forms.is_hex_digest),
    (SemanticType.JSON, forms.is_json),
    (SemanticType.XML, forms.is_xml),
    (SemanticType.TIMESTAMP_TEXT, forms.is_timestamp),
    (SemanticType.DATE_TEXT, forms.is_calendar_date),
    (SemanticType.TIME_TEXT, forms.is_clock_time),
    (SemanticType.TIMEZONE, forms.is_timezone),
    (SemanticType.MIME_TYPE, forms.is_mime_type),
    (SemanticType.COLOR, forms.is_color),
    (SemanticType.VERSION, forms.is_semantic_version),
)
_BY_NAME_AND_VALUES: tuple[tuple[SemanticType, frozenset[str], forms.Matcher], ...] = (
    (
        SemanticType.HASH,
        word_set("hash md5 md sha sha1 sha256 checksum digest fingerprint etag"),
        forms.is_digest,
    ),
    (SemanticType.PHONE, _PHONE, forms.is_phone),
    (SemanticType.POSTAL_CODE, _POSTAL, forms.is_postal_code),
    (
        SemanticType.VERSION,
        word_set("version ver release build"),
        forms.is_version,
    ),
    (
        SemanticType.CURRENCY_CODE,
        word_set("currency ccy cur curr waehrung währung moneda devise valuta waers"),
        forms.is_currency_code,
    ),
    (
        SemanticType.LANGUAGE_CODE,
        word_set("language lang locale sprache idioma langue lingua spras languages"),
        forms.is_language_code,
    ),
    (
        SemanticType.COUNTRY_CODE,
        word_set(
            "country countries ctry land pais país pays paese nation nationality iso cc origin "
            "market"
        ),
        forms.is_country_code,
    ),
)
_BY_VALUES_LATE: tuple[tuple[SemanticType, forms.Matcher], ...] = (
    (SemanticType.HOSTNAME, forms.is_hostname),
    (SemanticType.FILE_PATH, forms.is_path),
    (SemanticType.WEEKDAY, forms.is_weekday),
    (SemanticType.MONTH, forms.is_month),
)


def _text_type(words: Sequence[str], seen: Sequence[str], distinct: int, rows: int) -> str:
    for kind, names, holds in _BY_NAME_AND_VALUES:
        if names.intersection(words) and share_of(seen, holds) >= AGREEMENT:
            return kind
    for kind, holds in _BY_VALUES:
        if share_of(seen, holds) >= AGREEMENT:
            return kind
    if share_of(seen, forms.is_number) >= AGREEMENT:
        return _number_type(words, _Numbers(seen, "", distinct, rows))
    for kind, holds in _BY_VALUES_LATE:
        if len(set(seen)) > 1 and share_of(seen, holds) >= AGREEMENT:
            return kind
    return _sure_code(frozenset(seen)) or _type_by_form(words, seen, distinct, rows)


_COMMON_CURRENCIES = frozenset({"EUR", "USD", "GBP", "JPY", "CHF", "CNY"})
_ONLY_COUNTRIES = frozenset("AT AU CN CZ DK GB GR JP MX NZ UA US".split())
"""Codes of countries that are no codes of languages, and of no state in North America."""
_LEAST_CURRENCIES, _LEAST_COUNTRIES, _LEAST_SURE = 2, 6, 2


def _sure_code(codes: frozenset[str]) -> str:
    """The kind of codes that can be nothing else, whatever the name says."""
    if len(codes & _COMMON_CURRENCIES) >= _LEAST_CURRENCIES:
        return SemanticType.CURRENCY_CODE if all(map(forms.is_currency_code, codes)) else ""
    of_two = all(len(code) == 2 and code.isupper() for code in codes)
    if of_two and len(codes) >= _LEAST_COUNTRIES and len(codes & _ONLY_COUNTRIES) >= _LEAST_SURE:
        return SemanticType.COUNTRY_CODE if all(map(forms.is_country_code, codes)) else ""
    return ""


def _type_by_form(words: Sequence[str], seen: Sequence[str], distinct: int, rows: int) -> str:
    if forms.are_flags({v.lower() for v in seen}):
        return SemanticType.BOOLEAN_FLAG
    if share_of(seen, _is_international_phone) >= AGREEMENT:
        return SemanticType.PHONE
    has_many_values = distinct > 12 or (rows <= 24 and len(set(seen)) * 2 >= len(seen))
    if has_many_values and _last_word(words) in _ID and share_of(seen, forms.is_id) >= AGREEMENT:
        return SemanticType.IDENTIFIER
    if share_of(seen, forms.is_code) >= AGREEMENT and _are_alike_in_length(seen):
        return SemanticType.CODE
    is_named_text = not _TEXT.isdisjoint(words)
    has_sentences = share_of(seen, lambda v: v.count(" ") >= (2 if is_named_text else 5)) >= 0.5
    if has_sentences and (is_named_text or sum(map(len, seen)) >= 40 * len(seen)):
        return SemanticType.FREE_TEXT
    return ""


def _is_international_phone(text: str) -> bool:
    return text.startswith("+") and forms.is_phone(text)


def _are_alike_in_length(values: Sequence[str]) -> bool:
    lengths = [len(v) for v in values]
    return max(lengths) <= 8 and max(lengths) - min(lengths) <= 2


def _last_word(words: Sequence[str]) -> str:
    return next((w for w in reversed(words) if not w.isdigit()), "")


# Numbers: the kind that the name shows must hold for the whole range of values.

_CALENDAR: tuple[tuple[SemanticType, frozenset[str], int, int], ...] = (
    (SemanticType.WEEKDAY, word_set("weekday dow dayofweek wochentag wday"), 0, 7),
    (SemanticType.QUARTER, word_set("quarter qtr quartal trimestre trimester"), 1, 4),
    (
        SemanticType.YEAR,
        word_set("year yr years yyyy jahr gjahr anno année annee año ano fy vintage season"),
        1000,
        2200,
    ),
    (
        SemanticType.MONTH,
        # SAP and other ledgers have up to 16 posting periods; only 1 to 12 are months.
        word_set("month mon mth mm monat monate mois mes mese mês"),
        1,
        12,
    ),
    (SemanticType.WEEK, word_set("week wk woche semaine semana kw weeknum"), 0, 53),
    (SemanticType.DAY, word_set("day dd dom tag jour dia día giorno"), 1, 31),
    (SemanticType.HOUR, word_set("hour hr hh stunde heure hora ora"), 0, 24),
    (SemanticType.MINUTE, word_set("minute min mins minuten minuto"), 0, 59),
)


_LARGE: tuple[tuple[SemanticType, frozenset[str], float, float], ...] = (
    (SemanticType.EPOCH_SECONDS, _EPOCH, 3e8, 4.2e9),
    (SemanticType.EPOCH_MILLIS, _EPOCH, 3e11, 4.2e12),
    (SemanticType.EPOCH_MICROS, _EPOCH, 3e14, 4.2e15),
    (SemanticType.EPOCH_NANOS, _EPOCH, 3e17, 4.2e18),
    (SemanticType.POSTAL_CODE, _POSTAL, 100, 999_999_999),
    (SemanticType.PHONE, _PHONE, 1e6, 1e15),
)


class _Numbers:
    """The numbers among the values, and their bounds."""

    __slots__ = ("all", "distinct", "high", "low", "rows", "whole")

    def __init__(self, texts: Sequence[str], data_type: str, distinct: int, rows: int) -> None:
        numbers = [float(t) for t in texts if forms.is_number(t)]
        self.all = [n for n in numbers if abs(n) < 1e300]
        self.low = min(self.all, default=0.0)
        self.high = max(self.all, default=0.0)
        self.whole = is_whole(data_type) or all(n == int(n) for n in self.all)
        self.distinct = distinct
        self.rows = rows

    def within(self, low: float, high: float) -> bool:
        return low <= self.low and self.high <= high


def _number_type(words: Sequence[str], numbers: _Numbers) -> str:
    if not numbers.all:
        return _type_by_name(words)
    if numbers.whole:
        return _whole_type(words, numbers) or _measure_type(words, numbers)
    return _place_type(words, numbers) or _measure_type(words, numbers)


def _whole_type(words: Sequence[str], numbers: _Numbers) -> str:
    last = _last_word(words)
    if numbers.within(0, 1) and numbers.distinct == 2:
        is_flag = not _COUNT.intersection(words) and last not in _ID
        return SemanticType.BOOLEAN_FLAG if is_flag or _FLAG.intersection(words) else ""
    for kind, names, low, high in _CALENDAR:
        if last in names and numbers.within(low, high):
            return kind
    return _moment_type(words, last, numbers) or _counted_type(words, last, numbers)


def _moment_type(words: Sequence[str], last: str, numbers: _Numbers) -> str:
    if all(map(_is_date_number, numbers.all)) and (
        _DATE.intersection(words) or (last not in _ID and _are_surely_dates(numbers))
    ):
        return SemanticType.DATE_NUMBER
    for kind, names, low, high in _LARGE:
        if names.intersection(words) and last not in _COUNT and numbers.within(low, high):
            return kind
    is_clock = last not in _ID and last not in _COUNT and _are_surely_millis(numbers)
    return SemanticType.EPOCH_MILLIS if is_clock else ""


def _are_surely_dates(numbers: "_Numbers") -> bool:
    """Whether numbers that could be dates are nothing else, whatever the name says.

    Of the numbers between two months hardly one in ten is a date: these many are no accident.
    """
    within = {number for number in numbers.all if int(number) // 10_000 != _NO_END}
    months = {int(number) // 100 for number in within}
    ours = all(_FIRST_OF_OURS <= number // 10_000 <= _LAST_OF_OURS for number in within)
    return ours and len(within) >= _SURE_VALUES and len(months) >= _SURE_MONTHS


def _are_surely_millis(numbers: "_Numbers") -> bool:
    """Whether whole numbers are milliseconds since 1970, whatever the name says.

    They lie in the years in which data are made, and far from each other: numbers that are given
    out one after the other lie close. Seconds look like the numbers of documents (1400000123).
    """
    span = numbers.high - numbers.low
    spread = numbers.distinct >= _SURE_VALUES and span >= _APART * numbers.distinct
    return spread and numbers.within(*_MILLIS_OF_OURS)


def _counted_type(words: Sequence[str], last: str, numbers: _Numbers) -> str:
    nearly_unique = numbers.distinct * 2 > numbers.rows
    counts = _COUNT.intersection(words) and numbers.low >= 0
    if counts and (last not in _ID or (words[0] in _COUNT and not nearly_unique)):
        return SemanticType.COUNT
    if last in _ID and (numbers.distinct > 12 or nearly_unique):
        return SemanticType.IDENTIFIER
    return ""


_FIRST_OF_OURS, _LAST_OF_OURS = 1900, 2100
_SURE_VALUES, _SURE_MONTHS = 12, 2
_MILLIS_OF_OURS = (1.1e12, 1.9e12)  # from 2004 to 2030
_APART = 1_000
_NO_END = 9999
"""The year of 9999-12-31, by which many systems write that a period has no end."""


def _is_date_number(number: float) -> bool:
    year, rest = divmod(int(number), 10_000)
    month, day = divmod(rest, 100)
    return (1800 <= year <= 2200 or year == _NO_END) and 1 <= month <= 12 and 1 <= day <= 31


def _place_type(words: Sequence[str], numbers: _Numbers) -> str:
    if _LATITUDE.intersection(words) and numbers.within(-90, 90):
        return SemanticType.LATITUDE
    if _LONGITUDE.intersection(words) and numbers.within(-180, 180):
        return SemanticType.LONGITUDE
    return ""


def _measure_type(words: Sequence[str], numbers: _Numbers) -> str:
    if _SHARE.intersection(words) and numbers.within(0, 1) and not numbers.whole:
        return SemanticType.PROPORTION
    if _PERCENT.intersection(words) and numbers.within(-1000, 1000):
        return SemanticType.PERCENTAGE
    if _AMOUNT.intersection(words) and not _SHARE.intersection(words):
        return SemanticType.AMOUNT
    return ""


_NAMES_ALONE: tuple[tuple[SemanticType, frozenset[str]], ...] = (
    (SemanticType.EMAIL, word_set("email mail emailaddress")),
    (SemanticType.URL, word_set("url uri href website homepage")),
    (SemanticType.UUID, word_set("uuid guid rowguid")),
    (SemanticType.IP_ADDRESS, word_set("ip ipv4 ipv6 ipaddress")),
    (SemanticType.PHONE, word_set("phone telephone telefon téléphone telefono msisdn")),
    (SemanticType.POSTAL_CODE, word_set("zip zipcode postcode postalcode plz")),
    (SemanticType.JSON, frozenset(("json",))),
    (SemanticType.XML, frozenset(("xml",))),
    (SemanticType.LATITUDE, word_set("latitude latitud breitengrad")),
    (SemanticType.LONGITUDE, word_set("longitude longitud längengrad")),
    (SemanticType.IDENTIFIER, frozenset(("id",))),
)


def _type_by_name(words: Sequence[str]) -> str:
    last = _last_word(words)
    return next((kind for kind, names in _NAMES_ALONE if last in names), "")
