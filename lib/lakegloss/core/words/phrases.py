"""Turns a column's name into the main clause of its comment, in English."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from lakegloss.core.words.ambiguous import settled
from lakegloss.core.words.lexicon import (
    erp_field,
    expand_words,
    gloss,
    system_column,
    vocabulary,
    word_set,
    words_of,
)
from lakegloss.core.words.nouns import is_plural, plural, singular
from lakegloss.core.words.units import split_unit

_IDS = word_set("id ids identifier identifiers key keys sk guid uuid uid pk fk bk")
_MANY_IDS = word_set("ids identifiers keys")
_OWN_IDS = word_set("key row record unique primary surrogate system internal global natural")
_ID_KINDS = word_set("""
national external legacy tax old new alternate alternative original previous common remote foreign
secondary public private native
""")
_DATE_MARKS = word_set("date dt day")
_TIME_MARKS = word_set("datetime timestamp ts dttm dtm")
_MARKS = _DATE_MARKS | _TIME_MARKS | word_set("at on time utc")
_STARTS = word_set("start started starts begin begins beginning")
_ENDS = word_set("end ended ends")
_ORDERS = word_set("last first latest earliest next previous prev")
_PAST = {
    "accept": "accepted", "activate": "activated", "add": "added", "approve": "approved",
    "archive": "archived", "assign": "assigned", "book": "booked", "cancel": "cancelled",
    "change": "changed", "close": "closed", "complete": "completed", "create": "created",
    "creation": "created", "crt": "created", "cre": "created", "delete": "deleted",
    "enroll": "enrolled", "expire": "expired", "file": "filed", "finish": "finished",
    "hire": "hired", "import": "imported", "insert": "inserted", "install": "installed",
    "issue": "issued", "modify": "modified", "mod": "modified", "modification": "modified",
    "publish": "published", "receive": "received", "register": "registered",
    "registration": "registered", "release": "released", "remove": "removed",
    "resolve": "resolved", "send": "sent", "ship": "shipped", "submit": "submitted",
    "terminate": "terminated", "update": "updated", "upd": "updated", "void": "voided",
    "del": "deleted",
}  # fmt: skip
_IRREGULAR = word_set("sent paid sold seen made born built begun held done")
_NOT_PAST = word_set("""
speed feed seed need bed red weed breed unemployed limited hundred indeed wicked kindred mixed
estimated expected based related united scheduled planned actual
verbatim effective valid
""")
_STATISTICS = word_set("""
average mean median minimum maximum cumulative net gross estimated expected actual predicted
weighted adjusted normalized projected observed annual monthly daily weekly hourly yearly rate
percent percentage share ratio proportion
""")
_SHARES = {
    "percent": "Percentage of", "percentage": "Percentage of", "share": "Share of",
    "proportion": "Proportion of", "fraction": "Fraction of",
}  # fmt: skip
_HEADS = word_set("name names description code codes type category status title")
_ADJECTIVES = word_set("""
first last middle given family full display user short long common official legal local maiden
nick brand trade current previous old new original final main primary secondary other alternate
alternative preferred default unit country postal zip area national international
""")
_NOT_FLAGS = word_set("""
gender sex race group class type code category level status state number rank score rating count
value quantity amount outcome result party side quarter half year month day hour
""")
_CONDITIONS = word_set("""
active inactive public private visible hidden valid invalid current late early free full empty open
primary secondary required optional available new old final true false good bad live alive dead safe
urgent critical anonymous loyal premium permanent temporary remote local international domestic
manual automatic unique online offline deceased null present absent pregnant married single
""")
_CONDITION = re.compile(r".*(?:able|ible|ous|ful|less|ed)")
_MEMBERS = word_set("""
member employee customer subscriber driver manager owner user student teacher patient child adult
parent host guest partner vendor supplier robot bot duplicate
""")
_THINGS = re.compile(r".*(?:ance|ence|tion|sion|ment|ness|ship)|holiday|weekend|weekday")
_PREPOSITIONS = word_set("to from for with in of")
_PERCENTILE = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_LONGEST_TAIL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """The main clause of a comment.

    Attributes:
        text: it starts with a capital and ends without a stop.
        kind: id, by, when, flag, count, share, system, erp or '' for a plain phrase.
        subject: the words that a gloss may explain, '' where the clause explains itself.
        adds: whether it says more than the name's own words.
    """

    text: str
    kind: str = ""
    subject: str = ""
    adds: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What surrounds a column.

    Attributes:
        entity: what a row is, '' where unknown.
        number, whole, boolean, moment: what the column holds; moments are dates and times, also as
            texts and numbers.
        coded_flag: whether the column holds two codes that look like no and yes.
        erp: whether the table is one of SAP ERP.
        siblings: names of the table's columns, which settle what some short forms mean.
    """

    entity: str = ""
    number: bool = False
    whole: bool = False
    boolean: bool = False
    moment: bool = False
    coded_flag: bool = False
    erp: bool = False
    siblings: frozenset[str] = frozenset()

    @property
    def row(self) -> str:
        """The noun for a row."""
        return self.entity or "row"

    def tail(self, preposition: str) -> str:
        """End a clause with ' of the flight'; '' where a row has no short name."""
        short = self.entity and self.entity.count(" ") < _LONGEST_TAIL
        return f" {preposition} the {self.entity}" if short else ""


