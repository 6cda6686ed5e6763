"""Opens the Spark session: the running one on Databricks, elsewhere a local one with Delta."""

import gc
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary

from pyspark.sql import SparkSession

from lakegloss.core.going_on import going_on
from lakegloss.core.selection import did_you_mean
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.errors import AssetNotFoundError, EnvironmentNotReadyError
from lakegloss.lakehouse.session.interrupts import interruptible_start
from lakegloss.lakehouse.session.jars import ensure_jars
from lakegloss.lakehouse.session.java import require_java
from lakegloss.lakehouse.session.kept import kept_session
from lakegloss.lakehouse.session.lock import CatalogLock
from lakegloss.lakehouse.session.platform import METASTORE, has_local_lake, is_managed_platform
from lakegloss.lakehouse.session.remote import VARIABLE, place_of_remote, require_remote
from lakegloss.settings import Settings

_THRESHOLDS = (50_000, 20, 100)
_lock = threading.Lock()
_before: list[tuple[int, int, int]] = []
"""For each caller inside `rare_collections`, the thresholds from before the first of them."""


logger = logging.getLogger("lakegloss")
# A JVM without Spark's classes ends in a TypeError.
_NOT_STARTED: tuple[type[Exception], ...] = (OSError, TypeError, RuntimeError, *SPARK_ERRORS)
_FACTORY, _INTERPRETED = "spark.sql.codegen.factoryMode", "NO_CODEGEN"
_compiling: WeakKeyDictionary[SparkSession, SparkSession] = WeakKeyDictionary()
_LOG4J = """\
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
appender.file.type = File
appender.file.name = file
appender.file.fileName = {log}
appender.file.append = false
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{{HH:mm:ss}} %p %c{{1}}: %m%n%ex
"""


@contextmanager
def session(
    settings: Settings, *, progress: Callable[[str], None] | None = None
) -> Iterator[SparkSession]:
    """A session for one command; a local one is stopped at the end and its lock released.

    Inside `keeping_session` it stays open for the commands that follow.

    Raises:
        EnvironmentNotReadyError: Java or Delta's jars are missing.
        CatalogLockedError: another process holds the local catalog.
    """
    with rare_collections():
        if is_managed_platform():
            yield open_session(settings, progress=progress)
            return
        kept = kept_session()
        if kept is not None:
            yield kept.session(settings.home, partial(_opened, settings, progress))
            return
        spark, close = _opened(settings, progress)
        try:
            yield spark
        finally:
            close()


def _opened(
    settings: Settings, progress: Callable[[str], None] | None
) -> tuple[SparkSession, Callable[[], None]]:
    """Open a local session under its lock; with what stops it and releases the lock."""
    lock = CatalogLock(settings.home)
    with ExitStack() as opening:  # undone from the last to the first, also where this fails
        lock.acquire(wait=settings.catalog_wait, on_wait=progress)
        opening.callback(lock.release)
        spark = open_session(settings, progress=progress)
        opening.callback(_stop, spark)
        return spark, opening.pop_all().close


def require_lake(settings: Settings) -> None:
    """Check that there is a lake to look at, before a session would make an empty one.

    Raises:
        AssetNotFoundError: the home folder has no local catalog.
    """
    if not has_lake(settings):
        raise lake_missing(settings)


def lake_missing(settings: Settings) -> AssetNotFoundError:
    """What to tell of a home folder without a local catalog: where it is, what is beside it."""
    home = settings.home.absolute()
    others = sorted(path.parent.name for path in home.parent.glob(f"*/{METASTORE}"))
    near = did_you_mean(home.name, others) or (
        f"Folders with a catalog beside it: {', '.join(others[:10])}." if others else ""
    )
    return AssetNotFoundError(
        f"There is no table: the home folder {str(home)!r} "
        f"{'has no local catalog' if home.is_dir() else 'does not exist'}.",
        remedy=f"{near} Give the folder of your lake with --home or LAKEGLOSS_HOME; `lakegloss "
        "demo` makes tables for a try.".strip(),
    )


def has_lake(settings: Settings) -> bool:
    """Whether a platform brings the catalog, or the home folder has one already."""
    return is_managed_platform() or has_local_lake(settings.home)


def _stop(spark: SparkSession) -> None:
    """Stop the session, whatever an interrupt did to the gateway: the process ends anyway."""
    with going_on(logger, "the session did not stop cleanly", level=logging.DEBUG):
        spark.stop()


