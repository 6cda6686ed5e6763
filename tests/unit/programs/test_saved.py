"""Programs as data: what is saved is built again, and nothing else is."""

import json
from typing import Any, Literal

import dspy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.release.saved_text import read_saved
from lakegloss.errors import LakeglossError, SignatureError, VersionRefusedError
from lakegloss.programs.comment import CommentProgram
from lakegloss.programs.config import read_config
from lakegloss.programs.library import SIGNATURES
from lakegloss.programs.saved import load_saved, save, save_config
from lakegloss.programs.signatures import BaseSignature, SignatureField
from lakegloss.programs.split import split


@pytest.mark.parametrize("name", sorted(SIGNATURES))
def test_the_librarys_signatures_come_back(name: str) -> None:
    saved = save(SIGNATURES[name])
    again = load_saved(read_saved(saved.text))
    found = split(again, name=name)
    assert found is not None
    assert found.version == saved.version
    assert save(again).signature == saved.signature


def test_the_comment_program_comes_back_with_its_instructions_and_examples() -> None:
    program = CommentProgram()
    program.write.signature = program.write.signature.with_instructions("Write well.")
    program.write.demos = [{"tables": ["t1 a.b"], "comments": [{"id": "t1", "text": "B."}]}]
    saved = save(program)
    again = load_saved(read_saved(saved.text))
    assert isinstance(again, CommentProgram)
    assert again.version == program.version == saved.version
    assert again.version != CommentProgram().version


def test_a_compiled_program_keeps_what_was_learned() -> None:
    program = dspy.ChainOfThought(SIGNATURES["EmailDraft"].with_instructions("Be short."))
    program.predict.demos = [dspy.Example(recipient="Ann", email_body="Hi.").toDict()]
    again = load_saved(read_saved(save(program, "mail").text))
    assert isinstance(again, dspy.ChainOfThought)
    assert again.predict.signature.instructions == "Be short."
    assert again.predict.demos[0]["email_body"] == "Hi."
    assert json.loads(save(program, "mail").text)["body"]["signature"] == "EmailDraft"


def test_a_signature_of_ones_own_comes_back_by_its_fields() -> None:
    program = dspy.Predict("question: str, limit: int -> answers: list[str], sure: bool")
    again = load_saved(read_saved(save(program, "ask").text))
    assert list(again.signature.fields) == ["question", "limit", "answers", "sure"]
    assert again.signature.fields["answers"].annotation == list[str]


def test_what_data_cannot_say_is_refused() -> None:
    class Chooses(dspy.Signature):  # type: ignore[misc]
        """Choose."""

        text: str = dspy.InputField()
        kind: Literal["a", "b"] = dspy.OutputField()

    class Bounded(BaseSignature):
        """Write."""

        text = SignatureField("what", max_length=3)
        out = SignatureField("what", output=True)

    class Own(dspy.Module):  # type: ignore[misc]
        def forward(self, text: str) -> Any: ...

    for program, said in ((Chooses, "kind"), (Bounded, "bounds"), (Own(), "Own")):
        with pytest.raises(SignatureError, match=said):
            save(program)


def broken(**changes: Any) -> str:
    content = json.loads(save(SIGNATURES["EmailDraft"]).text)
    return json.dumps(content | changes)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", "[" * 100_000, broken(body=3), broken(name=3), broken(format=99),
     broken(kind="pickle")],
    ids=["empty", "no-parts", "a-list", "null", "deep", "no-body", "no-name", "later", "unknown"],
)  # fmt: skip
def test_what_is_no_saved_program_is_refused(text: str) -> None:
    with pytest.raises(VersionRefusedError):
        read_saved(text)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"signature": "0" * 12}, "its fields are others"),
        ({"body": {"name": "x", "class": "os:system"}}, "not of a trusted package"),
        ({"body": {"name": "x", "class": "lakegloss.programs.config:importlib"}}, "no signature"),
        ({"body": {"name": "x", "class": "subprocess:Popen"}}, "not of a trusted package"),
        ({"body": {"name": "x", "signature": "Nothing"}}, "not found"),
        ({"body": {"name": "x", "signature": "EmailDraft", "demos": [{"nope": 1}]}}, "no field"),
        ({"body": {"name": "x", "evil": 1, "signature": "EmailDraft"}}, "evil"),
        ({"kind": "comment"}, "no saved state|not a saved state"),
    ],
)
def test_what_must_not_be_built_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(VersionRefusedError, match=said):
        load_saved(read_saved(broken(**changes)))


def test_a_state_of_another_comment_signature_is_refused() -> None:
    content = json.loads(save(CommentProgram()).text)
    content["body"]["signature"] = "0" * 12
    with pytest.raises(VersionRefusedError, match="another program or signature"):
        load_saved(read_saved(json.dumps(content)))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["format", "kind", "name", "version", "signature", "body", "class", "demos"]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_stands_there_only_lakegloss_errors_are_raised(content: Any) -> None:
    known = json.loads(save(SIGNATURES["EmailDraft"]).text)
    for text in (
        json.dumps(content),
        json.dumps(known | content if isinstance(content, dict) else known | {"body": content}),
    ):
        try:
            load_saved(read_saved(text))
        except LakeglossError as error:
            assert isinstance(error, VersionRefusedError)  # noqa: PT017


@pytest.mark.parametrize(
    "name", ["_x", "__doc__", "__init__", "__annotations__", "model_config", "fields",
             "instructions", "signature", "input_fields", "a b", ""]
)  # fmt: skip
def test_names_that_dspy_keeps_are_refused(name: str) -> None:
    fields = {"instructions": "i", "inputs": {name: "x"}, "outputs": {"out": "y"}}
    text = broken(body={"name": "x", "signature": fields})
    with pytest.raises(VersionRefusedError):
        load_saved(read_saved(text))
    with pytest.raises(VersionRefusedError):
        load_saved(
            read_saved(broken(body={"name": "x", "class": f"lakegloss.programs.chain:{name}"}))
        )


def test_a_class_that_takes_arguments_is_refused() -> None:
    text = broken(body={"name": "x", "class": "lakegloss.programs.chain:ChainProgram"})
    with pytest.raises(VersionRefusedError):
        load_saved(read_saved(text))


def test_a_chain_is_saved_by_its_steps() -> None:
    config = read_config(
        {
            "name": "two-steps",
            "chain": {
                "inputs": ["document"],
                "steps": [{"signature": "SummarizeText"}],
            },
        },
        "here",
    )
    saved = save_config(config)
    program = load_saved(read_saved(saved.text))
    assert program.inputs == ("document",)
