"""Hostile strings in every place that others fill, against a model that obeys and repeats them."""

import inspect
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pytest
from rich.console import Console

from lakegloss.cli.console import apply_view, plan_view, show_error
from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.checks.comment import check_comment
from lakegloss.core.names import join_path
from lakegloss.core.personal.privacy import withhold
from lakegloss.core.plan.guidance import Guidance, Rule, Term
from lakegloss.core.plan.packing import Batch, TableWork, Wanted, pack
from lakegloss.core.profile.columns import column_evidence
from lakegloss.core.profile.sketch import ColumnSketch
from lakegloss.core.requests import ModelRequest
from lakegloss.core.review.cells import from_cell, to_cell
from lakegloss.core.review.merge import CommentBounds, Conflict, own_rows, wishes
from lakegloss.core.review.rows import Item
from lakegloss.core.stages import Edit, stages_for
from lakegloss.core.text.neutral import neutralise
from lakegloss.core.words.rules import describe_column, describe_table
from lakegloss.errors import CatalogError
from lakegloss.lakehouse.apply.writes import ApplySummary
from lakegloss.lakehouse.describe.planning import Plan
from lakegloss.lakehouse.report.html import render_html
from lakegloss.lakehouse.report.printed import render_terminal
from lakegloss.lakehouse.review.files import read_review, write_review
from lakegloss.programs.answers import parse_answers
from lakegloss.programs.comment import CommentProgram
from tests.kits.injection_corpus import CANARY, CORPUS, HUGE, Hostile
from tests.kits.over_all import over_all
from tests.kits.report_data import hostile_report

pytestmark = pytest.mark.slow

PROGRAM = CommentProgram()
CARRIERS = ("name", "value", "comment", "guidance", "feedback")
MARKERS = ("[[ ##", "## ]]", "```", "~~~", "<|", "|>", "[inst]", "<<sys>>", "</s>")
GOOD = "Total price of the order with tax, in the currency of the shop."
LIMIT = 2_000

each_string = over_all("hostile", CORPUS, named=lambda hostile: hostile.id)
each_carrier = pytest.mark.parametrize("carrier", CARRIERS)


def work_with(carrier: str, text: str) -> TableWork:
    """A table of three columns of which one place is filled by others' text."""
    name = text if carrier == "name" else "note"
    own = text if carrier == "comment" else "What the shop says."
    values = [text if carrier == "value" else "checked"] * 9 + ["other", "more"]
    columns = (
        Column(path="amount", data_type="double", position=0),
        Column(path=join_path((name,)), data_type="string", comment=own, position=1),
        Column(path="code", data_type="string", position=2),
    )
    schema = join_path(("d", name if carrier == "name" else "orders"))
    table = Table(name=schema, columns=columns, comment=own, sources=(schema,))
    sketch = ColumnSketch()
    encoded = [value.encode("utf-8", "replace").decode() for value in values]
    sketch.update(pa.array(encoded, pa.string()))
    seen = column_evidence(table.name, columns[1], sketch, rows=11)
    rule, term = (text, text) if carrier == "guidance" else ("Be plain.", "what was paid")
    guidance = Guidance(rules=(Rule(text=rule),), terms=(Term(word="amount", meaning=term),))
    again = _feedback(text) if carrier == "feedback" else "it only repeats the name"
    wanted = tuple(
        Wanted(column=path, guidance=guidance.matching(table.name, path), feedback=again)
        for path in ("", *(column.path for column in columns))
    )
    evidence = {columns[1].path: withhold(seen, "raw")}
    return TableWork(table=table, wanted=wanted, evidence=evidence)


def _feedback(text: str) -> str:
    """What is said to the model of an answer that holds the text."""
    table = Table(name="d.orders", columns=(Column(path="amount", data_type="double"),))
    checked = check_comment(
        f"Holds `{text}`; column {text}", table=table, column=table.columns[0], evidence=None,
        limit=LIMIT, style="standard",
    )  # fmt: skip
    return checked.feedback or "it only repeats the name"


@cache
def asked(carrier: str, text: str) -> tuple[Batch, ModelRequest]:
    batches = pack([work_with(carrier, text)], budget=6_000, fixed=600, max_assets=120)
    assert len(batches) == 1
    request = PROGRAM.render(batches[0], style="standard", language="English", model="m")
    return batches[0], request


