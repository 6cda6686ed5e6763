"""Folders that a killed run left are cleared; whatever holds a file stays."""

from pathlib import Path

import pytest

from lakegloss.lakehouse.ledgers.half_made import remove_empty


def half_made(folder: Path) -> Path:
    (folder / "_delta_log" / "_staged_commits").mkdir(parents=True)
    return folder


def test_folders_without_a_file_go(tmp_path: Path) -> None:
    other = half_made(tmp_path / "evidence")
    assert remove_empty(half_made(tmp_path / "inventory"))
    assert not (tmp_path / "inventory").exists()
    assert other.exists()
    assert not remove_empty(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "name", ["_delta_log/00000000000000000000.json", "_delta_log/.a.crc", "part-0.parquet"]
)
def test_a_single_file_keeps_all(name: str, tmp_path: Path) -> None:
    folder = half_made(tmp_path / "inventory")
    (folder / name).touch()
    assert not remove_empty(folder)
    assert (folder / name).exists()
    assert (folder / "_delta_log" / "_staged_commits").exists()


def test_a_link_to_elsewhere_is_not_followed(tmp_path: Path) -> None:
    elsewhere = half_made(tmp_path / "elsewhere")
    folder = half_made(tmp_path / "inventory")
    (folder / "link").symlink_to(elsewhere)
    assert not remove_empty(folder)
    assert (elsewhere / "_delta_log").exists()
