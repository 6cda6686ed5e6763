"""One JVM for the whole run: a classic session, and Spark Connect inside the same JVM."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
from pyspark.sql import SparkSession

from lakegloss.lakehouse.session.jars import ensure_jars
from lakegloss.lakehouse.session.session import local_conf, start_local
from tests.kits.empty_ledgers import SCHEMA, EmptyLedgers, new_schema

_KINDS = ("classic", "connect")
_remote: list[str] = []
_CLAIMS = "" if "PYTEST_XDIST_WORKER" in os.environ else os.environ.get("TEST_CLAIMS_FOLDER", "")
"""A folder in which two runs at once settle who runs what (scripts/tests.py); '' runs all."""
_LONGEST = (
    "test_main_path", "test_peoples_comments", "test_examples", "test_continuity", "test_evaluate",
    "test_review", "test_learning_doc", "test_apply", "test_served_sql", "test_demo", "test_crash",
    "test_canaries", "test_house_words", "test_evidence", "test_inherit",
)  # fmt: skip
"""Files that begin first: a run left alone with a long one keeps all waiting at the end."""
_parts: dict[str, str] = {}
_mine: dict[str, bool] = {}


@pytest.hookimpl(tryfirst=True)  # before -m picks tests by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a test run on one kind of session, and on the other by `make soak`."""
    for item in items:
        kind = item.callspec.params.get("spark") if hasattr(item, "callspec") else None
        if kind is not None and kind not in _kinds_of(item):
            item.add_marker(pytest.mark.soak)


class _Order:
    """Puts the tests of a file together again, where pytest puts those of a kind of session."""

    @staticmethod
    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
        items.sort(key=_place)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Order())


def _place(item: pytest.Item) -> tuple[int, int, str]:
    """All others as they come; of these the longest files first."""
    name = item.path.stem
    if item.path.parent != Path(__file__).parent:
        return (0, 0, "")
    return (1, _LONGEST.index(name) if name in _LONGEST else len(_LONGEST), name)


def _kinds_of(item: pytest.Item) -> tuple[str, ...]:
    """The kinds that its marks name; of those without one, each half runs on another kind."""
    if item.get_closest_marker("both_kinds") is not None:
        return _KINDS
    marker = item.get_closest_marker("one_kind")
    if marker is not None:
        return marker.args
    name = f"{item.path.stem}:{getattr(item, 'originalname', item.name)}"
    return (_KINDS[crc32(name.encode()) % 2],)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Cut the tests into parts: those of one file, which share what the file sets up."""
    here = Path(__file__).parent
    _parts.update({i.nodeid: i.path.stem for i in session.items if i.path.parent == here})


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    """Pass over the tests of a part that another run has claimed."""
    part = _parts.get(item.nodeid, "")
    if not _CLAIMS or not part:
        return None
    if part not in _mine:
        _mine[part] = _claimed(Path(_CLAIMS) / part)
    return None if _mine[part] else True


def _claimed(place: Path) -> bool:
    try:
        place.mkdir()  # one of those who try at once succeeds
    except FileExistsError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _java_options(conf: dict[str, str]) -> str:
    """As a command's, for a longer life: the second compiler pays from some minutes on."""
    options = conf["spark.driver.extraJavaOptions"]
    return options.replace("-XX:TieredStopAtLevel=1 ", "").replace("=256m", "=400m")


@pytest.fixture(scope="session")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, SparkSession]]:
    """Both kinds by name; a test takes one where the two do nothing different."""
    from pyspark.sql.connect.session import SparkSession as ConnectSession

    classic, address = _started(tmp_path_factory.mktemp("home"))
    connect = ConnectSession.builder.remote(address).getOrCreate()
    _remote.append(address)
    yield {"classic": classic, "connect": connect}
    connect.stop()
    classic.stop()


def _started(home: Path) -> tuple[SparkSession, str]:
    """A session in a JVM of its own, and the address of Spark Connect in it."""
    port = _free_port()
    jars = ensure_jars()
    classic = start_local(
        home,
        jars,
        extra={
            "spark.driver.extraJavaOptions": _java_options(local_conf(home, jars)),
            # As the metastore of a command, in memory: each statement would wait for the disk.
            "spark.hadoop.javax.jdo.option.ConnectionURL": "jdbc:derby:memory:tests;create=true",
            # A part for each core is no faster where a table has ten rows.
            "spark.sql.shuffle.partitions": "1",
            "spark.databricks.delta.snapshotPartitions": "1",
            "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
            "spark.connect.grpc.binding.port": str(port),
            "spark.connect.grpc.binding.address": "127.0.0.1",
            # Half of what an append to a small table costs, and nothing that tests look at.
            "spark.databricks.delta.stats.collect": "false",
            "spark.databricks.delta.properties.defaults.checkpointInterval": "200",
        },
    )
    return classic, f"sc://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def remote(sessions: dict[str, SparkSession]) -> str:
    """The address by which processes of their own reach this JVM."""
    return _remote[0]


@pytest.fixture(scope="session")
def classic(sessions: dict[str, SparkSession]) -> SparkSession:
    return sessions["classic"]


@pytest.fixture(scope="session")
def connect(sessions: dict[str, SparkSession]) -> SparkSession:
    return sessions["connect"]


@pytest.fixture(scope="session", params=_KINDS)
def spark(request: pytest.FixtureRequest, sessions: dict[str, SparkSession]) -> SparkSession:
    """A session of one kind; on which kinds a test runs its marks say (see `_kinds_of`)."""
    return sessions[request.param]


@pytest.fixture
def schema(classic: SparkSession, request: pytest.FixtureRequest) -> str:
    """An empty schema of the test's own; it goes when the catalog does, at the end of the run."""
    import hashlib

    name = "t_" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]
    new_schema(classic, name)
    return name


@pytest.fixture(scope="session")
def _ledgers(classic: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> EmptyLedgers:
    return EmptyLedgers(classic, tmp_path_factory.mktemp("ledgers") / "empty")


@pytest.fixture
def gloss(_ledgers: EmptyLedgers) -> Iterator[str]:
    """A schema whose ledgers are there and empty; nobody needs to drop it."""
    yield SCHEMA
    _ledgers.empty()


@pytest.fixture(scope="module")
def module_gloss(_ledgers: EmptyLedgers) -> Iterator[str]:
    """As `gloss`, for all tests of a file together; a file takes one of the two."""
    yield SCHEMA
    _ledgers.empty()


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKEGLOSS_HOME", str(tmp_path / "home"))
