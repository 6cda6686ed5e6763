"""One JVM for the whole run: a classic session, and Spark Connect inside the same JVM."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakegloss.lakehouse.session.jars import ensure_jars
from lakegloss.lakehouse.session.session import local_conf, start_local

_remote: list[str] = []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _for_long(conf: dict[str, str]) -> str:
    """A command's JVM lives for a minute, this one for ten: the second compiler pays here."""
    options = conf["spark.driver.extraJavaOptions"]
    return options.replace("-XX:TieredStopAtLevel=1 ", "").replace("=256m", "=400m")


@pytest.fixture(scope="session")
def _sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, SparkSession]]:
    from pyspark.sql.connect.session import SparkSession as ConnectSession

    port = _free_port()
    home = tmp_path_factory.mktemp("home")
    jars = ensure_jars()
    classic = start_local(
        home,
        jars,
        extra={
            "spark.driver.extraJavaOptions": _for_long(local_conf(home, jars)),
            "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
            "spark.connect.grpc.binding.port": str(port),
            "spark.connect.grpc.binding.address": "127.0.0.1",
            # Half of what an append to a small table costs, and nothing that tests look at.
            "spark.databricks.delta.stats.collect": "false",
            "spark.databricks.delta.properties.defaults.checkpointInterval": "200",
        },
    )
    connect = ConnectSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()
    _remote.append(f"sc://127.0.0.1:{port}")
    yield {"classic": classic, "connect": connect}
    connect.stop()
    classic.stop()


@pytest.fixture(scope="session")
def remote(_sessions: dict[str, SparkSession]) -> str:
    """The address by which processes of their own reach this JVM."""
    return _remote[0]


@pytest.fixture(scope="session")
def classic(_sessions: dict[str, SparkSession]) -> SparkSession:
    return _sessions["classic"]


@pytest.fixture(scope="session")
def connect(_sessions: dict[str, SparkSession]) -> SparkSession:
    return _sessions["connect"]


@pytest.fixture(scope="session", params=["classic", "connect"])
def spark(request: pytest.FixtureRequest, _sessions: dict[str, SparkSession]) -> SparkSession:
    """Each test that asks for this runs on both kinds of session."""
    return _sessions[request.param]


@pytest.fixture
def schema(classic: SparkSession, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty schema of the test's own, dropped afterwards."""
    import hashlib

    name = "t_" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]
    classic.sql(f"DROP SCHEMA IF EXISTS {name} CASCADE")
    classic.sql(f"CREATE SCHEMA {name}")
    yield name
    classic.sql(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKEGLOSS_HOME", str(tmp_path / "home"))
