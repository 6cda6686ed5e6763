"""Renders an evaluation as one HTML file: no script, nothing fetched, hostile text inert."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lakegloss import __version__
from lakegloss.core.evaluation.figures import ScoredItem, TableDifference, VersionFigures
from lakegloss.core.evaluation.judging import (
    LEAST_KAPPA,
    LEAST_LABELS,
    JudgeFindings,
    Preference,
)
from lakegloss.core.report.charts import Bar, bar_chart, number
from lakegloss.core.report.data import money
from lakegloss.core.statistics.intervals import Estimate
from lakegloss.lakehouse.report.inert_html import fill_template
from lakegloss.learning.evaluation import EvaluationReport
from lakegloss.learning.program_evaluation.program_report import ProgramReport

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


def render_evaluation(report: EvaluationReport | ProgramReport) -> str:
    """The whole page; the same report makes the same page."""
    values = {
        "report": report,
        "lakegloss": __version__,
        "worst": worst_items(report),
        "tables": _shown(report.comparison.by_table if report.comparison else ()),
        "charts": _charts(report.versions),
        "others": report.metrics[1:] if isinstance(report, ProgramReport) else (),
        "judge": judge_text(report.judged, f"{report.item_words[1]}s") if report.judged else (),
    }
    filters: dict[str, Callable[..., str]] = {
        "estimate": estimate_text, "signed": signed, "chance": chance_text, "plural": plural_text,
    }  # fmt: skip
    return fill_template("lakegloss.learning", "evaluation.html.j2", values, filters=filters)


def worst_items(report: EvaluationReport | ProgramReport, most: int = WORST) -> list[WorstItem]:
    """The items that the first version did worst on, worst first."""
    if not report.versions:
        return []
    others = {item.key: item.text for version in report.versions[1:] for item in version.items}
    ordered = sorted(report.versions[0].items, key=lambda item: (item.score, item.key))
    return [
        WorstItem(
            item=item,
            reference=report.reference(item.key),
            other=others.get(item.key, ""),
            evidence=report.evidence(item.key),
        )
        for item in ordered[:most]
    ]


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


def judge_text(found: JudgeFindings, groups: str) -> list[str]:
    """What a judge found and what that is worth, in sentences."""
    lines = []
    if found.model:
        wins = [found.verdicts.get(side, 0) for side in Preference]
        lines.append(
            f"The judge {found.model} prefers the first {wins[0]} times, the second {wins[1]} "
            f"times, and neither {wins[2]} times; the order decided {found.flipped} times."
        )
        more = [
            f"{number(found.unread)} without a verdict" if found.unread else "",
            f"{number(found.unsafe)} with a text that speaks to its judge" if found.unsafe else "",
            f"the longer text won {found.longer:.0%}" if found.longer is not None else "",
        ]
        if any(more):
            lines.append(f"Of these: {', '.join(filter(None, more))}.")
        lines += [_agreement_text(found)] if found.agreement.items else []
    if found.estimate is None:
        lines.append(
            f"People judged {found.labels} pairs; below {LEAST_LABELS} nothing is concluded."
        )
    else:
        whose = "People, helped by the judge" if found.counts else "People alone"
        lines.append(
            f"{whose}: {found.conclusion.value}, difference "
            f"{estimate_text(found.estimate, sign=True, groups=groups)} of -1 to 1, from "
            f"{found.labels} labels."
        )
    return lines


def _agreement_text(found: JudgeFindings) -> str:
    agreement = found.agreement
    kappa = "none" if agreement.kappa is None else f"{agreement.kappa:.2f}"
    return (
        f"It agrees with people on {agreement.share:.0%} of {agreement.items} pairs "
        f"(kappa {kappa}); "
        f"from {LEAST_LABELS} pairs and kappa {LEAST_KAPPA} on it counts. It "
        f"{'counts' if found.counts else 'does not count'}."
    )


def plural_text(count: int, word: str) -> str:
    """A number with its noun: `1 example`, `2 examples`."""
    return f"{number(count)} {word}{'' if count == 1 else 's'}"


def estimate_text(found: Estimate, *, sign: bool = False, groups: str = "tables") -> str:
    """A mean with its interval in words, such as `0.61 (0.55 to 0.67)`.

    Args:
        groups: what the groups are called.
    """
    if not found.items:
        return "none"
    mark = "+" if sign else ""
    if found.low is None or found.high is None:
        return f"{found.mean:{mark}.3f} (too few {groups} for an interval)"
    # A score is never below 0 or above 1, so an interval that goes further tells nothing more.
    low, high = (found.low, found.high) if sign else (max(0.0, found.low), min(1.0, found.high))
    return f"{found.mean:{mark}.3f} ({low:{mark}.3f} to {high:{mark}.3f})"


def chance_text(p: float | None) -> str:
    """A p-value in words; None is that of too few items."""
    if p is None:
        return "too few to tell"
    return "p < 0.001" if p < _SMALLEST_P else f"p = {p:.3f}"


def signed(value: float) -> str:
    """A difference with its sign."""
    return f"{value:+.3f}"
