"""Renders the report for the terminal: the same data as the page, in some forty lines."""

from collections.abc import Iterator, Mapping, Sequence

from rich import box
from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lakegloss.core.checks.weak_models import WEAK_REMEDY
from lakegloss.core.report.charts import number
from lakegloss.core.report.coverage import Coverage
from lakegloss.core.report.data import STANDING_NAMES, Gap, ReportData, money, percent
from lakegloss.core.report.since import Since
from lakegloss.core.report.standing import Standing
from lakegloss.core.report.worst import Ratings
from lakegloss.core.report.wrong_texts import WRONG_REMEDY, WrongText
from lakegloss.core.text.terminal import safe, visible

_STYLES: Mapping[str, str] = {
    Standing.MODEL: "blue",
    Standing.RULES: "cyan",
    Standing.INHERITED: "magenta",
    Standing.HUMAN: "yellow",
    Standing.PEOPLE: "white",
    Standing.PROPOSED: "bright_yellow",
    Standing.NOT_WRITABLE: "bright_black",
    Standing.MISSING: "bright_black",
}
_MARKS: Mapping[str, str] = {Standing.PROPOSED: "▒", Standing.MISSING: "░"}
_COMMENT = "█"
_WIDTH = 20
_ROWS = 20
_FEW = 6
_WRONG_SHOWN = 8


def render_terminal(data: ReportData) -> RenderableType:
    """What rich prints of a report, bounded to a screen or two."""
    return Group(*_sections(data))


def _sections(data: ReportData) -> Iterator[RenderableType]:
    yield _headline(data)
    if data.since and (data.since.changes or data.since.failed):
        yield _since(data.since)
    yield _schemas(data.schemas)
    counts = {
        STANDING_NAMES[key]: data.total.by_standing.get(Standing(key), 0) for key in STANDING_NAMES
    }
    tables = [_counts("comments", counts)]
    if data.semantic:
        tables.append(_counts("what columns hold", data.semantic))
    if data.personal:
        tables.append(_counts("personal data", data.personal))
    if data.checks:
        tables.append(_counts("checks failed", data.checks))
    yield Columns(tables, padding=(0, 3))
    for weak in data.weak_models:
        told = Text.from_markup(f"{safe(str(weak), 300)}. {WEAK_REMEDY}", style="bold yellow")
        yield Padding(told, (1, 0, 0, 0))
    if data.wrong_texts:
        yield _wrong(data.wrong_texts)
    if data.ratings.worst:
        yield _worst(data.ratings)
    if data.gaps:
        yield _gaps(data.gaps)
    if data.unreadable:
        yield _unreadable(data.unreadable)


def _wrong(texts: Sequence[WrongText]) -> RenderableType:
    are = "comment is" if len(texts) == 1 else "comments are"
    lines = [Text(f"{number(len(texts))} {are} no longer true: {WRONG_REMEDY}")]
    for item in texts[:_WRONG_SHOWN]:
        asset = f"{item.table}.{item.column}" if item.column else item.table
        lines.append(Text(f"  {visible(asset)}: {visible(item.why)}", style="dim"))
    if len(texts) > _WRONG_SHOWN:
        lines.append(Text(f"  ... and {number(len(texts) - _WRONG_SHOWN)} more", style="dim"))
    lines[0].stylize("bold yellow")
    return Padding(Group(*lines), (1, 0, 0, 0))


def _since(since: Since) -> RenderableType:
    if since.failed:
        return Text(f"The catalog could not be looked at again: {visible(since.failed)}")
    counts = (
        (len(since.comments), "comments of others"),
        (len(since.new_tables), "new tables"),
        (len(since.gone_tables), "tables gone"),
        (len(since.new_columns), "new columns"),
        (len(since.gone_columns), "columns gone"),
    )
    text = ", ".join(f"{number(count)} {what}" for count, what in counts if count)
    return Text(f"Since the inventory: {text}", style="bold")


def _worst(ratings: Ratings) -> Table:
    table = _table("worst comments", "quality", "comment", "why")
    for item in ratings.worst[:_FEW]:
        asset = f"{item.table}.{item.column}" if item.column else item.table
        why = item.why[0] if item.why else ""
        table.add_row(safe(asset, 50), f"{item.score:.2f}", safe(item.text, 50), safe(why, 44))
    return table


