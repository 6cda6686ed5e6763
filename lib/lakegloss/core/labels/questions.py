"""Packs what a model is asked into requests: domains of tables, classes of columns."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.labels.by_rules import LabelFacts, top_columns
from lakegloss.core.labels.tree import DomainTree
from lakegloss.core.plan.cards import column_text, neighbours_text, short_schema, table_text
from lakegloss.core.records import AskedAsset
from lakegloss.core.requests import estimate

MOST_TABLES = 40
"""The most tables of one request."""
SMALL_TREE = 1_200
"""A tree of at most so many tokens stands whole in a request. Of a larger one the domains come
first, and the subdomains of the domain that was chosen are asked about in a second step."""
_ANSWER_TOKENS = 24
_ANSWER_SPARE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TableQuestion:
    """What is asked about one table.

    Attributes:
        line, context: of the table, and the lines below it that are not asked about.
        asks_domain: whether the table's domain is asked for.
        columns: the columns whose class is asked for, with their lines.
        fingerprints: of what each answer rests on, by column ('' for the table).
    """

    table: str
    line: str
    context: tuple[str, ...]
    asks_domain: bool
    columns: tuple[tuple[str, str], ...]
    fingerprints: dict[str, str]

    @property
    def size(self) -> int:
        """How many answers are asked for."""
        return self.asks_domain + len(self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelBatch:
    """What one request asks: lines of tables, and the assets that ids in them stand for.

    Attributes:
        labels: the lines of the tree; empty where no domain is asked for.
        classes: whether classes of columns are asked for.
        within: the domain whose subdomains the labels are, or ''.
    """

    lines: tuple[str, ...]
    assets: tuple[AskedAsset, ...]
    labels: tuple[str, ...]
    classes: bool
    within: str = ""
    feedback: tuple[str, ...] = ()

    @property
    def max_tokens(self) -> int:
        """The most tokens of the answer."""
        return _ANSWER_SPARE + _ANSWER_TOKENS * len(self.assets)


def question_of(
    facts: LabelFacts, doubts: Sequence[str], tree: DomainTree, *, asker: str, asks_domain: bool
) -> TableQuestion:
    """What is asked about a table.

    Args:
        doubts: the columns whose class is asked for.
        asker: names the program's version and the model.
    """
    table, schema = facts.table, short_schema(facts.table.name)
    columns = {column.path: column for column in table.columns}
    lines = [
        (path, column_text(columns[path], facts.evidence.get(path), schema=schema))
        for path in doubts
    ]
    others = [path for path in top_columns(table) if path not in doubts]
    marks = {path: _mark(asker, path, _bucket(facts, path)) for path in doubts}
    marks[""] = domain_mark(table, tree, asker)
    return TableQuestion(
        table=table.name,
        line=table_text(table, facts.evidence),
        context=(neighbours_text(others).replace("other columns", "columns"),) if others else (),
        asks_domain=asks_domain,
        columns=tuple(lines),
        fingerprints=marks,
    )


def domain_mark(table: Table, tree: DomainTree, asker: str) -> str:
    """The fingerprint of a table's domain: it rests on the tree and on names, not on counts."""
    return _mark(asker, tree.mark, table.name, sorted(top_columns(table)))


def _bucket(facts: LabelFacts, path: str) -> str:
    one = facts.evidence.get(path)
    return one.bucket if one is not None else ""


def _mark(*parts: object) -> str:
    text = json.dumps(parts, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def pack_questions(
    questions: Iterable[TableQuestion],
    labels: Sequence[str],
    *,
    budget: int,
    fixed: int,
    most: int = MOST_TABLES,
    within: str = "",
) -> list[LabelBatch]:
    """Pack questions into requests of at most `budget` input tokens, if a single table allows it.

    Args:
        labels: the lines of the tree that each request shows.
        fixed: tokens of a request without tree and tables.
    """
    room = max(budget - fixed - sum(estimate(line) + 3 for line in labels), 1)
    batches: list[LabelBatch] = []
    batch: list[TableQuestion] = []
    used = 0
    for question in questions:
        size = _tokens(question)
        if batch and (used + size > room or len(batch) >= most):
            batches.append(_batch(batch, labels, within))
            batch, used = [], 0
        batch.append(question)
        used += size
    return [*batches, _batch(batch, labels, within)] if batch else batches


def _tokens(question: TableQuestion) -> int:
    lines = (question.line, *question.context, *(line for _, line in question.columns))
    return sum(estimate(line) + 6 for line in lines)


def _batch(questions: Sequence[TableQuestion], labels: Sequence[str], within: str) -> LabelBatch:
    lines: list[str] = []
    assets: list[AskedAsset] = []
    for question in questions:
        for line, asset in _numbered(question, assets):
            lines.append(line)
            if asset is not None:
                assets.append(asset)
    asks_domains = any(question.asks_domain for question in questions)
    return LabelBatch(
        lines=tuple(lines),
        assets=tuple(assets),
        labels=tuple(labels) if asks_domains else (),
        classes=any(question.columns for question in questions),
        within=within,
    )


def _numbered(
    question: TableQuestion, before: Sequence[AskedAsset]
) -> Iterator[tuple[str, AskedAsset | None]]:
    """The lines of a table, those that are asked about with an id in front."""
    tables = 1 + sum(not asset.column for asset in before)
    columns = 1 + sum(bool(asset.column) for asset in before)
    own = _asked(f"t{tables}", question, "") if question.asks_domain else None
    yield (f"{own.id} {question.line}" if own else question.line), own
    for line in question.context:
        yield line, None
    for number, (path, line) in enumerate(question.columns, start=columns):
        asset = _asked(f"c{number}", question, path)
        yield f"{asset.id} {line}", asset


def _asked(id_: str, question: TableQuestion, column: str) -> AskedAsset:
    return AskedAsset(
        id=id_, table=question.table, column=column, fingerprint=question.fingerprints[column]
    )


def still_asked(question: TableQuestion, answered: Iterable[AssetKey]) -> TableQuestion | None:
    """The part of a question that has no answer yet, or None."""
    done = set(answered)
    left = replace(
        question,
        asks_domain=question.asks_domain and AssetKey(question.table) not in done,
        columns=tuple(
            item for item in question.columns if AssetKey(question.table, item[0]) not in done
        ),
    )
    return left if left.size else None
