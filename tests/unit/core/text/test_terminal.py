import unicodedata
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from lakegloss.core.text.terminal import safe, shorten, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain text", "plain text", id="plain"),
        pytest.param("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m", id="escape sequence"),
        pytest.param("a\x07b\x00c\x7f", "a\\x07b\\x00c\\x7f", id="controls"),
        pytest.param("\x9b2J", "\\x9b2J", id="one-byte control sequence introducer"),
        pytest.param("a\u202eb\u2066c", "a\\u202eb\\u2066c", id="bidirectional"),
        pytest.param("a\u200bb\ufeff", "a\\u200bb\\ufeff", id="zero width"),
        pytest.param("x\U000e0041", "x\\U000e0041", id="tag characters"),
        pytest.param("x\ud800", "x\\ud800", id="lone surrogate"),
        pytest.param("one\ntwo\tthree", "one two three", id="lines and tabs"),
        pytest.param("क्\u200dष", "क्\u200dष", id="a joiner stays"),
        pytest.param("naïve Größe 表 🛫", "naïve Größe 表 🛫", id="other scripts stay"),
        pytest.param("z" + "\u0301" * 50, "z" + "\u0301" * 4, id="heaps of marks"),
    ],
)
def test_hidden_characters_are_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_lines_can_be_kept() -> None:
    assert visible("one\r\ntwo\tthree", lines=True) == "one\n\ntwo three"


@given(st.text(max_size=200))
def test_nothing_hidden_is_left(text: str) -> None:
    for character in visible(text):
        assert character in "\u200c\u200d" or unicodedata.category(character) not in {
            "Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp",
        }  # fmt: skip


@given(st.text(max_size=200), st.integers(min_value=1, max_value=40))
def test_cut_text_fits(text: str, width: int) -> None:
    assert cell_len(shorten(visible(text), width)) <= width


@pytest.mark.parametrize(
    "text",
    ["[bold red]not bold[/]", "[/]", "\\[link=http://x.example]y", "a[b]c", "ends in \\"],
)
def test_markup_is_text(text: str) -> None:
    console = Console(file=StringIO(), width=200, color_system=None)
    with console.capture() as capture:
        console.print(f"[bold]{safe(text)}[/bold]")
    assert capture.get().rstrip("\n") == text


MARKUP = st.sampled_from(["[", "]", "[/]", "[bold]", "\\", "\\[", "[link=x]", "\x1b[2J", ":smile:"])


@given(st.lists(MARKUP | st.text(max_size=5), max_size=12).map("".join))
def test_no_text_is_markup(text: str) -> None:
    console = Console(file=StringIO(), width=10_000, color_system=None, emoji=False)
    with console.capture() as capture:
        console.print(f"[bold]{safe(text)}[/bold]|", soft_wrap=True)
    assert capture.get() == f"{visible(text)}|\n"
