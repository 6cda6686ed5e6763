"""What the rules write in place of a model is no success of the version that was asked."""

from types import SimpleNamespace
from typing import Any

import pytest

from lakegloss.core.records import Source
from lakegloss.drafting.drafted import Drafted
from lakegloss.errors import EndpointUnavailableError
from lakegloss.serving.api.intelligence import _why_none

DOWN = EndpointUnavailableError("no answer")


@pytest.mark.parametrize(
    ("source", "given", "kind"),
    [
        pytest.param(Source.MODEL, {"calls": 1}, "", id="a model wrote"),
        pytest.param(Source.MODEL, {"calls": 2, "unanswered": 1}, "", id="some of it"),
        pytest.param(Source.RULES, {"calls": 1}, "AnswerError", id="nothing usable"),
        pytest.param(Source.RULES, {"calls": 3, "unanswered": 2}, "EndpointError", id="refused"),
        pytest.param(Source.RULES, {"calls": 3, "error": DOWN}, "EndpointError", id="down"),
        pytest.param(Source.RULES, {"not_asked": {"busy": 1}}, "EndpointError", id="no place"),
        pytest.param(Source.RULES, {}, "", id="no model at all"),
    ],
)
def test_the_kind_of_failure(source: Source, given: dict[str, Any], kind: str) -> None:
    draft: Any = SimpleNamespace(source=source)
    assert _why_none(Drafted(drafts=(draft,), **given)) == kind
    assert _why_none(Drafted(**given)) == ""
