"""Hands the metrics of programs to `mlflow.genai.evaluate` as scorers."""

import json
import math
from collections.abc import Mapping
from typing import Any

from lakegloss.core.metrics.output_values import ProgramCase
from lakegloss.core.metrics.program_metrics import ProgramMetric, metric_named
from lakegloss.errors import EnvironmentNotReadyError, InputError
from lakegloss.learning.program_evaluation.evaluated_program import program_to_evaluate

_RESPONSE = "expected_response"
"""Under which name MLflow's own scorers find an expected text."""


def mlflow_scorers(*names: str, program: Any = None) -> list[Any]:
    """Make scorers of metrics, for `mlflow.genai.evaluate(data, scorers=...)`.

    `inputs` and `outputs` of a row are those of the program; `expectations` hold the expected
    outputs by name, or one text as `expected_response`. Each scorer gives a number with its reason
    and the metric's version. Of a row of which a metric can say nothing it gives none, so that
    MLflow leaves the row out of the mean; it is never a 0.

    Args:
        names: metrics (docs/learning.md), such as `exact_match` or `ROUGE-L`.
        program: a signature or module, for `format_compliance` and for bare texts as outputs.

    Raises:
        InputError: a metric is unknown, named twice, or none is named.
        SignatureError: `program` is no program.
        EnvironmentNotReadyError: MLflow is not installed.
    """
    metrics = [metric_named(name) for name in names]
    if not metrics or len({metric.name for metric in metrics}) < len(metrics):
        raise InputError("Each metric is named once.", remedy="Give different metrics.")
    described = program_to_evaluate(program) if program is not None else None
    outputs = described.outputs if described is not None else ()
    kinds = described.kinds if described is not None else {}
    return [_scorer(metric, outputs, kinds) for metric in metrics]


def _scorer(metric: ProgramMetric, names: tuple[str, ...], kinds: Mapping[str, Any]) -> Any:
    try:
        from mlflow.entities import AssessmentSource, Feedback
        from mlflow.genai import scorer
    except ImportError:
        raise EnvironmentNotReadyError(
            "Scorers need MLflow, which is not installed.", remedy="pip install 'lakegloss[mlflow]'"
        ) from None

    def score(inputs: Any = None, outputs: Any = None, expectations: Any = None) -> Any:
        found = metric.score(
            ProgramCase(
                inputs=_mapping(inputs), outputs=_by_name(outputs, names),
                expected=_expected(expectations, names, outputs), kinds=kinds,
            )
        )  # fmt: skip
        if found is None or not math.isfinite(found.score):
            return None
        return Feedback(
            value=found.score,
            rationale=found.why or None,
            source=AssessmentSource(source_type="CODE", source_id=f"lakegloss/{metric.name}"),
            metadata={"metric_version": metric.version},
        )

    passes_at = metric.passes_at
    return scorer(
        score, name=metric.name, description=metric.measures,
        pass_if=lambda value: float(value) >= passes_at,
    )  # fmt: skip


def _mapping(values: Any) -> Mapping[str, Any]:
    return values if isinstance(values, Mapping) else {}


def _by_name(outputs: Any, names: tuple[str, ...]) -> Mapping[str, Any]:
    """Outputs by name: those of a result of an executor or of DSPy, or one bare value."""
    if isinstance(outputs, Mapping):
        return outputs
    items = getattr(outputs, "items", None)
    if callable(items):
        return dict(items())
    if isinstance(outputs, str) and outputs.lstrip().startswith("{"):
        try:
            found = json.loads(outputs)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            return found
    return {} if outputs is None else {_only(names): outputs}


def _only(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else "output"


def _expected(expectations: Any, names: tuple[str, ...], outputs: Any) -> Mapping[str, Any]:
    """What was expected, without expectations that nobody stated."""
    given = {k: v for k, v in _mapping(expectations).items() if v is not None}
    if _RESPONSE in given and _RESPONSE not in names:
        text = given.pop(_RESPONSE)
        ours = tuple(_by_name(outputs, names))
        given.setdefault(_only(names or ours), text)
    return {name: value for name, value in given.items() if not names or name in names}
