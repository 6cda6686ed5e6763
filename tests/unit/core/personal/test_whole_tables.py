"""Columns of a table that are classified together get what each gets by itself."""

import re
from collections.abc import Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lakegloss.core.personal import tables
from lakegloss.core.personal.context import Contexts, context_of
from lakegloss.core.personal.kinds.organisations import WORDS_OF_MACHINES
from lakegloss.core.personal.kinds.prefixes import Prefixes, cut_names
from lakegloss.core.personal.kinds.surroundings import WORDS_OF_SURROUNDINGS
from lakegloss.core.personal.privacy import PersonalTable, class_of, personal_class

_BEGINNINGS = ["", "cust_", "property_", "CU", "CUS", "AB", "person.", "`x.y`."]
_WORDS = sorted(
    set("q1 q2 q3 q4 name iban concept_id person_id dx note value amount gender birth_date".split())
    | WORDS_OF_MACHINES
    | WORDS_OF_SURROUNDINGS
    | tables.TRAITS
    | tables.COMPANY_SIBLINGS
    | tables.CLINICAL_MARKS
    | tables.COUNTED
    | tables.EXPLAINING
)
_TABLES = ["", "x", "ref.codes", "clinic.visits", "hr.staff", "survey_2020", "stats_by_race"]
names = st.lists(
    st.builds(
        lambda begin, word, upper: begin + (word.upper() if upper else word),
        st.sampled_from(_BEGINNINGS),
        st.sampled_from(_WORDS),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


def prefix_beside(name: str, siblings: Sequence[str]) -> str:
    """The prefix by its definition, for one column."""
    if len(siblings) < 4:
        return ""
    for match in (re.match(r"[A-Za-z]{1,20}_", other) for other in siblings[:3]):
        if match and sum(n.startswith(match.group()) for n in siblings) >= 0.7 * len(siblings):
            return match.group()
    for length in (4, 3, 2):
        shared = siblings[0][:length]
        if len(shared) == length and all(n.startswith(shared) for n in siblings):
            glued = shared.isalpha() and shared.isupper() and name.startswith(shared)
            long = all(len(n) > length + 1 and n.isupper() and n.isalnum() for n in siblings)
            return shared if glued and long else ""
    return ""


@settings(max_examples=25)
@given(names)
@example(["CUNAME", "CUADDR", "CUCITY", "CUSEX", "x"])
@example(["CUNAME", "CUNAME", "CUADDR", "CUCITY", "CUSEX", "CUNO"])
@example(["cust_a", "cust_b", "b_c", "cust_d", "e", "cust_f"])
@example(["a_1", "a_2", "a_3", "b_1", "b_2", "a_4", "a_5"])
def test_each_column_has_the_prefix_that_those_beside_it_show(columns: list[str]) -> None:
    prefixes = Prefixes(columns)
    for place, name in enumerate(columns):
        assert prefixes.of(place) == prefix_beside(name, columns[:place] + columns[place + 1 :])


def test_only_names_that_keep_letters_are_cut() -> None:
    assert cut_names(("cust_name", "cust_1", "cust_", "age"), "cust_") == (
        "name", "cust_1", "cust_", "age",
    )  # fmt: skip


@settings(max_examples=25)
@given(st.sampled_from(_TABLES), names)
def test_each_column_has_the_context_of_those_beside_it(table: str, columns: list[str]) -> None:
    contexts = Contexts(table, columns)
    for place in range(len(columns)):
        beside = columns[:place] + columns[place + 1 :]
        assert contexts.of(place) == context_of(table, beside)


@settings(max_examples=25)
@given(st.sampled_from(_TABLES), names)
def test_each_column_has_the_class_that_it_has_alone(table: str, columns: list[str]) -> None:
    together = PersonalTable(table, columns)
    for place, name in enumerate(columns):
        beside = columns[:place] + columns[place + 1 :]
        alone = personal_class(name, "string", ["1", "Ann Lee"], table=table, siblings=beside)
        assert class_of(together.column(place, "string", ["1", "Ann Lee"])) == alone


def test_columns_that_tell_nothing_share_their_context() -> None:
    columns = [f"remark_{number}" for number in range(300)] + ["patient_id"]
    together = PersonalTable("s.t", columns)
    found = [together.column(place, "string", []) for place in range(301)]
    assert len({id(column.context) for column in found}) == 2
    assert [column.name for column in found] == columns
    assert [column.context.keyed for column in found] == [True] * 300 + [False]
