"""Review files of labels: what people write comes back, what does not fit is told."""

import csv
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from lakegloss.core.labels.label_actions import KnownLabel
from lakegloss.core.labels.label_review import LABEL_COLUMNS, OpenLabel, rulings_of
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.labels.tree import tree_from
from lakegloss.core.records import Verdict
from lakegloss.errors import ReviewFileError
from lakegloss.lakehouse.labels.label_files import read_label_file, write_label_file
from tests.kits.injection_corpus import CORPUS

SCHEME = LabelScheme(tree=tree_from({"sales": {"subdomains": ["orders"]}, "care": None}))
DOMAIN = LabelKey("shop.orders", "", "domain")
CLASS = LabelKey("shop.orders", "mail", "personal_class")


def known(value: str, **more: object) -> KnownLabel:
    facts = {
        "proposal_id": f"p-{value}", "value": value, "decided_value": value, "status": "ready",
        "source": "model", "reason": "=1+1",
    }  # fmt: skip
    return KnownLabel(**(facts | more))  # type: ignore[arg-type]


KNOWN = {DOMAIN: known("sales"), CLASS: known("email")}


def filled(path: Path, decisions: dict[str, tuple[str, str]]) -> list[tuple[int, dict[str, str]]]:
    """The rows of an export in which a person filled decision and value, by tag."""
    items = [OpenLabel(key=key, known=one) for key, one in KNOWN.items()]
    assert write_label_file(path, items) == 2
    _, rows = read_label_file(path)
    for _, cells in rows:
        decision, value = decisions.get(cells["tag"], ("", ""))
        cells["decision"] = decision
        cells["value"] = value or cells["value"]
    return rows


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx"])
def test_a_file_comes_back_as_it_was_filled(tmp_path: Path, suffix: str) -> None:
    rows = filled(
        tmp_path / f"labels{suffix}", {"domain": ("edit", "care"), "personal_class": ("Reject", "")}
    )
    rulings, conflicts, untouched = rulings_of(rows, KNOWN, SCHEME)
    assert (conflicts, untouched) == ([], 0)
    assert [(r.key, r.verdict, r.value, r.proposal_id) for r in rulings] == [
        (DOMAIN, Verdict.EDIT, "care", "p-sales"),
        (CLASS, Verdict.REJECT, "", "p-email"),
    ]


def test_an_untouched_file_decides_nothing(tmp_path: Path) -> None:
    rulings, conflicts, untouched = rulings_of(filled(tmp_path / "l.csv", {}), KNOWN, SCHEME)
    assert (rulings, conflicts, untouched) == ([], [], 2)


def test_another_value_without_a_decision_is_an_edit(tmp_path: Path) -> None:
    rows = filled(tmp_path / "l.csv", {"personal_class": ("", "name")})
    [ruling], _, _ = rulings_of(rows, KNOWN, SCHEME)
    assert (ruling.verdict, ruling.value) == (Verdict.EDIT, "name")


