"""An answer that leaves a required text empty is no success, and an unknown program gets a hint."""

import json
from collections.abc import Callable, Iterator

import dspy
import pytest
from aiohttp import web
from dspy.utils.exceptions import AdapterParseError

from lakegloss.errors import AnswerError, ProgramNotFoundError
from lakegloss.programs import BaseSignature, SignatureField
from lakegloss.programs.json_adapter import ADAPTER
from lakegloss.programs.library import CritiqueText, SummarizeText
from lakegloss.serving import DSPyPipelineExecutor
from lakegloss.serving.api.problems import api_error
from lakegloss.serving.executor.programs import ProgramBook
from lakegloss.settings import load_settings
from tests.kits.program_server import ProgramServer


class Notes(BaseSignature):
    """Find notes."""

    text = SignatureField()
    found: list[str] = SignatureField(output=True)
    remark: str | None = SignatureField(output=True)
    summary: str = SignatureField(output=True)


@pytest.mark.parametrize("blank", ["", "  ", "\n\t", "\u00a0"])
def test_a_required_text_that_is_empty_is_no_answer(blank: str) -> None:
    answer = json.dumps({"found": [], "remark": None, "summary": blank})
    with pytest.raises(AdapterParseError, match="the output 'summary' is empty"):
        ADAPTER.parse(Notes, answer)


def test_what_may_be_empty_is_an_answer() -> None:
    read = ADAPTER.parse(Notes, json.dumps({"found": [], "remark": None, "summary": "None."}))
    assert read == {"found": [], "remark": None, "summary": "None."}
    critique = {"critique": "Fine.", "strengths": [], "suggestions": []}
    assert ADAPTER.parse(CritiqueText, json.dumps(critique)) == critique


def test_a_model_that_thought_before_may_leave_its_reasoning_empty() -> None:
    signature = dspy.ChainOfThought(SummarizeText).predict.signature
    assert ADAPTER.parse(signature, '{"reasoning": "", "summary": "s"}')["summary"] == "s"
    with pytest.raises(AdapterParseError, match="'summary' is empty"):
        ADAPTER.parse(signature, '{"reasoning": "Long.", "summary": ""}')


def says(*summaries: str) -> Callable[[], web.Response]:
    """Answers with these summaries in turn, the last of them for ever."""
    left: Iterator[str] = iter(summaries)
    last = summaries[-1]

    def answer() -> web.Response:
        content = json.dumps({"summary": next(left, last)})
        usage = {"prompt_tokens": 1, "completion_tokens": 1}
        choice = {"message": {"content": content}, "finish_reason": "stop"}
        return web.json_response({"choices": [choice], "usage": usage})

    return answer


@pytest.mark.parametrize(
    ("summaries", "success"), [(("", " ", "Good."), True), (("",), False)], ids=["mended", "stays"]
)
def test_an_empty_output_is_asked_for_again_and_then_named(
    summaries: tuple[str, ...],
    success: bool,  # noqa: FBT001
) -> None:
    with ProgramServer(says=says(*summaries)) as server:
        settings = load_settings(environ={}, model="m", endpoint=server.url)
        with DSPyPipelineExecutor(settings=settings, max_retries=2, environ={}) as executor:
            result = executor.execute(model_id="SummarizeText", inputs={"document": "d"})
            assert len(server.requests) == 3
    assert result.success is success
    if success:
        assert result["summary"] == "Good."
    else:
        assert "the output 'summary' is empty" in result.error
        assert isinstance(result.exception, AnswerError)
        assert result.outputs == {}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("SumarizeText", "Did you mean 'SummarizeText'?"),
        ("summarizetext", "Did you mean 'SummarizeText'?"),
        ("house_style", "Did you mean 'house_styles'?"),
        ("zzz", "list_signatures()"),
    ],
)
def test_an_unknown_program_gets_a_hint(name: str, hint: str) -> None:
    book = ProgramBook()
    book.register("house_styles", SummarizeText)
    with pytest.raises(ProgramNotFoundError) as caught:
        book.find(name)
    assert caught.value.message == f"Model {name} not found in registry"
    assert hint in caught.value.remedy
    told = api_error(caught.value).error
    assert told.remedy.endswith("GET /api/v1/dspy/programs lists all.")
    assert ("Did you mean" in told.remedy) == ("Did you mean" in hint)
