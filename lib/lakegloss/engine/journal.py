"""Keeps answers in small files as they arrive, until a run moves them into the ledger.

A file is written whole under a hidden name, flushed to the disk and renamed, so that a reader sees
all of it or nothing. Nothing is ever appended, as volumes of Databricks refuse that. Each line is
one response as JSON.
"""

import errno
import json
import logging
import os
import re
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from lakegloss.core.records import Response
from lakegloss.engine.clock import SYSTEM_CLOCK, Clock
from lakegloss.errors import EnvironmentNotReadyError

_RESPONSE: TypeAdapter[Response] = TypeAdapter(Response)
_NO_FSYNC = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EPERM}
_FEW = 8
"""From this many answers within `flush_seconds` on, several share a file: each file is a sync."""

_log = logging.getLogger(__name__)


def response_to_json(response: Response) -> str:
    """The response as one line of ASCII."""
    try:
        line = _RESPONSE.dump_json(response).decode()
    except PydanticSerializationError:  # half of a surrogate pair in a name
        return json.dumps(_RESPONSE.dump_python(response, mode="json"))
    return line if line.isascii() else json.dumps(json.loads(line))


def response_from_json(line: str | bytes) -> Response:
    """Read a line that `response_to_json` wrote.

    Raises:
        ValueError: the line is not a response.
    """
    return _RESPONSE.validate_json(line, strict=True)


class Journal:
    """Writes the answers of one run. Several threads may use it.

    Args:
        folder: where the files go; made when the first answer is written.
        flush_seconds: how long an answer may wait while many arrive; where few arrive, it is due
            at once.
        flush_count: how many answers may wait.
    """

    def __init__(
        self,
        folder: Path,
        run_id: str,
        *,
        flush_seconds: float = 2.0,
        flush_count: int = 64,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.folder = folder
        self.flush_seconds = flush_seconds
        self._flush_count = flush_count
        self._clock = clock
        self._prefix = re.sub(r"[^A-Za-z0-9-]", "_", run_id)[:80] or "run"
        self._waiting: list[Response] = []
        self._oldest = 0.0
        self._arrivals: deque[float] = deque(maxlen=_FEW)
        self._lock = threading.Lock()
        self._writing = threading.Lock()

    def add(self, response: Response) -> None:
        """Take an answer; it is durable after the next flush."""
        with self._lock:
            now = self._clock.monotonic()
            if not self._waiting:
                self._oldest = now
            self._arrivals.append(now)
            self._waiting.append(response)

    @property
    def due(self) -> bool:
        """Whether waiting answers should be written now: few arrive, or they are old or many."""
        with self._lock:
            if not self._waiting:
                return False
            since = self._clock.monotonic() - self.flush_seconds
            few = len(self._arrivals) < _FEW or self._arrivals[0] <= since
            return few or self._oldest <= since or len(self._waiting) >= self._flush_count

    def flush(self) -> None:
        """Write the waiting answers as one new file.

        Raises:
            EnvironmentNotReadyError: the folder cannot be written; the answers keep waiting.
        """
        with self._writing:
            with self._lock:
                batch = tuple(self._waiting)
            if not batch:
                return
            try:
                self._write(batch)
            except OSError as error:
                raise EnvironmentNotReadyError(
                    f"The journal {str(self.folder)!r} cannot be written: {error.strerror}.",
                    remedy="Free the disk or set journal to another folder; "
                    "calls stop, as their answers could be lost.",
                ) from error
            with self._lock:
                del self._waiting[: len(batch)]
                self._oldest = self._clock.monotonic()

    def close(self) -> None:
        """Write the answers that still wait."""
        self.flush()

    def _write(self, batch: Iterable[Response]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{self._prefix}-{time.time_ns()}-{uuid.uuid4().hex[:8]}.jsonl"
        hidden = self.folder / f".{name}.tmp"
        try:
            with hidden.open("x", encoding="ascii", newline="\n") as stream:
                stream.writelines(response_to_json(r) + "\n" for r in batch)
                stream.flush()
                _sync(stream.fileno())
            hidden.rename(self.folder / name)
        except OSError:
            hidden.unlink(missing_ok=True)
            raise
        _sync_folder(self.folder)


def read_journal(folder: Path) -> list[tuple[Path, list[Response]]]:
    """Read the journal's files, oldest first, each with its answers.

    Of a file with unreadable lines, the other lines are read; a copy of it is kept beside it as
    *.bad, and a warning names it. A missing folder holds no files.
    """
    try:
        paths = sorted(p for p in folder.iterdir() if _is_ours(p))
    except (FileNotFoundError, NotADirectoryError):
        return []
    paths.sort(key=_written_at)
    return [(path, responses) for path in paths if (responses := _read(path)) is not None]


def discard(paths: Iterable[Path]) -> None:
    """Delete files whose answers are stored elsewhere."""
    for path in paths:
        path.unlink(missing_ok=True)


def _is_ours(path: Path) -> bool:
    return path.suffix == ".jsonl" and not path.name.startswith(".")


def _written_at(path: Path) -> tuple[int, str]:
    parts = path.stem.rsplit("-", 2)
    moment = parts[1] if len(parts) == 3 else ""
    return (int(moment) if moment.isdecimal() else 0, path.name)


def _read(path: Path) -> list[Response] | None:
    """The answers of one file; None where the file is gone, or must stay as it is."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        _log.warning("the journal file %s cannot be read: %s", path, error.strerror)
        return None
    responses: list[Response] = []
    bad = 0
    for line in data.split(b"\n"):
        if not line.strip():
            continue
        try:
            responses.append(response_from_json(line))
        except ValidationError:
            bad += 1
    if bad and not _keep_aside(path, data, bad, len(responses)):
        return None  # the file stays for the next run, as nothing else holds these lines
    return responses


def _keep_aside(path: Path, data: bytes, bad: int, good: int) -> bool:
    """Keep a copy of a file with unreadable lines. Returns whether it could be written."""
    aside = path.with_suffix(".bad")
    _log.warning(
        "%s: %d lines cannot be read, %d can; a copy is kept as %s", path, bad, good, aside.name
    )
    try:
        aside.write_bytes(data)
    except OSError as error:
        _log.warning("%s cannot be written: %s", aside, error.strerror)
        return False
    return True


def _sync(descriptor: int) -> None:
    """Flush a file to the disk, where its file system can: those over object stores may not."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_FSYNC:
            raise


def _sync_folder(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)
