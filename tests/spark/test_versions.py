"""Decisions on versions in Delta, the aliases that follow, and runs with a registered program."""

from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakegloss.core.release.decisions import Alias
from lakegloss.errors import (
    RegistryError,
    SettingsError,
    VersionNotFoundError,
    VersionRefusedError,
)
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.lakehouse.describe.planning import make_plan
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import newest_runs
from lakegloss.lakehouse.ledgers.tables import PROPOSALS, RESPONSES
from lakegloss.release.chosen import chosen_program
from lakegloss.release.releases import Releases
from lakegloss.settings import Settings, load_settings
from tests.kits.model_server import ModelServer
from tests.kits.registry import NAME, register_folder, registry_in, versions_of

pytestmark = [pytest.mark.spark, pytest.mark.one_kind("connect")]


@pytest.fixture
def settings(gloss: str, tmp_path: Path) -> Settings:
    return load_settings(environ={}, home=tmp_path / "home", schema_name=gloss)


def test_promote_and_roll_back(spark: SparkSession, settings: Settings) -> None:
    [first, second] = versions_of(settings, "", "Write briefly.", name="lakegloss_a", score=0.7)
    registry = registry_in(settings)
    releases = Releases(Ledgers(spark, settings), registry)
    assert releases.history("lakegloss_a") == []
    assert releases.project("lakegloss_a") == {}, "without decisions nothing is touched"
    releases.promote("lakegloss_a", 1, decided_by="ann", reason="the first")
    releases.promote("lakegloss_a", 2, alias=Alias.CHALLENGER, decided_by="ann")
    assert registry.aliases("lakegloss_a") == {"champion": 1, "challenger": 2}
    found = releases.promote("lakegloss_a", 2, decided_by="bob")
    assert (found.champion, found.challenger) == (2, 0)
    assert registry.aliases("lakegloss_a") == {"champion": 2}
    rows = len(releases.history("lakegloss_a"))
    releases.promote("lakegloss_a", 2)
    assert len(releases.history("lakegloss_a")) == rows, "what stands is not decided again"
    assert releases.rollback("lakegloss_a", reason="worse").champion == 1
    assert registry.aliases("lakegloss_a") == {"champion": 1}
    with pytest.raises(VersionNotFoundError, match="no champion before 1"):
        releases.rollback("lakegloss_a")
    first_row = releases.history("lakegloss_a")[0]
    assert (first_row.decided_by, first_row.reason) == ("ann", "the first")
    assert (first_row.program_version, first_row.measured) == (
        first.program_version, '{"score": 0.7}',
    )  # fmt: skip
    assert second.number == 2


def test_the_ledger_is_the_truth_and_aliases_are_set_again(
    classic: SparkSession, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions_of(settings, "", "Write briefly.")
    registry = registry_in(settings)
    releases = Releases(Ledgers(classic, settings), registry)
    releases.promote(NAME, 1)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(registry, "point", killed)
        with pytest.raises(KeyboardInterrupt):
            releases.promote(NAME, 2)
    assert registry.aliases(NAME) == {"champion": 1}, "the kill came before the alias"
    assert releases.project(NAME) == {"champion": (1, 2)}
    assert registry.aliases(NAME) == {"champion": 2}
    assert releases.project(NAME) == {}, "once is enough"
    registry.point(NAME, "champion", 1)  # somebody's hand in MLflow's UI
    registry.point(NAME, "challenger", 1)
    assert releases.project(NAME) == {"champion": (1, 2), "challenger": (1, 0)}

    def refused(*_: Any) -> None:
        raise RegistryError("no rights")

    with monkeypatch.context() as patch:
        patch.setattr(registry, "point", refused)
        with pytest.raises(RegistryError, match="is recorded, but the aliases could not be set"):
            releases.rollback(NAME)
    assert releases.project(NAME) == {"champion": (2, 1)}


def test_what_must_not_be_used_is_not_promoted(
    classic: SparkSession, settings: Settings, tmp_path: Path
) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "MLmodel").write_text(
        "flavors: {python_function: {loader_module: mlflow.sklearn, python_model: m.pkl}}",
        encoding="utf-8",
    )
    version = register_folder(settings, NAME, model)
    releases = Releases(Ledgers(classic, settings), registry_in(settings))
    with pytest.raises(VersionRefusedError, match="pickled"):
        releases.promote(NAME, version.number)
    with pytest.raises(VersionNotFoundError):
        releases.promote(NAME, 99)
    with pytest.raises(VersionRefusedError, match="not allowed"):
        releases.promote("evil", 1)
    assert releases.history(NAME) == []


@pytest.mark.deep
def test_a_run_uses_one_version_and_says_which(
    connect: SparkSession, classic: SparkSession, schema: str, settings: Settings
) -> None:
    classic.sql(f"CREATE TABLE {schema}.orders (order_ref STRING, state STRING) USING delta")
    classic.sql(f"INSERT INTO {schema}.orders VALUES ('a1', 'open'), ('a2', 'shut')")
    words = "Write catalog comments in the house's words."
    [version] = versions_of(settings, words)
    registry = registry_in(settings)
    Releases(Ledgers(classic, settings), registry).promote(NAME, 1)
    with ModelServer() as server:
        asked = settings.model_copy(
            update={"model": "m", "endpoint": server.url, "program": NAME, "policy": "all"}
        )
        with pytest.raises(SettingsError, match="registered program"):
            describe(connect, asked, [f"{schema}.orders"])
        chosen = chosen_program(asked, environ={})
        ledgers = Ledgers(connect, chosen.settings)
        plan = make_plan(ledgers, chosen.settings, [f"{schema}.orders"], program=chosen.program)
        assert plan.requests == 1
        summary = describe(connect, chosen.settings, [f"{schema}.orders"], program=chosen.program)
        assert summary.sources == {"model": 3}
    proposals = ledgers.read(PROPOSALS).where(f"run_id = '{summary.run_id}'").collect()
    responses = ledgers.read(RESPONSES).where(f"run_id = '{summary.run_id}'").collect()
    told = {row.program_version for row in (*proposals, *responses)}
    assert told == {version.program_version}
    run = next(r for r in newest_runs(connect, settings) if r["run_id"] == summary.run_id)
    assert f'"program": "{NAME}/1"' in run["settings"]
