"""Review files: every text comes back from every format; broken and hostile files are named."""

import csv
import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from lakegloss.core.assets import AssetKey
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.review.merge import CommentBounds, Trouble, own_rows, wishes
from lakegloss.core.review.rows import COLUMNS, FileLine, Item, ReviewRow, Shape
from lakegloss.errors import EnvironmentNotReadyError, ReviewFileError
from lakegloss.lakehouse.review.files import read_review, write_review
from tests.unit.core.review.test_cells import TEXTS

FORMATS = ("csv", "tsv", "xlsx")
LIMITS = CommentBounds(table=1000, column=500)


def item(text: str = "A text.", name: str = "s.t", column: str = "c", **more: Any) -> Item:
    key = AssetKey(name, column)
    return Item(key=key, proposal_id=f"p.{column}", text=text, comment="Old.", **more)


def rows_of(path: Path) -> tuple[list[ReviewRow], list[Trouble]]:
    conflicts: list[Any] = []
    rows = list(own_rows(read_review(path).lines, conflicts))
    return rows, [conflict.trouble for conflict in conflicts]


def written(path: Path, *items: Item) -> Path:
    write_review(path, items or [item()], overwrite=True)
    return path


def edit_xlsx(path: Path, change: Callable[[Any], None]) -> Path:
    book = load_workbook(path)
    change(book["review"])
    book.save(path)
    return path


@pytest.mark.parametrize("suffix", FORMATS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3))
def test_an_unchanged_export_asks_for_nothing(
    suffix: str, texts: list[tuple[str, str]], tmp_path: Path
) -> None:
    path = tmp_path / f"review.{suffix}"
    items = [
        item(text, name=f"s.{name}", column=name, reason=name, checks=(name,))
        for text, name in texts
    ]
    written(path, *items)
    rows, troubles = rows_of(path)
    assert troubles == []
    assert [(r.key, r.text) for r in rows] == [(i.key, i.text) for i in items]
    assert wishes(rows, LIMITS) == ([], [], len(items))


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_people_change_is_read(suffix: str, tmp_path: Path) -> None:
    path = written(tmp_path / f"r.{suffix}", item(column="a"), item(column="b"))
    if suffix == "xlsx":

        def change(sheet: Any) -> None:
            sheet["C2"], sheet["D2"], sheet["C3"] = " Edit ", "Hers:\n'x'", "REJECT"

        edit_xlsx(path, change)
    else:
        delimiter = "," if suffix == "csv" else "\t"
        with path.open(encoding="utf-8-sig", newline="") as stream:
            cells = list(csv.reader(stream, delimiter=delimiter))
        cells[1][2:4], cells[2][2] = [" Edit ", "Hers:\n'x'"], "REJECT"
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter).writerows(cells)
        path.write_text(out.getvalue(), encoding="utf-8", newline="")
    asked, conflicts, untouched = wishes(rows_of(path)[0], LIMITS)
    assert [(w.verdict, w.text) for w in asked] == [("edit", "Hers:\n'x'"), ("reject", "")]
    assert (conflicts, untouched) == ([], 0)


def test_a_workbook_is_locked_but_for_decision_and_text(tmp_path: Path) -> None:
    seen = Evidence(
        table="s.t", column="c", data_type="string", rows=10, rows_read=10, null_share=0.125,
        distinct=2, semantic="code", personal="",
        frequent=(Frequent(value="=HYPERLINK(1)", share=0.5),),
    )  # fmt: skip
    hostile = '=cmd|" /C calc"!A0'
    path = written(tmp_path / "r.xlsx", item(hostile, evidence=seen, checks=("echo",)))
    sheet = load_workbook(path)["review"]
    cells = {sheet.cell(1, i + 1).value: sheet.cell(2, i + 1) for i in range(len(COLUMNS))}
    assert sheet.protection.sheet
    assert [n for n, c in cells.items() if not c.protection.locked] == ["decision", "text"]
    assert {c.data_type for c in cells.values()} <= {"s", "inlineStr", "n"}, "n: empty"
    assert cells["text"].value == "'" + hostile
    shown = {name: cells[name].value for name in ("nulls", "distinct", "frequent", "checks")}
    assert shown == {
        "nulls": "12.5%", "distinct": "2", "frequent": "'=HYPERLINK(1) (50%)", "checks": "echo",
    }  # fmt: skip
    assert sheet.freeze_panes == "C2"
    (choice,) = sheet.data_validations.dataValidation
    assert (choice.formula1, str(choice.sqref)) == ('"accept,edit,reject"', "C2")
    assert cells["text"].alignment.wrap_text
    assert sheet.column_dimensions["D"].width > 50
    assert "<f>" not in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()


