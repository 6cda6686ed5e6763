"""Renders the report as one HTML file: nothing fetched, hostile text inert.

Its one script filters the index. The page's policy names it by its hash, so that no other can run.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from lakegloss.core.checks.weak_models import WEAK_REMEDY
from lakegloss.core.report.charts import Bar, bar_chart, count_chart, number, strip_chart
from lakegloss.core.report.coverage import Coverage, SchemaUsage
from lakegloss.core.report.data import STANDING_NAMES, ReportData, money, percent
from lakegloss.core.report.standing import Standing
from lakegloss.core.report.wrong_texts import WRONG_REMEDY
from lakegloss.lakehouse.report.inert_html import fill_template

_TOP = 12
_SCHEMAS_DRAWN = 40
_LISTED = 50
_RELATIONS_LISTED = 300
_DRAWN = [key for key in STANDING_NAMES if key != Standing.MISSING]


def render_html(data: ReportData) -> str:
    """The whole page; the same data make the same page."""
    script = _script()
    values = {
        "data": data,
        "charts": _charts(data),
        "names": STANDING_NAMES,
        "weak_remedy": WEAK_REMEDY,
        "wrong_remedy": WRONG_REMEDY,
        "drawn": [key for key in _DRAWN if data.total.by_standing.get(Standing(key))],
        "open_tables": len(data.tables) <= 15,
        "anchors": {table.state.table: f"t{n}" for n, table in enumerate(data.tables)},
        "coverages": {schema.name: schema for schema in data.schemas},
        "sections": list(_sections(data)),
        "personal_count": sum(data.personal.values()),
        "most": _LISTED,
        "listed": _RELATIONS_LISTED,
        "script": Markup(script),  # noqa: S704 - a file of this package
        "script_hash": _hash_of(script),
    }
    filters: dict[str, Callable[..., str]] = {
        "percent": percent, "blank": _blank, "drawn": _drawn,
    }  # fmt: skip
    return fill_template("lakegloss.lakehouse.report", "report.html.j2", values, filters=filters)


@cache
def _script() -> str:
    folder = files("lakegloss.lakehouse.report") / "templates"
    return "\n" + (folder / "search.js").read_text(encoding="utf-8").replace("\r\n", "\n")


def _hash_of(script: str) -> str:
    """The script as a policy names it: a browser runs it only if each character is the same."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _sections(data: ReportData) -> Iterator[tuple[str, str]]:
    """The headings that the page links at its top, by key."""
    every = {
        "since": ("Since the inventory", data.since),
        "wrong": ("No longer true", data.wrong_texts),
        "worst": ("Worst comments", data.ratings.rated),
        "index": ("Index", data.index),
        "relations": ("Relations", data.pictures),
        "schemas": ("Coverage", True),
        "labels": ("Labels", data.labels),
        "columns": ("Personal data", data.personal_columns),
        "words": ("Words not known", data.unknown),
        "gaps": ("Gaps", data.gaps),
        "tables": ("Tables", True),
        "runs": ("Runs", data.runs),
    }
    yield from ((key, heading) for key, (heading, is_there) in every.items() if is_there)


def _blank(count: int) -> str:
    return number(count) if count else ""


def _drawn(svg: str) -> Markup:
    # Pictures escape every text in them (core.report.picture), which tests hold.
    return Markup(svg)  # noqa: S704 - escaped, see above


def _charts(data: ReportData) -> Mapping[str, Markup]:
    # The charts escape every text in them (core.charts), which tests hold.
    made = {
        "strip": _strip(data.total),
        "schemas": _schema_chart(data.schemas[:_SCHEMAS_DRAWN]),
        "sources": _source_chart(data.total),
        "checks": _count_chart(data.checks, "Proposals that failed a check", "check", "checks"),
        "semantic": _count_chart(data.semantic, "Columns by semantic type", "type", "semantic"),
        "personal": _count_chart(
            data.personal, "Columns by class of personal data", "personal", "personal"
        ),
        "usage": _usage_chart(data.usage[:_SCHEMAS_DRAWN]),
    }
    return {key: Markup(svg) for key, svg in made.items()}  # noqa: S704 - escaped, see above


def _parts(coverage: Coverage) -> list[tuple[str, float]]:
    return [(key, coverage.by_standing.get(Standing(key), 0)) for key in _DRAWN]


def _strip(total: Coverage) -> str:
    parts = [*_parts(total), (Standing.MISSING.value, float(total.missing))]
    return strip_chart(
        parts, title="Where the comments stand", names=STANDING_NAMES, id_prefix="strip"
    )


def _schema_chart(schemas: Sequence[Coverage]) -> str:
    bars = [
        Bar(
            label=schema.name,
            parts=[
                (key, value / max(1, schema.writable))
                for key, value in _parts(schema)
                if key != Standing.NOT_WRITABLE
            ],
            ghost=[("before", schema.share_before)],
            note=f"{percent(schema.share_before)} → {percent(schema.share)}",
        )
        for schema in schemas
    ]
    return bar_chart(
        bars,
        title="Coverage by schema, before and now, as shares of what can be written",
        names={**STANDING_NAMES, "before": "before lakegloss"},
        whole=1.0,
        id_prefix="schemas",
    )


def _source_chart(total: Coverage) -> str:
    counts = {key: total.by_standing.get(Standing(key), 0) for key in STANDING_NAMES}
    bars = [
        Bar(
            label=STANDING_NAMES[key],
            parts=[(key, count)],
            note=f"{number(count)} · {percent(count / max(1, total.assets))}",
        )
        for key, count in counts.items()
        if count
    ]
    return bar_chart(
        bars, title="Assets by who wrote their comment", names=STANDING_NAMES, id_prefix="sources"
    )


def _count_chart(counts: Mapping[str, int], title: str, key: str, id_prefix: str) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = [(name.replace("_", " "), count) for name, count in ordered[:_TOP]]
    rest = sum(count for _, count in ordered[_TOP:])
    if rest:
        shown.append((f"{len(ordered) - _TOP} others", rest))
    return count_chart(shown, title=title, key=key, id_prefix=id_prefix)


def _usage_chart(usage: Sequence[SchemaUsage]) -> str:
    bars = [
        Bar(
            label=item.name or "(no schema)",
            parts=[
                ("input", item.input_tokens - item.cached_tokens),
                ("cached", item.cached_tokens),
                ("output", item.output_tokens),
            ],
            note=_usage_note(item),
        )
        for item in usage
    ]
    names = {"input": "input tokens", "cached": "cached input tokens", "output": "output tokens"}
    return bar_chart(bars, title="Tokens by schema", names=names, id_prefix="usage")


def _usage_note(item: SchemaUsage) -> str:
    tokens = f"{number(round(item.input_tokens + item.output_tokens))} tokens"
    return tokens if item.cost is None else f"{tokens} · {money(item.cost)}"
