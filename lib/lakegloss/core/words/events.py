"""Writes clauses for dates and times: when something happened, starts, ends or is due."""

from lakegloss.core.words.clause import Clause, Setting, capital, in_plain_words, without_entity
from lakegloss.core.words.lexicon import expand_words, vocabulary, word_set

DATE_MARKS = word_set("date dt day")
_TIME_MARKS = word_set("datetime timestamp ts dttm dtm")
_MARKS = DATE_MARKS | _TIME_MARKS | word_set("at on time utc")
_YEARS = word_set("year yr")
_STARTS = word_set("start started starts begin begins beginning")
_ENDS = word_set("end ended ends")
_ORDERS = word_set("last first latest earliest next previous prev")
_KINDS = word_set("type kind category class group code name label format source status")
"""Words after which a text with a mark (`day_type`) is no moment."""
_PAST = {
    "accept": "accepted", "activate": "activated", "activation": "activated", "add": "added",
    "approve": "approved", "approval": "approved", "archive": "archived", "assign": "assigned",
    "book": "booked", "cancel": "cancelled", "cancellation": "cancelled", "change": "changed",
    "close": "closed", "complete": "completed", "completion": "completed", "create": "created",
    "creation": "created", "crt": "created", "cre": "created", "deactivate": "deactivated",
    "deactivation": "deactivated", "delete": "deleted", "deletion": "deleted",
    "enroll": "enrolled", "expire": "expired", "expiration": "expired", "expiry": "expired",
    "file": "filed", "finish": "finished", "hire": "hired", "import": "imported",
    "insert": "inserted", "install": "installed", "issue": "issued", "modify": "modified",
    "mod": "modified", "modification": "modified", "publish": "published", "receive": "received",
    "register": "registered", "registration": "registered", "release": "released",
    "remove": "removed", "resolve": "resolved", "send": "sent", "ship": "shipped",
    "submit": "submitted", "terminate": "terminated", "termination": "terminated",
    "update": "updated", "upd": "updated", "void": "voided", "del": "deleted",
}  # fmt: skip
_IRREGULAR = word_set("""
sent paid sold seen made born built begun held done taken given written drawn shown known chosen
driven flown worn grown broken spoken stolen eaten thrown withdrawn lent bought caught taught
""")
_SIMPLE = {
    "taken": "took", "given": "gave", "written": "wrote", "drawn": "drew", "shown": "showed",
    "known": "knew", "chosen": "chose", "driven": "drove", "flown": "flew", "worn": "wore",
    "grown": "grew", "broken": "broke", "spoken": "spoke", "stolen": "stole", "eaten": "ate",
    "thrown": "threw", "withdrawn": "withdrew", "seen": "saw", "begun": "began", "done": "did",
}  # fmt: skip
_NOT_PAST = word_set("""
speed feed seed need bed red weed breed unemployed limited hundred indeed wicked kindred mixed
estimated expected based related united scheduled planned actual
verbatim effective valid
""")
_OF_PEOPLE = word_set(
    "hired born enrolled employed deceased married vaccinated admitted discharged"
)
_PEOPLE = word_set("""
person people patient employee customer user member student teacher player driver contact worker
candidate applicant subscriber passenger guest client athlete staff child adult participant
""")
_OF_ROWS = word_set("""
created updated modified changed deleted inserted added loaded archived removed imported ingested
""")
NEED_A_NOUN = word_set("""
first last next latest previous current original new old full short long estimated expected actual
scheduled planned net gross average minimum maximum annual monthly daily weekly hourly yearly total
primary secondary main preferred final local global regular effective valid calendar
""")
"""Words that need a noun after them, so no thing has a date that is named by them alone."""


def past(word: str) -> str:
    """Find the past participle that a word is or stands for; '' where it names no event."""
    if word in _PAST:
        return _PAST[word]
    plain = expand_words((word,))
    if len(plain) == 1 and plain[0] != word:
        return past(plain[0])
    regular = word.endswith("ed") and len(word) > 4 and word not in _NOT_PAST
    return word if regular or word in _IRREGULAR else ""


def simple_past(participle: str) -> str:
    """The form after 'who': who took it, who wrote it."""
    return _SIMPLE.get(participle, participle)


