"""Names what Spark raises, on a classic session and on Spark Connect."""

from pyspark.errors import PySparkException

try:
    from py4j.protocol import Py4JError  # type: ignore[import-untyped]
except ImportError:  # a client of Spark Connect alone has no gateway to a JVM
    _GATEWAY: tuple[type[Exception], ...] = ()
else:
    _GATEWAY = (Py4JError,)

SPARK_ERRORS: tuple[type[Exception], ...] = (
    PySparkException,
    *_GATEWAY,
    ConnectionError,
    EOFError,
)
"""The errors that a refused statement, a failed job or a lost session raises.

Connect turns the errors of its channel into PySparkException. A classic session also raises errors
of its gateway, as for a lost worker, and of its sockets, where the JVM is gone.
"""
