"""What is planned for a table: what people set or fixed goes first, however they write it."""

from collections.abc import Mapping

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.labels.label_actions import KnownLabel, LabelAction
from lakegloss.core.labels.overrides import EVERY_COLUMN, LabelOverride
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.labels.tree import tree_from
from lakegloss.lakehouse.labels.planning_labels import LabelPlanner, PlannedLabels
from lakegloss.lakehouse.labels.tag_reader import TagsNow
from lakegloss.programs.labels.label_program import label_program

NAME = "shop.people"
TABLE = Table(
    name=NAME, columns=tuple(Column(path=p, data_type="string") for p in ("mail", "note", "sku"))
)
EVIDENCE = {
    AssetKey(NAME, "mail"): Evidence(
        table=NAME, column="mail", data_type="string", personal="email", rows_read=100
    ),
    AssetKey(NAME, "note"): Evidence(
        table=NAME, column="note", data_type="string", rows_read=100, distinct=100,
        mean_length=60.0,
    ),
}  # fmt: skip
SCHEME = LabelScheme(tree=tree_from({"sales": None, "people": None}))
THEIRS = LabelScheme(
    group_tag="kind", class_tag="", protected_tag="level", domain_tag="", subdomain_tag="",
    none_value="None",
)  # fmt: skip


def planned(
    tags: Mapping[tuple[str, str], str],
    *overrides: LabelOverride,
    scheme: LabelScheme = SCHEME,
    known: Mapping[LabelKey, KnownLabel] | None = None,
    model: str = "",
) -> tuple[dict[tuple[str, str], tuple[str, str]], PlannedLabels]:
    """Values and actions by column and tag, and the plan."""
    planner = LabelPlanner(scheme, label_program(), model=model, overrides=overrides)
    now = TagsNow(values={LabelKey(NAME, *key): value for key, value in tags.items()})
    one = planner.plan(TABLE, EVIDENCE, now, known or {})
    tasks = planner.tasks(one, now, known or {})
    found = {
        (t.wanted.key.column, t.wanted.key.tag): (t.wanted.value, t.action.value) for t in tasks
    }
    return found, one


def fixed(column: str, tag: str, value: str, pattern: str = NAME) -> LabelOverride:
    return LabelOverride(pattern=pattern, column=column, tag=tag, value=value, origin="o.csv")


def test_a_persons_tag_counts_in_any_case() -> None:
    found, _ = planned({("mail", "personal_data"): "Public", ("sku", "personal_data"): " PCI"})
    assert ("mail", "personal_class") not in found
    assert found["", "personal_data"] == ("pci", "propose")
    assert found["sku", "personal_data"] == ("pci", LabelAction.PROTECTED.value)


def test_a_tag_that_is_written_otherwise_is_a_persons() -> None:
    found, one = planned({("mail", "Personal Data"): "PII", ("", "DOMAIN"): "people"}, model="m")
    assert found["mail", "personal_data"] == ("pii", LabelAction.PROTECTED.value)
    assert one.question is None or not one.question.asks_domain, "a person has sorted it"


def test_what_people_fixed_in_a_file_goes_before_what_was_found() -> None:
    found, one = planned(
        {},
        fixed("NOTE", "personal_data", "medical"),
        fixed("mail", "personal_data", ""),
        fixed("mail", "personal_class", ""),
        fixed("", "domain", "people", "*.people"),
        fixed(EVERY_COLUMN, "personal_data", "pci", "other.*"),
        model="m",
    )
    assert found == {
        ("note", "personal_data"): ("medical", "propose"),
        ("", "personal_data"): ("medical", "propose"),
        ("", "domain"): ("people", "propose"),
    }
    assert one.question is None or not one.question.asks_domain


def test_a_tag_of_the_catalog_goes_before_a_file() -> None:
    found, _ = planned({("note", "personal_data"): "public"}, fixed("note", "personal_data", "phi"))
    assert found["note", "personal_data"] == ("phi", LabelAction.PROTECTED.value)
    assert found["", "personal_data"] == ("pii", "propose")


def test_the_models_word_is_kept_where_only_groups_are_written() -> None:
    _, first = planned({}, scheme=THEIRS, model="m")
    assert first.question is not None
    assert [path for path, _ in first.question.columns] == ["note"]
    known = {
        LabelKey(NAME, "note", "kind"): KnownLabel(
            proposal_id="p", value="medical", decided_value="medical", status="ready",
            fingerprint=first.question.fingerprints["note"],
        )
    }  # fmt: skip
    found, second = planned({}, scheme=THEIRS, known=known, model="m")
    assert second.question is None
    assert found["note", "kind"] == ("medical", LabelAction.PENDING.value)
    assert found["", "kind"] == ("phi", "propose")
