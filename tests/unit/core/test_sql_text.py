"""Escaping: whatever a text or a name holds, the statement has the parts that were meant."""

import re
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.ddl import (
    comment_on_column,
    comment_on_columns,
    comment_on_table,
    comment_on_view,
    is_in,
    literal,
)
from lakegloss.core.names import join_path

# Spark's own lexer and unescaping, as far as statements of ours can need them.
_TOKENS = re.compile(
    r"(?P<string>'(?:[^'\\]|\\.)*')|(?P<name>`(?:[^`]|``)*`)"
    r"|(?P<word>\w+)|(?P<sign>[.,()=])|(?P<space> )",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_MEANT = {"0": "\0", "n": "\n", "r": "\r", "t": "\t", "b": "\b", "Z": "\x1a"}


def tokens(statement: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(statement):
        match = _TOKENS.match(statement, position)
        assert match, statement[position : position + 40]
        position = match.end()
        kind, text = str(match.lastgroup), match.group()
        if kind == "string":
            text = _ESCAPED.sub(_unescaped, text[1:-1])
        elif kind == "name":
            text = text[1:-1].replace("``", "`")
        if kind != "space":
            yield kind, text


def _unescaped(match: re.Match[str]) -> str:
    code, character = match.groups()
    return chr(int(code, 16)) if code else _MEANT.get(character, character)


def texts_of(statement: str) -> list[str]:
    return [text for kind, text in tokens(statement) if kind in {"string", "name"}]


def words_of(statement: str) -> list[str]:
    return [text for kind, text in tokens(statement) if kind in {"word", "sign"}]


HOSTILE = st.sampled_from(
    [
        *("'", "\\", "\\'", "''", "`", "``", "\\u0027", "\\x27"),
        *("--", "/*", ";", "${x}", "\n", "\0", "%", "$"),
    ]
)
TEXT = st.lists(HOSTILE | st.text(max_size=8), min_size=1, max_size=8).map("".join).filter(bool)
PARTS = st.lists(TEXT, min_size=1, max_size=3)


def as_utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@given(TEXT)
def test_a_literal_is_one_string_that_means_the_text(text: str) -> None:
    written = literal(text)
    assert list(tokens(written)) == [("string", as_utf8(text))]
    assert not set(written) & set("$\n\r\t\0\x1a"), "nothing is left to substitute or to break"


@given(PARTS, TEXT)
def test_a_table_comment_is_one_statement(parts: list[str], text: str) -> None:
    statement = comment_on_table(join_path(tuple(parts)), text)
    assert texts_of(statement) == [*parts, as_utf8(text)]
    assert words_of(statement) == ["COMMENT", "ON", "TABLE", *"." * (len(parts) - 1), "IS"]


@given(PARTS, TEXT)
def test_a_view_comment_is_one_statement(parts: list[str], text: str) -> None:
    statement = comment_on_view(join_path(tuple(parts)), text)
    assert texts_of(statement) == [*parts, "comment", as_utf8(text)]
    dots = ["."] * (len(parts) - 1)
    assert words_of(statement) == ["ALTER", "VIEW", *dots, *"SET TBLPROPERTIES ( = )".split()]


@given(PARTS, st.lists(st.tuples(PARTS, TEXT), min_size=1, max_size=3))
def test_column_comments_are_one_statement(
    table: list[str], comments: list[tuple[list[str], str]]
) -> None:
    edits = [(join_path(tuple(path)), text) for path, text in comments]
    statement = comment_on_columns(join_path(tuple(table)), edits)
    meant = [part for path, text in comments for part in (*path, as_utf8(text))]
    assert texts_of(statement) == [*table, *meant]
    assert words_of(statement).count("COMMENT") == len(comments)
    assert set(words_of(statement)) <= {"ALTER", "TABLE", "COLUMN", "COMMENT", ".", ","}


@given(PARTS, PARTS, TEXT)
def test_a_column_comment_is_one_statement(table: list[str], path: list[str], text: str) -> None:
    statement = comment_on_column(join_path(tuple(table)), join_path(tuple(path)), text)
    assert texts_of(statement) == [*table, *path, as_utf8(text)]


@given(TEXT, st.lists(TEXT, max_size=4))
def test_a_condition_names_every_value_once(column: str, values: list[str]) -> None:
    condition = is_in(join_path((column,)), values)
    if not values:
        assert condition == "false"
    else:
        assert texts_of(condition) == [column, *map(as_utf8, sorted(set(values)))]