def _headline(data: ReportData) -> RenderableType:
    total = data.total
    line = Text.assemble(
        ("Coverage ", "bold"),
        (percent(total.share_before), "dim"),
        (" → ", "dim"),
        (percent(total.share), "bold green" if total.share >= 0.9 else "bold yellow"),
        f"  of {number(total.writable)} tables and columns",
    )
    figures = Text(_figures(data), style="dim")
    return Padding(Group(line, _bar(total, 60), _legend(total), figures), (1, 0))


def _legend(total: Coverage) -> Text:
    """What the bar's characters mean, as colours do not show everywhere."""
    parts = [f"{_COMMENT} commented"]
    parts += [f"{_MARKS[key]} {STANDING_NAMES[key]}" for key in _MARKS]
    left_out = total.assets - total.writable
    parts += [f"not drawn: {number(left_out)} not writable"] if left_out else []
    return Text("  ".join(parts), style="dim")


def _figures(data: ReportData) -> str:
    total = data.total
    tokens = f"{number(round(data.input_tokens))} + {number(round(data.output_tokens))} tokens"
    parts = [
        f"{number(total.tables)} tables",
        f"{number(total.columns)} columns",
        f"{number(total.written)} comments written",
        f"{number(data.statements)} statements",
        f"{number(data.calls)} model calls",
        *([tokens] if data.calls else []),
        *([money(data.cost)] if data.cost is not None else []),
        *([f"{number(total.in_review)} wait for review"] if total.in_review else []),
        *([f"{number(total.thin)} thin"] if total.thin else []),
    ]
    return " · ".join(parts)


def _bar(coverage: Coverage, width: int) -> Text:
    """Draw the standings of writable assets side by side, each as wide as its share.

    Only what the percentage counts is drawn solid; rounding keeps the whole width.
    """
    text, drawn, sofar = Text(), 0, 0
    for key in STANDING_NAMES:
        if key == Standing.NOT_WRITABLE:
            continue
        count = coverage.by_standing.get(Standing(key), 0)
        sofar += count
        end = round(width * sofar / max(1, coverage.writable))
        text.append(_MARKS.get(key, _COMMENT) * (end - drawn), _STYLES[key])
        drawn = end
    return text


def _schemas(schemas: Sequence[Coverage]) -> Table:
    table = _table("schema", "tables", "columns", "before", "now", "", "missing")
    for schema in schemas[:_ROWS]:
        table.add_row(
            safe(schema.name, 28),
            number(schema.tables),
            number(schema.columns),
            percent(schema.share_before),
            percent(schema.share),
            _bar(schema, _WIDTH),
            number(schema.missing + schema.proposed),
        )
    if len(schemas) > _ROWS:
        table.add_row(f"… {number(len(schemas) - _ROWS)} more schemas")
    return table


def _counts(title: str, counts: Mapping[str, int]) -> Table:
    table = _table(title, "")
    ordered = sorted(((n, c) for n, c in counts.items() if c), key=lambda item: -item[1])
    for name, count in ordered[:_FEW]:
        table.add_row(safe(name.replace("_", " "), 26), number(count))
    if len(ordered) > _FEW:
        rest = sum(count for _, count in ordered[_FEW:])
        table.add_row(f"{len(ordered) - _FEW} others", number(rest))
    return table


def _gaps(gaps: Sequence[Gap]) -> Table:
    table = _table("without a comment, because", "assets", "for example")
    for gap in gaps[:_FEW]:
        examples = ", ".join(gap.examples[:3])
        table.add_row(safe(gap.reason, 60), number(gap.assets), safe(examples, 60))
    if len(gaps) > _FEW:
        table.add_row(f"… {number(len(gaps) - _FEW)} more reasons")
    return table


def _unreadable(tables: Sequence[tuple[str, str]]) -> Table:
    table = _table("could not be read", "error")
    for name, error in tables[:_FEW]:
        table.add_row(safe(name, 50), safe(error, 90))
    if len(tables) > _FEW:
        table.add_row(f"… {number(len(tables) - _FEW)} more tables")
    return table


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for heading in headings:
        right = heading in {"tables", "columns", "before", "now", "missing", "assets"}
        table.add_column(heading, justify="right" if right else "left")
    return table