def clause_of(name: str, setting: Setting) -> Clause:
    """Write the main clause for a column of that name (without its path)."""
    if field := erp_field(name, sure=not setting.erp):
        return _erp(field, setting)
    raw = settled(words_of(name), setting.siblings, number=setting.number)
    for read in _READERS:
        if raw and (clause := read(raw, setting)):
            return clause
    return _plain(raw, setting)


def expanded(name: str) -> str:
    """Write a name in plain words."""
    return erp_field(name) or _phrase(words_of(name))


def quantity(name: str, setting: Setting) -> str:
    """Write a column's name in plain words, without its unit."""
    raw = settled(words_of(name), setting.siblings, number=setting.number)
    return erp_field(name) or _phrase(split_unit(raw)[0] if setting.number else raw)


def _phrase(words: tuple[str, ...]) -> str:
    return " ".join(expand_words(words))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _without_entity(phrase: str, entity: str) -> str:
    return phrase.removeprefix(f"{entity} ") if entity else phrase


def _erp(field: str, setting: Setting) -> Clause:
    if field.startswith("whether"):
        return Clause(text=_capital(field), kind="flag")
    named = setting.entity and field.startswith(f"{setting.entity} ")
    complete = named or re.search(r"\b(?:of the|who|that|to which)\b", field)
    text = _capital(field) + ("" if complete else setting.tail("of"))
    return Clause(text=text, kind="when" if "date" in field.split(" ") else "erp")


def _system(raw: tuple[str, ...], _: Setting) -> Clause | None:
    text = system_column(raw)
    return Clause(text=text, kind="system") if text else None


def _concept(raw: tuple[str, ...], _: Setting) -> Clause | None:
    """Read names of the OMOP common data model, which other models of research data share."""
    ends = {
        ("source", "concept", "id"): "Concept of the {} in the source's own vocabulary",
        ("type", "concept", "id"): "Concept that tells where the record of the {} comes from",
        ("concept", "id"): "Identifier of the standard concept for {}",
        ("source", "value"): "{} as written in the source data",
    }
    for end, text in ends.items():
        if len(raw) > len(end) and raw[-len(end) :] == end:
            stem = _phrase(raw[: -len(end)]).removesuffix(" as")
            return Clause(text=_capital(text.format(stem)), kind="id" if end[-1] == "id" else "")
    return None


