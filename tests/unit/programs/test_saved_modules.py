"""Modules of several predictors as data: what an optimiser taught them comes back."""

import json
import random
from collections.abc import Callable
from typing import Any

import dspy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.release.saved_text import read_saved
from lakegloss.errors import SignatureError, VersionRefusedError
from lakegloss.programs.chain import Fixed, SignatureChain
from lakegloss.programs.config import predictors_of
from lakegloss.programs.families import FAMILIES, NAMED_SIGNATURES, PromptFamily
from lakegloss.programs.how_might_we import HMWGenerator, SolutionGenerator
from lakegloss.programs.saved import load_saved, save
from lakegloss.programs.split import module_version, split
from tests.unit.programs.saved_modules import Reviewer, Sized


class Numbers(dspy.Signature):  # type: ignore[misc]  # dspy is untyped
    """Count."""

    text: str = dspy.InputField()
    least: int = dspy.InputField(default=3)
    numbers: list[int] = dspy.OutputField()


def chain(goal: Any = "Key facts") -> Any:
    made = SignatureChain()
    made.add("ExtractInfo", {"document": "report", "info_types": goal})
    made.add(Numbers, {"text": "ExtractInfo.extracted_info"}, name="count")
    made.add("SummarizeText", {"document": "ExtractInfo.extracted_info"}, name="digest")
    return made.program(inputs=["report"])


def teach(program: Any) -> Any:
    """Instructions and demonstrations, as optimisers leave them."""
    for number, predictor in enumerate(predictors_of(program).values()):
        predictor.signature = predictor.signature.with_instructions(f"Do it, part {number}.")
        inputs = dict.fromkeys(predictor.signature.input_fields, "x")
        predictor.demos = [dspy.Example(**inputs, augmented=True)] if number else []
    return program


def again(program: Any, *trusted: str) -> Any:
    return load_saved(read_saved(save(program, "kept").text), trusted=trusted)


@pytest.mark.parametrize("taught", [False, True])
@pytest.mark.parametrize("make", [chain, HMWGenerator, SolutionGenerator, Reviewer])
def test_a_module_comes_back_with_what_it_learned(make: Callable[[], Any], *, taught: bool) -> None:
    program = teach(make()) if taught else make()
    found = again(program, "tests.unit.programs")
    assert type(found) is type(program)
    assert module_version(found) == module_version(program)
    assert save(found, "kept").content == save(program, "kept").content
    if taught:
        assert module_version(found) != module_version(make())
        assert save(program, "kept").version != save(make(), "kept").version
    if make is chain:
        assert found.wiring == program.wiring


def test_what_dspys_own_optimiser_made_comes_back() -> None:
    lm = dspy.utils.DummyLM(
        [{"reasoning": "r", "answer": "a", "verdict": "v"}] * 20, adapter=dspy.JSONAdapter()
    )
    examples = [dspy.Example(question=f"q{n}", verdict="v").with_inputs("question") for n in "abc"]
    with dspy.context(lm=lm, adapter=dspy.JSONAdapter()):
        optimiser = dspy.BootstrapFewShot(metric=lambda *_: True, max_bootstrapped_demos=2)
        program = optimiser.compile(Reviewer(), trainset=examples)
        single = optimiser.compile(dspy.Predict("question -> verdict"), trainset=examples)
    assert [len(p.demos) for p in program.predictors()] == [3, 3]
    found = again(program, "tests.unit.programs")
    assert module_version(found) == module_version(program)
    known, kept = split(again(single)), split(single)
    assert known is not None
    assert kept is not None
    assert known.version == kept.version


wires = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9)
    | st.sampled_from(["report", "ExtractInfo.extracted_info", "nothing.such", "fixed"]),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["fixed", "a"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@given(wires)
def test_fixed_values_come_back_as_they_are(value: Any) -> None:
    program = chain(Fixed(value=value))
    assert again(program).wiring == program.wiring


@pytest.mark.parametrize("family", sorted(PromptFamily))
@pytest.mark.parametrize("module", [None, dspy.Predict, dspy.ChainOfThought])
def test_the_families_come_back(family: PromptFamily, module: Any) -> None:
    signature = FAMILIES[family]
    program = signature if module is None else teach(module(signature))
    saved = save(program, "kept")
    known, kept = split(load_saved(read_saved(saved.text))), split(program)
    assert known is not None
    assert kept is not None
    assert known.version == kept.version == saved.version
    assert saved.body["signature"] == signature.__name__
    assert NAMED_SIGNATURES[family.value] is NAMED_SIGNATURES[signature.__name__] is signature


def local() -> Any:
    class Here(Reviewer):
        pass

    return Here()


def with_temperature() -> Any:
    program = Reviewer()
    program.judge.config = {"temperature": 1.0}
    return program


def with_other_fields() -> Any:
    program = Reviewer()
    program.judge.signature = dspy.Signature("question -> verdict")
    return program


def with_another_part() -> Any:
    program = Reviewer()
    program.more = dspy.Predict("a -> b")
    return program


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (local, "Here cannot be imported"),
        (lambda: Sized(3), "Sized cannot be made without arguments"),
        (with_temperature, "'judge' has a model, parameters or fields"),
        (with_other_fields, "'judge' has a model, parameters or fields"),
        (with_another_part, "has other predictors"),
        (lambda: chain(Fixed(value=object())), "no JSON value"),
        (dspy.Module, "has no predictors"),
    ],
)
def test_what_data_cannot_say_of_a_module_is_refused(make: Callable[[], Any], said: str) -> None:
    with pytest.raises(SignatureError, match=said):
        save(make(), "kept")


def test_a_class_that_nobody_trusts_is_refused() -> None:
    text = save(Reviewer(), "kept").text
    with pytest.raises(VersionRefusedError, match="not of a trusted package"):
        load_saved(read_saved(text))


@pytest.mark.parametrize(
    ("predictors", "said"),
    [
        ({"nothing": {}}, "no predictor 'nothing'"),
        ({"count": {"demos": [{"nope": 1}]}}, "no field"),
        ({"count": {"code": "x"}}, "code"),
        ({"count": 3}, "count"),
    ],
)
def test_what_does_not_fit_is_refused(predictors: Any, said: str) -> None:
    content = json.loads(save(chain(), "kept").text)
    content["body"]["predictors"] = predictors
    with pytest.raises(VersionRefusedError, match=said):
        load_saved(read_saved(json.dumps(content)))


def test_teaching_one_object_teaches_no_other() -> None:
    """A class's name may name an object that others use."""
    content = json.loads(save(Reviewer(), "kept").text)
    content["body"]["predictors"] = {"judge": {"instructions": f"Be {random.random()}."}}
    load_saved(read_saved(json.dumps(content)), trusted=["tests.unit.programs"])
    assert module_version(again(Reviewer(), "tests.unit.programs")) == module_version(Reviewer())
