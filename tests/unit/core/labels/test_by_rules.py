"""Labels by rules: what evidence, people's tags and the platform say, and the table's own group."""

from collections import defaultdict

import pytest

from benchmarks.personal_data import judge
from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.labels.by_rules import LabelFacts, wanted_labels
from lakegloss.core.labels.doubt import doubtful_columns
from lakegloss.core.labels.groups import (
    LabelGroup,
    class_of_platform_tag,
    group_of_class,
    highest_class,
    highest_group,
)
from lakegloss.core.labels.label_actions import (
    KnownLabel,
    LabelAction,
    tasks_of_labels,
)
from lakegloss.core.labels.label_rows import WantedLabel
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.labels.tree import tree_from
from lakegloss.core.personal.classes import QUASI, PersonalClass
from tests.kits.places import ROOT

NAME = "clinic.patients"
SCHEME = LabelScheme()


def facts(**personal: str) -> LabelFacts:
    columns = tuple(Column(path=path, data_type="string") for path in personal)
    evidence = {
        path: Evidence(table=NAME, column=path, data_type="string", personal=one)
        for path, one in personal.items()
    }
    return LabelFacts(table=Table(name=NAME, columns=columns), evidence=evidence)


def labels(known: LabelFacts, scheme: LabelScheme = SCHEME) -> dict[tuple[str, str], str]:
    return {(w.key.column, w.key.tag): w.value for w in wanted_labels(known, scheme)}


def with_tags(known: LabelFacts, tags: dict[str, dict[str, str]], **more: object) -> LabelFacts:
    return LabelFacts(table=known.table, evidence=known.evidence, tags=tags, **more)  # type: ignore[arg-type]


def test_every_class_has_a_group_and_no_other_word_does() -> None:
    assert all(group_of_class(one) for one in PersonalClass)
    assert group_of_class("") is group_of_class("colour") is None


@pytest.mark.parametrize(
    ("groups", "highest"),
    [
        ((), None),
        (("pii",), "pii"),
        (("pii", "pci"), "pci"),
        (("medical",), "medical"),
        (("medical", "pii"), "phi"),
        (("medical", "pci"), "phi"),
        (("phi", "pci"), "phi"),
    ],
)
def test_a_table_has_the_highest_group_of_its_columns(
    groups: tuple[str, ...], highest: str | None
) -> None:
    assert highest_group(map(LabelGroup, groups)) == highest


def test_the_platforms_classes_are_ours() -> None:
    assert class_of_platform_tag("class.email_address") == "email"
    assert class_of_platform_tag("class.us_ssn") == "national_id"
    assert class_of_platform_tag("class.uk_passport") == "passport"
    assert class_of_platform_tag("class.something_new") == ""
    assert class_of_platform_tag("pii: confidential") == ""


def test_person_and_illness_together_are_protected_health() -> None:
    assert labels(facts(id="", mail="email", icd="health")) == {
        ("mail", "personal_data"): "pii",
        ("mail", "personal_class"): "email",
        ("icd", "personal_data"): "medical",
        ("icd", "personal_class"): "health",
        ("", "personal_data"): "phi",
    }


def test_a_part_counts_for_its_column() -> None:
    known = facts(who="", **{"who.mail": "email", "who.sex": "gender", "n": ""})
    found = labels(known)
    assert found["who", "personal_class"] == "email"
    assert {column for column, _ in found} == {"", "who"}
    assert highest_class(["gender", "email", "religion"]) == "religion"


def test_what_a_person_says_of_a_column_holds_for_its_table() -> None:
    known = facts(mail="email", note="")
    none = with_tags(known, {"mail": {"personal_data": "public"}})
    assert labels(none) == {}
    more = with_tags(known, {"note": {"personal_data": "medical"}})
    assert labels(more)["", "personal_data"] == "phi"
    by_class = with_tags(known, {"note": {"personal_class": "health"}})
    assert labels(by_class)["note", "personal_data"] == "medical"


def test_what_lakegloss_set_does_not_go_by_itself() -> None:
    tags = {"note": {"personal_data": "medical", "personal_class": "health"}}
    ours = frozenset({("note", "personal_data"), ("note", "personal_class")})
    found = labels(with_tags(facts(mail="email", note=""), tags, ours=ours))
    assert found["", "personal_data"] == "phi"


def test_tags_and_findings_of_the_platform_are_evidence() -> None:
    tagged = with_tags(facts(a="", b=""), {"a": {"class.phone_number": ""}})
    assert labels(tagged)["a", "personal_class"] == "phone"
    found = with_tags(facts(a="", b=""), {}, platform={"b": "class.us_ssn"})
    [group, _, _] = wanted_labels(found, SCHEME)
    assert group.reason == "Databricks' data classification: class.us_ssn"


