"""Keeps who looked at which gate examples, as small files that are written once and never changed.

A file goes where the journal goes, so that it outlives a process, a job's cluster and a machine's
home folder. Nothing is appended, as volumes of Databricks refuse that.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from lakegloss.core.optimisation.gate_decision import GateOpening
from lakegloss.errors import EnvironmentNotReadyError

_OPENING: TypeAdapter[GateOpening] = TypeAdapter(GateOpening)
_SUFFIX = ".json"


class GateOpenings:
    """Reads and adds openings.

    Args:
        folder: made when the first opening is recorded.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> list[GateOpening]:
        """Every opening, in order of time; a decided one stands for its beginning.

        Raises:
            EnvironmentNotReadyError: a file cannot be read: an opening must not be forgotten.
        """
        newest: dict[str, GateOpening] = {}
        for opening in sorted(map(self._read, self._paths()), key=_order):
            newest[opening.opening_id] = opening
        return sorted(newest.values(), key=lambda o: (o.decided_at, o.opening_id))

    def _paths(self) -> list[Path]:
        try:
            return [p for p in self._folder.iterdir() if p.suffix == _SUFFIX and p.name[0] != "."]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def _read(self, path: Path) -> GateOpening:
        try:
            return _OPENING.validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise EnvironmentNotReadyError(
                f"The record of an opened gate, {str(path)!r}, cannot be read.",
                remedy="Restore the file: without it nobody knows how often the gate was opened.",
            ) from error

    def record(self, opening: GateOpening) -> None:
        """Add an opening, or what an opening showed.

        Raises:
            EnvironmentNotReadyError: the folder cannot be written.
        """
        name = f"{opening.opening_id}-{uuid4().hex[:8]}{_SUFFIX}"
        hidden = self._folder / f".{name}.tmp"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            hidden.write_text(json.dumps(_plain(opening), ensure_ascii=True), encoding="ascii")
            hidden.rename(self._folder / name)
        except OSError as error:
            raise EnvironmentNotReadyError(
                f"The folder {str(self._folder)!r} cannot be written: {error.strerror}.",
                remedy="Set journal to another folder: openings of the gate must be counted.",
            ) from error


def _plain(opening: GateOpening) -> dict[str, Any]:
    return asdict(opening)


def _order(opening: GateOpening) -> tuple[bool, str]:
    return bool(opening.conclusion), opening.decided_at
