"""Provides what a local session needs: Java, and Delta's five jars, fetched once and kept."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from lakegloss.errors import EnvironmentNotReadyError
from lakegloss.lakehouse.session.java import JavaInfo, require_java

Tell = Callable[[str], None]

DELTA_VERSION = "4.4.0"
FETCH_TIMEOUT = 600.0
VARIABLE = "LAKEGLOSS_JARS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar:
    """A jar that a session loads; its size (bytes) and SHA-256 reveal a torn or changed file."""

    artifact: str
    size: int
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{DELTA_VERSION}.jar"

    @property
    def coordinate(self) -> str:
        return f"io.delta:{self.artifact}:{DELTA_VERSION}"


# All other dependencies of Delta are part of Spark, or serve only Unity Catalog's server.
JARS = (
    Jar(
        artifact="delta-spark_4.1_2.13",
        size=9_471_929,
        sha256="75a9400986853c061f5109f012547de2545a5759e5e752e5ef633dabe16a4f10",
    ),
    Jar(
        artifact="delta-storage",
        size=113_863,
        sha256="c46735481fa8e326b0957be02b4420cbcab4b325bb08009b7f2045a95133f1cc",
    ),
    Jar(
        artifact="delta-kernel-api",
        size=2_838_619,
        sha256="ee9b5a14ac3b7efdff4d61a58478fe8eb0e5a3fbca43889dca7290795fe79a11",
    ),
    Jar(
        artifact="delta-kernel-defaults",
        size=227_185,
        sha256="225c975199e4718b38ee5b7e6da7f19e9585024262b2cec2656b32151a856b0b",
    ),
    Jar(
        artifact="delta-kernel-unitycatalog",
        size=43_048,
        sha256="cea22dfb4ac562b3cd27bf652697750e8336009d73fb06631363aaaad5345ffa",
    ),
)
# The patterns of what the resolver leaves out: all groups but io.delta.
_LEFT_OUT = "org.*:*,com.*:*,commons-*:*,java*:*,jakarta*:*,net.*:*,io.[!d]*:*"


def jars_folder(environ: Mapping[str, str] | None = None) -> Path:
    """The folder of the jars: LAKEGLOSS_JARS, else one for each version in the user's cache."""
    env = os.environ if environ is None else environ
    if env.get(VARIABLE):
        return Path(env[VARIABLE]).expanduser().absolute()
    cache = env.get("XDG_CACHE_HOME")
    base = Path(cache) if cache else Path.home() / ".cache"
    return base / "lakegloss" / "jars" / DELTA_VERSION


def jars_present() -> list[Path] | None:
    """The jars if all of them exist in full size; else None."""
    return _complete(jars_folder())


def ensure_jars(progress: Tell | None = None) -> list[Path]:
    """Delta's jars, for `spark.jars`; the first call fetches them (12 MB) and keeps them.

    Later calls need no network. Callers of several processes wait for one another.

    Raises:
        EnvironmentNotReadyError: Java or pyspark is missing, the jars cannot be fetched or are not
            the ones that were published, or their folder cannot be written.
    """
    java = require_java()
    folder = jars_folder()
    present = _complete(folder)
    if present is not None:
        return present
    with _lock(folder, progress):
        # Another process may have brought them while this one waited.
        return _complete(folder) or _fetch(folder, java, progress)


def _complete(folder: Path) -> list[Path] | None:
    paths = [folder / jar.file_name for jar in JARS]
    for jar, path in zip(JARS, paths, strict=True):
        try:
            if path.stat().st_size != jar.size:
                return None
        except OSError:
            return None
    return paths


@contextmanager
def _lock(folder: Path, progress: Tell | None) -> Iterator[None]:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        stream = (folder.parent / f".{folder.name}.lock").open("a")
    except OSError as error:
        raise _unwritable(folder, error) from None
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(progress, "waiting for another process that fetches Delta's jars")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _fetch(folder: Path, java: JavaInfo, progress: Tell | None) -> list[Path]:
    _say(progress, "fetching Delta's jars, once (12 MB; 10 s to 3 minutes)")
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as scratch:
            work = Path(scratch)
            _resolve(work, java)
            _publish(_checked(work), folder)
    except OSError as error:
        raise _unwritable(folder, error) from None
    return [folder / jar.file_name for jar in JARS]


