import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from lakegloss.errors import CatalogLockedError, EnvironmentNotReadyError
from lakegloss.lakehouse.session import lock as lock_module
from lakegloss.lakehouse.session.lock import CatalogLock
from lakegloss.settings import load_settings

HOLD = """\
import sys
from pathlib import Path
from lakegloss.lakehouse.session.lock import CatalogLock
lock = CatalogLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_told_who_holds_the_catalog(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    waited: list[str] = []
    with pytest.raises(CatalogLockedError) as caught:
        CatalogLock(tmp_path).acquire(wait=0.3, on_wait=waited.append)
    assert f"process {holder.pid}" in caught.value.message
    assert re.search(r", since \d\d:\d\d:\d\d\)", caught.value.message)
    assert "--wait" in caught.value.remedy
    assert "--home" in caught.value.remedy
    assert len(waited) == 1
    assert "0.3 s at most" in waited[0]
    assert CatalogLock(tmp_path).is_held()

    holder.kill()
    holder.communicate()
    lock = CatalogLock(tmp_path)
    lock.acquire()
    assert str(os.getpid()) in lock.holder(), "a killed process leaves no lock behind"
    lock.release()
    assert not CatalogLock(tmp_path).is_held()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(EnvironmentNotReadyError, match="file"):
        CatalogLock(tmp_path / "file" / "home").acquire()


def test_the_next_command_goes_on_when_the_lock_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its own clock it waits for a minute; every 15 seconds it says so."""
    first, second = CatalogLock(tmp_path), CatalogLock(tmp_path)
    first.acquire()
    now = 1000.0
    told: list[str] = []

    def sleep(_seconds: float) -> None:
        nonlocal now
        now += 5
        if now >= 1060:
            first.release()

    monkeypatch.setattr(lock_module, "time", SimpleNamespace(monotonic=lambda: now, sleep=sleep))
    second.acquire(wait=load_settings(environ={}).catalog_wait, on_wait=told.append)
    assert second.is_held()
    assert len(told) == 4
    assert "120 s at most" in told[0]
    assert [line.rpartition(", ")[2] for line in told[1:]] == [
        "15 of 120 s", "30 of 120 s", "45 of 120 s",
    ]  # fmt: skip
    second.release()


def test_the_lock_of_an_older_version_or_of_another_day_is_read(tmp_path: Path) -> None:
    lock = CatalogLock(tmp_path)
    lock.path.write_text('{"pid": 7, "command": "lakegloss plan"}', encoding="utf-8")
    assert lock.holder() == "process 7 ('lakegloss plan')"
    lock.path.write_text(
        '{"pid": 7, "command": "lakegloss plan", "since": "2024-02-03T04:05:06+00:00"}',
        encoding="utf-8",
    )
    assert "since 2024-02-0" in lock.holder()
    lock.path.write_text('{"pid": 7, "command": "x", "since": "\u202e"}', encoding="utf-8")
    assert lock.holder() == "another process"