def test_formulas_numbers_and_errors_in_cells(tmp_path: Path) -> None:
    path = written(tmp_path / "r.xlsx", *(item(column=c) for c in "abcd"))

    def change(sheet: Any) -> None:
        sheet["D2"], sheet["D3"], sheet["D4"], sheet["C5"] = "=1+1", 42.0, "_x0041_ and", "#REF!"

    rows, troubles = rows_of(edit_xlsx(path, change))
    assert troubles == [Trouble.FORMULA, Trouble.FORMULA]
    assert [row.text for row in rows] == ["42", "A and"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda b: b.removeprefix(b"\xef\xbb\xbf"), id="no mark"),
        pytest.param(lambda b: b.decode("utf-8-sig").encode("utf-16"), id="UTF-16"),
        pytest.param(lambda b: b.replace(b",", b";"), id="semicolons"),
        pytest.param(lambda b: b.replace(b",", b"\t"), id="tabs"),
        pytest.param(
            lambda b: b"\xef\xbb\xbfsep=;\r\n" + b[3:].replace(b",", b";"), id="Excel's sep line"
        ),
        pytest.param(lambda b: b + b"\r\n\r\n" + b"," * 20 + b"\r\n", id="blank rows"),
        pytest.param(lambda b: b.replace(b"decision", b" Decision ", 1), id="a header retyped"),
    ],
)
def test_what_spreadsheets_make_of_a_csv_is_read(
    change: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = written(tmp_path / "r.csv", item("Plain words"))
    path.write_bytes(change(path.read_bytes()))
    rows, troubles = rows_of(path)
    assert (troubles, [row.text for row in rows]) == ([], ["Plain words"])


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        pytest.param("r.csv", b"table,column\n\xff\xfa,x\n", "line 2", id="another encoding"),
        pytest.param("r.csv", b"a,b\n1,2\n", "missing: column, comment_hash", id="other columns"),
        pytest.param("r.csv", b"", "missing", id="empty"),
        pytest.param("r.txt", b"", ".csv, .tsv or .xlsx", id="another suffix"),
        pytest.param("r.xlsx", b"PK\x03\x04 and no more", "not a workbook", id="no zip"),
        pytest.param("r.xlsx", b"\xd0\xcf\x11\xe0", "without a password", id="old or encrypted"),
    ],
)
def test_broken_files_are_named_with_a_remedy(
    name: str, data: bytes, says: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ReviewFileError) as error:
        list(read_review(path).lines)
    assert says in str(error.value)
    assert error.value.remedy


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(lambda b: b + b'"open', "not closed", id="an open quote"),
        pytest.param(lambda b: b + b"x" * 140_000, "longer than 131,072", id="a huge cell"),
        pytest.param(
            lambda b: b.replace(b"status", b"text", 1), "'text' twice", id="a column twice"
        ),
    ],
)
def test_broken_rows_of_a_csv(change: Callable[[bytes], bytes], says: str, tmp_path: Path) -> None:
    path = written(tmp_path / "r.csv")
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ReviewFileError) as error:
        list(read_review(path).lines)
    assert says in str(error.value)


def test_rows_without_their_marks_or_with_more_cells_are_conflicts(tmp_path: Path) -> None:
    path = written(tmp_path / "r.csv", item(column="a"))
    whole = path.read_text(encoding="utf-8-sig").splitlines()[1]
    with path.open("a", encoding="utf-8") as stream:
        stream.write("s.t,c,accept,A text.\r\n" + whole.rstrip() + ",,,=1\r\n")
    rows, troubles = rows_of(path)
    assert (len(rows), troubles) == (1, [Trouble.UNREADABLE, Trouble.UNREADABLE])


def bomb(path: Path, part: str, content: bytes) -> Path:
    book = Workbook()
    book.active.append(list(COLUMNS))  # type: ignore[union-attr]
    book.save(path)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name, data in (parts | {part: content}).items():
            new.writestr(name, data)
    return path


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaa">'
    + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 50) for i in range(8)
    )
    + b']><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row></sheetData></worksheet>'
)  # fmt: skip


@pytest.mark.parametrize(
    ("part", "content", "says"),
    [
        pytest.param("xl/worksheets/sheet1.xml", b" " * (80 * 2**20), "80 MB", id="zip bomb"),
        pytest.param("xl/styles.xml", b"<a/>" * (5 * 2**20), "20 MB", id="a huge part"),
        pytest.param("xl/worksheets/sheet1.xml", LAUGHS, "not a workbook", id="entities"),
        pytest.param("xl/workbook.xml", b"<no", "not a workbook", id="broken XML"),
    ],
)
def test_hostile_workbooks_are_refused(
    part: str, content: bytes, says: str, tmp_path: Path
) -> None:
    path = bomb(tmp_path / "r.xlsx", part, content)
    with pytest.raises(ReviewFileError) as error:
        list(read_review(path).lines)
    assert says in str(error.value)


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    path = written(tmp_path / "deep" / "r.csv")
    with pytest.raises(ReviewFileError, match="somebody's review"):
        write_review(path, [item()])
    assert [p.name for p in path.parent.iterdir()] == ["r.csv"]


@pytest.mark.parametrize(("suffix", "size"), [("xlsx", 32_768), ("csv", 131_073)])
def test_texts_that_no_cell_holds_are_refused(suffix: str, size: int, tmp_path: Path) -> None:
    with pytest.raises(ReviewFileError) as error:
        written(tmp_path / f"r.{suffix}", item("x" * size))
    assert error.value.remedy


def test_without_openpyxl_text_files_still_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert rows_of(written(tmp_path / "r.tsv"))[1] == []
    with pytest.raises(EnvironmentNotReadyError, match=r"lakegloss\[review\]"):
        written(tmp_path / "r.xlsx")


def test_the_shapes_of_dbxmetagen_are_known(tmp_path: Path) -> None:
    path = tmp_path / "review.tsv"
    path.write_text("table\tcolumn_name\tcolumn_content\nc.s.t\tNone\tOf t.\n", encoding="utf-8")
    file = read_review(path)
    assert file.shape is Shape.REVIEW
    (line,) = file.lines
    assert line == FileLine(
        number=2, cells={"table": "c.s.t", "column_name": "None", "column_content": "Of t."}
    )
    path = tmp_path / "over.csv"
    path.write_text("catalog,schema,table,column,comment\n", encoding="utf-8")
    assert read_review(path).shape is Shape.OVERRIDE
