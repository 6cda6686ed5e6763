"""Tags of Unity Catalog: set, refused and told plainly, read back; nothing of a person changed."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from lakegloss.core.assets import AssetKey, Column, Table, TableKind
from lakegloss.core.labels.label_actions import KnownLabel
from lakegloss.core.labels.label_rows import LabelChange
from lakegloss.core.labels.tag_statements import TagPlace
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.records import ChangeStatus
from lakegloss.lakehouse.labels.applying import SET_BY_OTHERS, TagChange, change_of, plan_tags
from lakegloss.lakehouse.labels.tag_reader import TagReader
from lakegloss.lakehouse.labels.tag_writer import NOT_BACK, TAG_CHANGED, TagOutcome, write_tags
from lakegloss.lakehouse.progress import silent
from tests.kits.tag_session import TagSession

NAME = "main.shop.orders"
COLUMNS = tuple(Column(path=path, data_type="string") for path in ("mail", "`odd.na``me'`"))
TABLE = Table(name=NAME, columns=COLUMNS)


def wanted(column: str, tag: str, value: str, *before: str) -> TagChange:
    return TagChange(
        key=LabelKey(NAME, column, tag), before=frozenset({"", *before}), after=value,
        proposal_id=f"{column} {tag}",
    )  # fmt: skip


def write(
    session: Any, *changes: TagChange, table: Table = TABLE
) -> tuple[TagOutcome, list[LabelChange], dict[str, str]]:
    """The outcome, all rows of the ledger, and what was left out of the plan."""
    rows: list[LabelChange] = []
    ledgers: Any = SimpleNamespace(spark=session, append=lambda _, more: rows.extend(more))
    reader = TagReader(session, 2)
    plan = plan_tags({NAME: table}, reader.read([table]), changes)
    outcome = write_tags(
        ledgers, reader, {NAME: table}, plan.stages, run_id="r", parallel_tables=2,
        progress=silent,
    )  # fmt: skip
    return outcome, rows, dict(plan.skipped)


ALL = (
    wanted("", "domain", "sales"),
    wanted("", "subdomain", "order's \\ ${x}\n"[:-1]),
    wanted("mail", "personal_data", "pii"),
    wanted("mail", "personal_class", "email"),
    wanted("`odd.na``me'`", "personal_class", "name"),
)


def test_tags_are_set_by_one_statement_for_each_asset_and_read_back() -> None:
    session = TagSession(tags={(NAME, "mail", "class.email_address"): "", (NAME, "", "team"): "a"})
    outcome, rows, skipped = write(session, *ALL)
    assert skipped == outcome.failed == outcome.skipped == {}
    assert outcome.statements == len(session.statements) == 3
    assert session.tags == {
        (NAME, "mail", "class.email_address"): "",
        (NAME, "", "team"): "a",
        (NAME, "", "domain"): "sales",
        (NAME, "", "subdomain"): "order's \\ ${x}",
        (NAME, "mail", "personal_data"): "pii",
        (NAME, "mail", "personal_class"): "email",
        (NAME, "odd.na`me'", "personal_class"): "name",
    }
    assert [row.status for row in rows] == ["intended"] * 5 + ["applied"] * 5
    assert {row.place for row in rows} == {TagPlace.TAGS}
    assert outcome.applied == {change.key for change in ALL}
    assert not any("${" in statement for statement in session.statements)


def test_the_other_tags_are_set_where_one_is_governed() -> None:
    session = TagSession(
        governed={"domain": ["finance"], "personal_class": ["email"]},
        assignable=frozenset({"domain"}),
    )
    outcome, rows, _ = write(session, *ALL)
    assert set(session.tags.values()) == {"order's \\ ${x}", "pii"}
    assert outcome.failed == {
        f"{NAME} [domain]": "the tag 'domain' is governed and does not allow the value 'sales': "
        "allow it there, or write another value (`values` in the file of labels)",
        f"{NAME}.mail [personal_class]": "the tag 'personal_class' is governed and this identity "
        "may not assign it: ask for ASSIGN on it, or set another tag (`tags` in the file of "
        "labels)",
        f"{NAME}.`odd.na``me'` [personal_class]": "the tag 'personal_class' is governed and this "
        "identity may not assign it: ask for ASSIGN on it, or set another tag (`tags` in the file "
        "of labels)",
    }
    statuses = {row.key: row.status for row in rows}
    assert statuses[LabelKey(NAME, "", "domain")] == ChangeStatus.FAILED
    assert statuses[LabelKey(NAME, "", "subdomain")] == ChangeStatus.APPLIED


def test_missing_rights_are_told_once_and_not_tried_again() -> None:
    session = TagSession(forbidden=frozenset({NAME}))
    outcome, _, _ = write(session, *ALL[:2])
    assert session.tags == {}
    assert len(session.statements) == 1
    assert all("the right APPLY TAG is missing there" in why for why in outcome.failed.values())


def test_a_table_with_all_tags_that_it_may_have_says_so() -> None:
    session = TagSession(tags={(NAME, "", f"t{n}"): "x" for n in range(50)})
    outcome, _, _ = write(session, ALL[0])
    assert "takes no more tags" in outcome.failed[f"{NAME} [domain]"]


def test_another_writer_at_the_same_time_is_waited_for() -> None:
    session = TagSession(conflicts=2)
    outcome, _, _ = write(session, ALL[0])
    assert outcome.statements == 3
    assert session.tags == {(NAME, "", "domain"): "sales"}


def test_what_people_set_stays() -> None:
    session = TagSession(
        tags={(NAME, "", "domain"): "finance", (NAME, "mail", "personal_data"): ""}
    )
    outcome, _, skipped = write(session, ALL[0], ALL[2])
    assert session.statements == []
    assert outcome.changes == []
    assert set(skipped.values()) == {SET_BY_OTHERS}
    ours = wanted("", "domain", "sales", "finance")
    _, _, skipped = write(session, ours)
    assert skipped == {}
    assert session.tags[NAME, "", "domain"] == "sales"


def test_a_tag_that_somebody_sets_after_the_plan_stays() -> None:
    session = TagSession()
    reader = TagReader(session, 1)
    plan = plan_tags({NAME: TABLE}, reader.read([TABLE]), ALL[:2])
    session.tags[NAME, "", "domain"] = "finance"
    rows: list[LabelChange] = []
    ledgers: Any = SimpleNamespace(spark=session, append=lambda _, more: rows.extend(more))
    outcome = write_tags(
        ledgers, reader, {NAME: TABLE}, plan.stages, run_id="r", parallel_tables=1,
        progress=silent,
    )  # fmt: skip
    assert session.tags[NAME, "", "domain"] == "finance"
    assert session.tags[NAME, "", "subdomain"]
    assert outcome.skipped == {f"{NAME} [domain]": TAG_CHANGED}


@pytest.mark.parametrize("name", ["Domain", "DOMAIN ", " domain"])
def test_a_tag_of_people_that_is_written_otherwise_stays_alone(name: str) -> None:
    session = TagSession(tags={(NAME, "", name): "finance"})
    _, _, skipped = write(session, ALL[0])
    assert skipped == {f"{NAME} [domain]": SET_BY_OTHERS}
    assert session.statements == []
    reader = TagReader(session := TagSession(), 1)
    plan = plan_tags({NAME: TABLE}, reader.read([TABLE]), ALL[:1])
    session.tags[NAME, "", name] = ""  # set after the plan, without a value
    ledgers: Any = SimpleNamespace(spark=session, append=lambda *_: 0)
    outcome = write_tags(
        ledgers, reader, {NAME: TABLE}, plan.stages, run_id="r", parallel_tables=1,
        progress=silent,
    )  # fmt: skip
    assert outcome.skipped == {f"{NAME} [domain]": TAG_CHANGED}
    assert session.statements == []


def test_a_tag_without_a_value_that_somebody_sets_after_the_plan_stays() -> None:
    session = TagSession()
    reader = TagReader(session, 1)
    plan = plan_tags({NAME: TABLE}, reader.read([TABLE]), ALL[:1])
    session.tags[NAME, "", "domain"] = ""
    ledgers: Any = SimpleNamespace(spark=session, append=lambda *_: 0)
    outcome = write_tags(
        ledgers, reader, {NAME: TABLE}, plan.stages, run_id="r", parallel_tables=1,
        progress=silent,
    )  # fmt: skip
    assert outcome.skipped == {f"{NAME} [domain]": TAG_CHANGED}
    assert session.tags == {(NAME, "", "domain"): ""}


def test_a_tag_that_does_not_read_back_stays_open() -> None:
    class Forgetful(TagSession):
        def _change(self, *_: object) -> None:
            """Say that it worked."""

    outcome, rows, _ = write(Forgetful(), ALL[0])
    assert outcome.failed == {f"{NAME} [domain]": NOT_BACK}
    assert [row.status for row in rows] == [ChangeStatus.INTENDED]


def test_tags_are_taken_back_by_unset() -> None:
    session = TagSession()
    write(session, *ALL)
    back = [TagChange(key=c.key, before=frozenset({c.after}), after="") for c in ALL]
    outcome, _, _ = write(session, *back)
    assert outcome.failed == {}
    assert session.tags == {}
    assert all(" UNSET TAGS (" in s for s in session.statements[3:])


@pytest.mark.parametrize("column", ["", "mail"])
def test_views_take_tags_in_their_own_form(column: str) -> None:
    session = TagSession(views=frozenset({NAME}))
    view = replace(TABLE, kind=TableKind.VIEW)
    outcome, _, _ = write(session, wanted(column, "domain", "sales"), table=view)
    assert outcome.failed == {}
    assert session.tags == {(NAME, column, "domain"): "sales"}


def test_parts_of_columns_and_lost_columns_are_left_out() -> None:
    table = replace(TABLE, columns=(*COLUMNS, Column(path="who.mail", data_type="string")))
    session = TagSession()
    changes = [wanted("who.mail", "personal_class", "email"), wanted("gone", "domain", "x")]
    _, _, skipped = write(session, *changes, table=table)
    assert "part of a column" in skipped[f"{NAME}.who.mail [personal_class]"]
    assert skipped[f"{NAME}.gone [domain]"] == "the column is not there any more"


def test_names_of_any_case_are_the_platforms() -> None:
    table = Table(name="main.Shop.Orders", columns=(Column(path="Mail", data_type="string"),))
    session = TagSession(
        tags={(NAME, "mail", "class.email_address"): "", ("main.other.orders", "", "x"): "y"},
        findings=[
            {"catalog_name": "main", "schema_name": "shop", "table_name": "orders",
             "column_name": "mail", "class_tag": "class.email_address"},
        ],
    )  # fmt: skip
    now = TagReader(session, 1).read([table])
    assert now.of(table.name) == {"Mail": {"class.email_address": ""}}
    assert now.platform == {AssetKey(table.name, "Mail"): "class.email_address"}
    assert len(session.queries) == 3


def test_catalogs_without_tags_keep_them_in_properties() -> None:
    class Old(TagSession):
        def sql(self, statement: str) -> Any:
            if statement.startswith("SHOW TBLPROPERTIES"):
                key = "lakegloss.tag/mail/domain"
                rows = [SimpleNamespace(key=key, value="x"), SimpleNamespace(key="a", value="b")]
                return SimpleNamespace(collect=lambda: rows)
            return super().sql(statement)

    table = Table(name="hive_metastore.shop.orders", columns=COLUMNS)
    now = TagReader(Old(), 1).read([table, Table(name="shop.orders", columns=COLUMNS)])
    assert set(now.places.values()) == {TagPlace.PROPERTIES}
    assert now.of(table.name) == now.of("shop.orders") == {"mail": {"domain": "x"}}


def test_what_a_person_rejects_after_it_was_set_is_taken_away_and_comes_back_by_an_undo() -> None:
    key = (NAME, "mail", "personal_data")
    one = KnownLabel(
        proposal_id="p", value="pii", status="ready", verdict="reject", by_person=True,
        decided_value="pii", applied=True, set_by="p", withdrawn=True, written=frozenset({"pii"}),
    )  # fmt: skip
    withdrawn = change_of(LabelKey(*key), one)
    session = TagSession(tags={key: "pii", (NAME, "mail", "team"): "a"})
    outcome, rows, _ = write(session, withdrawn)
    assert session.statements == [
        "ALTER TABLE `main`.`shop`.`orders` ALTER COLUMN `mail` UNSET TAGS ('personal_data')"
    ]
    assert session.tags == {(NAME, "mail", "team"): "a"}
    assert [(row.before, row.after, row.proposal_id) for row in rows] == [("pii", "", "p")] * 2
    assert outcome.applied == {withdrawn.key}
    back = TagChange(key=withdrawn.key, before=frozenset({rows[-1].after}), after=rows[-1].before)
    write(session, back)  # as an undo does
    assert session.tags[key] == "pii"

    session.tags[key] = "internal"
    assert write(session, withdrawn)[2] == {str(withdrawn.key): SET_BY_OTHERS}
    assert session.tags[key] == "internal"
    del session.tags[key]
    outcome, rows, skipped = write(session, withdrawn)
    assert (rows, skipped, outcome.statements) == ([], {}, 0)
