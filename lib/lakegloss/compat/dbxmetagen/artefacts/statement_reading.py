"""Reads statements of comments and tags out of SQL text; nothing is executed, nothing is split.

The text is read by tokens, so that a semicolon or a quote in a comment ends nothing. What is none
of these statements is named, with its line.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lakegloss.core.names import join_path

LARGEST = 64 * 2**20
_TOKENS = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<text>"(?:[^"\\]|\\.|"")*+"|'(?:[^'\\]|\\.|'')*+')
    |(?P<quoted>`(?:[^`]|``)*+`)
    |(?P<end>;)
    |(?P<sign>[.,()=])
    |(?P<word>[^\s"'`;.,()=]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "b": "\b", "Z": "\x1a"}
_ESCAPED = {
    quote: re.compile(rf"\\(u[0-9A-Fa-f]{{4}}|[0-3][0-7]{{2}}|.)|{quote}{quote}", re.DOTALL)
    for quote in "'\""
}
"""By the quote around a text: only that one is doubled in it."""
_MOST_SHOWN = 120


class Token(NamedTuple):
    """A piece of SQL: its kind, its text as it stands, and its line."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStatement:
    """A comment or tags of one asset; column '' is the table itself.

    Attributes:
        comment: None where the statement sets tags.
        problem: why the statement is none of these; '' where it is.
    """

    line: int
    table: str = ""
    column: str = ""
    comment: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def read_statements(text: str) -> Iterator[ReadStatement]:
    """Read each statement; an ALTER of several columns gives one for each."""
    if len(text) > LARGEST:
        yield ReadStatement(line=1, problem=f"the text has more than {LARGEST >> 20} MB")
        return
    statement: list[Token] = []
    for token in _tokens(text):
        if token.kind != "end":
            statement.append(token)
        if token.kind in {"end", "broken"} and statement:
            yield from _read(statement)
            statement = []
    if statement:
        yield from _read(statement)


def _tokens(text: str) -> Iterator[Token]:
    at, line = 0, 1
    while at < len(text):
        found = _TOKENS.match(text, at)
        if found is None:  # a quote that is never closed: nothing behind it can be trusted
            yield Token("broken", text[at : at + _MOST_SHOWN], line)
            return
        kind = str(found.lastgroup)
        if kind != "space":
            yield Token(kind, found.group(), line)
        line += found.group().count("\n")
        at = found.end()


def _read(tokens: list[Token]) -> Iterator[ReadStatement]:
    try:
        yield from _Reader(tokens).statement()
    except _UnreadableError as error:
        yield ReadStatement(line=tokens[0].line, problem=str(error))


class _UnreadableError(ValueError):
    """The tokens are no statement of a comment or of tags."""