def _resolve(work: Path, java: JavaInfo) -> None:
    """Let Spark's resolver bring the jars into `work`, as it does for `spark.jars.packages`."""
    script = work / "nothing.py"
    script.write_text("", encoding="utf-8")
    home = spark_home()
    command = [
        *(str(home / "bin" / "spark-submit"), "--master", "local[1]"),
        *("--packages", ",".join(jar.coordinate for jar in JARS)),
        *("--exclude-packages", _LEFT_OUT),
        *("--conf", f"spark.jars.ivy={work / 'ivy'}"),
        *_proxy_options(os.environ),
        str(script),
    ]
    try:
        done = subprocess.run(  # noqa: S603  every part of the command is ours
            command,
            env=_resolver_environment(home, java),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=FETCH_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _not_fetched(f"no answer within {FETCH_TIMEOUT:.0f} s") from None
    if done.returncode != 0:
        raise _not_fetched(_reason(done.stderr))


def spark_home() -> Path:
    """The folder of the installed pyspark, which carries Spark.

    Raises:
        EnvironmentNotReadyError: pyspark is not installed.
    """
    spec = find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise EnvironmentNotReadyError(
            "The package 'pyspark' is not installed.",
            remedy="Install the local parts: pip install 'lakegloss[local]'.",
        )
    return Path(spec.origin).parent


def _resolver_environment(home: Path, java: JavaInfo) -> dict[str, str]:
    unwanted = ("SPARK_REMOTE", "PYSPARK_SUBMIT_ARGS", "SPARK_CONNECT_MODE_ENABLED")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return kept | {
        "SPARK_HOME": str(home),
        "JAVA_HOME": str(java.home),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
    }


def _proxy_options(environ: Mapping[str, str]) -> list[str]:
    """The environment's proxy as options of Java, because Java does not read https_proxy."""
    proxy = urlsplit(environ.get("https_proxy") or environ.get("HTTPS_PROXY") or "")
    if not proxy.hostname:
        return []
    options = f"-Dhttps.proxyHost={proxy.hostname} -Dhttps.proxyPort={proxy.port or 8080}"
    return ["--driver-java-options", options]


def _checked(work: Path) -> list[Path]:
    fetched = []
    for jar in JARS:
        path = work / "ivy" / "jars" / f"io.delta_{jar.file_name}"
        if not path.is_file():
            raise _not_fetched(f"{jar.file_name!r} did not come")
        if hashlib.sha256(path.read_bytes()).hexdigest() != jar.sha256:
            raise _not_fetched(f"{jar.file_name!r} is torn, or not the one that was published")
        fetched.append(path.rename(work / jar.file_name))
    return fetched


def _publish(fetched: list[Path], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in fetched:
        # A rename is atomic: a reader sees no jar or a whole one.
        shutil.move(path, folder / path.name)


def _reason(stderr: str) -> str:
    telling = re.compile(r"unresolved dependency|not found|UnknownHost|refused|timed out|Exception")
    lines = [line.strip() for line in stderr.splitlines() if telling.search(line)]
    return (lines[0] if lines else stderr.strip()[-200:] or "the resolver gave no reason")[:200]


def _not_fetched(reason: str) -> EnvironmentNotReadyError:
    names = ", ".join(jar.file_name for jar in JARS)
    return EnvironmentNotReadyError(
        f"Delta's jars could not be fetched: {reason}.",
        remedy="Connect this machine to the network once (a mirror goes in spark-defaults.conf as "
        f"spark.jars.ivySettings), or put these files in {str(jars_folder())!r}: {names}.",
    )


def _unwritable(folder: Path, error: OSError) -> EnvironmentNotReadyError:
    return EnvironmentNotReadyError(
        f"The folder of Delta's jars, {str(folder)!r}, cannot be written: {error.strerror}.",
        remedy=f"Set {VARIABLE} to a folder that you can write.",
    )


def _say(progress: Tell | None, text: str) -> None:
    if progress is not None:
        progress(text)
