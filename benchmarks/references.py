"""Measures how well keys and references are found: precision and recall on generated schemas.

    python -m benchmarks.references [--seed N]

Each schema has the habits of a kind of database: a warehouse, an ERP system, a benchmark whose
columns share a prefix, a library whose columns are named by the table alone, services with random
ids. Rows are awkward on purpose: numbers from one in every table, orphans, nulls, unused parents,
copies, histories. A composite key counts once, with all its columns; SAP's client is left out.
"""

import argparse
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from benchmarks.bench import record, table
from lakegloss.core.assets import Column
from lakegloss.core.evidence import Evidence
from lakegloss.core.profile.columns import column_evidence
from lakegloss.core.profile.composite import CompositeSearch, with_composite
from lakegloss.core.profile.references import resolve_keys
from lakegloss.core.profile.sketch import ColumnSketch

BENCH = "references"
RECALL, PRECISION = 0.85, 0.95
SEED = 20
CLIENT = "MANDT"
SPARK_TYPES = {"int64": "bigint", "double": "double", "string": "string"}
Rows = dict[str, list[Any]]

# A table a line: its name and rows, then its columns with what they hold; * marks the key.
# n: numbers from one, n100: from 100; SO-: numbers behind that prefix; >table.column refers to it
# (in per cent: ?5 null, !2 orphans, @40 of the parents used; = in runs); #column numbers the rows
# of a group; 1..9: random whole numbers; a|b: one of them; ~ words; $ amounts; _ random letters.
SCHEMAS = {
    "warehouse": """
dim_date 700: date_key* n20240101, year 2023..2025, month 1..12
dim_status 5: status_id* n, label ~
dim_type 4: type_id* n, label ~
dim_category 30: category_id* n, label ~, parent_category_id >dim_category.category_id?20@40
employees 60: emp_id* n, name ~, manager_id >employees.emp_id?10@30, salary $
customers 400: customer_id* n, name ~, city ~, level 1..9
customers_backup 400: customer_id* n, name ~, city ~, level 1..9
dim_customer 600: customer_sk* n, customer_id >customers.customer_id, city ~, is_current 0..1
customer_history 900: history_id* n, customer_id >customers.customer_id, city ~, seen $
orders 900: id* n, order_number SO-, customer_id >customers.customer_id!2, \
status_id >dim_status.status_id@100, type_id >dim_type.type_id@100, \
order_date_key >dim_date.date_key, total $, priority 1..5
order_lines 2500: order_id* >orders.id=, line_no* #order_id, \
category_id >dim_category.category_id, qty 1..20, price $
invoices 500: inv_no* INV, vat_id DE, order_id >orders.id, amount $
fact_sales 2000: date_key >dim_date.date_key, customer_sk >dim_customer.customer_sk, \
status_id >dim_status.status_id@100, units 1..12
""",
    "ERP": """
KNA1 300: MANDT* 100, KUNNR* 00000, LAND1 DE|FR|US, NAME1 ~
MARA 400: MANDT* 100, MATNR* MAT, MTART FERT|HALB, BRGEW $
VBAK 600: MANDT* 100, VBELN* 0001, AUART TA|RE, KUNNR >KNA1.KUNNR, NETWR $
VBAP 2000: MANDT* 100, VBELN* >VBAK.VBELN=, POSNR* #VBELN, MATNR >MARA.MATNR, KWMENG 1..99
MAKT 700: MANDT* 100, MATNR* >MARA.MATNR, SPRAS* D|E|F, MAKTX ~
""",
    "prefixes": """
region 5: r_regionkey* n0, r_name ~, r_comment ~
nation 25: n_nationkey* n0, n_name ~, n_regionkey >region.r_regionkey@100
supplier 90: s_suppkey* n, s_name ~, s_nationkey >nation.n_nationkey, s_balance $
item 500: i_item_sk* n, i_item_id _, i_brand ~
date_dim 900: d_date_sk* n2450815, d_date_id _, d_moy 1..12
customer_address 400: ca_address_sk* n, ca_address_id _, ca_city ~
customer 700: c_customer_sk* n, c_customer_id _, c_current_addr_sk >customer_address.ca_address_sk
store_sales 3000: ss_sold_date_sk >date_dim.d_date_sk?4, ss_item_sk* >item.i_item_sk, \
ss_customer_sk >customer.c_customer_sk?4, ss_ticket_number* 1..600, ss_quantity 1..99
""",
    "library": """
area_type 7: id* n, name ~, gid _
area 200: id* n, gid _, name ~, type >area_type.id@100?5
artist 600: id* n, gid _, name ~, area >area.id?30, year 1900..2010
release_status 5: id* n, name ~, gid _
release 900: id* n, gid _, name ~, artist >artist.id, status >release_status.id@100?10
medium 1000: id* n, release >release.id, position 1..4, name ~
track 2500: id* n, gid _, medium >medium.id, position 1..20, length 1000..900000
artist_tag 900: artist* >artist.id, tag* 1..60, count 1..9
""",
    "services": """
customers 500: id* cus_, email_hash _, currency usd|eur
products 40: id* prod_, label ~
prices 70: id* price_, product >products.id, unit_amount 100..9900
subscriptions 600: id* sub_, customer >customers.id, status active|canceled, price_id >prices.id
invoices 900: id* in_, number _, customer >customers.id!1, subscription >subscriptions.id?10
charges 900: id* ch_, customer_id >customers.id, invoice >invoices.id?5, amount 100..9900
stops 300: stop_id* S, stop_code 1..300, parent_station >stops.stop_id?60@30
trips 700: trip_id* T, headsign ~, direction 0..1
stop_times 3000: trip_id* >trips.trip_id=, stop_sequence* #trip_id, stop_id >stops.stop_id
title_basics 800: tconst* tt, kind movie|short, runtime 1..300
title_ratings 500: tconst* tt, rating $
title_akas 900: titleId* >title_basics.tconst=, ordering* #titleId, region US|DE
""",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Generated tables with the keys and references that they were made with."""

    tables: Mapping[str, Rows]
    keys: frozenset[tuple[str, frozenset[str]]]
    references: frozenset[tuple[str, str]]


def schema_of(text: str, chance: random.Random) -> Schema:
    """Generate the tables of a schema, each of which stands after those that it refers to."""
    tables: dict[str, Rows] = {}
    keys, references = set(), set()
    for line in text.strip().replace("\\\n", "").splitlines():
        head, _, body = line.partition(": ")
        name, _, count = head.partition(" ")
        rows: Rows = {}
        key = []
        for item in body.split(", "):
            column, _, holds = item.partition(" ")
            if column.endswith("*"):
                column = column[:-1]
                key.append(column)
            rows[column] = values_of(holds, int(count), rows, tables | {name: rows}, chance)
            if holds.startswith(">"):
                references.add((f"{name}.{column}", _options(holds[1:])[0]))
        tables[name] = _without_repetitions(rows, key)
        keys.add((name, frozenset(key) - {CLIENT}))
    # What the generator does by chance is true, too.
    if "dim_customer" in tables:
        tables["customers_backup"] = dict(tables["customers"])
    if "title_ratings" in tables:
        references.add(("title_ratings.tconst", "title_basics.tconst"))
    return Schema(tables=tables, keys=frozenset(keys), references=frozenset(references))


def values_of(
    holds: str, count: int, own: Rows, tables: Mapping[str, Rows], chance: random.Random
) -> list[Any]:
    """Generate the values of one column, see the comment on SCHEMAS."""
    if holds.startswith(">"):
        target, options = _options(holds[1:])
        return _referring(target, options, count, tables, chance)
    if holds.startswith("#"):
        return _numbered(own[holds[1:]])
    if holds.startswith("n"):
        return list(range(int(holds[1:] or 1), int(holds[1:] or 1) + count))
    drawn = _drawn(holds, chance)
    return [drawn() for _ in range(count)] if drawn else [f"{holds}{i:06d}" for i in range(count)]


def _drawn(holds: str, chance: random.Random) -> Callable[[], Any] | None:
    """Make what draws one value, or None where values are numbered."""
    if ".." in holds:
        low, _, high = holds.partition("..")
        return lambda: chance.randint(int(low), int(high))
    if "|" in holds or holds == "100":
        return lambda: chance.choice(holds.split("|"))
    kinds: dict[str, Callable[[], Any]] = {
        "~": lambda: " ".join(chance.choices(("amber", "birch", "cedar", "delta", "ember"), k=3)),
        "$": lambda: round(chance.uniform(1, 900), 2),
        "_": lambda: "".join(chance.choices("abcdefghijklmnop", k=16)),
    }
    return kinds.get(holds)


def _options(text: str) -> tuple[str, dict[str, float]]:
    """Cut a reference into its target and its options."""
    options = {}
    for mark in "?!@=":
        head, found, rest = text.partition(mark)
        if found:
            digits = "".join(c for c in rest[:3] if c.isdigit())
            options[mark] = float(digits or 1) / 100
            text = head + rest[len(digits) :]
    return text, options


def _referring(
    target: str,
    options: Mapping[str, float],
    count: int,
    tables: Mapping[str, Rows],
    chance: random.Random,
) -> list[Any]:
    parent, _, column = target.partition(".")
    pool = chance.sample(
        tables[parent][column], max(1, int(len(tables[parent][column]) * options.get("@", 0.9)))
    )
    if "=" in options:
        pool = sorted(pool)
        found: list[Any] = [pool[i * len(pool) // count] for i in range(count)]
    else:
        found = chance.choices(pool, [1 / (i + 1) ** 0.6 for i in range(len(pool))], k=count)
    orphan: Any = 90_000_001 if isinstance(pool[0], int) else "ZZ-gone"
    draws = [chance.random() for _ in found]
    null, gone = options.get("?", 0.0), options.get("!", 0.0)
    return [
        None if draw < null else orphan if draw < null + gone else value
        for draw, value in zip(draws, found, strict=True)
    ]


def _numbered(groups: Sequence[Any]) -> list[int]:
    seen: dict[Any, int] = {}
    numbers = []
    for group in groups:
        seen[group] = seen.get(group, 0) + 1
        numbers.append(seen[group])
    return numbers


def _without_repetitions(rows: Rows, key: Sequence[str]) -> Rows:
    first = (
        {tuple(rows[c][i] for c in key): i for i in reversed(range(len(rows[key[0]])))}
        if key
        else {}
    )
    kept = sorted(first.values()) if key else range(len(next(iter(rows.values()))))
    return {column: [values[i] for i in kept] for column, values in rows.items()}


def evidence_of(schema: str, tables: Mapping[str, Rows]) -> Iterator[Evidence]:
    """Profile the tables as a run does, without Spark."""
    for name, rows in tables.items():
        arrays = {path: pa.array(values) for path, values in rows.items()}
        columns = [
            Column(path=path, data_type=SPARK_TYPES[str(array.type)], position=i)
            for i, (path, array) in enumerate(arrays.items())
        ]
        search = CompositeSearch.of(columns)
        search.update(list(arrays.values()))
        found = []
        for column in columns:
            sketch = ColumnSketch()
            sketch.update(arrays[column.path])
            count = len(arrays[column.path])
            found.append(column_evidence(f"{schema}.{name}", column, sketch, rows=count))
        yield from with_composite(found, search)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """How many were found rightly, are there, and were found at all."""

    right: int
    there: int
    found: int

    def __add__(self, other: "Hits") -> "Hits":
        return Hits(
            right=self.right + other.right,
            there=self.there + other.there,
            found=self.found + other.found,
        )

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0


NO_HITS = Hits(right=0, there=0, found=0)


def measured(name: str, schema: Schema) -> tuple[Hits, Hits]:
    """Compare the keys, then the references, with those that the schema was made with."""
    found = resolve_keys(list(evidence_of(name, schema.tables)))
    own = {item.table: item.table.removeprefix(f"{name}.") for item in found}
    keys = {(own[i.table], frozenset([i.column])) for i in found if i.key_role == "primary"}
    keys |= {
        (own[i.table], frozenset(i.key_with.split(", ")) - {CLIENT}) for i in found if i.key_with
    }
    references = {
        (f"{own[i.table]}.{i.column}", i.reference.removeprefix(f"{name}."))
        for i in found
        if i.reference
    }
    return _hits(schema.keys, keys), _hits(schema.references, references)


def _hits(there: frozenset[Any], found: set[Any]) -> Hits:
    return Hits(right=len(there & found), there=len(there), found=len(found))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.references")
    parser.add_argument("--seed", type=int, default=SEED)
    chance = random.Random(parser.parse_args().seed)  # noqa: S311  no secret depends on it
    rows = []
    totals = {"keys": NO_HITS, "references": NO_HITS}
    for name, text in SCHEMAS.items():
        both = dict(zip(totals, measured(name, schema_of(text, chance)), strict=True))
        totals = {kind: totals[kind] + hits for kind, hits in both.items()}
        rows.append(_row(name, both))
    table("Keys and references", [*rows, _row("all", totals)])
    for kind, hits in totals.items():
        for measure, value, goal in (
            ("recall", hits.recall, RECALL),
            ("precision", hits.precision, PRECISION),
        ):
            record(BENCH, f"{measure} of {kind}", round(value, 3), "", f">= {goal}", value >= goal)
    return 0


def _row(name: str, both: Mapping[str, Hits]) -> dict[str, object]:
    row: dict[str, object] = {"schema": name}
    for kind, hits in both.items():
        row |= {
            kind: hits.there,
            f"{kind}: recall": hits.recall,
            "precision" if kind == "keys" else "precision ": hits.precision,
        }
    return row


if __name__ == "__main__":
    raise SystemExit(main())
