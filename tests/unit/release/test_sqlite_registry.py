"""A registry's file says the same by plain SQL as MLflow says of it, or MLflow is asked itself."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lakegloss.errors import LakeglossError, OnlyMlflowError
from lakegloss.release.registry import Registry
from lakegloss.release.sqlite_registry import (
    KNOWN_REVISIONS,
    SqliteRegistry,
    sqlite_registry,
)
from lakegloss.release.version import Reference
from lakegloss.settings import Settings
from tests.kits.mlflow_database import mlflow_database
from tests.kits.registry import asking_mlflow, client_of, registry_in, settings_in

if TYPE_CHECKING:
    from mlflow import MlflowClient

pytestmark = pytest.mark.slow
NAMES = (
    "lakegloss_many", "lakegloss_none", "lakegloss_gone", "lakegloss_nothing", "lakegloss_über.x-1",
    "lakegloss o'dd", 'lakegloss "two" %_', "lakegloss_Many",
)  # fmt: skip
ALIASES = ("champion", "challenger", "Champion", "latest", "of-one", "nobody")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = settings_in(tmp_path_factory.mktemp("registry of a file"))
    _fill(client_of(registry_in(made)))
    return made


@pytest.fixture
def file(settings: Settings) -> SqliteRegistry:
    return _file_of(settings)


@pytest.fixture
def by_file(settings: Settings) -> Registry:
    return _without_mlflow(settings)


@pytest.fixture
def by_mlflow(settings: Settings) -> Registry:
    return asking_mlflow(registry_in(settings))


def _file_of(settings: Settings) -> SqliteRegistry:
    return sqlite_registry(f"sqlite:///{settings.home / 'mlflow.db'}", {})


def _without_mlflow(settings: Settings) -> Registry:
    """A registry that fails where it asks MLflow itself."""
    made = registry_in(settings)
    vars(made)["_client"] = None
    return made


def _fill(client: "MlflowClient") -> None:
    """Versions with tags, descriptions, aliases; deleted ones; names without versions."""
    for name in NAMES:
        if name not in {"lakegloss_nothing", "lakegloss_Many"}:
            client.create_registered_model(name)
    for name, count in (("lakegloss_many", 7), ("lakegloss_gone", 2), ("lakegloss_über.x-1", 1)):
        for number in range(1, count + 1):
            client.create_model_version(
                name,
                f"file:///elsewhere/{number}/ä b",
                tags={"lakegloss_program": "comment", "lakegloss_version": f"v{number}", "x": "'"},
                description=('{"rows": 3, "é": 0.5}', "a person's words", "")[number % 3],
            )
    client.create_model_version("lakegloss o'dd", "file:///elsewhere/odd")
    for alias, number in (("champion", 3), ("challenger", 6), ("of-one", 3), ("Champion", 2)):
        client.set_registered_model_alias("lakegloss_many", alias, str(number))
    client.set_registered_model_alias("lakegloss_gone", "champion", "2")
    client.delete_model_version("lakegloss_many", "5")
    client.delete_model_version("lakegloss_gone", "1")
    client.delete_model_version("lakegloss_gone", "2")
    client.update_model_version("lakegloss_many", "1", description='{"changed": "last"}')
    client.set_model_version_tag("lakegloss_many", "4", "lakegloss_package", "")


def _told(call: Callable[[], object]) -> object:
    """What a call gives, or how it fails."""
    try:
        return call()
    except LakeglossError as error:
        return type(error), error.message, error.remedy


PLAIN_NAMES = [name for name in NAMES if " " not in name]


@pytest.mark.parametrize("name", PLAIN_NAMES)
def test_a_file_says_what_mlflow_says(
    name: str, file: SqliteRegistry, by_file: Registry, by_mlflow: Registry
) -> None:
    questions: list[Callable[[Registry], object]] = [
        lambda one: one.versions(name),
        lambda one: one.versions(name, limit=2),
        lambda one: one.aliases(name),
    ]
    questions += [
        lambda one, n=number: one.find(Reference(name=name, number=n)) for number in range(1, 9)
    ]
    questions += [
        lambda one, a=alias: one.find(Reference(name=name, alias=a))
        for alias in ALIASES
        if alias != "latest"
    ]
    for place, ask in enumerate(questions):
        assert _told(lambda ask=ask: ask(by_file)) == _told(lambda ask=ask: ask(by_mlflow)), place
    client = client_of(by_mlflow)
    for version in by_mlflow.versions(name):
        found = file.version(name, version.number)
        place = client.get_model_version_download_uri(name, str(version.number))
        assert found is not None
        assert found.place == place


def test_the_fixture_has_what_the_comparison_needs(by_file: Registry) -> None:
    found = by_file.versions("lakegloss_many")
    assert [version.number for version in found] == [7, 6, 4, 3, 2, 1]
    assert found[3].aliases == ("champion", "of-one")
    assert found[0].described
    assert found[-1].measured == {"changed": "last"}
    assert by_file.aliases("lakegloss_gone") == {}


def test_a_page_of_many_versions_is_the_same(file: SqliteRegistry, by_mlflow: Registry) -> None:
    name = "lakegloss_many"
    found = client_of(by_mlflow).search_model_versions(f"name='{name}'", max_results=3)
    assert [one.version for one in file.versions(name, 3, 50)] == sorted(
        (int(v.version) for v in found), reverse=True
    )


@pytest.mark.parametrize("name", [name for name in NAMES if " " in name])
def test_mlflow_answers_for_names_that_are_not_plain(name: str, file: SqliteRegistry) -> None:
    with pytest.raises(OnlyMlflowError):
        file.versions(name, 200, 20)
    with pytest.raises(OnlyMlflowError):
        file.by_alias("lakegloss_many", "latest")


def test_the_file_is_opened_for_reading_only(file: SqliteRegistry) -> None:
    with (
        file._reading("lakegloss_many") as connection,  # noqa: SLF001 - what it may not do is meant
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        connection.execute("DELETE FROM registered_model_aliases")


def test_tables_of_another_revision_are_left_to_mlflow(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    client_of(registry_in(settings)).create_registered_model("lakegloss_a")
    file = _file_of(settings)
    assert file.versions("lakegloss_a", 200, 20) == []
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'of tomorrow'")
        connection.commit()
    with pytest.raises(OnlyMlflowError):
        file.versions("lakegloss_a", 200, 20)


def test_the_revision_of_the_tested_mlflow_is_known(tmp_path: Path) -> None:
    mlflow_database(tmp_path / "mlflow.db")
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as connection:
        assert set(connection.execute("SELECT version_num FROM alembic_version")) <= {
            (revision,) for revision in KNOWN_REVISIONS
        }


@pytest.mark.parametrize(
    ("uri", "environ"),
    [
        ("http://127.0.0.1:5000", {}),
        ("sqlite:///a.db?mode=memory", {}),
        ("postgresql://h/db", {}),
        ("databricks-uc", {}),
        ("sqlite:///{file}", {"MLFLOW_ENABLE_WORKSPACES": "true"}),
        ("sqlite:///{file}", {"MLFLOW_WORKSPACE": "team"}),
        ("sqlite:///{file}.missing", {}),
    ],
)
def test_other_registries_are_left_to_mlflow(
    uri: str, environ: dict[str, str], settings: Settings
) -> None:
    file = sqlite_registry(uri.format(file=settings.home / "mlflow.db"), environ)
    with pytest.raises(OnlyMlflowError):
        file.aliases("lakegloss_many")
    assert not Path(f"{settings.home / 'mlflow.db'}.missing").exists()


def test_reading_needs_neither_mlflow_nor_dspy(settings: Settings) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from lakegloss.release.registry import Registry\n"
        "from lakegloss.settings import load_settings\n"
        "registry = Registry(load_settings(environ={}, home=Path(sys.argv[1])), environ={})\n"
        "assert len(registry.versions('lakegloss_many')) == 6\n"
        "print([m for m in ('mlflow', 'dspy', 'pyspark', 'pandas') if m in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(settings.home)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