def _identifier(raw: tuple[str, ...], setting: Setting) -> Clause | None:
    if raw[-1] not in _IDS or setting.boolean:
        return None
    words = raw[:-1]
    if towards := _towards(words, setting):
        return Clause(text=f"Identifier of {towards}", kind="id")
    if len(words) > 1 and words[-1] == "by" and _past(words[-2]):
        what = _phrase(words[:-2]) or setting.row
        return Clause(text=f"Identifier of who or what {_past(words[-2])} the {what}", kind="id")
    if words == ("external",):
        return Clause(text=f"Identifier of the {setting.row} in another system", kind="id")
    return Clause(text=_identified(words, setting, many=raw[-1] in _MANY_IDS), kind="id")


def _identified(words: tuple[str, ...], setting: Setting, *, many: bool) -> str:
    stem = _phrase(words)
    if not stem or stem == setting.entity or set(words) <= _OWN_IDS:
        return f"Identifier of the {setting.row}"
    if words[-1] in _ID_KINDS:
        return f"{_capital(stem)} identifier{setting.tail('of')}"
    if many:
        return f"Identifiers of the {plural(stem)}{setting.tail('for')}"
    stem = _without_entity(stem, setting.entity) if "parent" in words else stem
    return f"Identifier of the {stem}{setting.tail('for')}"


def _by(raw: tuple[str, ...], setting: Setting) -> Clause | None:
    if len(raw) < 2 or raw[-1] != "by" or not (done := _past(raw[-2])):
        return None
    order, words = _order(raw[:-2])
    return Clause(text=f"Who {order}{done} the {_phrase(words) or setting.row}", kind="by")


def _party(raw: tuple[str, ...], setting: Setting) -> Clause | None:
    """Read names such as assigned_to, shipped_from."""
    towards = "" if setting.boolean or setting.moment else _towards(raw, setting)
    return Clause(text=_capital(towards), kind="by") if towards else None


def _towards(words: tuple[str, ...], setting: Setting) -> str:
    """Write 'who or what the ticket was assigned to'; '' where the words do not end so."""
    if len(words) < 2 or words[-1] not in {"to", "from", "for"} or not (done := _past(words[-2])):
        return ""
    return f"who or what the {_phrase(words[:-2]) or setting.row} was {done} {words[-1]}"


def _past(word: str) -> str:
    """Find the past participle that a word is or stands for; '' where it names no event."""
    if word in _PAST:
        return _PAST[word]
    regular = word.endswith("ed") and len(word) > 4 and word not in _NOT_PAST
    return word if regular or word in _IRREGULAR else ""


