"""Signatures as teams write them, the library, and checks of inputs."""

from typing import Literal

import dspy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.errors import InputError, SignatureError, SignatureNotFoundError
from lakegloss.programs.library import SIGNATURES, ClassifyText, EmailDraft
from lakegloss.programs.signatures import BaseSignature, SignatureField, inputs_of, outputs_of
from lakegloss.programs.validation import SignatureValidator, check_inputs


class Product(BaseSignature):
    """Describe a product."""

    product_name = SignatureField(description="its name")
    features: list[str] = SignatureField("what it can do")
    weight: float | None = SignatureField("kilograms", required=False, minimum=0, maximum=1_000)
    tone: Literal["plain", "loud"] = SignatureField(default="plain")
    description = SignatureField("the text", prefix="Description:")
    slogans: list[str] = SignatureField(output=True, max_length=3)


def test_outputs_are_the_fields_that_say_so() -> None:
    assert list(inputs_of(Product)) == ["product_name", "features", "weight", "tone"]
    assert list(outputs_of(Product)) == ["description", "slogans"]
    assert Product.instructions == "Describe a product."


def test_without_a_word_the_last_field_is_the_output() -> None:
    class Dates(BaseSignature):
        """Extract all dates."""

        text = SignatureField()
        dates = SignatureField(description="dates found")

    assert list(Dates.input_fields) == ["text"]
    assert list(Dates.output_fields) == ["dates"]


def test_a_signature_without_any_output_is_refused() -> None:
    with pytest.raises(SignatureError, match="Nothing has no output"):
        type(BaseSignature)("Nothing", (BaseSignature,), {"text": SignatureField(output=False)})


def test_a_subclass_keeps_the_outputs_that_it_inherits() -> None:
    class More(EmailDraft):
        """Write an e-mail."""

        signature_line = SignatureField("who signs", default="")

    assert "signature_line" in More.input_fields
    assert list(More.output_fields) == ["email_body"]


def test_dspys_modules_take_them() -> None:
    predictor = dspy.Predict(Product)
    assert predictor.signature is Product
    extended = dspy.ChainOfThought(Product).predict.signature
    assert list(extended.output_fields) == ["reasoning", "description", "slogans"]


def test_types_and_descriptions_are_kept() -> None:
    specs = inputs_of(Product)
    assert specs["product_name"].kind is str
    assert specs["features"].type_name == "list[str]"
    assert specs["features"].description == "what it can do"
    assert not specs["weight"].required
    assert specs["tone"].default == "plain"


def test_the_library_has_sixteen_each_with_words_for_the_model() -> None:
    assert len(SIGNATURES) == 16
    for name, signature in SIGNATURES.items():
        assert signature.__name__ == name
        assert len(signature.instructions.split()) >= 8, name
        assert inputs_of(signature), name
        assert outputs_of(signature), name
        for spec in (*inputs_of(signature).values(), *outputs_of(signature).values()):
            assert spec.description, f"{name}.{spec.name}"


# Inputs.


def test_inputs_get_their_defaults_and_types() -> None:
    checked = check_inputs(Product, {"product_name": "Watch", "features": ["GPS"], "weight": "2.5"})
    assert not checked.problems
    assert checked.values == {
        "product_name": "Watch", "features": ["GPS"], "weight": 2.5, "tone": "plain",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"product_name": 5, "features": []}, "'product_name' is of type int"),
        ({"product_name": None, "features": []}, "'product_name' is None"),
        ({"product_name": "x", "features": "GPS"}, "'features' is of type str"),
        ({"product_name": "x", "features": ["a", 2]}, "features' is of type list (1:"),
        ({"product_name": "x", "features": [], "weight": -1}, "too small. Give at least 0"),
        ({"product_name": "x", "features": [], "weight": 2_000}, "too large. Give at most 1000"),
        ({"product_name": "x", "features": [], "weight": float("nan")}, "'weight' is too"),
        ({"product_name": "x", "features": [], "tone": "LOUD"}, "'tone' is of type str"),
        ({"product_name": "x", "features": [], "featurs": 1}, "Did you mean 'features'?"),
        ({"product_name": "x" * 1_000_001, "features": []}, "has 1,000,001 characters"),
        ({}, "Missing required input fields: ['product_name', 'features']"),
    ],
)
def test_what_is_wrong_names_the_field_and_the_remedy(inputs: dict[str, object], said: str) -> None:
    validator = SignatureValidator()
    assert not validator.validate_inputs(Product, inputs)
    assert any(said in error for error in validator.get_errors()), validator.get_errors()


def test_other_names_of_an_input_are_taken() -> None:
    checked = check_inputs(ClassifyText, {"document": "text", "categories": "a, b"})
    assert checked.values == {"text": "text", "categories": "a, b"}
    both = check_inputs(SIGNATURES["RespondToUser"], {"user_input": "a"})
    assert both.values["user_query"] == "a"


def test_an_unknown_input_may_be_dropped() -> None:
    checked = check_inputs(ClassifyText, {"text": "t", "categories": "a", "x": 1}, unknown="drop")
    assert not checked.problems
    assert "x" not in checked.values


def test_the_validator_forgets_what_was_wrong_before() -> None:
    validator = SignatureValidator()
    assert not validator.validate_inputs("EmailDraft", {})
    assert validator.validate_inputs(
        "EmailDraft", {"recipient": "a", "subject": "b", "key_points": "c"}
    )
    assert validator.get_errors() == []


def test_the_validator_knows_no_other_names() -> None:
    with pytest.raises(SignatureNotFoundError, match="Did you mean EmailDraft"):
        SignatureValidator().validate_inputs("EmailDraf", {})
    with pytest.raises(InputError, match="mapping"):
        SignatureValidator().validate_inputs("EmailDraft", ["x"])  # type: ignore[arg-type]


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from([*Product.input_fields, "other"]) | st.text(max_size=8), _ANY)
)
def test_whatever_is_given_checking_never_raises(inputs: dict[str, object]) -> None:
    checked = check_inputs(Product, inputs)
    if not checked.problems:
        assert set(checked.values) == set(Product.input_fields)
        again = check_inputs(Product, checked.values)
        assert not again.problems
