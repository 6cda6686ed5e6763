"""The journal: whole files or none, and nothing that breaks a later run."""

import errno
import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.engine.journal import (
    Journal,
    discard,
    read_journal,
    response_from_json,
    response_to_json,
)
from lakegloss.errors import EnvironmentNotReadyError
from tests.kits.engine import FakeClock, make_response


def files(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


@given(st.text(), st.datetimes(timezones=st.just(UTC)), st.floats(0, 1e6))
def test_a_response_comes_back_as_it_was(text: str, moment: datetime, latency: float) -> None:
    text = text.encode("utf-8", "replace").decode()
    response = make_response(text=text, answered_at=moment, latency=latency)
    line = response_to_json(response)
    assert "\n" not in line
    assert line.isascii()
    assert response_from_json(line) == response


def test_answers_are_due_by_age_or_number(tmp_path: Path) -> None:
    clock = FakeClock()
    journal = Journal(tmp_path, "run", clock=clock, flush_count=10)
    assert not journal.due
    for number in range(7):
        journal.add(make_response(number))
        assert journal.due, "few answers are due at once"
        journal.flush()
        assert not journal.due
    journal.add(make_response(8))
    assert not journal.due, "many are written together"
    clock.time += 2
    assert journal.due
    journal.flush()
    for number in range(9):
        journal.add(make_response(number))
    assert not journal.due
    journal.add(make_response(10))
    assert journal.due
    journal.flush()
    clock.time += 2
    journal.add(make_response(11))
    assert journal.due, "few again"


def test_each_flush_is_a_new_whole_file(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "journal"
    journal = Journal(folder, "run/../1")
    for number in range(3):
        journal.add(make_response(number))
        journal.flush()
    journal.close()
    assert len(files(folder)) == 3
    assert not [name for name in files(folder) if name.startswith(".") or "/" in name]
    read = [r for _, responses in read_journal(folder) for r in responses]
    assert read == [make_response(n) for n in range(3)]


def test_nothing_to_write_makes_no_file(tmp_path: Path) -> None:
    Journal(tmp_path / "journal", "run").close()
    assert not (tmp_path / "journal").exists()
    assert read_journal(tmp_path / "journal") == []


def test_discard_removes_only_what_was_read(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "run")
    journal.add(make_response(1))
    journal.flush()
    (path, _), *_ = read_journal(tmp_path)
    journal.add(make_response(2))
    journal.flush()
    discard([path, path])
    assert [r for _, responses in read_journal(tmp_path) for r in responses] == [make_response(2)]


@pytest.mark.parametrize(
    "garbage",
    [b"{", b"\xff\xfe\x00", b"null\n[]\n7\n", b'{"response_id": "x"}\n', b"\n\n{}\n"],
    ids=["torn", "binary", "other JSON", "too few fields", "empty object"],
)
def test_garbage_is_reported_and_kept_aside(
    tmp_path: Path, garbage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    good_line = response_to_json(make_response(1)).encode()
    (tmp_path / "run-1-aa.jsonl").write_bytes(good_line + b"\n" + garbage)
    (tmp_path / ".run-2-bb.jsonl.tmp").write_bytes(good_line)
    with caplog.at_level(logging.WARNING):
        read = read_journal(tmp_path)
    assert [responses for _, responses in read] == [[make_response(1)]]
    assert "run-1-aa.jsonl" in caplog.text
    discard(path for path, _ in read)
    assert (tmp_path / "run-1-aa.bad").read_bytes() == good_line + b"\n" + garbage
    assert read_journal(tmp_path) == []


@given(st.binary(max_size=200))
def test_no_line_raises_anything_but_value_error(line: bytes) -> None:
    with pytest.raises(ValueError, match="validation error"):
        response_from_json(line)


@pytest.mark.parametrize("cut", [1, 40, 300])
def test_a_line_that_is_cut_is_not_a_response(cut: int) -> None:
    with pytest.raises(ValueError, match="JSON"):
        response_from_json(response_to_json(make_response())[:-cut])


def test_wrong_types_are_not_bent_into_shape() -> None:
    told = json.loads(response_to_json(make_response()))
    with pytest.raises(ValueError, match="input_tokens"):
        response_from_json(json.dumps(told | {"input_tokens": "3"}))


def test_a_full_disk_keeps_the_answers_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path, "run")
    journal.add(make_response(1))

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(EnvironmentNotReadyError, match="No space left"):
            journal.flush()
    assert files(tmp_path) == []
    journal.add(make_response(2))
    journal.close()
    [(_, responses)] = read_journal(tmp_path)
    assert responses == [make_response(1), make_response(2)]


def test_a_file_system_without_fsync_is_good_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(descriptor: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fsync", unknown)
    journal = Journal(tmp_path, "run")
    journal.add(make_response(1))
    journal.close()
    assert len(read_journal(tmp_path)) == 1


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    journal = Journal(blocked / "journal", "run")
    journal.add(make_response())
    with pytest.raises(EnvironmentNotReadyError, match="journal"):
        journal.flush()