def order_of(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Split off a word such as last or first (with a blank after it) from the other words."""
    order_words = [word for word in words if word in _ORDERS]
    if not order_words:
        return "", words
    adverb = {"latest": "last", "earliest": "first", "prev": "previously",
              "previous": "previously"}.get(order_words[0], order_words[0])  # fmt: skip
    return f"{adverb} ", tuple(word for word in words if word != order_words[0])


def read_moment(raw: tuple[str, ...], setting: Setting) -> Clause | None:
    """Read names such as created_at, date_filed, last_update, ship_date, start_date, order_date."""
    if setting.year and not setting.moment and (done := past(raw[-1])) == raw[-1]:
        what = in_plain_words(tuple(word for word in raw[:-1] if word not in _YEARS))
        return Clause(text=f"Year when {_subject(what, done, setting)} was {done}", kind="when")
    words = tuple(word for word in raw if word not in _MARKS)
    marks = {word for word in raw if word in _MARKS}
    named = marks & (DATE_MARKS | _TIME_MARKS) and not setting.number and raw[-1] not in _KINDS
    dated = raw[-1] == "at" or (raw[-1] == "on" and len(raw) > 1 and past(raw[-2]))
    if not words or not (setting.moment or named or dated):
        return None
    utc = " in UTC" if "utc" in marks else ""
    if text := _happened(words, _time_word(marks), setting):
        return Clause(text=text + utc, kind="when")
    if (setting.epoch and not marks) or (setting.moment and marks == {"at"}):
        marks = {"timestamp"}
    if not marks & (DATE_MARKS | _TIME_MARKS) or marks & {"time"} or "of" in words:
        return None
    return _dated(raw, words, _time_word(marks).removesuffix(" when"), setting)


def _dated(
    raw: tuple[str, ...], words: tuple[str, ...], kind: str, setting: Setting
) -> Clause | None:
    """Write 'Date of the last activity', or 'Full date' where no noun is before the date."""
    plain = expand_words(words)
    stem = without_entity(" ".join(plain), setting.entity)
    last = plain[-1]
    known = last in vocabulary() or last.removesuffix("s") in vocabulary()
    if last in NEED_A_NOUN or not known:
        tail = "" if setting.entity in {"", "date"} else setting.tail("of")
        text = f"{capital(stem)} {kind.lower()}{tail}"
        return Clause(text=text, kind="when", subject=in_plain_words(raw), adds=bool(tail))
    tail = "" if stem == setting.entity else setting.tail("of")
    the = "" if stem == "birth" else "the "
    text = f"{kind} of {the}{stem}{tail if len(plain) < 2 else ''}"
    return Clause(text=text, kind="when", subject=in_plain_words(raw), adds=bool(tail))


def _time_word(marks: set[str]) -> str:
    if marks & _TIME_MARKS:
        return "Date and time when"
    return "Date when" if marks & DATE_MARKS else "Time when" if "time" in marks else "When"


def _happened(words: tuple[str, ...], start: str, setting: Setting) -> str:
    """Write 'Date when the order was shipped'; '' where the words name no event."""
    order, words = order_of(words)
    if not words or "by" in words:
        return ""
    named = in_plain_words(words[:-1])
    vague = bool(words[-2:-1]) and words[-2] in NEED_A_NOUN | _NOT_PAST
    done = past(words[-1])
    if done and not (vague and done != words[-1]):
        if not named and (deed := _deed_of_row(done, setting)):
            return f"{start.removesuffix(' when')} of the {order}{deed}".replace(
                "When of", "Time of"
            )
        event = "expires" if done == "expired" else f"was {order}{done}"
        return f"{start} {_subject(named, done, setting)} {event}"
    return _bounded(words, start, named or setting.entity, order, vague=vague)


def _bounded(words: tuple[str, ...], start: str, subject: str, order: str, *, vague: bool) -> str:
    """Write when something starts, ends or is due; '' where the words say none of it."""
    if words[-1] in _STARTS | _ENDS and not vague:
        if not subject:
            end = "start" if words[-1] in _STARTS else "end"
            return f"{start.removesuffix(' when')} of the {order}{end}".replace(
                "When of", "Time of"
            )
        return f"{start} the {order}{subject} {'starts' if words[-1] in _STARTS else 'ends'}"
    if words[-1] == "due":
        return f"{start.removesuffix(' when')} by which the {subject or 'row'} is due".replace(
            "When by which", "When"
        )
    return ""


def _deed_of_row(done: str, setting: Setting) -> str:
    """The word for a row that names the event itself: a visit report is not visited."""
    return next((word for word in setting.entity.split(" ") if done in _participles(word)), "")


def _participles(word: str) -> tuple[str, ...]:
    return (f"{word}ed", f"{word}d", f"{word}{word[-1:]}ed", f"{word[:-1]}ied")


def _subject(named: str, done: str, setting: Setting) -> str:
    """Whom or what an event happens to: only people are hired, and hardly a row is shipped."""
    if named:
        return f"the {named}"
    if done in _OF_PEOPLE and setting.entity.rpartition(" ")[2] not in _PEOPLE:
        return "the person"
    return f"the {setting.row}" if setting.entity or done in _OF_ROWS else "it"