def _order(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Split off a word such as last or first (with a blank after it) from the other words."""
    found = [word for word in words if word in _ORDERS]
    if not found:
        return "", words
    adverb = {"latest": "last", "earliest": "first", "prev": "previously",
              "previous": "previously"}.get(found[0], found[0])  # fmt: skip
    return f"{adverb} ", tuple(word for word in words if word != found[0])


def _moment(raw: tuple[str, ...], setting: Setting) -> Clause | None:
    """Read names such as created_at, date_filed, last_update, ship_date, start_date, order_date."""
    words = tuple(word for word in raw if word not in _MARKS)
    marks = {word for word in raw if word in _MARKS}
    named = marks & (_DATE_MARKS | _TIME_MARKS) and not setting.number
    dated = raw[-1] == "at" or (raw[-1] == "on" and len(raw) > 1 and _past(raw[-2]))
    if not words or not (setting.moment or named or dated):
        return None
    if text := _happened(words, _time_word(marks), setting):
        return Clause(text=text + (" in UTC" if "utc" in marks else ""), kind="when")
    if not marks & (_DATE_MARKS | _TIME_MARKS) or marks & {"time"} or "of" in words:
        return None
    stem = _without_entity(_phrase(words), setting.entity)
    tail = "" if stem == setting.entity else setting.tail("of")
    text = f"{_time_word(marks).removesuffix(' when')} of the {stem}{tail}"
    return Clause(text=text, kind="when", subject=_phrase(raw), adds=bool(tail))


def _time_word(marks: set[str]) -> str:
    if marks & _TIME_MARKS:
        return "Date and time when"
    return "Date when" if marks & _DATE_MARKS else "Time when" if "time" in marks else "When"


def _happened(words: tuple[str, ...], start: str, setting: Setting) -> str:
    """Write 'Date when the order was shipped'; '' where the words name no event."""
    order, words = _order(words)
    if not words or "by" in words:
        return ""
    subject = _phrase(words[:-1]) or setting.row
    if done := _past(words[-1]):
        event = "expires" if done == "expired" else f"was {order}{done}"
        return f"{start} the {subject} {event}"
    vague = words[-2:-1] and words[-2] in _ADJECTIVES | _STATISTICS | _NOT_PAST
    if words[-1] in _STARTS | _ENDS and not vague:
        return f"{start} the {order}{subject} {'starts' if words[-1] in _STARTS else 'ends'}"
    if words[-1] == "due":
        return f"{start.removesuffix(' when')} by which the {subject} is due".replace(
            "When by which", "When"
        )
    return ""


def _flag(raw: tuple[str, ...], setting: Setting) -> Clause | None:
    """Read names such as is_public, has_incidents, email_flag, and of every boolean."""
    first, rest = raw[0], raw[1:]
    if rest and first in {"is", "was", "has"} and (setting.boolean or first != "was"):
        return Clause(text=_whether_is(first, rest, setting), kind="flag")
    if rest and raw[-1] in {"flag", "flg", "indicator", "ind", "yn"} and not setting.number:
        return Clause(text=_whether(raw[:-1], setting), kind="flag")
    if rest and raw[-1] in {"flag", "flg"}:
        return Clause(text=_whether(raw[:-1], setting), kind="flag")
    return Clause(text=_whether(raw, setting), kind="flag") if setting.boolean else None


def _whether_is(first: str, rest: tuple[str, ...], setting: Setting) -> str:
    phrase = _phrase(rest)
    last = phrase.rpartition(" ")[2]
    if first != "has" and last in _MEMBERS:
        article = "an" if phrase[0] in "aeio" else "a"
        return f"Whether the {setting.row} {first} {article} {phrase}"
    if first != "has" and _THINGS.fullmatch(last):
        return f"{_capital(phrase)} flag{setting.tail('of')}"
    return f"Whether the {setting.row} {first} {phrase}"


def _coded_flag(raw: tuple[str, ...], setting: Setting) -> Clause | None:
    """Read the name of a column of 0 and 1 that names no scale, no number and no group."""
    if not setting.coded_flag or expand_words(raw)[-1] in _NOT_FLAGS:
        return None
    return Clause(text=_whether(raw, setting), kind="flag")


def _whether(words: tuple[str, ...], setting: Setting) -> str:
    first, rest = words[0], _phrase(words[1:])
    if rest and first.removesuffix("s") in {"allow", "require", "need", "support", "accept"}:
        return f"Whether the {setting.row} {first.removesuffix('s')}s {rest}"
    if rest and first in {"can", "should", "must", "may", "will"}:
        return f"Whether the {setting.row} {first} {rest}"
    if words[-1].endswith("ed") and (done := _past(words[-1])):
        subject = _without_entity(_phrase(words[:-1]), setting.entity)
        return f"Whether the {subject or setting.row} was {done}"
    phrase = _phrase(words)
    head, _, last = phrase.rpartition(" ")
    if last in _CONDITIONS or _CONDITION.fullmatch(last):
        return f"Whether the {_without_entity(head, setting.entity) or setting.row} is {last}"
    return f"{_capital(phrase)}{'' if last == 'flag' else ' flag'}{setting.tail('of')}"


def _count(raw: tuple[str, ...], setting: Setting) -> Clause | None:
    """Read names such as num_orders, order_count, n_rooms, wins."""
    if not (counted := _counted(raw, setting)):
        return None
    phrase = _phrase(counted)
    first = phrase.split(" ")[0]
    if first in _STATISTICS:
        return None
    start = "Total number of" if first == "total" else "Number of"
    phrase = plural(phrase.removeprefix("total "))
    own = singular(phrase) == setting.entity or " per " in phrase
    text = f"{start} {phrase}{'' if own else setting.tail('of')}"
    return Clause(text=text, kind="count", subject=phrase)


_UNIT_WORDS = word_set("days hours minutes seconds weeks months years miles points")


def _counted(raw: tuple[str, ...], setting: Setting) -> tuple[str, ...]:
    """Find the words for what is counted; () where the name is no count."""
    if len(raw) > 1 and raw[-1] in {"count", "counts", "cnt", "cnts", "ct"}:
        return raw[:-1]
    if len(raw) > 1 and raw[0] in {"num", "n", "number", "count", "cnt", "no", "nbr", "nb", "nr"}:
        counted = raw[2:] if raw[1] == "of" else raw[1:]
        many = counted and is_plural(expand_words(counted)[-1])
        return counted if many or raw[1] == "of" or raw[0] in {"count", "cnt"} else ()
    last = next((word for word in reversed(expand_words(raw)) if not word.isdigit()), "")
    known = singular(last) in vocabulary() or last in vocabulary() or raw[0] in {"total", "tot"}
    plain = setting.whole and known and is_plural(last) and not split_unit(raw)[1]
    return raw if plain and (len(raw) > 1 or last not in _UNIT_WORDS) else ()


def _share(raw: tuple[str, ...], setting: Setting) -> Clause | None:
    """Read names such as pct_white, share_of_voters."""
    words = expand_words(raw)
    if len(words) < 2 or words[0] not in _SHARES or setting.boolean:
        return None
    rest = " ".join(words[2:] if words[1] == "of" else words[1:])
    return Clause(text=f"{_SHARES[words[0]]} {rest}", kind="share", subject=rest)


def _percentile(raw: tuple[str, ...], setting: Setting) -> Clause | None:
    """Read names such as p95, P25th, latency_p99."""
    for i, word in enumerate(raw[:-1]):
        match = _PERCENTILE.fullmatch(raw[i + 1])
        if word == "p" and match and setting.number:
            rank = int(match[1])
            others = _phrase(raw[:i] + raw[i + 2 :])
            return Clause(text=f"{_ordinal(rank)} percentile" + (f" of {others}" if others else ""))
    return None


def _ordinal(rank: int) -> str:
    last = {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{'th' if rank in {11, 12, 13} else last}"


def _plain(raw: tuple[str, ...], setting: Setting) -> Clause:
    words, unit = split_unit(raw) if setting.number else (raw, "")
    phrase = _phrase(words)
    inner = _without_entity(phrase, setting.entity)
    text, preposition = _reordered(inner)
    whole = phrase == setting.entity or bool(re.search(r"\bper\b", phrase))
    whole = whole or bool(_PREPOSITIONS & set(words[-1:]))
    tail = "" if whole else setting.tail(preposition)
    adds = phrase != " ".join(raw) or bool(unit)
    in_unit = f", in {unit}" if unit else ""
    return Clause(text=_capital(text) + tail + in_unit, subject=inner, adds=adds)


def _reordered(phrase: str) -> tuple[str, str]:
    """Turn 'stadium name' into 'name of the stadium' (for the match); other phrases stay."""
    stem, _, head = phrase.rpartition(" ")
    words = stem.split(" ")
    if not stem or head not in _HEADS or words[-1] in _ADJECTIVES or gloss(phrase):
        return phrase, "of"
    if words[0] in _ADJECTIVES or len(words) > _LONGEST_TAIL or words[-1] not in vocabulary():
        return phrase, "of"
    return f"{head} of the {stem}", "for"


_READERS: tuple[Callable[[tuple[str, ...], Setting], Clause | None], ...] = (
    _system, _concept, _identifier, _by, _party, _moment, _flag, _percentile, _share, _count,
    _coded_flag,
)  # fmt: skip
