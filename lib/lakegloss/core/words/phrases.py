"""Turns a column's name into the main clause of its comment, in English."""

import re
from collections.abc import Callable

from lakegloss.core.words.clause import Clause, Setting, capital, in_plain_words, without_entity
from lakegloss.core.words.events import order_of, past, read_moment, simple_past
from lakegloss.core.words.lexicon import (
    erp_field,
    expand_words,
    gloss,
    system_column,
    vocabulary,
    word_set,
)
from lakegloss.core.words.meaning.reading import read_name
from lakegloss.core.words.meaning.senses import is_known
from lakegloss.core.words.nouns import is_plural, plural, singular
from lakegloss.core.words.units import MONEY, is_priced, one_unit, split_unit

_IDS = word_set("id ids identifier identifiers key keys sk guid uuid uid pk fk bk")
_MANY_IDS = word_set("ids identifiers keys")
_OWN_IDS = word_set("key row record unique primary surrogate system internal global natural")
_ID_KINDS = word_set("""
national external legacy tax old new alternate alternative original previous common remote foreign
secondary public private native
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
value quantity amount outcome result party side direction dir orientation quarter half year
month day hour
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
_NOUNS = word_set("""
share test sale order gift return refund exchange click view visit copy draft template sample trial
default bonus branch company person patient student account payment credit debit transfer retweet
reply comment post page video photo link key index leaf root parent child holding fund bank store
warehouse supplier contract quote invoice expense asset city country capital hub airport station
goal win loss draw tie penalty foul start stop transit layover connection codeshare charter
""")
"""Nouns that a row may be."""
_THINGS = re.compile(r".*(?:ance|ence|tion|sion|ment|ness|ship)|holiday|weekend|weekday")
_BEFORE_UNITS = word_set("regular worked billed billable paid spent used open business")
_PREPOSITIONS = word_set("to from for with in of at by on through until since via per")
_PERCENTILE = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_LONGEST_STEM = 3


def clause_of(name: str, setting: Setting) -> Clause:
    """Write the main clause for a column of that name (without its path)."""
    if field := erp_field(name, sure=not setting.erp, beside=setting.siblings):
        return _erp(field, setting)
    raw = read_name(name, setting)
    for read in _READERS:
        if raw and (clause := read(raw, setting)):
            return clause
    return _plain(raw, setting)


def quantity(name: str, setting: Setting) -> str:
    """Write a column's name in plain words, without its unit."""
    raw = read_name(name, setting)
    words = split_unit(raw)[0] if setting.number else raw
    return erp_field(name, beside=setting.siblings) or in_plain_words(words)


def _erp(field: str, setting: Setting) -> Clause:
    if field.startswith("whether"):
        return Clause(text=capital(field), kind="flag")
    named = setting.entity and field.startswith(f"{setting.entity} ")
    complete = named or re.search(r"\b(?:of the|who|that|to which)\b", field)
    text = capital(field) + ("" if complete else setting.tail("of"))
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
            stem = in_plain_words(raw[: -len(end)]).removesuffix(" as")
            return Clause(text=capital(text.format(stem)), kind="id" if end[-1] == "id" else "")
    return None


def _identifier(raw: tuple[str, ...], setting: Setting) -> Clause | None:
    if raw[-1] not in _IDS or setting.boolean:
        return None
    words = raw[:-1]
    if towards := _towards(words, setting):
        return Clause(text=f"Identifier of {towards}", kind="id")
    if len(words) > 1 and words[-1] == "by" and (done := past(words[-2])):
        order, rest = order_of(words[:-2])
        what = in_plain_words(rest) or setting.row
        text = f"Identifier of who or what {order}{simple_past(done)} the {what}"
        return Clause(text=text, kind="id")
    if words == ("external",):
        return Clause(text=f"Identifier of the {setting.row} in another system", kind="id")
    return Clause(text=_identified(words, setting, many=raw[-1] in _MANY_IDS), kind="id")


def _identified(words: tuple[str, ...], setting: Setting, *, many: bool) -> str:
    stem = in_plain_words(words)
    if setting.target and not setting.key and set(words) <= _OWN_IDS:
        return f"Identifier of the {setting.target}"
    if not stem or stem == setting.entity or set(words) <= _OWN_IDS or setting.names_row(stem):
        return f"Identifier of the {setting.row}"
    if words[-1] in _ID_KINDS:
        return f"{capital(stem)} identifier{setting.tail('of')}"
    if many:
        return f"Identifiers of {setting.whose(plural(stem))}"
    stem = without_entity(stem, setting.entity) if "parent" in words else stem
    return f"Identifier of {setting.whose(stem)}"


def _by(raw: tuple[str, ...], setting: Setting) -> Clause | None:
    if len(raw) < 2 or raw[-1] != "by":
        return None
    if not (done := past(raw[-2])):
        deed = in_plain_words(raw[:-1])
        is_deed = bool(_THINGS.fullmatch(singular(deed)))
        return Clause(text=f"Who did the {singular(deed)}", kind="by") if is_deed else None
    order, words = order_of(raw[:-2])
    what = in_plain_words(words) or setting.row
    return Clause(text=f"Who {order}{simple_past(done)} the {what}", kind="by")


def _party(raw: tuple[str, ...], setting: Setting) -> Clause | None:
    """Read names such as assigned_to, shipped_from."""
    towards = "" if setting.boolean or setting.moment else _towards(raw, setting)
    return Clause(text=capital(towards), kind="by") if towards else None


def _towards(words: tuple[str, ...], setting: Setting) -> str:
    """Write 'who or what the ticket was assigned to'; '' where the words do not end so."""
    if len(words) < 2 or words[-1] not in {"to", "from", "for"} or not (done := past(words[-2])):
        return ""
    return f"who or what the {in_plain_words(words[:-2]) or setting.row} was {done} {words[-1]}"


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
    phrase = in_plain_words(rest)
    last = phrase.rpartition(" ")[2]
    is_noun = last in _MEMBERS or last in _NOUNS
    if first != "has" and is_noun:
        article = "an" if phrase[0] in "aeio" else "a"
        return f"Whether the {setting.row} {first} {article} {phrase}"
    if first != "has" and _THINGS.fullmatch(last):
        return f"{capital(phrase)} flag{setting.tail('of')}"
    return f"Whether the {setting.row} {first} {phrase}"


def _coded_flag(raw: tuple[str, ...], setting: Setting) -> Clause | None:
    """Read the name of a column of 0 and 1 that names no scale, no number and no group."""
    last = expand_words(raw)[-1]
    if not setting.coded_flag or last in _NOT_FLAGS:
        return None
    if setting.foreign and not is_known(last.lower()):
        return Clause(text=capital(in_plain_words(raw)), kind="coded", adds=False)
    return Clause(text=_whether(raw, setting), kind="flag")


def _whether(words: tuple[str, ...], setting: Setting) -> str:
    first, rest = words[0], in_plain_words(words[1:])
    if rest and first.removesuffix("s") in {"allow", "require", "need", "support", "accept"}:
        return f"Whether the {setting.row} {first.removesuffix('s')}s {rest}"
    if rest and first in {"can", "should", "must", "may", "will"}:
        return f"Whether the {setting.row} {first} {rest}"
    if words[-1].endswith("ed") and (done := past(words[-1])):
        subject = without_entity(in_plain_words(words[:-1]), setting.entity)
        return f"Whether the {subject or setting.row} was {done}"
    phrase = in_plain_words(words)
    head, _, last = phrase.rpartition(" ")
    if last in _CONDITIONS or _CONDITION.fullmatch(last):
        return f"Whether the {without_entity(head, setting.entity) or setting.row} is {last}"
    return f"{capital(phrase)}{'' if last == 'flag' else ' flag'}{setting.tail('of')}"


def _count(raw: tuple[str, ...], setting: Setting) -> Clause | None:
    """Read names such as num_orders, order_count, n_rooms, wins."""
    if not (counted := _counted(raw, setting)):
        return None
    phrase = in_plain_words(counted)
    first = phrase.split(" ")[0]
    if first in _STATISTICS:
        return None
    start = "Total number of" if first == "total" else "Number of"
    phrase = phrase.removeprefix("total ")
    phrase = plural(phrase) if is_known(phrase.rpartition(" ")[2].lower()) else phrase
    counts_rows = singular(phrase) == setting.entity or " per " in phrase
    text = f"{start} {phrase}{'' if counts_rows else setting.tail('of')}"
    return Clause(text=text, kind="count", subject=phrase)


_UNIT_WORDS = word_set("days hours minutes seconds weeks months years miles points")


def _counted(raw: tuple[str, ...], setting: Setting) -> tuple[str, ...]:
    """Find the words for what is counted; () where the name is no count."""
    if len(raw) > 1 and raw[-1] in {"count", "counts", "cnt", "cnts"}:
        return raw[:-1]
    if len(raw) > 1 and raw[-1] == "ct":
        return raw[:-1] if _is_countable(raw[:-1]) else ()
    if len(raw) > 1 and raw[0] in {"num", "n", "number", "count", "cnt", "no", "nbr", "nb", "nr"}:
        counted = raw[2:] if raw[1] == "of" else raw[1:]
        many = counted and is_plural(expand_words(counted)[-1])
        return counted if many or raw[1] == "of" or raw[0] in {"count", "cnt"} else ()
    last = next((word for word in reversed(expand_words(raw)) if not word.isdigit()), "")
    known = singular(last) in vocabulary() or last in vocabulary() or raw[0] in {"total", "tot"}
    plain = setting.whole and known and is_plural(last) and not split_unit(raw)[1]
    return raw if plain and (len(raw) > 1 or last not in _UNIT_WORDS) else ()


def _is_countable(words: tuple[str, ...]) -> bool:
    """Whether `ct` after these words is a count: money is in cents, unknown words say neither."""
    last = expand_words(words)[-1]
    known = last in vocabulary() or singular(last) in vocabulary()
    return known and not {last, singular(last)} & (MONEY | _STATISTICS | {"sum", "total"})


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
            others = in_plain_words(raw[:i] + raw[i + 2 :])
            return Clause(text=f"{_ordinal(rank)} percentile" + (f" of {others}" if others else ""))
    return None


def _ordinal(rank: int) -> str:
    last = {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{'th' if rank in {11, 12, 13} else last}"


def _plain(raw: tuple[str, ...], setting: Setting) -> Clause:
    words, unit = split_unit(raw) if setting.number else (raw, "")
    if unit and words[-1] in _BEFORE_UNITS:
        words, unit = raw, ""  # regular hours are no regular of something, in hours
    phrase = in_plain_words(words)
    inner = without_entity(phrase, setting.entity)
    if inner in _STATISTICS:
        inner = phrase  # the batting average is no average of the batting
    text = _reordered(inner, setting)
    whole = text != inner or phrase == setting.entity or bool(re.search(r"\bper\b", phrase))
    whole = whole or phrase.rpartition(" ")[2] in _PREPOSITIONS
    tail = "" if whole else setting.tail("of")
    adds = (phrase != " ".join(raw) or bool(unit)) and phrase not in _PREPOSITIONS
    in_unit = f", in {unit}" if unit else ""
    if unit and is_priced(words, unit):
        in_unit = f", per {one_unit(unit)}"
    return Clause(text=capital(text) + tail + in_unit, subject=inner, adds=adds)


def _reordered(phrase: str, setting: Setting) -> str:
    """Turn 'stadium name' into 'name of the match's stadium'; other phrases stay."""
    stem, _, head = phrase.rpartition(" ")
    words = stem.split(" ")
    if not stem or head not in _HEADS or words[-1] in _ADJECTIVES or gloss(phrase):
        return phrase
    if (
        past(words[-1]) == words[-1]
        or words[0] in _ADJECTIVES
        or len(words) > _LONGEST_STEM
        or words[-1] not in vocabulary()
    ):
        return phrase
    return f"{head} of {setting.whose(stem)}"


_READERS: tuple[Callable[[tuple[str, ...], Setting], Clause | None], ...] = (
    _system, _concept, _identifier, _by, _party, read_moment, _flag, _percentile, _share, _count,
    _coded_flag,
)  # fmt: skip
