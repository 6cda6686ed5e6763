"""A thousand invented facts about invented people, and tables that hold them.

Each value is unique, so that one that turns up somewhere is known to have leaked. Check digits are
right. `people` names its columns, `small` holds so few people that their values look like codes,
`feed` calls its columns a, b, c, and `tickets` has the values inside sentences.
"""

import random
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from lakegloss.core.personal.person_names import GIVEN_NAMES, SURNAMES
from lakegloss.core.values.checksums import iban, luhn

KINDS = (
    "full_name",
    "email",
    "phone",
    "iban",
    "card_number",
    "ssn",
    "street_address",
    "ip_address",
    "birth_date",
    "api_token",
)
OF_EACH = 100
_DIGITS = string.digits
_SHOWN_BY_FORM = ("email", "phone", "iban", "card_number", "ssn", "ip_address", "api_token")
"""Kinds that a value shows without the name of its column."""


@cache
def canaries() -> Mapping[str, Sequence[str]]:
    """The values of each kind, 1,000 in all."""
    rng = random.Random(20_260_301)
    return {kind: _some(_MAKERS[kind], rng) for kind in KINDS}


def everything() -> Iterator[str]:
    """All values, and those of numbers also without their separators."""
    for kind, values in canaries().items():
        for value in values:
            yield value
            if kind in {"phone", "iban", "card_number", "ssn"}:
                yield "".join(c for c in value if c.isalnum())


def tables() -> dict[str, dict[str, list[str]]]:
    """Columns of text by table; the dates of birth are ISO dates."""
    found = canaries()
    people = {kind: list(values) * 2 for kind, values in found.items()}
    small = {
        kind: [value for value in values[:4] for _ in range(25)] for kind, values in found.items()
    }
    feed = {
        letter: list(found[kind]) * 2
        for letter, kind in zip(string.ascii_lowercase, _SHOWN_BY_FORM, strict=False)
    }
    feed["value"] = list(found["full_name"]) * 2
    words = ("Asked about an order", "Wants a refund", "Cannot log in", "Praised the shop")
    tickets = {
        "remark": [
            f"{words[n % 4]}; {found['full_name'][n]} can be reached at {found['email'][n]} "
            f"or {found['phone'][n]} until noon."
            for n in range(OF_EACH)
        ]
        * 3,
        "status": ["open", "closed", "waiting"] * OF_EACH,
    }
    return {"people": people, "small": small, "feed": feed, "tickets": tickets}


def _some(make: Callable[[random.Random], str], rng: random.Random) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < OF_EACH:
        found[make(rng)] = None
    return list(found)


def _digits(rng: random.Random, number: int) -> str:
    return "".join(rng.choices(_DIGITS, k=number))


def _name(rng: random.Random) -> str:
    given, last = (
        rng.choice(sorted(n for n in names if n.isascii())) for names in (GIVEN_NAMES, SURNAMES)
    )
    return f"{given.capitalize()} {last.capitalize()}"


def _email(rng: random.Random) -> str:
    box = "".join(rng.choices(string.ascii_lowercase, k=9))
    return f"{box}{_digits(rng, 3)}@mail{rng.randrange(100, 999)}.example"


def _phone(rng: random.Random) -> str:
    return f"+{rng.choice((44, 49, 33, 39))} {rng.randrange(20, 99)} {_digits(rng, 7)}"


def _iban(rng: random.Random) -> str:
    while True:
        account = _digits(rng, 18)
        check = 98 - int(f"{account}131400") % 97  # DE is 13 14
        found = f"DE{check:02}{account}"
        if iban(found):
            return found


def _card(rng: random.Random) -> str:
    start = f"4{_digits(rng, 14)}"
    return next(start + last for last in _DIGITS if luhn(start + last))


def _ssn(rng: random.Random) -> str:
    return f"{rng.randrange(100, 665):03}-{rng.randrange(10, 99):02}-{rng.randrange(1000, 9999):04}"


def _street(rng: random.Random) -> str:
    word = "".join(rng.choices(string.ascii_lowercase, k=8)).capitalize()
    return f"{rng.randrange(100, 999)} {word} {rng.choice(('Street', 'Road', 'Lane'))}"


def _ip(rng: random.Random) -> str:
    return f"81.{rng.randrange(100, 255)}.{rng.randrange(100, 255)}.{rng.randrange(100, 255)}"


def _birth(rng: random.Random) -> str:
    return str(date(1921, 1, 1) + timedelta(days=rng.randrange(12_000)))


def _token(rng: random.Random) -> str:
    return "ghp_" + "".join(rng.choices(string.ascii_letters + _DIGITS, k=36))


_MAKERS: Mapping[str, Callable[[random.Random], str]] = {
    "full_name": _name,
    "email": _email,
    "phone": _phone,
    "iban": _iban,
    "card_number": _card,
    "ssn": _ssn,
    "street_address": _street,
    "ip_address": _ip,
    "birth_date": _birth,
    "api_token": _token,
}
