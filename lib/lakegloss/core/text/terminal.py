"""Makes text from data safe to show in a terminal and in an HTML page.

Names, comments and values are hostile: an escape sequence can rewrite a terminal's screen, a
bidirectional override can make `DROP` read as something else (Boucher and Anderson, "Trojan
Source", 2023), and square brackets are markup to rich.
"""

import re
import unicodedata
from collections.abc import Iterator

from rich.cells import cell_len

_SPACES = frozenset("\t\n\v\f\r\x85\u2028\u2029")
# Joiners shape Persian, Indic scripts and emoji; they cannot reorder or hide text.
_KEPT_FORMATS = frozenset("\u200c\u200d")
# Blank in most fonts, but letters or symbols to unicodedata.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_MARKS_IN_A_ROW = 4
# Backslashes that rich reads as markup: before a tag, before another bracket, or at the end, where
# the caller may add a tag. rich's own `escape` leaves some of them.
_READ = re.compile(r"(\\*)(?:(?P<tag>\[(?=[a-z#/@][^\[]*\]))|(?P<bracket>\[)|$)")
ELLIPSIS = "…"


def visible(text: str, *, lines: bool = False) -> str:
    r"""Write out every control, escape, bidirectional and hidden character of a text.

    A hidden character becomes `\x1b`, `\u202e` or `\U000e0041`. Line breaks and tabs become one
    space; with `lines`, a line break stays. Only four combining marks in a row are kept: more would
    be drawn over the lines around them.
    """
    return "".join(_visible(text, lines=lines))


def safe(text: str, width: int | None = None) -> str:
    """Put a text on one line, harmless to a terminal and to rich's markup.

    Args:
        text: whatever a catalog, a model or a person wrote.
        width: the most terminal cells (1 or more); a longer text is cut and ends with an ellipsis.
    """
    shown = visible(text)
    return _READ.sub(_escaped, shown if width is None else shorten(shown, width))


def _escaped(match: re.Match[str]) -> str:
    backslashes = match.group(1)
    if match["tag"]:
        return backslashes * 2 + "\\["
    if match["bracket"]:
        return backslashes + "\\["
    return backslashes * 2


def shorten(text: str, width: int) -> str:
    """Cut a text to `width` terminal cells; a cut text ends with an ellipsis."""
    # Measuring 10,000 characters a cell is slow, and no cell of a table needs them.
    if len(text) <= width * 4 and cell_len(text) <= width:
        return text
    kept, cells = [], 0
    for character in text:
        cells += cell_len(character)
        if cells > width - 1:
            break
        kept.append(character)
    return "".join(kept).rstrip() + ELLIPSIS


def _visible(text: str, *, lines: bool) -> Iterator[str]:
    marks = 0
    for character in text:
        if character.isascii() and character.isprintable():
            marks = 0
            yield character
            continue
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= _MARKS_IN_A_ROW:
            yield _shown(character, lines=lines)


def _shown(character: str, *, lines: bool) -> str:
    if character in _SPACES:
        return "\n" if lines and character != "\t" else " "
    if character in _KEPT_FORMATS:
        return character
    if character in _BLANKS or unicodedata.category(character) in _HIDDEN:
        return _written_out(ord(character))
    return character


def _written_out(code: int) -> str:
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
