"""A thousand facts about people go in; under the default policy none comes out, anywhere."""

import json
from collections.abc import Iterator
from dataclasses import asdict

import numpy as np
import pyarrow as pa
import pytest

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.checks.comment import check_comment
from lakegloss.core.evidence import Evidence
from lakegloss.core.personal.privacy import withhold
from lakegloss.core.plan.packing import TableWork, Wanted, pack
from lakegloss.core.profile.columns import column_evidence
from lakegloss.core.profile.hashing import hash_values
from lakegloss.core.profile.references import resolve_keys
from lakegloss.core.profile.sketch import ColumnSketch
from lakegloss.core.report.data import table_detail
from lakegloss.core.report.standing import AssetState, Standing
from lakegloss.core.review.rows import Item, cells_of
from lakegloss.core.words.rules import describe_column, describe_table
from lakegloss.lakehouse.report.html import render_html
from lakegloss.programs.answers import parse_answers
from lakegloss.programs.comment import CommentProgram
from tests.kits.canaries import canaries, everything, tables
from tests.kits.report_data import report

pytestmark = pytest.mark.slow

PROGRAM = CommentProgram()
CANARIES = sorted(set(everything()))


def leaked(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


def gathered(policy: str) -> dict[Table, list[Evidence]]:
    """The evidence of the tables as it would be stored and sent."""
    found: dict[Table, list[Evidence]] = {}
    for name, contents in tables().items():
        kinds = {c: "date" if c == "birth_date" else "string" for c in contents}
        columns = tuple(
            Column(path=c, data_type=kind, position=n) for n, (c, kind) in enumerate(kinds.items())
        )
        table = Table(name=f"d.{name}", columns=columns)
        evidence = []
        for column in columns:
            array = pa.array(contents[column.path], pa.string())
            sketch = ColumnSketch()
            sketch.update(array.cast(pa.date32()) if column.data_type == "date" else array)
            seen = column_evidence(
                table.name,
                column,
                sketch,
                rows=len(array),
                siblings=[c for c in kinds if c != column.path],
            )
            evidence.append(withhold(seen, policy))
        found[table] = evidence
    return dict(zip(found, _resolved(found), strict=True))


def _resolved(found: dict[Table, list[Evidence]]) -> Iterator[list[Evidence]]:
    resolved = iter(resolve_keys([item for items in found.values() for item in items]))
    for items in found.values():
        yield [next(resolved) for _ in items]


def said(evidence: dict[Table, list[Evidence]]) -> Iterator[str]:
    """Everything that is stored, sent, written or shown of the evidence."""
    works = []
    for table, items in evidence.items():
        yield json.dumps([asdict(item) for item in items], default=repr)
        by_path = {item.column: item for item in items}
        wanted = tuple(Wanted(column=path) for path in ("", *by_path))
        works.append(TableWork(table=table, wanted=wanted, evidence=by_path))
        for style in ("concise", "standard", "detailed"):
            yield describe_table(table, by_path, style=style)
            for column in table.columns:
                yield describe_column(table, column, by_path[column.path], style=style)
        states = [
            AssetState(table=table.name, column=c.path, kind="table", data_type=c.data_type,
                       comment="", standing=Standing.MISSING)
            for c in table.columns
        ]  # fmt: skip
        rows = {path: asdict(item) for path, item in by_path.items()}
        detail = table_detail(states, rows, show_values=True)
        for path, item in by_path.items():
            key = AssetKey(table.name, path)
            yield str(cells_of(Item(key=key, proposal_id="", text="", comment="", evidence=item)))
        yield render_html(report(states, tables=(detail,)))
    for batch in pack(works, budget=4_000, fixed=600, max_assets=120):
        request = PROGRAM.render(batch, style="standard", language="English", model="m")
        yield "".join(message.content for message in request.messages)


def test_there_are_a_thousand() -> None:
    assert sum(len(set(values)) for values in canaries().values()) == 1_000


@pytest.mark.parametrize("policy", ["none", "shapes", "masked"])
def test_none_is_stored_sent_written_or_shown(policy: str) -> None:
    assert leaked("\n".join(said(gathered(policy)))) == []


def test_the_test_would_see_them() -> None:
    """Under the policy that withholds nothing they are there."""
    assert len(leaked("\n".join(said(gathered("raw"))))) > 50


@pytest.mark.parametrize("policy", ["none", "shapes", "masked", "raw"])
def test_no_hash_of_one_is_stored(policy: str) -> None:
    """Whoever reads the ledger could hash all phone numbers and compare."""
    hashes = set(hash_values(pa.array(CANARIES)).tolist())
    days = pa.array(canaries()["birth_date"]).cast(pa.date32())
    hashes |= set(hash_values(days).tolist())
    for items in gathered(policy).values():
        for item in items:
            assert not hashes.intersection(np.frombuffer(item.sketch, "<u8").tolist())


def test_an_answer_that_holds_one_is_refused_and_not_repeated() -> None:
    table = Table(name="d.people", columns=(Column(path="remark", data_type="string"),))
    for kind, values in canaries().items():
        if kind in {"full_name", "street_address", "birth_date"}:
            continue  # no form of their own: the model never sees them
        for value in values[:20]:
            answer = json.dumps(
                {"comments": [{"id": "c1", "text": f"Reach them at {value} by day."}]}
            )
            text = parse_answers(answer, {"c1"}).texts["c1"]
            checked = check_comment(
                text,
                table=table,
                column=table.columns[0],
                evidence=None,
                limit=400,
                style="standard",
            )
            assert checked.failures
            assert value not in checked.feedback
