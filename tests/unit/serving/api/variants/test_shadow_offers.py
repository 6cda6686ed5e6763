"""What of a champion's answer is compared in the shadow, and what says nothing of a version."""

from types import SimpleNamespace
from typing import Any

import pytest

from lakegloss.core.plan.guidance import Guidance
from lakegloss.core.records import Source
from lakegloss.drafting.drafted import Drafted
from lakegloss.errors import EndpointUnavailableError
from lakegloss.serving.api.variants.shadow_offers import of_comments
from lakegloss.serving.api.variants.shadow_requests import verdict_of_drafts

DOWN = EndpointUnavailableError("no answer")
NOBODY: Any = object()


def draft(column: str, source: Source = Source.MODEL, checks: tuple[str, ...] = ()) -> Any:
    key = SimpleNamespace(column=column)
    return SimpleNamespace(
        task=SimpleNamespace(key=key), source=source, text="Words.", checks=checks
    )


DRAFTS = (draft("", Source.RULES), draft("a"), draft("b", checks=("echo",)))


def test_what_the_rules_wrote_is_lost_and_checks_count() -> None:
    texts = verdict_of_drafts(Drafted(drafts=DRAFTS, calls=1), "v1").texts
    assert [texts[column].lost for column in ("", "a", "b")] == [True, False, False]
    assert texts["b"].score < texts["a"].score == 1.0


@pytest.mark.parametrize("given", [{"calls": 1, "error": DOWN}, {"calls": 2, "unanswered": 1}, {}])
def test_what_the_endpoint_fails_says_nothing_of_a_version(given: dict[str, Any]) -> None:
    verdict = verdict_of_drafts(Drafted(drafts=DRAFTS, **given), "v1")
    assert verdict.texts == {}
    assert verdict.error is not None


@pytest.mark.parametrize(
    ("variant", "tried", "is_compared"),
    [
        ("champion", ("m",), True),
        ("champion", ("m", "backup"), False),
        ("challenger", ("m",), False),
        ("", ("m",), False),
    ],
)
def test_only_the_champions_comments_of_one_model_are_compared(
    variant: str, tried: tuple[str, ...], *, is_compared: bool
) -> None:
    metadata = {
        "variant": variant, "version": "name/1", "program_version": "v1", "unit": "u",
        "model": "rules", "fallback_from": ["m"],
    }  # fmt: skip
    result: Any = SimpleNamespace(metadata=metadata, execution_id="e")
    drafted = Drafted(drafts=DRAFTS, calls=1, tried=tried)
    offered = of_comments(
        NOBODY, NOBODY, drafted, result, detector=None, guidance=Guidance(), timeout=1.0
    )
    assert (offered is not None) is is_compared
    if offered is not None:
        assert (offered.name, offered.champion, offered.model) == ("name", "name/1", "m")