def lines(request: ModelRequest) -> Iterator[tuple[str, str]]:
    for field, content in json.loads(request.messages[-1].content).items():
        for line in content if isinstance(content, list) else [content]:
            yield field, line


@each_carrier
@each_string
def test_no_text_changes_the_form_of_a_request(hostile: Hostile, carrier: str) -> None:
    plain, request = asked(carrier, "plain")[1], asked(carrier, hostile.text)[1]
    assert [m.role for m in request.messages] == [m.role for m in plain.messages]
    assert request.messages[0] == plain.messages[0]
    assert [a.id for a in request.assets] == [a.id for a in plain.assets]
    assert (request.schema, request.max_tokens) == (plain.schema, plain.max_tokens)
    found, expected = list(lines(request)), list(lines(plain))
    if carrier == "guidance":  # a text that is nothing has no line
        found = [pair for pair in found if pair[0] != "guidance"]
        expected = [pair for pair in expected if pair[0] != "guidance"]
    assert [_head(*pair) for pair in found] == [_head(*pair) for pair in expected]
    for _, line in lines(request):
        assert not [m for m in MARKERS if m in line.lower()]
        assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in line)
        assert len(line) <= 500


def _head(field: str, line: str) -> tuple[str, str]:
    """The field of a line, and the id that it is about."""
    head = re.match(r"[tc]\d+\b|table\b|other columns", line)
    return field, head.group() if head and field in {"tables", "feedback"} else ""


def obeying_answers(batch: Batch, request: ModelRequest) -> Iterator[str]:
    """What a model that repeats and obeys everything it reads may answer."""
    read = [line for _, line in lines(request)]
    ids = [asset.id for asset in request.assets]
    by_id = {line.split()[0]: line for line in batch.cards}
    echo = [{"id": i, "text": by_id.get(i, batch.cards[0])} for i in ids]
    everything = " ".join(read)
    named = [{"id": i, "text": CANARY} for i in re.findall(r"[tc]\d+", everything)]
    yield json.dumps({"comments": echo})
    yield json.dumps({"comments": [*named, *echo, {"id": "c99", "text": everything}]})
    yield json.dumps({"comments": [{"id": i, "text": everything} for i in ids]})
    pasted = ",".join(f'{{"id":"{entry["id"]}","text":"{entry["text"]}"}}' for entry in echo)
    yield f'{{"comments":[{pasted}]}}'
    yield everything + json.dumps({"comments": echo}) + everything
    yield f"```json\n{json.dumps(echo)}\n```\n{everything}"
    yield json.dumps(dict.fromkeys([*ids, "t9"], everything))


@each_carrier
@each_string
def test_no_text_shifts_or_adds_an_answer(hostile: Hostile, carrier: str) -> None:
    batch, request = asked(carrier, hostile.text)
    table = work_with(carrier, hostile.text).table
    ids = {asset.id: asset.column for asset in request.assets}
    for answer in obeying_answers(batch, request):
        parsed = parse_answers(answer, ids)
        assert set(parsed.texts) <= set(ids)
        assert not set(parsed.texts) & set(parsed.duplicates)
        for id_, text in parsed.texts.items():
            column = next((c for c in table.columns if c.path == ids[id_]), None)
            checked = check_comment(
                text, table=table, column=column, evidence=None, limit=LIMIT, style="standard"
            )
            # A card or all of a request as a comment: nothing of it gets through.
            if text in {*batch.cards} or len(text) > 200:
                assert checked.failures, text


@each_string
def test_a_comment_that_repeats_it_is_refused_or_harmless(hostile: Hostile) -> None:
    table = Table(name="d.orders", columns=(Column(path="amount", data_type="double"),))
    for text in (hostile.text, neutralise(hostile.text)):
        checked = check_comment(
            text,
            table=table,
            column=table.columns[0],
            evidence=None,
            limit=500_000,
            style="detailed",
        )
        if hostile.refused and text is hostile.text:
            assert checked.failures
        if not checked.failures:
            assert not re.search(r"https?://|<[a-z/!]|\$\{|\[\[", checked.text, re.IGNORECASE)
        assert not any(
            unicodedata.category(c)[0] == "C" and c not in "\u200c\u200d" for c in checked.text
        )


