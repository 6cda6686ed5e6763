"""dbxmetagen's statements and files: written escaped, read by tokens, never executed."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from lakegloss.compat.dbxmetagen.artefacts.generated_texts import (
    GeneratedText,
    TextStanding,
    cleaned,
    standing_of,
)
from lakegloss.compat.dbxmetagen.artefacts.output_files import OutputPlace, write_output
from lakegloss.compat.dbxmetagen.artefacts.review_rows import (
    COMMENT_COLUMNS,
    ProposedText,
    RowMaker,
)
from lakegloss.compat.dbxmetagen.artefacts.reviewed_files import read_reviewed
from lakegloss.compat.dbxmetagen.artefacts.reviewed_labels import decided
from lakegloss.compat.dbxmetagen.artefacts.statement_forms import (
    comment_statement,
    tags_statement,
)
from lakegloss.compat.dbxmetagen.artefacts.statement_reading import ReadStatement, read_statements
from lakegloss.compat.dbxmetagen.configuration.label_overrides import tags_of_fields
from lakegloss.core.assets import AssetKey
from lakegloss.core.labels.label_actions import KnownLabel
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.review.foreign import foreign_rows
from lakegloss.core.review.rows import FileLine, Shape
from lakegloss.errors import ReviewFileError
from tests.kits.injection_corpus import CORPUS

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
TABLE, COLUMN = AssetKey("main.sales.orders"), AssetKey("main.sales.orders", "note")


def read(text: str) -> list[ReadStatement]:
    return list(read_statements(text))


@pytest.mark.parametrize("key", [TABLE, COLUMN, AssetKey("main.`a.b`.t", "x.`y.z`")])
@pytest.mark.parametrize("on_column", [True, False])
@settings(max_examples=25)
@given(text=st.text(min_size=1, max_size=60))
def test_what_is_written_is_read_back(key: AssetKey, *, on_column: bool, text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    statement = comment_statement(key, text, comment_on_column=on_column)
    [found] = read(f"{statement}\n")
    assert (found.table, found.column, found.comment) == (key.table, key.column, text)


@pytest.mark.parametrize("hostile", CORPUS, ids=lambda h: h.id)
def test_hostile_texts_stay_one_text(hostile: Any) -> None:
    text = hostile.text.encode("utf-8", "replace").decode()
    tags = {"data_classification": text or "x", "it's": "y"}
    statements = comment_statement(COLUMN, text, comment_on_column=True) + tags_statement(
        COLUMN, tags
    )
    found = read(statements)
    assert [one.problem for one in found] == ["", ""]
    assert found[0].comment == text
    assert found[1].tags == tags


def test_their_forms() -> None:
    found = read(
        "-- header; not a statement\nCOMMENT ON TABLE c.s.t IS \"It's; 'quoted' -- so\";\n"
        'COMMENT ON COLUMN c.s.t.`col` IS "a;b";\n'
        'alter table c.s.t alter column `col` comment "x";\n'
        "ALTER TABLE my-cat.s.t ALTER COLUMN `a` COMMENT \"1\", `b` COMMENT '2''s';\n"
        "ALTER TABLE c.s.t SET TAGS ('data_classification' = 'pii', 'domain' = \"a;b\");\n"
        "ALTER TABLE c.s.t ALTER COLUMN `c` SET TAGS ('k' = 'v');\n"
        "SET TAG ON TABLE c.s.t k = 'v', k2 = 'v2'; SET TAG ON COLUMN c.s.t.`c` k = 'v'"
    )
    assert [one.problem for one in found] == [""] * 9
    assert [one.comment for one in found[:5]] == [
        "It's; 'quoted' -- so", "a;b", "x", "1", "2's",
    ]  # fmt: skip
    assert [one.column for one in found] == ["", "col", "col", "a", "b", "", "c", "", "c"]
    assert found[3].table == "my-cat.s.t"
    assert found[5].tags == {"data_classification": "pii", "domain": "a;b"}
    assert found[7].tags == {"k": "v", "k2": "v2"}


@pytest.mark.parametrize(
    "text",
    [
        "DROP TABLE c.s.t;",
        'COMMENT ON TABLE c.s.t IS "x" ; DROP TABLE c.s.t',
        'COMMENT ON TABLE c.s.t IS "he said "hi" to us";',
        "COMMENT ON TABLE c.s.t IS \"never closed; COMMENT ON TABLE c.s.u IS 'y';",
        "ALTER TABLE c.s.t DROP COLUMN a;",
        "ALTER TABLE c.s.t ALTER COLUMN a TYPE INT;",
        "GRANT SELECT ON TABLE c.s.t TO `x`;",
        "COMMENT ON COLUMN a IS 'x'",
        "CREATE TABLE x AS SELECT ';'",
    ],
)
def test_what_is_none_of_their_statements_is_named(text: str) -> None:
    assert read(text)[-1].problem


@settings(max_examples=60)
@given(st.text(alphabet="aA'\"`;\\.,()= \n-*/", max_size=80))
def test_any_text_is_read_without_error(text: str) -> None:
    for found in read_statements(text):
        assert found.problem or found.table


def rows(*texts: str) -> list[dict[str, str]]:
    maker = RowMaker(
        token="__CATALOG_NAME__", user="ann", config={"sample_size": 5}, comment_on_column=False
    )
    return maker.comment_rows(
        ProposedText(
            key=AssetKey("sales.orders", f"c{place}" if place else ""), text=text, model="m",
            status="not applied", at=NOW,
        )
        for place, text in enumerate(texts)
    )  # fmt: skip


def place(tmp_path: Path) -> OutputPlace:
    return OutputPlace(
        catalog="main", schema="../x", volume="v", user="ann@../../etc", home=tmp_path
    )


@pytest.mark.parametrize("kind", ["tsv", "excel"])
def test_a_review_file_goes_out_and_comes_back(kind: str, tmp_path: Path) -> None:
    texts = ["All orders.", "=1+1", 'It\'s; "so"\nand on', "tab\tin it", "\x1b[31mred"]
    *_, path = write_output(
        place(tmp_path), rows(*texts), mode="comment", statements_as="sql", review_as=kind, now=NOW
    )
    assert path.is_relative_to(tmp_path / "volumes"), "no name leads to another folder"
    assert path.name.startswith("review_metadata_comment_20260504_030201")
    found, conflicts, without = foreign_rows(*_opened(path))
    assert (conflicts, without) == ([], 0)
    assert [row.text for row in found] == texts
    assert [row.column for row in found] == ["", "c1", "c2", "c3", "c4"]


def _opened(path: Path, **options: Any) -> tuple[Any, Any]:
    file = read_reviewed(path, **options)
    return file.lines, file.shape


def test_the_layout_of_a_review_file(tmp_path: Path) -> None:
    *_, path = write_output(
        place(tmp_path), rows("Orders."), mode="comment", statements_as="excel", review_as="tsv",
        now=NOW,
    )  # fmt: skip
    with path.open(newline="") as stream:
        [row] = csv.DictReader(stream, delimiter="\t")
    assert tuple(row) == COMMENT_COLUMNS
    assert row["tokenized_table"] == "__CATALOG_NAME__.sales.orders"
    assert (row["column_name"], row["ddl_type"], row["catalog"]) == (
        "None", "table", "spark_catalog",
    )  # fmt: skip


def test_a_workbook_that_excel_saved_again(tmp_path: Path) -> None:
    *_, path = write_output(
        place(tmp_path), rows("Orders.", "A note."), mode="comment", statements_as="tsv",
        review_as="excel", now=NOW,
    )  # fmt: skip
    book = load_workbook(path)
    sheet = book.active
    assert sheet is not None
    names = [cell.value for cell in sheet[1]]
    sheet.cell(3, names.index("column_content") + 1).value = "A better note."
    sheet.cell(2, names.index("column_content") + 1).value = "=HYPERLINK(A1)"
    book.save(path)
    found, conflicts, _ = foreign_rows(*_opened(path))
    assert [row.text for row in found] == ["A better note."]
    assert len(conflicts) == 1, "a formula is no text"


def test_a_workbook_as_people_leave_it(tmp_path: Path) -> None:
    """Columns in another order, notes beside them, rows of blanks, and a day that Excel took."""
    lines = rows("Orders.", "A note.", "Last.")
    path = tmp_path / "reviewed.xlsx"
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    order = list(reversed(COMMENT_COLUMNS))
    sheet.append(order)
    for row in lines:
        sheet.append([None, " "])
        cells: list[Any] = [row[name] for name in order]
        if row["column_name"] == "c1":
            cells[order.index("column_content")] = date(2026, 5, 4)
        sheet.append([*cells, "a note of mine", date(2026, 5, 5)])
    book.save(path)
    found, conflicts, without = foreign_rows(*_opened(path))
    assert (conflicts, without) == ([], 0)
    assert [row.text for row in found] == ["Orders.", "2026-05-04", "Last."]


def test_statements_that_people_edited(tmp_path: Path) -> None:
    lines = rows("Orders.", "A note.", "Other.", "Last.")
    lines[1]["ddl"] = 'ALTER TABLE sales.orders ALTER COLUMN c1 COMMENT "It\'s; better.";'
    lines[2]["ddl"] = "DROP TABLE sales.orders"
    lines[3]["ddl"] = 'ALTER TABLE sales.orders ALTER COLUMN c9 COMMENT "Of another.";'
    *_, path = write_output(
        place(tmp_path), lines, mode="comment", statements_as="sql", review_as="tsv", now=NOW
    )
    found, conflicts, _ = foreign_rows(*_opened(path, reviewed_column="ddl"))
    assert [row.text for row in found] == ["Orders.", "It's; better."]
    assert len(conflicts) == 2


def test_a_file_of_statements(tmp_path: Path) -> None:
    path = tmp_path / "orders_comment_reviewed.sql"
    path.write_text(
        "\ufeffCOMMENT ON TABLE main.sales.orders IS 'Orders; all of them.';\nDROP TABLE x;\n"
        "ALTER TABLE main.sales.orders SET TAGS ('domain' = 'sales');"
    )
    found, conflicts, without = foreign_rows(*_opened(path))
    assert [(row.pattern, row.text) for row in found] == [
        ("main.sales.orders", "Orders; all of them."),
    ]  # fmt: skip
    assert [conflict.line for conflict in conflicts] == [2]
    assert without == 1
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ReviewFileError):
        read_reviewed(path)


def test_what_becomes_of_a_generated_text() -> None:
    one = GeneratedText(key=COLUMN, text='The  "note" of it', model="m", at=NOW)
    assert standing_of(one, {"note": ""}, ()) is TextStanding.WAITING
    assert standing_of(one, {"note": "The 'note' of it"}, ()) is TextStanding.APPLIED
    assert standing_of(one, {"note": "A person's."}, ()) is TextStanding.OTHER
    assert standing_of(one, {}, ()) is TextStanding.GONE
    assert standing_of(one, {"note": ""}, {cleaned(one.text)}) is TextStanding.KNOWN


def test_reviewed_tags_are_decisions(tmp_path: Path) -> None:
    scheme = LabelScheme(protected_tag="data_classification", group_tag="sub", none_value="None")
    tags = tags_of_fields(scheme)
    assert (tags["classification"], tags["type"]) == ("data_classification", "sub")

    def open_(value: str, **more: Any) -> KnownLabel:
        return KnownLabel(
            proposal_id=value, value=value, status="ready", decided_value=value, **more
        )

    known = {LabelKey("a.t", column, "sub"): open_(value) for column, value in (
        ("same", "pii"), ("other", "pii"), ("none", "pii"), ("wrong", "pii"), ("none_kept", "None"),
    )}  # fmt: skip
    known[LabelKey("a.t", "there", "sub")] = open_("pii", applied=True, set_by="pii")
    said = [
        (FileLine(number=place, cells={}), LabelKey("a.t", column, "sub"), value)
        for place, (column, value) in enumerate(
            (
                ("SAME", "pii"), ("other", "pci"), ("none", ""), ("wrong", "secret"),
                ("none_kept", ""), ("there", "pii"), ("there", "pci"), ("gone", "pii"),
                ("there", "None"),
            ),
            start=2,
        )
    ]  # fmt: skip
    rulings, conflicts, untouched = decided(said, known, scheme, who="ann")
    assert {r.key.column: (r.verdict.value, r.value) for r in rulings} == {
        "same": ("accept", ""), "other": ("edit", "pci"), "none": ("reject", ""),
        "none_kept": ("accept", ""),
    }  # fmt: skip
    assert [conflict.line for conflict in conflicts] == [5, 8, 9, 10]
    assert untouched == 1


def test_a_file_about_tags_is_known_as_such(tmp_path: Path) -> None:
    maker = RowMaker(token="", user="", config={}, comment_on_column=True)
    row = maker.row(
        COLUMN, at=None, model="rules", status="", ddl="", classification="protected", type="pii"
    )
    *_, path = write_output(
        place(tmp_path), [row], mode="pi", statements_as="sql", review_as="tsv", now=NOW
    )
    assert read_reviewed(path).shape is Shape.LABELS
