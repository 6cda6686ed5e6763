"""A folder as people of dbxmetagen have it: its bundles, its shipped values, its overrides."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from lakegloss.cli.others.dbxmetagen import STOPPED, exit_code
from lakegloss.compat.dbxmetagen import MetadataConfig
from lakegloss.compat.dbxmetagen.configuration.config_settings import TakenSettings
from lakegloss.compat.dbxmetagen.configuration.label_overrides import has_comments, label_overrides
from lakegloss.compat.dbxmetagen.configuration.label_settings import scheme_of_config
from lakegloss.compat.dbxmetagen.configuration.table_list import patterns_of
from lakegloss.compat.dbxmetagen.job import _with_guidance
from lakegloss.compat.dbxmetagen.reviewing import ReviewedResult
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.errors import ReviewFileError, SettingsError
from lakegloss.settings import load_settings

DOMAINS = "domains: {%s: {description: Of the file.}}"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a project; commands run in another one."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    folder = tmp_path / "project"
    for name in ("configurations/ontology_bundles/general", "configurations/ontology_bundles/iot",
                 "configurations/ontology_config", "own"):  # fmt: skip
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(DOMAINS % path.stem)
    return folder


def config(project: Path, **values: Any) -> MetadataConfig:
    variables = {name: {"default": value} for name, value in values.items()}
    (project / "variables.yml").write_text(yaml.safe_dump({"variables": variables}))
    return MetadataConfig(yaml_file_path=project / "variables.yml")


@pytest.mark.parametrize(
    ("values", "file"),
    [
        ({}, "general"),
        ({"ontology_bundle": "iot"}, "iot"),
        ({"ontology_config_path": "configurations/ontology_config.yaml"}, "general"),
        ({"ontology_config_path": "own.yaml", "ontology_bundle": "iot"}, "own"),
        ({"domain_config_path": "own.yaml", "ontology_bundle": "iot"}, "own"),
    ],
)
def test_domains_are_those_that_dbxmetagen_takes(
    project: Path, values: dict[str, str], file: str
) -> None:
    [domain] = scheme_of_config(config(project, mode="domain", **values)).tree.domains
    assert domain.name == file


def test_an_older_project_has_one_ontology(project: Path) -> None:
    (project / "configurations/ontology_bundles/general.yaml").unlink()
    path = {"ontology_config_path": "configurations/ontology_config.yaml"}
    [domain] = scheme_of_config(config(project, mode="domain", **path)).tree.domains
    assert domain.name == "ontology_config"
    with pytest.raises(SettingsError, match="No file of domains"):
        scheme_of_config(config(project, mode="domain", ontology_bundle="gone", **path))


def test_tables_of_a_call_are_not_joined_by_those_of_the_shipped_file(project: Path) -> None:
    (project / "table_names.csv").write_text("table_name\nsales.orders\n")
    shipped = {"catalog_name": "dev", "table_names_source": "csv_file_path",
               "source_file_path": "table_names.csv"}  # fmt: skip
    assert patterns_of(config(project, **shipped)) == ["dev.sales.orders"]
    path = project / "variables.yml"
    called = MetadataConfig(yaml_file_path=path, table_names="hr.*")
    assert patterns_of(called) == ["dev.hr.*"]
    both = MetadataConfig(
        yaml_file_path=path, table_names="hr.*", table_names_source="csv_file_path"
    )
    assert patterns_of(both) == ["dev.hr.*", "dev.sales.orders"]


def test_what_files_are_shipped_with_is_no_change_of_anybody(project: Path) -> None:
    shipped = {
        "spacy_model_names": "en_core_web_lg", "freshness_threshold_days": 7,
        "max_ai_candidates": 200, "rule_score_min_for_ai": 0.50,
        "max_candidates_per_table_pair": 5, "profiling_max_tables": "",
    }  # fmt: skip
    assert config(project, **shipped).without_effect == {}
    changed = config(project, **(shipped | {"max_ai_candidates": 20}))
    assert list(changed.without_effect) == ["max_ai_candidates"]


def test_the_shipped_acronyms_are_left_out_however_they_are_written(project: Path) -> None:
    shipped = (
        '{\n"DBX": "Databricks",\n"WHO": "World Health Organization",\n'
        '"GMC": "Global Marketing Code",\n}\n'
    )
    taken = TakenSettings(settings=load_settings(environ={}, home=project / "home"), problem="")
    for acronyms, is_used in ((shipped, False), ('{"GMV": "gross value"}', True)):
        found, _ = _with_guidance(None, config(project, acro_content=acronyms), taken)
        assert bool(found.settings.guidance) is is_used


def test_a_file_that_is_none_of_overrides_is_told(tmp_path: Path) -> None:
    path = tmp_path / "metadata_overrides.csv"
    scheme = LabelScheme(domain_tag="domain")
    path.write_text("tabelle,spalte,text\norders,note,A text.\n")
    for read in (has_comments, lambda file: label_overrides(file, scheme)):
        with pytest.raises(ReviewFileError, match="tabelle"):
            read(path)
    path.write_text("")
    assert not has_comments(path)
    path.write_text("catalog;schema;table;domain\n;shop;orders;sales\n")
    assert not has_comments(path)
    assert label_overrides(path, scheme)[1], "the tree has no such domain"


def test_the_exit_code_says_what_was_left_undone() -> None:
    def code(**parts: Any) -> int:
        names = ("described", "applied", "labelled", "tagged")
        missing = {"missing": parts.pop("missing", {})}
        return exit_code(SimpleNamespace(**(dict.fromkeys(names) | missing | parts)))  # type: ignore[arg-type]

    done, failed = SimpleNamespace(failed={}), SimpleNamespace(failed={"a.b": "no right"})
    asked, stopped = SimpleNamespace(not_asked={}), SimpleNamespace(not_asked={"budget": 3})
    assert code(applied=done, described=asked) == 0
    assert code(applied=failed, described=stopped) == 1
    assert code(tagged=failed, labelled=asked) == 1
    assert code(labelled=stopped) == STOPPED
    assert code(applied=done, missing={"a.gone": "no table"}) == 1
    assert ReviewedResult(path=Path("a.tsv")).left_out == 0
