"""Overlap with references, against published values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.metrics.overlap import (
    exact_match,
    graph_f1,
    rouge,
    rouge_l,
    rouge_n,
    set_f1,
)

TEXT = st.text("ab c", max_size=30)


@pytest.mark.parametrize(
    ("output", "reference", "n", "precision", "recall"),
    [
        # The examples of the package rouge-score.
        ("testing", "testing one two", 1, 1.0, 1 / 3),
        ("testing one", "testing one two", 2, 1.0, 0.5),
        ("testing one two", "testing", 1, 1 / 3, 1.0),
        ("", "testing one two", 1, 0.0, 0.0),
        ("the the the", "the cat", 1, 1 / 3, 0.5),  # no word counts more often than it is there
    ],
)
def test_rouge_n(output: str, reference: str, n: int, precision: float, recall: float) -> None:
    found = rouge_n(output, reference, n)
    assert (found.precision, found.recall) == (pytest.approx(precision), pytest.approx(recall))


@pytest.mark.parametrize(
    ("output", "reference", "f1"),
    [
        # Lin, ROUGE: A Package for Automatic Evaluation of Summaries (2004), section 3.1.
        ("police kill the gunman", "police killed the gunman", 0.75),
        ("the gunman kill police", "police killed the gunman", 0.5),
        ("testing one", "testing one two", 0.8),
    ],
)
def test_rouge_l(output: str, reference: str, f1: float) -> None:
    assert rouge_l(output, reference).f1 == pytest.approx(f1)


@given(TEXT, TEXT)
def test_rouge_is_whole_for_the_same_text_and_bounded(first: str, second: str) -> None:
    assert 0 <= rouge(first, second).score <= 1
    assert rouge_l(first, second).precision == pytest.approx(rouge_l(second, first).recall)
    if len(first.split()) > 1:
        assert rouge(first, first).score == pytest.approx(1)


def test_rouge_says_what_is_missing() -> None:
    assert "gunman" in rouge("police", "police killed the gunman").why


@pytest.mark.parametrize(
    ("output", "same"), [("  The ANSWER is: 4.2!", 1.0), ("the answer is 4", 0.0)]
)
def test_exact_match_is_free_of_case_and_punctuation(output: str, same: float) -> None:
    assert exact_match(output, "the answer is 4.2").score == same


@pytest.mark.parametrize(
    ("output", "reference", "f1"),
    [
        (["Ada ", "Babbage"], ["ada", "Babbage"], 1.0),
        (["Ada"], ["Ada", "Babbage"], 2 / 3),
        (["Ada", "Eve"], ["Ada", "Babbage"], 0.5),
        ([], [], 1.0),
        ([], ["Ada"], 0.0),
        ([("Ada", "knew", "Babbage")], [("ada", "knew", "babbage")], 1.0),
        ([("Babbage", "knew", "Ada")], [("ada", "knew", "babbage")], 0.0),
    ],
)
def test_f1_of_sets(output: list[str], reference: list[str], f1: float) -> None:
    assert set_f1(output, reference).score == pytest.approx(f1)


def test_a_graph_is_scored_by_entities_and_relationships() -> None:
    found = graph_f1(
        {"entities": ["Ada", "Babbage"], "relationships": []},
        {"entities": ["Ada", "Babbage"], "relationships": [("Ada", "knew", "Babbage")]},
    )
    assert found.parts == {"entities": 1.0, "relationships": 0.0}
    assert found.score == 0.5
    assert "knew" in found.why
