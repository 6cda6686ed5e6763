"""Evidence that older rules for personal data let through is withheld from now on."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.personal.version import CLASSIFIER_VERSION
from lakegloss.lakehouse.survey import gathering
from lakegloss.lakehouse.survey.stamps import allowed, is_of_older_rules, is_under, stamp_of
from lakegloss.lakehouse.survey.stored import Stored
from lakegloss.settings import Settings, load_settings

VALUES = ("ann@example.com", "bo@example.org", "cy@example.net")
MAILS = Evidence(
    table="s.t",
    column="c7",
    data_type="string",
    minimum=VALUES[0],
    maximum=VALUES[-1],
    frequent=tuple(Frequent(value=value, share=0.3) for value in VALUES),
    sketch=b"12345678",
)
OTHER = Evidence(table="s.t", column="grade", data_type="int", minimum="1", maximum="6")
NOW = f"/classifier={CLASSIFIER_VERSION}"


def settings(**changed: Any) -> Settings:
    return load_settings(environ={}, sample_rows=100, **changed)


@pytest.mark.parametrize(
    ("stamp", "under", "older"),
    [
        ("masked/100", True, True),
        ("masked/100/classifier=0", True, True),
        (f"masked/100{NOW}", True, False),
        (f"masked/100{NOW}9", True, False),
        ("masked/100/classifier=", True, True),
        (f"masked/1000{NOW}", False, False),
        (f"shapes/100{NOW}", False, False),
        (f"masked/100/presidio{NOW}", False, False),
        ("masked/100/presidio", False, True),
        ("", False, True),
    ],
)
def test_a_stamp_says_under_what_evidence_was_stored(stamp: str, under: bool, older: bool) -> None:  # noqa: FBT001
    assert is_under(stamp, settings().profile) is under
    assert is_of_older_rules(stamp) is older


@pytest.mark.parametrize("personal", ["builtin", "presidio"])
def test_what_is_stored_now_is_not_of_older_rules(personal: str) -> None:
    profile = settings(personal=personal).profile
    assert is_under(stamp_of(profile), profile)
    assert not is_of_older_rules(stamp_of(profile))


@pytest.mark.parametrize("values", ["none", "shapes", "masked", "raw"])
def test_only_evidence_of_older_rules_is_classified_again(values: str) -> None:
    [known] = allowed([(MAILS, f"masked/100{NOW}")], values)
    assert known.personal == ""
    grade, mails = sorted(
        allowed([(MAILS, "masked/100"), (OTHER, "masked/100")], values),
        key=lambda evidence: evidence.personal,
    )
    assert (mails.column, mails.personal, mails.sketch) == ("c7", "email", b"")
    assert (VALUES[0] in repr(mails)) is (values == "raw")
    assert (grade.column, grade.personal) == ("grade", "")


def test_tables_may_come_mixed() -> None:
    email = Evidence(table="s.people", column="name", data_type="string", minimum="Ann Lee")
    key = Evidence(table="s.people", column="patient_id", data_type="bigint")
    found = allowed([(email, ""), (OTHER, ""), (key, "")], "masked")
    assert {item.column: item.personal for item in found}["name"] == "name"


class Ledger:
    """Evidence in memory, as `EvidenceReader` gives it."""

    def __init__(self, *items: Stored) -> None:
        self.kept = {AssetKey(item.evidence.table, item.evidence.column): item for item in items}
        self.appended: list[dict[str, Any]] = []
        self.ledgers: Any = SimpleNamespace(
            append=lambda _, rows: self.appended.extend(rows), spark=None
        )

    def read(self, tables: Sequence[str]) -> dict[AssetKey, Stored]:
        return {key: item for key, item in self.kept.items() if key.table in tables}

    read_for_keys = read

    def take(self, items: Iterable[Stored]) -> None:
        self.kept |= {AssetKey(item.evidence.table, item.evidence.column): item for item in items}


def test_stored_evidence_is_classified_again_once_and_no_table_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = [
        Stored(
            evidence=evidence,
            data_version="1",
            policy="masked/100",
            seen_at=datetime(2025, 1, 1, tzinfo=UTC),
        )
        for evidence in (MAILS, OTHER)
    ]
    columns = tuple(Column(path=e.column, data_type=e.data_type) for e in (MAILS, OTHER))
    tables: Any = {"s.t": Table(name="s.t", columns=columns, data_version="1")}
    seen_for_keys: list[Stored] = []
    scope = SimpleNamespace(
        add_keys=lambda _keys, found, names: seen_for_keys.extend(
            item for key, item in found.items() if key.table in names
        ),
        neighbours=(),
    )
    monkeypatch.setattr(gathering, "_Scope", lambda *_: scope)
    monkeypatch.setattr(gathering, "_profile_all", lambda *args: dict.fromkeys(args[2], "read"))
    monkeypatch.setattr(gathering, "read_declared", lambda *_: ())
    reader: Any = Ledger(*stored)

    def gather() -> None:
        found = gathering.gather_evidence(
            reader.ledgers, settings().profile, tables, ["s.t"], run_id="r2", reader=reader
        )
        assert (found.profiled, found.unreadable) == (0, {})

    gather()
    rows = {row["column"]: row for row in reader.appended}
    assert rows.keys() == {"c7", "grade"}
    assert (rows["c7"]["personal"], rows["c7"]["masked"], rows["c7"]["sketch"]) == (
        "email", True, b"",
    )  # fmt: skip
    assert VALUES[0] not in repr(reader.kept)
    assert rows["grade"]["minimum"] == "1"
    assert all(row["policy"] == f"masked/100{NOW}" for row in rows.values())
    assert all(row["seen_at"] > stored[0].seen_at for row in rows.values()), "the newest rows"
    assert all(row["run_id"] == "r2" for row in rows.values())
    hashes = {item.evidence.column: item.evidence.sketch for item in seen_for_keys}
    assert hashes == {"c7": b"", "grade": b""}, "keys are found in what is stored now"
    gather()
    assert len(reader.appended) == 2
