"""Metrics of programs by name: kinds of outputs, other languages, and what cannot be scored."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lakegloss.core.metrics.output_values import ProgramCase, same_value
from lakegloss.core.metrics.overlap import exact_match, rouge
from lakegloss.core.metrics.program_metrics import METRICS, default_metrics, metric_named
from lakegloss.errors import InputError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
VALUES = st.dictionaries(st.sampled_from(["entities", "relations", "text", "n"]), JSON, max_size=3)


def score(name: str, outputs: Mapping[str, Any], expected: Mapping[str, Any], **more: Any) -> Any:
    case = ProgramCase(inputs=more.pop("inputs", {}), outputs=outputs, expected=expected, **more)
    return metric_named(name).score(case)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("ROUGE-1", "rouge1"), ("rouge_L", "rougeL"), ("Entity F1", "entity_f1"),
        ("hallucination rate", "supported"), ("accuracy", "field_match"), ("rougeL", "rougeL"),
    ],
)  # fmt: skip
def test_a_metric_has_the_names_that_people_use(name: str, known: str) -> None:
    assert metric_named(name).name == known


def test_an_unknown_metric_is_an_error_that_names_the_known() -> None:
    with pytest.raises(InputError, match="no metric 'bleu'") as caught:
        metric_named("bleu")
    assert all(name in caught.value.remedy for name in METRICS)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        # What tokenisers of ASCII words take for one and the same, or for nothing.
        ("C++", "C#", False), ("-5", "5", False), ("\U0001f44d", "\U0001f44e", False),
        ("!!!", "???", False), ("<5", ">5", False), ("\u0915\u0940", "\u0915\u093e", False),
        ("e\u0301te\u0301", "\u00e9t\u00e9", True), ("Stra\u00dfe", "STRASSE", True),
        ("\uff14\uff12", "42", True), ("Yes.", "yes", True), ("well-known", "well known", True),
    ],
)  # fmt: skip
def test_what_is_the_same_answer(first: str, second: str, *, same: bool) -> None:
    assert exact_match(first, second).score == float(same)


@pytest.mark.parametrize(
    "text",
    [
        "\u0938\u094d\u0935\u093e\u0917\u0924 \u0939\u0948 \u0939\u0948",  # Hindi
        "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e04\u0e23\u0e31\u0e1a",  # Thai
        "\u4eca\u5929\u5929\u6c14\u5f88\u597d",  # Chinese
        "\u0645\u0631\u062d\u0628\u0627 \u0628\u0643\u0645", "one", "", "...",
    ],
)  # fmt: skip
def test_rouge_of_a_text_with_itself_is_1_in_every_language(text: str) -> None:
    assert rouge(text, text).score == pytest.approx(1)


def test_texts_without_spaces_are_alike_by_their_characters() -> None:
    nearly = rouge("\u4eca\u5929\u5929\u6c14\u5f88\u597d", "\u4eca\u5929\u5929\u6c14\u4e0d\u597d")
    assert 0.5 < nearly.score < 1
    assert rouge("\u4eca\u5929", "\u660e\u65e5").score == 0


@pytest.mark.parametrize(
    ("given_", "wanted", "same"),
    [
        (True, "yes", True), (True, 1, False), ("false", False, True), ("1,000", 1000, True),
        (0.1 + 0.2, 0.3, True), ("three", 3, False), (None, None, True),
        ([1, "A"], [1.0, "a."], True),
        ([1, 2], [2, 1], False), ({"a": 1}, {"a": 1, "b": 2}, False), (float("nan"), 1.0, False),
    ],
)  # fmt: skip
def test_values_are_compared_by_what_they_say(given_: Any, wanted: Any, *, same: bool) -> None:
    assert same_value(given_, wanted) is same


def test_only_expected_outputs_count() -> None:
    outputs = {"classification": "Positive", "confidence": 0.3}
    assert score("exact_match", outputs, {"classification": "positive"}).score == 1
    assert score("exact_match", outputs, {"classification": "positive", "confidence": 1}).score == 0
    found = score("field_match", outputs, {"classification": "negative", "confidence": 0.3})
    assert found.score == 0.5
    assert found.why == "classification: It is Positive, and negative was expected."


def test_a_missing_output_is_said_to_be_missing() -> None:
    assert score("field_match", {}, {"summary": "a"}).why == "summary: It is missing."


def test_long_texts_and_lists_are_graded() -> None:
    found = score(
        "field_match",
        {"summary": "the police killed a man", "points": ["a", "b"]},
        {"summary": "the police killed the gunman", "points": ["A", "c"]},
    )
    assert 0 < found.parts["summary"] < 1
    assert found.parts["points"] == 0.5


ADA = {"name": "Ada Lovelace", "type": "person"}
KNEW = {"source": "Ada", "target": "Babbage", "relation": "knew"}


@pytest.mark.parametrize(
    ("outputs", "expected", "value"),
    [
        ({"entities": [ADA]}, {"entities": ["ada lovelace"]}, 1.0),
        ({"entities": '[{"name": "Ada Lovelace"}]'}, {"entities": ["Ada Lovelace"]}, 1.0),
        ({"entities": []}, {"entities": []}, 1.0),
        ({"entities": []}, {"entities": ["Ada"]}, 0.0),
        ({"entities": ["Ada", "Ada"]}, {"entities": ["Ada"]}, 1.0),  # named twice is no miss
        ({"text": "no list"}, {"entities": ["Ada"]}, 0.0),
        ({"entities": ["Ada"]}, {"summary": "Ada wrote."}, None),
        ({"entities": ["Ada"]}, {"relationships": [KNEW]}, None),
    ],
)
def test_entities(
    outputs: Mapping[str, Any], expected: Mapping[str, Any], value: float | None
) -> None:
    found = score("entity_f1", outputs, expected)
    assert (found and found.score) == value if value != 0 else found.score == 0


def test_relationships_have_a_direction_and_a_relation_beside() -> None:
    back = {"source": "Babbage", "target": "Ada", "relation": "knew"}
    assert score("relationship_f1", {"r": [back]}, {"r": [KNEW]}).score == 0
    other = score("relationship_f1", {"r": [["Ada", "met", "Babbage"]]}, {"r": [KNEW]})
    assert (other.score, other.parts["with_relation"]) == (1.0, 0.0)


def test_hallucination_is_what_the_input_does_not_have() -> None:
    found = score(
        "hallucination rate", {"summary": "Sales rose by 14 percent."}, {},
        inputs={"document": "The sales rose by 12 percent."},
    )  # fmt: skip
    assert found.parts["hallucination_rate"] == pytest.approx(0.25)
    assert found.score == pytest.approx(0.75)
    assert score("supported", {"summary": "x"}, {}) is None  # no input, nothing to say
    sure = {"label": "Sales", "confidence": 0.93}
    assert score("supported", sure, {}, inputs={"document": "The sales."}).score == 1


def test_form_takes_true_for_no_number() -> None:
    found = score("format compliance", {"n": True, "b": True}, {}, kinds={"n": int, "b": bool})
    assert (found.score, found.why) == (0.5, "Wrong type: n.")


def test_without_references_others_measure() -> None:
    assert not any(metric.needs_expected for metric in default_metrics(expected=False))
    assert default_metrics(expected=True)[0].name == "field_match"


@settings(max_examples=40)
@given(st.sampled_from(sorted(METRICS)), VALUES, VALUES, VALUES)
def test_any_json_is_scored_between_0_and_1_or_not_at_all(
    name: str, inputs: dict[str, Any], outputs: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = score(name, outputs, expected, inputs=inputs, kinds={"text": str})
    assert found is None or 0 <= found.score <= 1
    if METRICS[name].needs_expected and not expected:
        assert found is None


@settings(max_examples=30)
@given(VALUES)
@example({"entities": float("inf")})
def test_what_is_as_expected_scores_1(expected: dict[str, Any]) -> None:
    for name in ("exact_match", "field_match"):
        found = score(name, expected, expected)
        assert found is None or found.score == pytest.approx(1) or "nan" in repr(expected)
