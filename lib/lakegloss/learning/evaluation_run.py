"""Records an evaluation as a run of MLflow: its figures, the data set and the page."""

import json
import math
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lakegloss.core.evaluation.figures import VersionFigures
from lakegloss.learning.evaluation import EvaluationReport
from lakegloss.learning.program_evaluation.program_report import ProgramReport
from lakegloss.learning.recording import judge_parts

EXPERIMENT = "lakegloss-evaluations"
_UNFIT = re.compile(r"[^\w\-. /]")
_LONGEST = 500


def is_installed() -> bool:
    """Whether MLflow is there."""
    from importlib.util import find_spec

    return find_spec("mlflow") is not None


def record_run(
    report: EvaluationReport | ProgramReport, page: str, *, uri: str, experiment: str = ""
) -> str:
    """Record an evaluation; returns the id of its run.

    Args:
        page: the HTML page.
        uri: of the tracking server; that it listens was checked.
        experiment: its name; by default `lakegloss-evaluations`.

    Raises:
        mlflow.exceptions.MlflowException, OSError: the server refused it.
    """
    import mlflow

    client = mlflow.MlflowClient(tracking_uri=uri)
    name = experiment or EXPERIMENT
    known = client.get_experiment_by_name(name)
    place = known.experiment_id if known else client.create_experiment(name)
    run = client.create_run(place, run_name=f"evaluate {report.versions[0].label}"[:250])
    run_id = str(run.info.run_id)
    client.log_batch(run_id, metrics=_metrics(report), params=_params(report))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "evaluation.html").write_text(page, encoding="utf-8")
        (Path(folder) / "data.jsonl").write_text(_data(report), encoding="utf-8")
        (Path(folder) / "items.jsonl").write_text(_items(report), encoding="utf-8")
        client.log_artifacts(run_id, folder)
    client.set_terminated(run_id)
    return run_id


def _params(report: EvaluationReport | ProgramReport) -> list[Any]:
    from mlflow.entities import Param

    first = report.versions[0]
    values = {
        "version": first.label,
        "program_version": first.program_version,
        "model": first.model,
        "against": report.versions[1].label if len(report.versions) > 1 else "",
        "data": report.data_name,
        "data_hash": report.data_hash,
        "split": report.split,
        "metric": f"{report.metric} {report.metric_version}",
        "lakegloss_run": report.run_id,
        "conclusion": report.comparison.conclusion.value if report.comparison else "",
    }
    return [Param(name, value[:_LONGEST]) for name, value in values.items() if value]


def _metrics(report: EvaluationReport | ProgramReport) -> list[Any]:
    from mlflow.entities import Metric

    figures = _figures(report.versions[0])
    if len(report.versions) > 1:
        figures |= {f"against/{name}": x for name, x in _figures(report.versions[1]).items()}
    if report.comparison is not None:
        difference = report.comparison.difference
        figures |= {"difference": difference.mean}
        if difference.low is not None and difference.high is not None:
            figures |= {"difference_low": difference.low, "difference_high": difference.high}
    figures |= _others(report)
    return [
        Metric(_UNFIT.sub("_", name), value, 0, 0)
        for name, value in figures.items()
        if math.isfinite(value)
    ]


def _others(report: EvaluationReport | ProgramReport) -> dict[str, float]:
    """The figures of the metrics that do not decide, and of a judge."""
    found: dict[str, float] = {}
    for other in report.metrics[1:] if isinstance(report, ProgramReport) else ():
        for version, before in zip(other.versions, ("", "against/"), strict=False):
            found[f"{before}metric/{other.metric}"] = version.score.mean
    if report.judged is not None:
        found |= {f"judge/{name}": value for name, value in judge_parts(report.judged).items()}
        if report.judged.estimate is not None:
            found["judge/difference"] = report.judged.estimate.mean
    return found


def _figures(version: VersionFigures) -> dict[str, float]:
    found = {
        "score": version.score.mean,
        "passed": version.passed,
        "failed": float(sum(version.failures.values())),
        "own_text": version.written,
        "words": version.words,
        "items": float(version.score.items),
        "tables": float(version.score.groups),
        "input_tokens": float(version.spent.input_tokens),
        "output_tokens": float(version.spent.output_tokens),
        **{f"part/{name}": part.mean for name, part in version.parts.items()},
    }
    if version.score.low is not None and version.score.high is not None:
        found |= {"score_low": version.score.low, "score_high": version.score.high}
    return found if version.spent.cost is None else {**found, "cost": version.spent.cost}


def _data(report: EvaluationReport | ProgramReport) -> str:
    """What was evaluated on, as `--data` reads it."""
    return "".join(map(_line, report.data_lines()))


def _items(report: EvaluationReport | ProgramReport) -> str:
    return "".join(
        _line(
            {"version": version.label, "table": item.key.table, "column": item.key.column,
             "score": round(item.score, 6), "text": item.text, "source": item.source,
             "why": item.why}
        )
        for version in report.versions
        for item in version.items
    )  # fmt: skip


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=True, default=str) + "\n"