@each_string
def test_a_comment_quotes_nothing_of_a_value(hostile: Hostile) -> None:
    work = work_with("value", hostile.text)
    column = work.table.columns[1]
    seen = work.evidence[column.path]
    said = check_comment(
        f"Says that {hostile.text[:70]} holds.", table=work.table, column=column,
        evidence=seen, limit=LIMIT, style="standard",
    )  # fmt: skip
    if len(hostile.text) > 40 and len(hostile.text[:70].split()) > 6:
        assert said.failures


@each_carrier
@each_string
def test_the_rules_write_one_harmless_line(hostile: Hostile, carrier: str) -> None:
    work = work_with(carrier, hostile.text)
    texts = [describe_table(work.table, work.evidence, style="detailed")]
    for column in work.table.columns:
        seen = work.evidence.get(column.path)
        texts.append(describe_column(work.table, column, seen, style="detailed"))
    for text in texts:
        assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in text)
        if carrier != "name":  # a table may be called anything, and is called so
            assert CANARY not in text
            assert "<" not in text


# SQL


TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<name>`(?:[^`]|``)*`)|(?P<text>'(?:[^'\\]|\\.)*')|(?P<word>\w+)"""
    r"""|(?P<sign>[.,()=])""",
    re.DOTALL,
)


def tokens(statement: str) -> list[tuple[str, str]]:
    """The tokens of a statement of Spark SQL; anything that is none of those expected fails."""
    found, position = [], 0
    while position < len(statement):
        match = TOKEN.match(statement, position)
        assert match, f"not expected at {position}: {statement[position : position + 30]!r}"
        if match.lastgroup != "space":
            found.append((str(match.lastgroup), match.group()))
        position = match.end()
    return found


ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "Z": "\x1a"}


def unescaped(token: str) -> str:
    """The text of a string literal, as Spark's parser reads it."""
    return re.sub(
        r"\\(?:u([0-9A-Fa-f]{4})|(.))",
        lambda m: chr(int(m[1], 16)) if m[1] else ESCAPED.get(m[2], m[2]),
        token[1:-1],
        flags=re.DOTALL,
    )


@pytest.mark.parametrize("comment_on_column", [True, False])
@each_string
def test_statements_hold_one_literal_for_each_comment(
    hostile: Hostile,
    comment_on_column: bool,  # noqa: FBT001
) -> None:
    text = hostile.text
    paths = ["plain", "other", join_path((text,)), join_path(("s", text))]
    table = Table(
        name=join_path(("d", text)), columns=tuple(Column(path=p, data_type="int") for p in paths)
    )
    edits = [Edit(column=path, before="old", after=text) for path in ("", *paths)]
    stages, refused = stages_for(table, edits, comment_on_column=comment_on_column)
    assert len(refused) == (5 if "${" in text else 0), "Spark would read another name"
    meant = text.encode("utf-8", "replace").decode()
    for stage in stages:
        found = tokens(stage.statement)
        literals = [unescaped(token) for kind, token in found if kind == "text"]
        assert literals == [edit.after.encode("utf-8", "replace").decode() for edit in stage.edits]
        assert all(literal == meant for literal in literals)
        assert not any("${" in token for kind, token in found if kind == "text")
        words = [token for kind, token in found if kind == "word"]
        assert set(words) <= {"COMMENT", "ON", "TABLE", "IS", "ALTER", "COLUMN"}
        names = [token[1:-1].replace("``", "`") for kind, token in found if kind == "name"]
        assert set(names) <= {"d", "s", "plain", "other", text}


# What people see


