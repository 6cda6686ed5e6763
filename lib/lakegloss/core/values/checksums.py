"""Checks the digits of cards, bank accounts and national identity numbers.

Each public function takes a number as people write it, with its usual separators, and says whether
its form and its check digits are right. The rules are those that the issuing authorities publish.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_SEPARATORS = re.compile(r"[\s.\-/]")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_LENGTHS = """
AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20
EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30
KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24
PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22
VG24 XK20
"""
IBAN_LENGTHS = {entry[:2]: int(entry[2:]) for entry in _LENGTHS.split()}
"""How many characters an IBAN has in each country of the registry of ISO 13616."""

_VERHOEFF_D = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_VERHOEFF_P = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def compact(text: str) -> str:
    """Write a number without blanks, dots, dashes and slashes, in upper case."""
    return _SEPARATORS.sub("", text).upper()


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit (ISO/IEC 7812-1, annex B)."""
    if not digits.isascii() or not digits.isdigit():
        return False
    odd = sum(map(int, digits[-1::-2]))
    even = sum(sum(divmod(2 * int(d), 10)) for d in digits[-2::-2])
    return (odd + even) % 10 == 0


def verhoeff(digits: str) -> bool:
    """Whether the last digit is Verhoeff's check digit (Verhoeff 1969)."""
    check = 0
    for i, digit in enumerate(reversed(digits)):
        check = int(_VERHOEFF_D[check][int(_VERHOEFF_P[i % 8][int(digit)])])
    return check == 0


def card_number(text: str) -> bool:
    """Whether this is a payment card's number: a known issuer range, its length, and Luhn."""
    digits = compact(text)
    return bool(_CARD.fullmatch(digits)) and len(set(digits)) > 1 and luhn(digits)


_CARD = re.compile(
    r"4\d{15}(?:\d{3})?"  # Visa
    r"|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|2720\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11}"  # Diners Club
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}"  # Discover
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|62\d{14,17}"  # UnionPay
)


def iban(text: str) -> bool:
    """Whether this is an IBAN: its form and mod 97 = 1 (ISO 13616)."""
    code = compact(text)
    if not _IBAN.fullmatch(code) or IBAN_LENGTHS.get(code[:2]) != len(code):
        return False
    return int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=False))


def _iso_mod_11_10(digits: str) -> bool:
    """Check ISO 7064 mod 11,10: the German tax id and the Croatian OIB have it."""
    product = 10
    for digit in digits[:-1]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(digits[-1])


def date_holds(month: str, day: str) -> bool:
    """Whether two digits each can be a month and a day."""
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _us_ssn(n: str) -> bool:
    return n[:3] not in ("000", "666") and n[0] != "9" and n[3:5] != "00" and n[5:] != "0000"


def _de_tax_id(n: str) -> bool:
    # One or two of the first ten digits repeat; a number of ten different ones is never issued.
    return n[0] != "0" and len(set(n[:10])) in (7, 8, 9) and _iso_mod_11_10(n)


def _fr_nir(n: str) -> bool:
    body = n[:13].replace("2A", "19", 1).replace("2B", "18", 1)
    return int(body) % 97 == 97 - int(n[13:])


def _es_dni(n: str) -> bool:
    number = n[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == n[-1]


def _it_codice_fiscale(n: str) -> bool:
    odd_digits = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
    odd_letters = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10,
                   22, 25, 24, 23)  # fmt: skip
    total = 0
    for i, char in enumerate(n[:15]):
        value = int(char) if char.isdigit() else ord(char) - 65
        if i % 2:
            total += value
        else:
            total += odd_digits[value] if char.isdigit() else odd_letters[value]
    return chr(65 + total % 26) == n[15]