def open_session(
    settings: Settings, *, progress: Callable[[str], None] | None = None
) -> SparkSession:
    """The session to work with; the caller holds the lock of a local catalog (see `session`).

    Raises:
        EnvironmentNotReadyError: Java or Delta's jars are missing, the JVM did not start, or the
            remote Spark does not answer.
    """
    if is_managed_platform():
        if remote := os.environ.get(VARIABLE, ""):
            if progress is not None:
                progress(f"connecting to Spark at {place_of_remote(remote) or remote}")
            require_remote(remote, wait=settings.catalog_wait)
        return SparkSession.builder.getOrCreate()
    jars = ensure_jars(progress)
    if progress is not None:
        progress("starting Spark")
    return start_local(settings.home, jars)


def start_local(
    home: Path, jars: list[Path], *, extra: dict[str, str] | None = None
) -> SparkSession:
    """Start a local session with Delta and a Hive catalog that survives in `home`."""
    home = home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    # Workers must run this interpreter, also where no environment is activated.
    # PySpark prints every failed statement as JSON, those too that probe what a session can do.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    os.environ["JAVA_HOME"] = str(require_java().home)
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[*]").appName("lakegloss")
    for key, value in (local_conf(home, jars) | (extra or {})).items():
        builder = builder.config(key, value)
    try:
        with interruptible_start():
            spark = builder.getOrCreate()
    except _NOT_STARTED as error:
        raise EnvironmentNotReadyError(
            f"Spark did not start: {str(error).strip()[:300]}",
            remedy=f"See {home / 'spark.log'} and run `lakegloss doctor`.",
        ) from error
    return spark


def compiling(spark: SparkSession) -> SparkSession:
    """A session on the same catalog that compiles its queries; the given one if it does so already.

    A local session does not (see `local_conf`), which makes a scan of many cells a fifth slower.
    """
    if not hasattr(spark, "_jsparkSession") or spark.conf.get(_FACTORY, "") != _INTERPRETED:
        return spark
    found = _compiling.get(spark)
    if found is None:
        found = _compiling[spark] = spark.newSession()
        found.conf.set(_FACTORY, "FALLBACK")
        # Each batch costs some numpy calls for every column: a tenth of the time of a wide table.
        found.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "25000")
    if (catalog := spark.catalog.currentCatalog()) != found.catalog.currentCatalog():
        found.catalog.setCurrentCatalog(catalog)  # a new session begins with the default one
    return found


def local_conf(home: Path, jars: list[Path]) -> dict[str, str]:
    """The configuration of a local session."""
    log_config = home / "log4j2.properties"
    log_config.write_text(_LOG4J.format(log=home / "spark.log"), encoding="utf-8")
    java_options = (
        f"-Dlog4j2.configurationFile=file:{log_config} -Dderby.stream.error.file={home}/derby.log "
        # Commands are short: the second compiler and parallel collection cost more than they save.
        "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC "
        # A heap that starts small is collected often until it has grown: a tenth of a wide scan.
        "-Xms1500m -Xmn700m"
    )
    return {
        "spark.jars": ",".join(str(jar) for jar in jars),
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.catalogImplementation": "hive",
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={home}/{METASTORE};create=true"
        ),
        "spark.sql.warehouse.dir": f"file:{home}/warehouse",
        "spark.local.dir": f"{home}/scratch",
        "spark.driver.extraJavaOptions": java_options,
        "spark.driver.memory": "3g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        # The ledgers' queries are small: compiling each costs more than running it interpreted.
        "spark.sql.codegen.wholeStage": "false",
        _FACTORY: _INTERPRETED,
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.databricks.delta.snapshotPartitions": "2",
        # Counts of rows in a table's history: a quarter of each small append.
        "spark.databricks.delta.history.metricsEnabled": "false",
        # A list of all files beside each commit: without it, an append to a small table that was
        # altered or read since takes a fifth of the time.
        "spark.databricks.delta.allFilesInCrc.enabled": "false",
        "spark.sql.sources.parallelPartitionDiscovery.parallelism": "2",
        # A table's history is a job over a few numbers: half of it is unpacking its tasks.
        "spark.sql.leafNodeDefaultParallelism": "1",
        "spark.sql.files.minPartitionNum": str(os.cpu_count() or 1),
        # Hostile comments may hold ${...}; nothing here relies on substitution.
        "spark.sql.variable.substitute": "false",
    }


@contextmanager
def rare_collections() -> Iterator[None]:
    """Make Python's garbage collection rare: it took a fifth of a plan and found nothing.

    A lake has millions of small values, none of them in a cycle. When the last caller leaves, the
    thresholds from before the first are set again, unless somebody has set others meanwhile. A
    process that collects less often already, or never, is left alone.
    """
    with _lock:
        _before.append(_before[0] if _before else gc.get_threshold())
        if 0 < gc.get_threshold()[0] < _THRESHOLDS[0]:
            gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        with _lock:
            before = _before.pop()
            if not _before and gc.get_threshold() == _THRESHOLDS:
                gc.set_threshold(*before)
