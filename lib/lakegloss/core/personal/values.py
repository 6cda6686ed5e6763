"""Recognises personal data and secrets by the form and check digits of a single value."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import ip_address

from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.values.checksums import (
    IBAN_LENGTHS,
    NATIONAL_IDS,
    card_number,
    iban,
    national_id,
)
from lakegloss.core.values.forms import is_phone
from lakegloss.core.values.shapes import shape_of
from lakegloss.core.words.lexicon import word_set


def _list(text: str) -> frozenset[str]:
    return frozenset(" ".join(item.split()) for item in text.split(","))


P = PersonalClass
_NEUTRAL = word_set("other unknown none refused declined na n/a multiple mixed - unspecified")
_TELLING: Mapping[PersonalClass, frozenset[str]] = {
    P.ETHNICITY: _list("""caucasian, hispanic, latino, asian, african american, pacific islander,
        native american, american indian, black or african american, hispanic or latino,
        non-hispanic, not hispanic or latino, american indian or alaska native, two or more races,
        native hawaiian, east asian, south asian, white british, black african, black caribbean,
        mixed race, indigenous, roma, middle eastern"""),
    P.RELIGION: _list("""christian, muslim, hindu, buddhist, jewish, catholic, protestant, sikh,
        atheist, agnostic, orthodox, evangelical, islam, hinduism, buddhism, christianity, judaism,
        sikhism, roman catholic, lutheran, methodist, baptist, mormon, evangelisch, katholisch,
        römisch-katholisch, konfessionslos, no religion, sunni, shia, shiite, ismaili, quaker,
        presbyterian, pentecostal, anglican, adventist, mennonite, unitarian, zoroastrian, bahai,
        baha'i, jain, taoist, shinto, greek orthodox, russian orthodox, jehovah's witness,
        islamisch, muslimisch, jüdisch, buddhistisch, hinduistisch, catholique, protestante,
        musulman, musulmane, juif, juive, bouddhiste, athée, católico, católica, musulmán,
        musulmana, judío, judía, evangélico, evangélica, ateo, cattolico, cattolica, musulmano,
        ebreo, ebrea, buddista, ateu, hervormd, gereformeerd, rooms-katholiek, moslim"""),
    P.MARITAL_STATUS: _list("""divorced, widowed, separated, never married, married, widow,
        civil partnership, domestic partner, verheiratet, ledig, geschieden, verwitwet, casado,
        casada, soltero, soltera, divorciado, divorciada, viudo, viuda, marié, mariée, célibataire,
        divorcé, divorcée, veuf, veuve, pacsé, coniugato, celibe, nubile, divorziato, vedovo,
        gehuwd, ongehuwd, gescheiden, never-married, married-civ-spouse, married-af-spouse"""),
    P.ORIENTATION: _list("""heterosexual, homosexual, bisexual, gay, lesbian, straight, bi,
        hetero, homo, queer, asexual, pansexual, gay or lesbian"""),
    P.HEALTH: _list("""ab+, ab-, o+, o-, 0+, 0-, a rh+, o rh+, b rh+, ab rh+, o positive,
        o negative, a positive, b positive, ab positive, former smoker, never smoker,
        current smoker, formerly smoked, never smoked, hiv positive, hiv negative"""),
}
_ALSO: Mapping[PersonalClass, frozenset[str]] = {
    P.ETHNICITY: _list("white, black, amer-indian-eskimo, asian-pac-islander, arab, african"),
    P.MARITAL_STATUS: _list("single, unmarried, married-spouse-absent, partnered, engaged"),
    P.HEALTH: _list("a+, a-, b+, b-, smoker, non-smoker, smokes, o, ab"),
}
_MOST_CATEGORIES = 40
_BLOOD = re.compile(
    r"(?:ab|a|b|o|0)[ -]?(?:\(?rh ?(?:d)? ?\(?)?(?:[+-]|\u2212|pos\w{0,5}|neg\w{0,5})\)?"
)
_CLEAR_BLOOD = re.compile(r"(?:ab|o|0)\W.*|.*(?:rh|pos|neg).*")
"""Blood groups as labs write them; A+ and B- alone are marks of students, too."""


_SECRETS = (
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]{0,8000}?(?:-----END [A-Z ]{0,30}-----|$)"
    r"|eyJ[\w-]{8,2000}\.eyJ[\w-]{8,4000}(?:\.[\w-]{0,2000})?"  # JSON web token
    r"|\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)?[-_]?[\w-]{16,200}"
    r"|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|dapi|npm_|hf_|ya29\.|shp[ac]t_)[\w.-]{16,255}"
    r"|\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b"
    r"|\bAIza[\w-]{35}"
    r"|\$2[abxy]\$\d\d\$[./\w]{53}|\$(?:5|6|argon2id?|scrypt)\$[^\s]{20,300}"  # password hashes
    r"|(?i:\bbearer\s+)[\w.~+/=-]{16,2000}"
    r"|(?i:\b(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?token)\s*[=:]\s*)[^\s,;]{4,200}"
    r"|(?<=://)[^\s/:@]{1,100}:[^\s/@]{1,100}(?=@)"  # credentials in an address
)
_SIGNS_OF_SECRETS = r"[-_:=$]|eyJ|dapi|ya29\.|A(?:KIA|SIA|ROA|IDA|Iza)|b(?i:earer)|B(?i:earer)"
_MAY_BE_SECRET = re.compile(_SIGNS_OF_SECRETS)
"""A sign that every secret has."""
_SIGN = re.compile(r"[\d@:=$_-]")
_WORDS_OF_SECRETS = ("eyJ", "dapi", "ya29.", "AKIA", "ASIA", "AROA", "AIDA", "AIza")
_PAN = re.compile(r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]")
is_indian_tax_number = _PAN.fullmatch
"""Whether a value has the form of a permanent account number of India."""
_FOUR_DIGITS = re.compile(r"\d(?:\D*\d){3}")
_EMAIL = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
_IBAN = "|".join(f"{c}\\d\\d(?: ?[A-Z0-9]){{{n - 4}}}" for c, n in IBAN_LENGTHS.items())
_CARD = r"(?<![\w.-])(?:\d{4}(?:[ -]?\d{4}){2}[ -]?\d{1,7}|3\d{3}[ -]?\d{6}[ -]?\d{4,5})(?![\w-])"
_IPV4 = r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)"
_IPV6 = r"(?<![\w:.])[0-9a-fA-F:]{6,39}(?![\w:])"
_NATIONAL = "|".join(kind.written.pattern for kind in NATIONAL_IDS if kind.written)
_PHONE = (
    r"(?<![\w.+-])(?:(?:\+|00)\d{1,3}[ .\-/]?)?(?:\(0?\d{1,5}\)[ .\-/]?)?\d{1,9}"
    r"(?:[ .\-/]\d{2,9}){1,5}(?![\w-]|\.\d)|(?<![\w.+-])\+\d{8,15}(?!\w)"
)
_GROUPS_OF_US = re.compile(r"(?:1[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?:x\d{1,6})?")


def _is_clear_phone(text: str) -> bool:
    """Whether this is a phone number that cannot be a plain number or a date."""
    marked = text.startswith(("+", "00", "(", "0")) or _GROUPS_OF_US.fullmatch(text)
    return bool(marked) and is_phone(text) and sum(map(str.isdigit, text)) >= 9


def _is_ip(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    # With small numbers only, such as 1.2.3.4, it is rather a version than an address.
    return address.version == 6 or any(int(part) > 9 for part in text.split("."))


def _alone(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-])(?:{pattern})(?![\w-])")


_Needs = Callable[[str], object]
_FOUND: tuple[tuple[PersonalClass, _Needs, re.Pattern[str], Callable[[str], object]], ...] = (
    (PersonalClass.SECRET, _MAY_BE_SECRET.search, re.compile(_SECRETS), bool),
    (PersonalClass.EMAIL, re.compile("@").search, re.compile(_EMAIL), bool),
    (PersonalClass.IBAN, re.compile(r"[A-Z]{2}\d\d").search, _alone(_IBAN), iban),
    (PersonalClass.CARD_NUMBER, _FOUR_DIGITS.search, re.compile(_CARD), card_number),
    (PersonalClass.NATIONAL_ID, _FOUR_DIGITS.search, _alone(_NATIONAL), national_id),
    (PersonalClass.PHONE, _FOUR_DIGITS.search, re.compile(_PHONE), _is_clear_phone),
    (PersonalClass.IP_ADDRESS, _FOUR_DIGITS.search, re.compile(_IPV4), _is_ip),
    (PersonalClass.IP_ADDRESS, re.compile(":").search, re.compile(_IPV6), _is_ip),
)
"""Each class with a quick test of a text, its form, and a check of what has that form."""
LONGEST_READ = 20_000
"""How many characters of a text are read; `mask_text` cuts off the rest."""


def looks_personal(value: str) -> str:
    """Find the class of personal data of one value by its form and check digits, or ''.

    The whole value must have the form. Names and addresses have no form, so they are not found.
    """
    text = value.strip()[:LONGEST_READ]
    for kind, _, pattern, holds in _FOUND:
        match = pattern.fullmatch(text)
        if match and holds(match.group()):
            return kind
    return ""


def mask_text(text: str) -> str:
    """Replace e-mail addresses, numbers of persons and secrets in a text by their shapes.

    It finds e-mail and IP addresses, phone numbers in a clear notation, IBANs, card and identity
    numbers with right check digits, and tokens and passwords by their usual marks.
    """
    masked = text[:LONGEST_READ]
    if not _may_be_personal(masked):
        return masked
    for kind, needs, pattern, holds in _FOUND:
        if needs(masked):  # a quick test that most texts fail
            masked = pattern.sub(_replacement(kind, holds), masked)
    return masked


def numbers_within(text: str) -> Iterator[tuple[str, str]]:
    """Find what of a text has a personal form, each with its class."""
    read = text[:LONGEST_READ]
    if not _may_be_personal(read):
        return
    for kind, needs, pattern, holds in _FOUND:
        if needs(read):
            yield from ((kind, m.group()) for m in pattern.finditer(read) if holds(m.group()))


def _may_be_personal(text: str) -> bool:
    """Whether a text has a sign that every form has: most texts have none."""
    if _SIGN.search(text) or any(word in text for word in _WORDS_OF_SECRETS):
        return True
    return "bearer" in text.lower() or not text.isascii()


def _replacement(
    kind: PersonalClass, holds: Callable[[str], object]
) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        if not holds(match.group()):
            return match.group()
        return "***" if kind is PersonalClass.SECRET else shape_of(match.group())

    return replace


def class_by_categories(values: Sequence[str]) -> PersonalClass | None:
    """Find the class whose list holds most of the values, and two that can mean nothing else."""
    categories = {value.strip().casefold() for value in values} - _NEUTRAL
    if not 2 <= len(categories) <= _MOST_CATEGORIES:
        return None
    if all(map(_BLOOD.fullmatch, categories)) and any(map(_CLEAR_BLOOD.fullmatch, categories)):
        return P.HEALTH
    for kind, telling in _TELLING.items():
        known = telling | _ALSO.get(kind, frozenset())
        if len(categories & telling) >= 2 and len(categories & known) >= 0.8 * len(categories):
            return kind
    return None