class _Reader:
    """Reads one statement from its tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def statement(self) -> list[ReadStatement]:
        if self._take("COMMENT", "ON"):
            found = [self._comment()]
        elif self._take("ALTER", "TABLE") or self._take("ALTER", "VIEW"):
            found = self._alter()
        elif self._take("SET", "TAG", "ON"):
            found = [self._tag()]
        else:
            raise _UnreadableError("it sets no comment and no tag")
        if self._at < len(self._tokens):
            raise _UnreadableError(f"more follows: {self._tokens[self._at].text[:40]!r}")
        return found

    def _comment(self) -> ReadStatement:
        of_column = self._kind()
        name = self._name()
        self._need("IS")
        table, column = _parted(name) if of_column else (name, ())
        return self._made(table, column, comment=self._string())

    def _kind(self) -> bool:
        if self._take("COLUMN"):
            return True
        if not (self._take("TABLE") or self._take("VIEW")):
            raise _UnreadableError("it names neither a table nor a column")
        return False

    def _alter(self) -> list[ReadStatement]:
        table = self._name()
        if self._take("SET", "TAGS"):
            return [self._made(table, (), tags=self._tags_in_brackets())]
        if not (self._take("ALTER", "COLUMN") or self._take("CHANGE", "COLUMN")):
            raise _UnreadableError("it changes more than comments and tags")
        column = self._name()
        if self._take("SET", "TAGS"):
            return [self._made(table, column, tags=self._tags_in_brackets())]
        found = [self._column_comment(table, column)]
        while self._sign(","):
            found.append(self._column_comment(table, self._name()))
        return found

    def _column_comment(self, table: tuple[str, ...], column: tuple[str, ...]) -> ReadStatement:
        self._need("COMMENT")
        return self._made(table, column, comment=self._string())

    def _tag(self) -> ReadStatement:
        of_column = self._kind()
        name = self._name()
        table, column = _parted(name) if of_column else (name, ())
        tags = dict([self._pair()])
        while self._sign(","):
            tags |= dict([self._pair()])
        return self._made(table, column, tags=tags)

    def _tags_in_brackets(self) -> dict[str, str]:
        self._need_sign("(")
        tags = dict([self._pair()])
        while self._sign(","):
            tags |= dict([self._pair()])
        self._need_sign(")")
        return tags

    def _pair(self) -> tuple[str, str]:
        token = self._next()
        key = _unquoted(token)
        self._need_sign("=")
        return key, self._string()

    def _made(
        self,
        table: tuple[str, ...],
        column: tuple[str, ...],
        *,
        comment: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> ReadStatement:
        return ReadStatement(
            line=self._tokens[0].line, table=join_path(table),
            column=join_path(column) if column else "", comment=comment, tags=tags or {},
        )  # fmt: skip

    def _name(self) -> tuple[str, ...]:
        parts = [self._part()]
        while self._sign("."):
            parts.append(self._part())
        return tuple(parts)

    def _part(self) -> str:
        token = self._next()
        if token.kind not in {"word", "quoted"} or not (part := _unquoted(token)):
            raise _UnreadableError(f"no name: {token.text[:40]!r}")
        return part

    def _string(self) -> str:
        token = self._next()
        if token.kind == "word" and token.text.upper() == "NULL":
            return ""
        if token.kind != "text":
            raise _UnreadableError(f"no text: {token.text[:40]!r}")
        return _unquoted(token)

    def _next(self) -> Token:
        if self._at >= len(self._tokens):
            raise _UnreadableError("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, *words: str) -> bool:
        ahead = self._tokens[self._at : self._at + len(words)]
        if tuple(t.text.upper() for t in ahead if t.kind == "word") != words:
            return False
        self._at += len(words)
        return True

    def _need(self, word: str) -> None:
        if not self._take(word):
            raise _UnreadableError(f"{word} is missing")

    def _sign(self, sign: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at][:2] == ("sign", sign):
            self._at += 1
            return True
        return False

    def _need_sign(self, sign: str) -> None:
        if not self._sign(sign):
            raise _UnreadableError(f"{sign} is missing")


def _parted(name: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The table and the column of a column's whole name: three parts are the table's."""
    most = 3
    at = most if len(name) > most else len(name) - 1
    if at < 1:
        raise _UnreadableError("the column has no table")
    return name[:at], name[at:]


def _unquoted(token: Token) -> str:
    if token.kind == "quoted":
        return token.text[1:-1].replace("``", "`")
    if token.kind == "text":
        return _ESCAPED[token.text[0]].sub(_unescaped, token.text[1:-1])
    return token.text


def _unescaped(found: re.Match[str]) -> str:
    code = found.group(1)
    if code is None:
        return found.group()[0]
    if len(code) > 1:
        number = int(code[1:], 16) if code[0] == "u" else int(code, 8)
        return "\ufffd" if 0xD800 <= number <= 0xDFFF else chr(number)
    # A pattern of LIKE keeps its backslash, as in Spark.
    return f"\\{code}" if code in "%_" else _ESCAPES.get(code, code)
