"""References by the bare word of a key (naar_knoop to knoop_id), and keys of one identifier."""

import pyarrow as pa

from lakegloss.core.assets import Column
from lakegloss.core.evidence import Evidence
from lakegloss.core.profile.columns import column_evidence
from lakegloss.core.profile.composite import CompositeSearch, with_composite
from lakegloss.core.profile.references import resolve_keys
from lakegloss.core.profile.sketch import ColumnSketch


def profiled(table: str, **values: list[int] | list[str]) -> list[Evidence]:
    arrays = {name: pa.array(held) for name, held in values.items()}
    columns = [
        Column(
            path=name, data_type="bigint" if pa.types.is_integer(a.type) else "string", position=i
        )
        for i, (name, a) in enumerate(arrays.items())
    ]
    found = []
    for column, array in zip(columns, arrays.values(), strict=True):
        sketch = ColumnSketch()
        sketch.update(array)
        found.append(column_evidence(table, column, sketch, rows=len(array)))
    search = CompositeSearch.of(columns)
    search.update(list(arrays.values()))
    return with_composite(found, search)


def reference_of(evidence: list[Evidence], column: str) -> str:
    return next(e.reference for e in resolve_keys(evidence) if e.column == column)


def knots(start: int) -> list[Evidence]:
    return profiled("net.knopen", knoop_id=[start + i for i in range(300)])


def pipes(start: int) -> list[Evidence]:
    ends = [start + i * 7 % 300 for i in range(200)]
    return profiled("net.leidingen", leiding_id=list(range(90_000, 90_200)), naar_knoop=ends)


def test_a_role_and_the_bare_word_of_a_key_refer_to_it() -> None:
    assert reference_of(knots(7001) + pipes(7001), "naar_knoop") == "net.knopen.knoop_id"


def test_small_numbers_are_in_every_key_and_say_nothing() -> None:
    assert reference_of(knots(1) + pipes(1), "naar_knoop") == ""


def test_an_identifier_that_is_unique_needs_no_other_column_in_a_key() -> None:
    numbers = [f"{3100 + i:05d}" for i in range(220)]
    staff = profiled("hr.medewerkers", afd_cd=["DIST", "PROD", "LAB", "FIN"] * 55, pers_nr=numbers)
    assert not any(evidence.key_with for evidence in staff)
