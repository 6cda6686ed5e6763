"""Evidence is classified again from what it holds: a class is added, never taken away."""

from dataclasses import replace

import pytest

from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.profile.reclassify import classes_shown, reclassified

PEOPLE = ("ann@example.com", "bo@example.org", "cy@example.net")


def seen(column: str, *values: str, data_type: str = "string", personal: str = "") -> Evidence:
    return Evidence(
        table="s.t",
        column=column,
        data_type=data_type,
        minimum=min(values, default=""),
        maximum=max(values, default=""),
        frequent=tuple(Frequent(value=value, share=0.1) for value in values),
        personal=personal,
        sketch=b"12345678",
    )


@pytest.mark.parametrize(
    ("evidence", "personal"),
    [
        pytest.param(seen("c7", *PEOPLE), "email", id="its values show it"),
        pytest.param(seen("date_of_birth", data_type="date"), "birth_date", id="its name does"),
        pytest.param(seen("home.email", *PEOPLE), "email", id="inside a struct"),
        pytest.param(seen("c7", "Aa+", personal="name"), "name", id="nothing shows it any more"),
        pytest.param(seen("grade", "1", "2", data_type="int"), "", id="nothing personal"),
    ],
)
def test_the_class_is_that_of_todays_rules(evidence: Evidence, personal: str) -> None:
    [found] = reclassified([evidence])
    assert found.personal == personal
    assert found.sketch == (b"" if personal else evidence.sketch), "no hashes of personal data"
    assert replace(found, personal=evidence.personal, sketch=evidence.sketch) == evidence


def test_the_columns_beside_count_and_not_the_column_itself() -> None:
    name, other = seen("name", "Ann Lee", "Bo Day"), seen("patient_id", "1")
    assert reclassified([name, other])[0].personal == classes_shown([name, other])[0] == "name"
    assert reclassified([name])[0].personal == classes_shown([name])[0]
    assert reclassified([]) == []


def test_hashes_go_where_a_fifth_of_the_values_looks_personal() -> None:
    mixed = seen("note", "ann@example.com", "b", "c", "d", "e")
    [found] = reclassified([mixed])
    assert (found.personal, found.sketch) == ("", b"")
