"""Makes of a champion's answer what a challenger is to be asked, where that can be compared."""

from collections.abc import Callable, Mapping
from typing import Any

from lakegloss.core.evidence import Evidence
from lakegloss.core.plan.guidance import Guidance
from lakegloss.core.release.assignment import Variant
from lakegloss.drafting.drafted import Drafted
from lakegloss.drafting.table_cards import TableCard
from lakegloss.serving.api.variants.shadow_lane import ShadowRequest
from lakegloss.serving.api.variants.shadow_requests import (
    CardQuestion,
    ProgramQuestion,
    ShadowVerdict,
    is_shadowed,
    verdict_of_drafts,
    verdict_of_result,
)
from lakegloss.serving.api.variants.splits import Splits
from lakegloss.serving.executor.programs import Prepared
from lakegloss.serving.executor.result import ExecutionResult


def of_execution(
    splits: Splits,
    program: Prepared,
    inputs: Mapping[str, Any],
    result: ExecutionResult,
    timeout: float,
) -> ShadowRequest | None:
    """An execution of the champion; None where nothing of it can be compared.

    Where another model stood in, a pair would say which model is better. An execution that gave
    nothing usable is compared, too: else the challenger could never be better.

    Args:
        timeout: the seconds that the challenger may take.
    """
    is_asked_once = is_shadowed(result) and not result.metadata.get("fallback_from")
    if program.variant != Variant.CHAMPION or not is_asked_once:
        return None
    return _request(
        splits, program.registered, verdict_of_result(result, program.version), result,
        ProgramQuestion(inputs=inputs, timeout=timeout),
    )  # fmt: skip


def of_comments(
    splits: Splits,
    card: TableCard,
    drafted: Drafted,
    result: ExecutionResult,
    *,
    detector: Callable[[Evidence], Evidence] | None,
    guidance: Guidance,
    timeout: float,
) -> ShadowRequest | None:
    """Comments of the champion; None where nothing of them can be compared.

    Those of several models are not: a pair would say which model is better.
    """
    if result.metadata["variant"] != Variant.CHAMPION or len(drafted.tried) != 1:
        return None
    return _request(
        splits, result.metadata["version"],
        verdict_of_drafts(drafted, result.metadata["program_version"]), result,
        CardQuestion(card=card, detector=detector, guidance=guidance, timeout=timeout),
        model=drafted.tried[0],
    )  # fmt: skip


def _request(
    splits: Splits,
    reference: str,
    verdict: ShadowVerdict,
    result: ExecutionResult,
    question: ProgramQuestion | CardQuestion,
    *,
    model: str = "",
) -> ShadowRequest | None:
    if not verdict.texts:
        return None
    return ShadowRequest(
        splits=splits, name=reference.partition("/")[0], champion=reference,
        champion_version=verdict.version, unit=result.metadata["unit"],
        execution_id=result.execution_id, model=model or result.metadata["model"],
        texts=verdict.texts, question=question,
        input_tokens=verdict.input_tokens, output_tokens=verdict.output_tokens,
    )  # fmt: skip