@pytest.mark.parametrize(
    ("decision", "value", "now", "why"),
    [
        ("edit", "finance", {}, "no label of the tag"),
        ("edit", "pii", {}, "no label of the tag"),
        ("maybe", "", {}, "no decision"),
        ("accept", "", {"proposal_id": "p-2"}, "a newer proposal"),
        ("edit", "care", {"applied": True}, "set already"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(
    tmp_path: Path, decision: str, value: str, now: dict[str, object], why: str
) -> None:
    rows = filled(tmp_path / "l.csv", {"domain": (decision, value)})
    rulings, [conflict], _ = rulings_of(rows, {DOMAIN: known("sales", **now)}, SCHEME)
    assert rulings == []
    assert conflict.line == 2
    assert why in conflict.reason


def test_a_label_that_was_set_since_the_export_can_be_rejected(tmp_path: Path) -> None:
    rows = filled(tmp_path / "l.csv", {"domain": ("reject", "")})
    is_set = {DOMAIN: known("sales", applied=True, set_by="p-sales")}
    [ruling], conflicts, _ = rulings_of(rows, is_set, SCHEME)
    assert (ruling.verdict, ruling.proposal_id) == (Verdict.REJECT, "p-sales")
    assert conflicts == []


def test_a_tag_decided_twice_is_a_conflict(tmp_path: Path) -> None:
    rows = filled(tmp_path / "l.csv", {"domain": ("accept", "")})
    rulings, [conflict], _ = rulings_of([*rows, (4, rows[0][1])], KNOWN, SCHEME)
    assert len(rulings) == 1
    assert conflict.line == 4


def test_rows_that_disagree_about_a_tag_are_all_in_conflict(tmp_path: Path) -> None:
    rows = filled(tmp_path / "l.csv", {"domain": ("accept", ""), "personal_class": ("accept", "")})
    other = {**rows[0][1], "decision": "reject"}
    rulings, conflicts, _ = rulings_of([*rows, (4, other)], KNOWN, SCHEME)
    assert [ruling.key for ruling in rulings] == [CLASS]
    assert [conflict.line for conflict in conflicts] == [2, 4]


def decided(value: str, verdict: str, by: str = "bob", **more: object) -> KnownLabel:
    facts = {"verdict": verdict, "by_person": True, "decided_by": by, "decision_id": f"d-{by}"}
    return known(value, **(facts | more))


@pytest.mark.parametrize(
    "now",
    [
        decided("sales", "edit", decided_value="care"),
        decided("sales", "reject"),
        decided("sales", "edit", by="", decided_value="care"),
    ],
)
def test_what_another_steward_decided_since_stays(tmp_path: Path, now: KnownLabel) -> None:
    """Both had the same export; the second one to come back replaces nothing unseen."""
    rows = filled(tmp_path / "l.csv", {"domain": ("accept", ""), "personal_class": ("accept", "")})
    rulings, [conflict], _ = rulings_of(rows, KNOWN | {DOMAIN: now}, SCHEME, who="ann")
    assert [ruling.key for ruling in rulings] == [CLASS]
    assert f"{now.decided_by or 'somebody'} decided otherwise since" in conflict.reason
    for cells in (rows[0][1], rows[1][1]):
        cells.pop("decision_id")  # an export of an earlier version
    assert len(rulings_of(rows, KNOWN | {DOMAIN: now}, SCHEME, who="ann")[1]) == 1


def test_who_saw_a_decision_may_overrule_it_and_everybody_their_own(tmp_path: Path) -> None:
    seen = {DOMAIN: decided("sales", "edit", decided_value="care"), CLASS: known("email")}
    path = tmp_path / "l.tsv"
    write_label_file(path, [OpenLabel(key=key, known=one) for key, one in seen.items()])
    _, rows = read_label_file(path)
    assert rows[0][1]["decided"] == "edit by bob"
    rows[0][1]["decision"] = "reject"
    [ruling], conflicts, _ = rulings_of(rows, seen, SCHEME, who="ann")
    assert (ruling.verdict, conflicts) == (Verdict.REJECT, [])
    rows[0][1]["decision_id"] = ""
    [ruling], conflicts, _ = rulings_of(rows, seen, SCHEME, who="bob")
    assert (ruling.verdict, conflicts) == (Verdict.REJECT, [])


def test_accepting_an_edited_label_keeps_the_edit(tmp_path: Path) -> None:
    """The row shows the edited value: that is what a person agrees to."""
    seen = {DOMAIN: decided("sales", "edit", decided_value="care"), CLASS: known("email")}
    path = tmp_path / "l.csv"
    write_label_file(path, [OpenLabel(key=key, known=one) for key, one in seen.items()])
    _, rows = read_label_file(path)
    rows[0][1]["decision"] = "accept"
    assert rulings_of(rows, seen, SCHEME, who="ann") == ([], [], 2)
    rows[0][1]["value"] = "sales"
    [ruling], _, _ = rulings_of(rows, seen, SCHEME, who="ann")
    assert (ruling.verdict, ruling.value) == (Verdict.ACCEPT, "")


@pytest.mark.parametrize(
    ("decision", "value", "now"),
    [
        ("reject", "", decided("sales", "reject", by="ann")),
        ("accept", "", decided("sales", "accept", by="ann", applied=True)),
        ("edit", "care", decided("sales", "edit", decided_value="care")),
        ("accept", "", known("sales", applied=True, verdict="accept")),
    ],
)
def test_the_same_file_again_decides_nothing(
    tmp_path: Path, decision: str, value: str, now: KnownLabel
) -> None:
    rows = filled(tmp_path / "l.csv", {"domain": (decision, value)})
    assert rulings_of(rows, KNOWN | {DOMAIN: now}, SCHEME, who="ann") == ([], [], 2)


def test_an_edit_needs_another_value(tmp_path: Path) -> None:
    rows = filled(tmp_path / "l.csv", {"domain": ("edit", "")})
    rulings, [conflict], _ = rulings_of(rows, KNOWN, SCHEME)
    assert rulings == []
    assert "as it was exported" in conflict.reason


def test_a_workbook_as_people_leave_it(tmp_path: Path) -> None:
    """Columns in another order, notes and dates beside them, rows that are blank or of spaces."""
    path = tmp_path / "labels.xlsx"
    write_label_file(path, [OpenLabel(key=key, known=one) for key, one in KNOWN.items()])
    book = load_workbook(path)
    sheet = book.active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet]
    order = ["value", "decision", *[n for n in LABEL_COLUMNS if n not in ("value", "decision")]]
    sheet.delete_rows(1, 9)
    sheet.append([*(name.upper() if name == "value" else f" {name} " for name in order), "when"])
    for row in cells[1:]:
        sheet.append([None] * 4)
        by_name = dict(zip(LABEL_COLUMNS, row, strict=True))
        by_name |= {"decision": "Edit ", "value": "care"} if by_name["tag"] == "domain" else {}
        sheet.append([*(by_name[name] for name in order), date(2026, 5, 4), "a note of mine"])
    sheet.append([" ", "  "])
    book.save(path)
    _, rows = read_label_file(path)
    [ruling], conflicts, untouched = rulings_of(rows, KNOWN, SCHEME)
    assert (ruling.key, ruling.value, conflicts, untouched) == (DOMAIN, "care", [], 1)


def test_hostile_cells_are_text_and_come_back(tmp_path: Path) -> None:
    short = [item.text.replace("\r", "\n") for item in CORPUS if 0 < len(item.text) < 2_000]
    texts = [text.encode("utf-8", "replace").decode() for text in short]  # names are UTF-8
    keys = [LabelKey("shop.orders", text, "domain") for text in texts]
    path = tmp_path / "l.csv"
    write_label_file(path, [OpenLabel(key=key, known=known("sales")) for key in keys])
    with path.open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert not [cell for cell in cells if cell.lstrip()[:1] in ("=", "+", "-", "@")]
    assert not [cell for cell in cells if "\x1b" in cell or "\u202e" in cell]
    _, rows = read_label_file(path)
    for _, row in rows:
        row["decision"] = "reject"
    rulings, conflicts, _ = rulings_of(rows, {key: known("sales") for key in keys}, SCHEME)
    assert {ruling.key.column for ruling in rulings} == set(texts)
    assert len(conflicts) == len(texts) - len(set(texts))


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text(",".join(LABEL_COLUMNS[1:]), encoding="utf-8")
    with pytest.raises(ReviewFileError, match="missing: table"):
        read_label_file(path)
    path.write_bytes(b"table,\xff\xfe\xfa")
    with pytest.raises(ReviewFileError, match="not utf-8"):
        read_label_file(path)
    write_label_file(tmp_path / "m.csv", [])
    with pytest.raises(ReviewFileError, match="already"):
        write_label_file(tmp_path / "m.csv", [])
