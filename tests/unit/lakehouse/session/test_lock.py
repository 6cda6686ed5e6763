import os
import subprocess
import sys
from pathlib import Path

import pytest

from lakegloss.errors import CatalogLockedError, EnvironmentNotReadyError
from lakegloss.lakehouse.session.lock import CatalogLock

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
    assert "--home" in caught.value.remedy
    assert len(waited) == 1
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
