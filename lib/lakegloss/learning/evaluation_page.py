"""Renders an evaluation as one HTML file: no script, nothing fetched, hostile text inert."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lakegloss import __version__
from lakegloss.core.evaluation.figures import ScoredItem, TableDifference, VersionFigures
from lakegloss.core.evaluation.references import HeldOutTable
from lakegloss.core.plan.cards import column_text, table_text
from lakegloss.core.report.charts import Bar, bar_chart, number
from lakegloss.core.report.data import money
from lakegloss.core.statistics.intervals import Estimate
from lakegloss.lakehouse.report.inert_html import fill_template
from lakegloss.learning.evaluation import EvaluationReport

WORST = 20
_TABLES_SHOWN = 60
_LABEL = 22
_SMALLEST_P = 0.0005


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstItem:
    """One of the worst comments, with what people wrote and what the data show."""

    item: ScoredItem
    reference: str
    other: str
    evidence: str


def render_evaluation(report: EvaluationReport) -> str:
    """The whole page; the same report makes the same page."""
    values = {
        "report": report,
        "lakegloss": __version__,
        "worst": worst_items(report),
        "tables": _shown(report.comparison.by_table if report.comparison else ()),
        "charts": _charts(report.versions),
    }
    filters = {"estimate": estimate_text, "signed": signed, "chance": chance_text}
    return fill_template("lakegloss.learning", "evaluation.html.j2", values, filters=filters)


def worst_items(report: EvaluationReport, most: int = WORST) -> list[WorstItem]:
    """The items that the first version did worst on, worst first."""
    if not report.versions:
        return []
    others = {item.key: item.text for version in report.versions[1:] for item in version.items}
    held = {item.table.name: item for item in report.tables}
    ordered = sorted(report.versions[0].items, key=lambda item: (item.score, item.key))
    return [
        WorstItem(
            item=item,
            reference=held[item.key.table].references[item.key.column],
            other=others.get(item.key, ""),
            evidence=_evidence(held[item.key.table], item.key.column),
        )
        for item in ordered[:most]
    ]


def _evidence(held: HeldOutTable, path: str) -> str:
    """What the model was told, without the hidden comment."""
    column = next((c for c in held.table.columns if c.path == path), None)
    if column is None:
        return table_text(held.table, held.evidence)
    return column_text(column, held.evidence.get(path))


def _shown(differences: Sequence[TableDifference]) -> Sequence[TableDifference]:
    """The tables with the largest differences either way, worst first."""
    if len(differences) <= _TABLES_SHOWN:
        return differences
    half = _TABLES_SHOWN // 2
    return [*differences[:half], *differences[-half:]]


def _charts(versions: Sequence[VersionFigures]) -> Mapping[str, Markup]:
    names = {"rules": "score", "track": "", "input": "input tokens", "output": "output tokens"}
    scores = [
        Bar(
            label=_end_of(v.label),
            parts=[("rules", max(0.0, v.score.mean))],
            note=f"{v.score.mean:.3f}",
        )
        for v in versions
        if v.items
    ]
    tokens = [
        Bar(
            label=_end_of(v.label),
            parts=[("input", v.spent.input_tokens), ("output", v.spent.output_tokens)],
            note=_cost_note(v),
        )
        for v in versions
    ]
    made = {
        "scores": bar_chart(
            scores, title="Score of each version", names=names, whole=1.0, id_prefix="scores"
        ),
        "tokens": bar_chart(
            tokens, title="Tokens of each version", names=names, id_prefix="tokens"
        ),
    }
    # The charts escape every text in them, which tests hold.
    return {key: Markup(svg) for key, svg in made.items()}  # noqa: S704


def _end_of(label: str) -> str:
    """The end of a long name, where versions differ: name and note share a phone's width."""
    return label if len(label) <= _LABEL else f"…{label[1 - _LABEL :]}"


def _cost_note(version: VersionFigures) -> str:
    tokens = number(version.spent.input_tokens + version.spent.output_tokens)
    return tokens if version.spent.cost is None else f"{tokens} · {money(version.spent.cost)}"


def estimate_text(found: Estimate, *, sign: bool = False) -> str:
    """A mean with its interval in words, such as `0.61 (0.55 to 0.67)`."""
    if not found.items:
        return "none"
    mark = "+" if sign else ""
    if found.low is None or found.high is None:
        return f"{found.mean:{mark}.3f} (too few tables for an interval)"
    return f"{found.mean:{mark}.3f} ({found.low:{mark}.3f} to {found.high:{mark}.3f})"


def chance_text(p: float | None) -> str:
    """A p-value in words; None is that of too few items."""
    if p is None:
        return "too few to tell"
    return "p < 0.001" if p < _SMALLEST_P else f"p = {p:.3f}"


def signed(value: float) -> str:
    """A difference with its sign."""
    return f"{value:+.3f}"
