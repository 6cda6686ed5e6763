r"""Writes a text as a cell of a review file, and reads the exact text back.

A cell is harmless to a spreadsheet (no formula starts in it), to a terminal (no escape sequence)
and to a reader (nothing hidden or reordered), and it survives CSV, TSV and XLSX alike:

- characters that a format cannot hold or that nobody sees become `\x{1B}`;
- a cell that would start as a formula gets an apostrophe in front.
"""

import re
import unicodedata

# What starts a formula in a spreadsheet, with the full-width and small forms that some
# locales take for the same.
_STARTS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212")
_GUARD = "'"
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
# Joiners shape Persian, Indic scripts and emoji; a line break is a line break in every format.
_KEPT = frozenset("\n\u200c\u200d")
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # blank in most fonts, but no spaces
_OPENS = "\\x{"
_ESCAPED = re.compile(r"\\x\{([0-9A-F]{1,6})\}")
# XLSX reads `_x000D_` as a character of that code.
_OOXML = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_PLAIN = re.compile(r"[ -\x26\x28-\x2a\x2c\x2e-\x3c\x3e\x3f\x41-\x5b\x5d\x5e\x60-~]*")


def to_cell(text: str) -> str:
    """Write a text as a cell."""
    if _PLAIN.fullmatch(text) and "_x" not in text:  # most are, and a lake has a million cells
        return text
    cell = "".join(map(_escape, text.replace(_OPENS, _escape_code("\\") + _OPENS[1:])))
    cell = _OOXML.sub(lambda _: _escape_code("_"), cell)
    return _GUARD + cell if _needs_guard(cell) else cell


def from_cell(cell: str) -> str:
    """Read the text of a cell; line breaks of other systems become LF."""
    cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    if cell.startswith(_GUARD) and _needs_guard(cell[1:]):
        cell = cell[1:]
    return _ESCAPED.sub(_unescape, cell)


def _needs_guard(cell: str) -> bool:
    """Whether a cell needs a guard; an apostrophe does, too, as it would pass for the guard."""
    start = cell.lstrip()[:1]
    return bool(start) and (start in _STARTS or start == _GUARD)


def _escape(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    hidden = character in _BLANKS or unicodedata.category(character) in _HIDDEN
    return _escape_code(character) if hidden and character not in _KEPT else character


def _escape_code(character: str) -> str:
    return f"{_OPENS}{ord(character):X}}}"


def _unescape(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    # Half a surrogate pair is no text, so the escape stays as it was typed.
    return match.group() if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF else chr(code)
