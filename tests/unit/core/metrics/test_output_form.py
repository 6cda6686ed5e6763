"""Outputs judged without a reference."""

import pytest

from lakegloss.core.metrics.output_form import (
    flesch,
    format_compliance,
    readability,
    supported_entities,
    supported_words,
)


@pytest.mark.parametrize(
    ("output", "score", "says"),
    [
        ({"answer": "x", "score": 2}, 1.0, ""),
        ({"answer": "x"}, 0.5, "Missing: score."),
        ({"answer": "x", "score": "two"}, 0.5, "Wrong type: score."),
        ({"answer": "", "score": 1, "note": "hm"}, 1 / 3, "Missing: answer. Unknown: note."),
        ({}, 0.0, "Missing: answer, score."),
    ],
)
def test_form_is_the_wanted_fields(output: dict[str, object], score: float, says: str) -> None:
    found = format_compliance(output, {"answer": str, "score": int})
    assert (found.score, found.why) == (pytest.approx(score), says)


@pytest.mark.parametrize(
    ("output", "score"),
    [
        ("Sales rose by 12 percent.", 1.0),
        ("Sales rose by 14 percent.", 0.75),
        ("It is.", 1.0),
        ("Aliens landed.", 0.0),
    ],
)
def test_words_need_support_in_the_input(output: str, score: float) -> None:
    source = "In spring the sales rose, by 12 percent in all."
    assert supported_words(output, [source]).score == pytest.approx(score)


def test_entities_need_support_in_the_input() -> None:
    found = supported_entities(["Ada Lovelace", "Alan Turing"], ["Ada, later Lady Lovelace, wrote"])
    assert found.score == 0.5
    assert found.why == "Not in the input: Alan Turing."
    assert supported_entities([], []).score == 1


@pytest.mark.parametrize(
    ("text", "ease"), [("The cat sat on the mat.", 116.145), ("", 0.0), ("42", 0.0)]
)
def test_reading_ease_is_flesch_s(text: str, ease: float) -> None:
    assert flesch(text) == pytest.approx(ease)


def test_long_words_read_worse() -> None:
    hard = (
        "Organisational interoperability necessitates comprehensive institutional standardisation."
    )
    assert readability(hard).score < 0.1 < readability("We put the books on the shelf.").score
    assert readability(hard).why
