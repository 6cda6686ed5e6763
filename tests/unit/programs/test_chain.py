"""Chains and conditional pipelines: what does not fit together is refused before any call."""

import pytest

from lakegloss.errors import InputError, SignatureError, SignatureNotFoundError
from lakegloss.programs.chain import Fixed, FromInput, FromStep, SignatureChain
from lakegloss.programs.conditional import ConditionalPipeline


def weekly() -> SignatureChain:
    chain = SignatureChain()
    chain.add("ExtractInfo", {"document": "report", "info_types": "Key facts and figures"})
    chain.add(
        "SummarizeText", {"document": "ExtractInfo.extracted_info", "max_length": "100 words"}
    )
    return chain.add(
        "EmailDraft",
        {"recipient": "stakeholders", "subject": "Weekly", "key_points": "SummarizeText.summary"},
    )


def test_each_field_is_wired() -> None:
    first, second, third = weekly().steps(inputs=["report"])
    assert first.wires == {
        "document": FromInput(name="report"),
        "info_types": Fixed(value="Key facts and figures"),
    }
    assert second.wires["document"] == FromStep(step="ExtractInfo", field="extracted_info")
    assert second.wires["max_length"] == Fixed(value="100 words")
    assert third.wires["recipient"] == Fixed(value="stakeholders")
    assert weekly().name == "ExtractInfo -> SummarizeText -> EmailDraft"


def test_a_field_that_nobody_wired_takes_what_has_its_name() -> None:
    chain = SignatureChain().add("ExtractInfo").add("SummarizeText")
    first, second = chain.steps(inputs=["text", "info_types"])
    assert first.wires["document"] == FromInput(name="text"), "another name of the field"
    assert second.wires["document"] == FromInput(name="text")
    chain = SignatureChain().add("CodeGeneration", name="a").add("CodeGeneration", name="b")
    _, second = chain.steps(inputs=["requirements"])
    assert second.wires["requirements"] == FromInput(name="requirements")


@pytest.mark.parametrize(
    ("wiring", "said"),
    [
        (
            {"document": "EmailDraft.email_body"},
            "from the later step 'EmailDraft': that is a cycle",
        ),
        ({"document": "SummarizeText.summary"}, "from itself: that is a cycle"),
        ({"document": "ExtractInfo.facts"}, "'ExtractInfo' has no output 'facts'"),
        ({"documents": "report"}, "has no input 'documents'"),
        ({}, "lacks its input 'document'"),
    ],
)
def test_a_chain_that_does_not_fit_is_refused(wiring: dict[str, str], said: str) -> None:
    chain = SignatureChain()
    chain.add("ExtractInfo", {"document": "report", "info_types": "dates"})
    chain.add("SummarizeText", wiring)
    chain.add("EmailDraft", {"recipient": "a", "subject": "b", "key_points": "c"})
    with pytest.raises(SignatureError, match=said):
        chain.steps(inputs=["report"])


def test_names_are_known_and_their_own() -> None:
    chain = SignatureChain().add("Extract", {})
    with pytest.raises(SignatureNotFoundError, match="'Extract' not found"):
        chain.steps(inputs=[])
    with pytest.raises(SignatureError, match="a step 'Extract' already"):
        chain.add("Extract")
    with pytest.raises(SignatureError, match="no steps"):
        SignatureChain().steps(inputs=[])


def test_text_with_a_dot_in_it_is_text() -> None:
    chain = SignatureChain()
    dotted = Fixed(value="a.b")
    chain.add("EmailDraft", {"recipient": dotted, "subject": "Version 2.1", "key_points": "x. y"})
    [step] = chain.steps(inputs=[])
    assert step.wires["recipient"] == dotted
    assert step.wires["subject"] == Fixed(value="Version 2.1")


@pytest.mark.parametrize(
    ("wiring", "inputs", "said"),
    [
        ("SumarizeText.summary", ["report"], "Did you mean SummarizeText.summary?"),
        ("SummarizeText.summary", ["report", "tone"], "No step takes the input 'tone'"),
        ("SummarizeText.summary", ["reprot"], "Did you mean 'report', which is a fixed text now?"),
    ],
)
def test_what_is_misspelt_is_refused(wiring: str, inputs: list[str], said: str) -> None:
    chain = SignatureChain().add("SummarizeText", {"document": "report"})
    chain.add("RefineText", {"text": wiring})
    with pytest.raises(SignatureError) as caught:
        chain.program(inputs=inputs)
    assert said in str(caught.value)


@pytest.mark.parametrize("value", [5, None, ["x"]])
def test_an_input_that_does_not_fit_is_refused_before_any_call(value: object) -> None:
    chain = SignatureChain().add("SummarizeText", {"document": "report"})
    with pytest.raises(InputError, match="Input 'report', step 'SummarizeText'"):
        chain.program(inputs=["report"])(report=value)


# Conditions.


def pipeline() -> ConditionalPipeline:
    found = ConditionalPipeline()
    found.add_condition(name="unsure", condition=lambda inputs: inputs["confidence"] < 0.8)
    found.add_condition(name="short", condition=lambda inputs: len(inputs["user_query"]) < 5)
    found.when("unsure").execute("ClarifyIntent")
    found.when("short").execute("GenerateFollowUp")
    found.otherwise().execute("RespondToUser")
    return found


@pytest.mark.parametrize(
    ("confidence", "query", "signature", "condition"),
    [
        (0.6, "Help", "ClarifyIntent", "unsure"),
        (0.9, "Help", "GenerateFollowUp", "short"),
        (0.9, "Help me", "RespondToUser", ""),
    ],
)
def test_the_first_condition_that_holds_decides(
    confidence: float, query: str, signature: str, condition: str
) -> None:
    chosen = pipeline().choose({"confidence": confidence, "user_query": query})
    assert (chosen.signature, chosen.condition) == (signature, condition)


def test_a_condition_that_fails_says_which() -> None:
    with pytest.raises(SignatureError, match=r"'unsure' reads an input .* 'confidence'"):
        pipeline().choose({"user_query": "x"})
    with pytest.raises(SignatureError, match="'unsure' failed: TypeError"):
        pipeline().choose({"user_query": "x", "confidence": "high"})


def test_pipelines_that_cannot_work_are_refused() -> None:
    found = ConditionalPipeline()
    with pytest.raises(SignatureError, match="no condition 'x'"):
        found.when("x")
    with pytest.raises(SignatureError, match="cannot be called"):
        found.add_condition("x", "always")  # type: ignore[arg-type]
    found.add_condition("x", lambda _: False)
    with pytest.raises(SignatureError, match="already"):
        found.add_condition("x", lambda _: True)
    found.when("x").execute("EmailDraft")
    with pytest.raises(SignatureError, match="a branch already"):
        found.when("x")
    with pytest.raises(SignatureError, match="no otherwise"):
        found.choose({})
