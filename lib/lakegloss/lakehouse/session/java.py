"""Finds a Java that Spark can run on."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lakegloss.errors import EnvironmentNotReadyError

MIN_JAVA = 17
# Java 23 and later lack the security manager that the Hadoop client in Spark 4.1 still uses; the
# error is "getSubject is not supported".
MAX_JAVA = 22
_USUAL_FOLDERS = ("/usr/lib/jvm", "/opt/homebrew/opt", "/Library/Java/JavaVirtualMachines")


@dataclass(frozen=True, slots=True, kw_only=True)
class JavaInfo:
    """A Java that was found: its executable, its home folder and its major version."""

    path: Path
    home: Path
    version: int

    @property
    def suitable(self) -> bool:
        """Whether Spark 4.1 runs on it."""
        return MIN_JAVA <= self.version <= MAX_JAVA


def find_java(environ: Mapping[str, str] | None = None) -> JavaInfo | None:
    """The Java that Spark should run on: the first suitable one, else the first that answers.

    JAVA_HOME comes first, then PATH, then the usual folders of Linux and macOS.
    """
    first = None
    for path in _java_candidates(environ):
        info = _ask_java(path)
        if info is not None and info.suitable:
            return info
        first = first or info
    return first


def require_java(environ: Mapping[str, str] | None = None) -> JavaInfo:
    """A Java that Spark runs on.

    Raises:
        EnvironmentNotReadyError: there is none, or only one that is too old or too new.
    """
    java = find_java(environ)
    remedy = (
        f"Install Java {MIN_JAVA} or 21 (Debian and Ubuntu: apt-get install "
        f"openjdk-{MIN_JAVA}-jre-headless; macOS: brew install openjdk@{MIN_JAVA}), "
        "or point JAVA_HOME at one."
    )
    if java is None:
        raise EnvironmentNotReadyError("Spark needs Java, and none was found.", remedy=remedy)
    if not java.suitable:
        raise EnvironmentNotReadyError(
            f"Spark needs Java {MIN_JAVA} to {MAX_JAVA}, and {str(java.path)!r} is Java "
            f"{java.version}.",
            remedy=remedy,
        )
    return java


def _java_candidates(environ: Mapping[str, str] | None) -> Iterator[Path]:
    env = os.environ if environ is None else environ
    if env.get("JAVA_HOME"):
        yield Path(env["JAVA_HOME"]) / "bin" / "java"
    on_path = shutil.which("java", path=env.get("PATH", ""))
    if on_path:
        yield Path(on_path)
    for folder in _USUAL_FOLDERS:
        yield from sorted(Path(folder).glob("*/bin/java"), reverse=True)
        yield from sorted(Path(folder).glob("*/Contents/Home/bin/java"), reverse=True)


def _ask_java(path: Path) -> JavaInfo | None:
    try:
        done = subprocess.run(  # noqa: S603  a Java of this machine, asked for its version
            [str(path), "-version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = java_version(done.stderr + done.stdout)
    if version is None:
        return None
    return JavaInfo(path=path, home=path.resolve().parent.parent, version=version)


def java_version(text: str) -> int | None:
    """The major version in what `java -version` says: 8 of '1.8.0_392', 17 of '17.0.15'."""
    match = re.search(r'version "(?:1\.)?(\d+)', text)
    return int(match.group(1)) if match else None