class _Elements(HTMLParser):
    """Lists the elements of a page as a browser sees them, each with the names it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, ...]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, *(name for name, _ in attrs)))

    def handle_decl(self, decl: str) -> None:
        self.found.append((decl,))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", data))


@cache
def _elements_of_a_plain_page() -> list[tuple[str, ...]]:
    return _Elements(render_html(hostile_report("plain"))).found


@each_string
def test_no_page_holds_more_than_text(hostile: Hostile) -> None:
    html = render_html(hostile_report(hostile.text))
    found = _Elements(html).found
    assert found == _elements_of_a_plain_page()
    assert not [name for _, *names in found for name in names if name.startswith("on")]
    assert not any(_moves_a_terminal(c) for c in html)


@each_string
def test_no_terminal_gets_it_raw(hostile: Hostile) -> None:
    text = hostile.text
    console = Console(file=StringIO(), width=100, force_terminal=True, color_system=None)
    table = Table(
        name=join_path(("d", text)), columns=(Column(path=join_path((text,)), data_type="int"),)
    )
    edits = [
        Edit(column=path, before=text, after=text + "x") for path in ("", table.columns[0].path)
    ]
    stages, _ = stages_for(table, edits, comment_on_column=False)
    summary = ApplySummary(
        run_id="", dry_run=True, stages=tuple(stages), applied=0, statements=0,
        failed={text: text}, skipped={text: text}, waiting=0,
    )  # fmt: skip
    plan = Plan(
        tables=1, columns=1, actions={}, requests=1, input_tokens=1, max_output_tokens=1,
        max_cost=None, by_table={text: 1}, unreadable={text: text},
    )  # fmt: skip
    console.print(apply_view(summary))
    console.print(plan_view(plan, model=text))
    console.print(render_terminal(hostile_report(text)))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert not any(_moves_a_terminal(c) for c in shown)


@each_string
def test_no_error_message_moves_a_terminal(
    hostile: Hostile, capsys: pytest.CaptureFixture[str]
) -> None:
    show_error(CatalogError(f"The table {hostile.text} is gone.", remedy=hostile.text))
    assert not any(_moves_a_terminal(c) for c in capsys.readouterr().err)


@pytest.mark.soak
@pytest.mark.parametrize("hostile", HUGE, ids=lambda hostile: hostile.id)
def test_a_hundred_thousand_characters_are_no_exception(
    hostile: Hostile, capsys: pytest.CaptureFixture[str]
) -> None:
    for carrier in CARRIERS:
        for check in (
            test_no_text_changes_the_form_of_a_request,
            test_no_text_shifts_or_adds_an_answer,
            test_the_rules_write_one_harmless_line,
        ):
            _of_one(check)(hostile=hostile, carrier=carrier)
    for check in (
        test_a_comment_that_repeats_it_is_refused_or_harmless,
        test_no_page_holds_more_than_text,
        test_no_terminal_gets_it_raw,
        test_a_cell_is_harmless_and_says_the_same,
    ):
        _of_one(check)(hostile=hostile)
    _of_one(test_no_error_message_moves_a_terminal)(hostile=hostile, capsys=capsys)


def _of_one(test: Callable[..., None]) -> Callable[..., None]:
    """The test as it is written, over one string."""
    one: Callable[..., None] = inspect.unwrap(test)
    return one


# Review files


@each_string
def test_a_cell_is_harmless_and_says_the_same(hostile: Hostile) -> None:
    text = hostile.text
    cell = to_cell(text)
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))
    assert not any(_moves_a_terminal(c) for c in cell)
    assert from_cell(cell) == text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") or (
        "\ud83d" in text
    )


@pytest.mark.parametrize("suffix", ["csv", "tsv", "xlsx"])
def test_no_string_breaks_a_review_file(suffix: str, tmp_path: Path) -> None:
    texts = [h.text for h in CORPUS if len(h.text) < 10_000 and "\ud83d" not in h.text]
    items = [
        Item(
            key=AssetKey(join_path(("d", text)), join_path((text,))), proposal_id=f"p{n}",
            text=text, comment=text, reason=text, data_type=text, decided=text,
        )
        for n, text in enumerate(texts)
    ]  # fmt: skip
    path = tmp_path / f"review.{suffix}"
    assert write_review(path, items) == len(texts)
    conflicts: list[Conflict] = []
    rows = list(own_rows(read_review(path).lines, conflicts))
    assert conflicts == []
    assert [(row.key, row.text) for row in rows] == [(item.key, item.text) for item in items]
    asked, refused, _ = wishes(rows, CommentBounds(table=9_999, column=9_999))
    assert (asked, refused) == ([], []), "what nobody touched asks for nothing"
    raw = path.read_bytes()
    if suffix != "xlsx":
        assert not any(_moves_a_terminal(c) for c in raw.decode("utf-8-sig") if c not in "\r\t")


def _moves_a_terminal(character: str) -> bool:
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return hidden and character not in "\n\u200c\u200d"
