"""Lets two runs of pytest that share the tests of Spark share the JVM, too (scripts/tests.py).

A JVM takes one and a half minutes of computing until its code is loaded and warm. The run that
starts it writes down where it is; the other one gets a session of its own on the same catalog.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyspark import SparkConf, SparkContext
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

_PLACE, _USED, _CLOSED = "jvm.json", "jvm-used", "jvm-closed"
_PORT, _SECRET = "PYSPARK_GATEWAY_PORT", "PYSPARK_GATEWAY_SECRET"


@contextmanager
def shown_to_others(folder: Path, spark: SparkSession, remote: str) -> Iterator[None]:
    """Tell others where a JVM is; at the end, wait until the other run has left it."""
    gateway: Any = spark.sparkContext._gateway  # noqa: SLF001
    secret = gateway.gateway_parameters.auth_token
    place = {_PORT: str(gateway.gateway_parameters.port), _SECRET: secret, "remote": remote}
    written = folder / f"{_PLACE}.new"
    written.write_text(json.dumps(place), encoding="utf-8")
    written.rename(folder / _PLACE)
    yield
    (folder / _CLOSED).touch()
    while _lives(folder / _USED):
        time.sleep(0.2)


def _lives(used: Path) -> bool:
    """Whether the run that wrote its number there still goes on."""
    try:
        os.kill(int(used.read_text(encoding="utf-8")), 0)
    except (OSError, ValueError):
        return False
    return True


@contextmanager
def session_of_another(folder: Path) -> Iterator[tuple[SparkSession, str] | None]:
    """A session in the JVM of the other run, and its address for Connect; None if there is none."""
    used = folder / _USED
    if not (folder / _PLACE).exists():
        yield None
        return
    used.write_text(str(os.getpid()), encoding="utf-8")
    if (folder / _CLOSED).exists():  # looked for after `used` was made: one of both sees the other
        used.unlink()
        yield None
        return
    try:
        place = json.loads((folder / _PLACE).read_text(encoding="utf-8"))
        yield _attached(place), place["remote"]
    finally:
        used.unlink()


def _attached(place: dict[str, str]) -> SparkSession:
    # As `start_local` sets them: workers must run this interpreter.
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    os.environ |= {name: place[name] for name in (_PORT, _SECRET)}
    try:
        gateway = launch_gateway()
    finally:
        for name in (_PORT, _SECRET):
            del os.environ[name]
    SparkContext._ensure_initialized(gateway=gateway)  # noqa: SLF001
    jvm: Any = SparkContext._jvm  # noqa: SLF001
    scala = jvm.org.apache.spark.SparkContext.getOrCreate()
    java = jvm.org.apache.spark.api.java.JavaSparkContext.fromSparkContext(scala)
    context = SparkContext(gateway=gateway, jsc=java, conf=SparkConf(_jconf=java.getConf()))
    first = jvm.org.apache.spark.sql.classic.SparkSession.getDefaultSession().get()
    return SparkSession(context, jsparkSession=first.newSession())