def _nl_bsn(n: str) -> bool:
    return int(n) > 0 and _weighted(n, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def _be_national(n: str) -> bool:
    check = int(n[9:])
    return check in (97 - int(n[:9]) % 97, 97 - int("2" + n[:9]) % 97)


def _pl_pesel(n: str) -> bool:
    dated = date_holds(f"{int(n[2:4]) % 20:02d}", n[4:6])
    return dated and _weighted(n, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def _cz_birth_number(n: str) -> bool:
    month = int(n[2:4]) % 50
    return date_holds(f"{month % 20:02d}", n[4:6]) and int(n) % 11 == 0


def _se_personal(n: str) -> bool:
    short = n[-10:]
    return date_holds(short[2:4], f"{int(short[4:6]) % 60:02d}") and luhn(short)


def _no_birth_number(n: str) -> bool:
    first = _weighted(n, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11 == 0
    return (
        first
        and date_holds(n[2:4], f"{int(n[:2]) % 40:02d}")
        and _weighted(n, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0
    )


def _dk_cpr(n: str) -> bool:
    return date_holds(n[2:4], n[:2])


def _fi_hetu(n: str) -> bool:
    digits = n[:6] + n[-4:-1]
    return date_holds(n[2:4], n[:2]) and (
        "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits) % 31] == n[-1]
    )


def _uk_nhs(n: str) -> bool:
    return _weighted(n, (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0 and len(set(n)) > 1


def _ie_pps(n: str) -> bool:
    extra = (ord(n[8]) - 64) * 9 if len(n) == 9 and n[8] != "W" else 0
    total = _weighted(n[:7], (8, 7, 6, 5, 4, 3, 2)) + extra
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == n[7]


def _pt_nif(n: str) -> bool:
    rest = _weighted(n[:8], (9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return n[0] in "1234" and int(n[8]) == (0 if rest < 2 else 11 - rest)


def _br_cpf(n: str) -> bool:
    if len(set(n)) == 1:
        return False
    first = _weighted(n[:9], range(10, 1, -1)) * 10 % 11 % 10
    second = _weighted(n[:10], range(11, 1, -1)) * 10 % 11 % 10
    return n[9:] == f"{first}{second}"


def _ar_cuil(n: str) -> bool:
    rest = -_weighted(n[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return n[:2] in ("20", "23", "24", "27") and rest == int(n[10])


def _cl_rut(n: str) -> bool:
    body = n[:-1]
    total = sum(int(d) * (2 + i % 6) for i, d in enumerate(reversed(body)))
    return "0K987654321"[total % 11] == n[-1]


def _cn_resident(n: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return date_holds(n[10:12], n[12:14]) and "10X98765432"[_weighted(n, weights) % 11] == n[17]


def _in_aadhaar(n: str) -> bool:
    return n[0] not in "01" and verhoeff(n)


def _tr_identity(n: str) -> bool:
    digits = [int(c) for c in n]
    tenth = (7 * sum(digits[0:9:2]) - sum(digits[1:8:2])) % 10
    return digits[0] != 0 and digits[9] == tenth and digits[10] == sum(digits[:10]) % 10


def _kr_resident(n: str) -> bool:
    total = _weighted(n[:12], (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5))
    return date_holds(n[2:4], n[4:6]) and (11 - total % 11) % 10 == int(n[12])


def _sg_nric(n: str) -> bool:
    total = _weighted(n[1:8], (2, 7, 6, 5, 4, 3, 2)) + (4 if n[0] in "TG" else 0)
    letters = "JZIHGFEDCBA" if n[0] in "ST" else "XWUTRQPNMLK"
    return letters[total % 11] == n[8]


def _za_identity(n: str) -> bool:
    return date_holds(n[2:4], n[4:6]) and n[10] in "012" and luhn(n)


def _ca_sin(n: str) -> bool:
    return n[0] not in "08" and luhn(n)


def _ro_cnp(n: str) -> bool:
    rest = _weighted(n[:12], (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return date_holds(n[3:5], n[5:7]) and int(n[12]) == (1 if rest == 10 else rest)


def _bg_egn(n: str) -> bool:
    rest = _weighted(n[:9], (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10
    return date_holds(f"{int(n[2:4]) % 20:02d}", n[4:6]) and rest == int(n[9])


def _baltic_code(n: str) -> bool:
    rest = _weighted(n[:10], (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if rest == 10:
        rest = _weighted(n[:10], (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return date_holds(n[3:5], n[5:7]) and rest == int(n[10])


def _ch_ahv(n: str) -> bool:
    return -_weighted(n[:12], (1, 3) * 6) % 10 == int(n[12])


def _mx_curp(n: str) -> bool:
    alphabet = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    total = sum(alphabet.index(c) * (18 - i) for i, c in enumerate(n[:17]))
    return date_holds(n[6:8], n[8:10]) and -total % 10 == int(n[17])


def _always(_number: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalId:
    """A kind of identity number.

    Attributes:
        country: ISO 3166 code.
        written: the form with its separators; one value of this form is enough.
        bare: the form after `compact`, without separators; only many values of it are enough.
        holds: tells whether the check digits of the compact form are right.
    """

    country: str
    written: re.Pattern[str] | None
    bare: re.Pattern[str]
    holds: Callable[[str], bool]

    def check(self, text: str) -> bool:
        """Whether the text is such a number in any notation."""
        number = compact(text)
        return bool(self.bare.fullmatch(number)) and self.holds(number)

    def unmistakable(self, text: str) -> bool:
        """Whether notation and check digits show such a number beyond doubt."""
        return bool(self.written and self.written.fullmatch(text) and self.check(text))


def _kind(country: str, bare: str, holds: Callable[[str], bool], written: str = "") -> NationalId:
    return NationalId(
        country=country,
        written=re.compile(written) if written else None,
        bare=re.compile(bare),
        holds=holds,
    )


NATIONAL_IDS: tuple[NationalId, ...] = (
    _kind("US", r"\d{9}", _us_ssn, r"\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4}"),
    _kind("GB", r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]", _always,
          r"(?i:[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D])"),
    _kind("GB", r"\d{10}", _uk_nhs, r"\d{3} \d{3} \d{4}"),
    _kind("DE", r"\d{11}", _de_tax_id, r"\d{2} \d{3} \d{3} \d{3}"),
    _kind("FR", r"[12]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{8}", _fr_nir,
          r"[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}"),
    _kind("ES", r"[\dXYZ]\d{7}[A-Z]", _es_dni, r"[\dXYZ]-?\d{7}-?[A-Z]"),
    _kind("IT", r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", _it_codice_fiscale,
          r"(?i:[A-Z]{6} ?\d{2}[A-Z]\d{2} ?[A-Z]\d{3}[A-Z])"),
    _kind("NL", r"\d{9}", _nl_bsn),
    _kind("BE", r"\d{11}", _be_national, r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}"),
    _kind("PL", r"\d{11}", _pl_pesel),
    _kind("CZ", r"\d{10}", _cz_birth_number, r"\d{6}/\d{4}"),
    _kind("SE", r"(?:19|20)?\d{10}", _se_personal, r"(?:19|20)?\d{6}[-+]\d{4}"),
    _kind("NO", r"\d{11}", _no_birth_number, r"\d{6} \d{5}"),
    _kind("DK", r"\d{10}", _dk_cpr, r"\d{6}-\d{4}"),
    _kind("FI", r"\d{6}[A-FU-Y+]?\d{3}[0-9A-Y]", _fi_hetu, r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]"),
    _kind("IE", r"\d{7}[A-W][A-IW]?", _ie_pps, r"\d{7}[A-W][A-IW]?"),
    _kind("PT", r"\d{9}", _pt_nif),
    _kind("BR", r"\d{11}", _br_cpf, r"\d{3}\.\d{3}\.\d{3}-\d{2}"),
    _kind("AR", r"\d{11}", _ar_cuil, r"\d{2}-\d{8}-\d"),
    _kind("CL", r"\d{7,8}[\dK]", _cl_rut, r"\d{1,2}\.\d{3}\.\d{3}-[\dkK]|\d{7,8}-[\dkK]"),
    _kind("CN", r"[1-8]\d{5}(?:19|20)\d{9}[\dX]", _cn_resident,
          r"[1-8]\d{5}(?:19|20)\d{9}[\dXx]"),
    _kind("IN", r"\d{12}", _in_aadhaar, r"\d{4} \d{4} \d{4}"),
    _kind("IN", r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", _always,
          r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]"),
    _kind("TR", r"\d{11}", _tr_identity),
    _kind("KR", r"\d{13}", _kr_resident, r"\d{6}-\d{7}"),
    _kind("SG", r"[STFG]\d{7}[A-Z]", _sg_nric, r"[STFG]\d{7}[A-Z]"),
    _kind("ZA", r"\d{13}", _za_identity, r"\d{6} \d{4} \d{3}"),
    _kind("CA", r"\d{9}", _ca_sin, r"\d{3}[- ]\d{3}[- ]\d{3}"),
    _kind("RO", r"[1-8]\d{12}", _ro_cnp),
    _kind("BG", r"\d{10}", _bg_egn),
    _kind("EE", r"[1-6]\d{10}", _baltic_code),
    _kind("CH", r"756\d{10}", _ch_ahv, r"756\.\d{4}\.\d{4}\.\d{2}"),
    _kind("HR", r"\d{11}", _iso_mod_11_10),
    _kind("MX", r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d", _mx_curp,
          r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d"),
)  # fmt: skip
"""Identity numbers of persons, most with check digits."""


_WRITTEN = re.compile("|".join(kind.written.pattern for kind in NATIONAL_IDS if kind.written))


def national_id(text: str) -> str:
    """Find the country whose identity number a value is beyond doubt, or ''."""
    value = text.strip()
    if not _WRITTEN.fullmatch(value):
        return ""
    for kind in NATIONAL_IDS:
        if kind.unmistakable(value):
            return kind.country
    return ""


def national_ids(values: Sequence[str]) -> str:
    """Find the country whose identity numbers all these values are, or ''.

    Bare digits pass a country's check by chance (one number in ten does). So at least eight
    different values are needed, and kinds without check digits do not count here.
    """
    distinct = {v.strip() for v in values if v.strip()}
    if len(distinct) < 8:
        return ""
    weak = (_always, _us_ssn, _dk_cpr)
    for kind in NATIONAL_IDS:
        if kind.holds not in weak and all(map(kind.check, distinct)):
            return kind.country
    return ""