def test_a_scheme_says_it_in_its_own_words() -> None:
    scheme = LabelScheme(
        group_tag="kind", class_tag="", protected_tag="data_classification",
        values={"medical": "medical_information"}, none_value="None",
    )  # fmt: skip
    assert labels(facts(id="", icd="health"), scheme) == {
        ("id", "kind"): "None",
        ("icd", "data_classification"): "protected",
        ("icd", "kind"): "medical_information",
        ("", "data_classification"): "protected",
        ("", "kind"): "medical_information",
    }


def test_a_subdomain_stays_in_its_domain() -> None:
    tree = tree_from(
        {"care": {"tables": ["clinic.*"], "subdomains": {"wards": {"tables": ["*.patients"]}}}}
    )
    scheme = LabelScheme(tree=tree)
    assert labels(facts(id=""), scheme) == {("", "domain"): "care", ("", "subdomain"): "wards"}
    other = with_tags(facts(id=""), {"": {"domain": "finance"}})
    assert labels(other, scheme) == {("", "domain"): "care"}


KEY = LabelKey(NAME, "", "domain")
WANTED = WantedLabel(key=KEY, value="care", source="rules", reason="")


@pytest.mark.parametrize(
    ("now", "known", "action"),
    [
        (None, {}, LabelAction.PROPOSE),
        ("care", {}, LabelAction.KEEP),
        ("sales", {}, LabelAction.PROTECTED),
        ("", {}, LabelAction.PROTECTED),  # a person's tag without a value
        ("sales", {"written": frozenset({"sales"})}, LabelAction.PROPOSE),
        (None, {"refused": frozenset({"care"})}, LabelAction.REJECTED),
        (None, {"proposal_id": "p", "value": "care", "status": "ready"}, LabelAction.PENDING),
        (
            None,
            {"proposal_id": "p", "value": "care", "status": "needs_review"},
            LabelAction.WAITING,
        ),
        (
            None,
            {
                "proposal_id": "p", "value": "care", "status": "ready", "verdict": "edit",
                "by_person": True, "decided_value": "sales",
            },
            LabelAction.PENDING,
        ),
    ],
)  # fmt: skip
def test_what_is_done_about_a_label(
    now: str | None, known: dict[str, object], action: LabelAction
) -> None:
    there = {} if now is None else {KEY: now}
    [task] = tasks_of_labels([WANTED], there, {KEY: KnownLabel(**known)})  # type: ignore[arg-type]
    assert task.action is action
    assert task.is_sure


def test_a_tag_that_a_person_took_off_waits_for_a_person() -> None:
    known = KnownLabel(
        proposal_id="p", value="care", status="ready", applied=True, written=frozenset({"care"})
    )
    [task] = tasks_of_labels([WANTED], {}, {KEY: known})
    assert task.action is LabelAction.PROPOSE
    assert not task.is_sure
    assert "took this tag off" in task.reason


def test_doubt_is_about_texts_without_a_class() -> None:
    def evidence(column: str, **more: object) -> Evidence:
        base = {"data_type": "string", "rows": 100, "rows_read": 100, "distinct": 90}
        return Evidence(table=NAME, column=column, **(base | more))  # type: ignore[arg-type]

    columns = ("mail", "note", "code", "n")
    table = Table(name=NAME, columns=tuple(Column(path=c, data_type="string") for c in columns))
    seen = {
        "mail": evidence("mail", personal="email"),
        "note": evidence("note", mean_length=80.0, semantic="free_text"),
        "code": evidence("code", distinct=3),
        "n": evidence("n", data_type="int"),
    }
    assert doubtful_columns(LabelFacts(table=table, evidence=seen), SCHEME) == ["note"]
    alone = {path: one for path, one in seen.items() if path != "mail"}
    assert doubtful_columns(LabelFacts(table=table, evidence=alone), SCHEME) == []


def test_recall_and_precision_of_tags_on_labelled_tables() -> None:
    """The numbers that docs/labels.md tells, on tables labelled by hand."""
    folder = ROOT / "../shared/gold/pii"
    if not folder.is_dir():
        pytest.skip("the labelled tables are not here")
    judged = list(judge(folder))
    by_table: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for one in judged:
        table, _, column = one.column.partition(".")
        by_table[table][column] = one.found
    tagged = {
        f"{table}.{column}"
        for table, classes in by_table.items()
        for (column, tag), value in labels(facts(**classes)).items()
        if tag == "personal_class" and value not in QUASI
    }
    true = {one.column for one in judged if one.strict}
    assert len(tagged & true) / len(true) >= 0.90
    assert len(tagged & true) / len(tagged) >= 0.85
