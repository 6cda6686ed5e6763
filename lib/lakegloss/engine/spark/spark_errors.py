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
"""What a refused statement, a failed job or a lost session raises.

Connect turns what its channel raises into PySparkException. A classic session raises errors of the
gateway, too: a lost worker is one, and a JVM that is gone shows in its sockets.
"""
