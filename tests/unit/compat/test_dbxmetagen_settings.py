"""dbxmetagen's settings: its names and defaults, each mapped or said to have no effect."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.compat.dbxmetagen import MetadataConfig, main
from lakegloss.compat.dbxmetagen.configuration.config_keys import ACRONYMS, KEYS
from lakegloss.compat.dbxmetagen.configuration.config_settings import settings_of_config
from lakegloss.compat.dbxmetagen.configuration.customer_context import (
    context_entries,
    lines_of,
    rules_of_context,
    terms_of,
    write_guidance,
)
from lakegloss.compat.dbxmetagen.configuration.label_overrides import (
    has_comments,
    label_overrides,
)
from lakegloss.compat.dbxmetagen.configuration.label_settings import scheme_of_config
from lakegloss.compat.dbxmetagen.configuration.metadata_config import parse_bool
from lakegloss.compat.dbxmetagen.configuration.names_file import names_in
from lakegloss.compat.dbxmetagen.configuration.table_list import patterns_of
from lakegloss.core.labels.overrides import EVERY_COLUMN
from lakegloss.core.labels.tree import DomainPlace
from lakegloss.core.plan.guidance import LINE_LIMIT, Guidance
from lakegloss.errors import SettingsError
from lakegloss.lakehouse.describe.guidance_file import read_guidance
from tests.kits.dbxmetagen_variables import FULL, write_variables


def config(**given: Any) -> MetadataConfig:
    return MetadataConfig(**given, skip_yaml_loading=True)


def test_defaults_are_theirs() -> None:
    found = config()
    assert (found.schema_name, found.volume_name) == ("metadata_results", "generated_metadata")
    assert (found.columns_per_call, found.sample_size, found.max_tokens) == (20, 5, 8192)
    assert found.model == "databricks-claude-sonnet-4-6"
    assert found.apply_ddl is False
    assert (found.given, found.unknown, found.without_effect) == (frozenset(), (), {})


def test_every_setting_is_used_or_has_a_reason() -> None:
    assert [name for name, key in KEYS.items() if bool(key.used) == bool(key.why)] == []
    assert len(KEYS) >= 90


def test_a_file_with_all_settings_at_their_defaults_changes_nothing(tmp_path: Path) -> None:
    variables = {name: {"description": "d", "default": key.default} for name, key in KEYS.items()}
    path = tmp_path / "variables.yml"
    path.write_text(yaml.safe_dump({"variables": variables}))
    found = MetadataConfig(yaml_file_path=path)
    assert found.values == config().values
    assert found.without_effect == {}


def test_of_a_full_file_every_setting_is_used_or_told(tmp_path: Path) -> None:
    found = MetadataConfig(yaml_file_path=write_variables(tmp_path))
    assert set(FULL) == set(KEYS)
    assert found.unknown == ()
    silent = {name for name in FULL if KEYS[name].why and name not in found.without_effect}
    same = {name for name in silent if getattr(found, name) == KEYS[name].default}
    assert silent - same == {"workspace_host", "task_id"}, "these say None, as by default"
    assert {"run_id", "job_id", "bundle_target", "deploying_user"} <= same, "nobody filled it in"
    taken = settings_of_config(found, environ={"DATABRICKS_HOST": "https://x.example"}).settings
    assert (taken.model, taken.temperature, taken.style) == (FULL["model"], 0.2, "concise")
    scheme = scheme_of_config(
        MetadataConfig(
            **found.values | {"mode": "all", "domain_config_path": _domains(tmp_path)},
            skip_yaml_loading=True,
        )
    )
    assert scheme.tags == ("sensitivity_kind", "sensitivity", "area", "subarea")
    assert scheme.written("medical") == "phi"


def _domains(folder: Path) -> str:
    path = folder / "domains.yml"
    path.write_text("domains: {retail: {description: Shops, subdomains: {web: {}}}}")
    return str(path)


def test_labels_that_people_fixed_in_a_file(tmp_path: Path) -> None:
    all_ = config(mode="all", domain_config_path=_domains(tmp_path))
    scheme = scheme_of_config(all_)
    path = tmp_path / "metadata_overrides.csv"
    path.write_text(
        "catalog,schema,table,column,comment,classification,type,domain,subdomain\n"
        ",shop,orders,note,,pi,PII,,\n"
        "main,,orders,,,,,Retail,WEB\n"
        ",,,sku,A text.,None,None,,\n"
        ",shop,orders,note,,,secret,,\n"
    )
    fixed, notes = label_overrides(path, scheme)
    assert [(one.pattern, one.column, one.tag, one.value) for one in fixed] == [
        ("shop.orders", "note", "data_classification", "protected"),
        ("shop.orders", "note", "data_subclassification", "pii"),
        ("main.*.orders", "", "domain", "retail"),
        ("main.*.orders", "", "subdomain", "web"),
        ("*", "sku", "data_classification", "None"),
        ("*", "sku", "data_subclassification", "None"),
    ]
    assert notes == [
        "metadata_overrides.csv, line 5: 'secret' is no label of the tag 'data_subclassification'"
    ]
    assert has_comments(path)
    path.write_text(
        "override_type,override_value,catalog,schema,table,column\n"
        "domain,retail,*,shop,*,*\ntype,pci,*,*,cards,*\ncomment,A text.,*,shop,a,b\n"
    )
    fixed, notes = label_overrides(path, scheme)
    assert [(one.pattern, one.column, one.tag, one.value) for one in fixed] == [
        ("shop.*", "", "domain", "retail"),
        ("cards", EVERY_COLUMN, "data_subclassification", "pci"),
    ]
    assert notes == []


def test_arguments_go_before_the_file_and_it_before_the_advanced_one(tmp_path: Path) -> None:
    (tmp_path / "variables.yml").write_text(
        "variables:\n  columns_per_call: {default: 7}\n  sample_size: {default: 3}\n"
        "  current_user: {default: '${workspace.current_user.userName}'}\n  apply_ddl:\n"
        "    default: 'TRUE '\n"
    )
    (tmp_path / "variables.advanced.yml").write_text(
        "variables: {domain_tag_name: {default: area}}"
    )
    found = MetadataConfig(yaml_file_path=str(tmp_path / "variables.yml"), sample_size="2")
    assert (found.columns_per_call, found.sample_size, found.domain_tag_name) == (7, 2, "area")
    assert found.current_user is None, "a bundle's variable that nobody filled in"
    assert found.apply_ddl is True
    assert list(found.without_effect) == ["columns_per_call"]


@pytest.mark.parametrize(
    ("text", "truth"),
    [("false", False), ("no", False), (" TRUE ", True), ("1", True), ("yes", True), (None, False)],
)
def test_truth_is_read_as_they_do(text: Any, *, truth: bool) -> None:
    assert parse_bool(text) is truth


def test_no_data_is_no_data_wherever_it_is_said() -> None:
    found = config(allow_data="false", allow_data_in_comments="true", sample_size=5)
    assert (found.allow_data_in_comments, found.sample_size) == (False, 0)
    assert settings_of_config(found, environ={}).settings.values == "none"
    shapes = config(allow_data_in_comments=False)
    assert settings_of_config(shapes, environ={}).settings.values == "shapes"
    stricter = settings_of_config(config(), environ={"LAKEGLOSS_VALUES": "none"}).settings
    assert stricter.values == "none"
    assert settings_of_config(config(), environ={}).settings.values == "masked"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"mode": "pii"}, "mode"),
        ({"columns_per_call": "many"}, "columns_per_call"),
        ({"temperature": "hot"}, "temperature"),
        ({"ddl_output_format": "parquet"}, "ddl_output_format"),
    ],
)
def test_what_cannot_be_used_is_named(given: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        config(**given)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        MetadataConfig(yaml_file_path=tmp_path / "no.yml")
    bad = tmp_path / "bad.yml"
    for text in ("variables: [", "variables: 3", "!!python/object/apply:os.system ['true']"):
        bad.write_text(text)
        with pytest.raises(SettingsError):
            MetadataConfig(yaml_file_path=bad)
    bad.write_text("")
    assert MetadataConfig(yaml_file_path=bad).values == config().values


def test_the_model_and_its_address() -> None:
    def of(found: MetadataConfig, **environ: str) -> tuple[str, str]:
        taken = settings_of_config(found, environ=environ)
        assert bool(taken.problem) == (not taken.settings.model)
        return taken.settings.model, taken.settings.endpoint

    default = "databricks-claude-sonnet-4-6"
    assert of(config()) == ("", "")
    assert of(config(), DATABRICKS_HOST="https://x") == (default, "databricks")
    assert of(config(), OPENAI_API_KEY="k") == (default, "https://api.openai.com/v1")
    assert of(config(model="gpt-4"), OPENAI_API_KEY="k", OPENAI_MODEL="o")[0] == "gpt-4"
    local = {"LAKEGLOSS_ENDPOINT": "http://127.0.0.1:1/v1", "LAKEGLOSS_MODEL": "own"}
    assert of(config(), **local)[0] == "own"
    assert of(config(model="gpt-4"), **local)[0] == "gpt-4"
    spec = config(chat_completion_type="openai_spec", custom_endpoint_url="https://e/v1")
    assert of(spec) == (default, "https://e/v1")


def test_what_is_not_given_leaves_the_environment_alone() -> None:
    environ = {"LAKEGLOSS_STYLE": "concise", "LAKEGLOSS_SCHEMA_NAME": "own"}
    found = settings_of_config(config(), environ=environ).settings
    assert (found.style, found.schema_name) == ("concise", "own")
    given = config(comment_style="detailed", schema_name="s", catalog_name="Dev")
    found = settings_of_config(given, environ=environ).settings
    assert (found.style, found.schema_name, found.catalog) == ("detailed", "s", "Dev")
    assert "dev.s.metadata_generation_log*" in found.excluded


def test_names_of_tables() -> None:
    asked = config(catalog_name="DEV", table_names="Sales.Orders, main.hr.*,`a,b`.t, main.hr.*")
    assert patterns_of(asked) == ["dev.sales.orders", "main.hr.*", "dev.a,b.t"]
    for names in ("orders", "a.b.c.d", "", "none", "a..b"):
        with pytest.raises(SettingsError):
            patterns_of(config(catalog_name="dev", table_names=names, table_names_source="x"))
    for missing in ("None", "", None):
        with pytest.raises(SettingsError, match="catalog"):
            main({"catalog_name": missing, "table_names": "a.b", "skip_yaml_loading": True})


def test_a_file_of_names(tmp_path: Path) -> None:
    path = tmp_path / "table_names.csv"
    path.write_text("\ufefftable_name,why\nsales.orders,x\n\n main.hr.* ,y\nnone,\n")
    assert names_in(path) == ["sales.orders", "main.hr.*"]
    path.write_text("sales.orders\nmain.hr.people\n")
    assert names_in(path) == ["sales.orders", "main.hr.people"]
    asked = config(catalog_name="dev", source_file_path=path)
    assert patterns_of(asked) == ["dev.sales.orders", "main.hr.people"]
    only = config(catalog_name="dev", table_names="a.b", source_file_path=path)
    assert patterns_of(only) == ["dev.a.b"], "named tables are not joined by those of a default"


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("Table Name,owner\nsales.orders,ann\n", ["sales.orders"]),
        ("owner;table-name\r\nann;sales.orders\r\n;\r\n", ["sales.orders"]),
        ("sep=;\nTABLE_NAME;owner\nsales.orders;ann\n", ["sales.orders"]),
        ("owner\ttable_name\nann\tsales.orders\n", ["sales.orders"]),
        ("Tabelle\nsales.orders\n", ["sales.orders"]),
        ("table_catalog,table_schema,table_name\nmain,hr,people\n,hr,pay\n",
         ["main.hr.people", "hr.pay"]),
        ("catalog,schema,table_name\nmain,hr,dev.sales.orders\n", ["dev.sales.orders"]),
        ("schema,table\nhr,my-table\nhr,*\n", ["hr.my-table", "hr.*"]),
        ('table_name\n"sales.orders, sales.returns"\n', ["sales.orders", "sales.returns"]),
        ("schema,table_name\nhr\n\n  \nhr,people,more\n", ["hr.people"]),
    ],
)  # fmt: skip
def test_a_file_of_names_as_spreadsheets_and_queries_save_it(
    tmp_path: Path, content: str, names: list[str]
) -> None:
    path = tmp_path / "n.csv"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path.write_bytes(content.encode(encoding))
        assert names_in(path) == names, encoding


def test_acronyms_with_a_comma_too_many_are_read_and_never_run() -> None:
    assert terms_of('{"GMV": "gross value",}')[0].meaning == "gross value"
    assert len(terms_of(ACRONYMS)) == 3
    for text in ("__import__('os').system('true')", "{1, 2}", "[" * 5000):
        with pytest.raises(SettingsError):
            terms_of(text)


def test_context_becomes_guidance_by_scope(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "contexts:\n"
        "- {scope: dev, scope_type: catalog, context_text: All amounts are in cents.}\n"
        "- {scope: dev.sales.orders, scope_type: table, context_text: Orders of shops.}\n"
        "- {scope: dev.sales, scope_type: schema, context_text: Sales., priority: high}\n"
        "- {scope: 'dev.*.ord*', scope_type: pattern, context_text: Patterned., active: true}\n"
        "- {scope: dev.x, scope_type: schema, context_text: Off., active: false}\n"
        "- {scope: '', scope_type: schema, context_text: Nowhere.}\n"
    )
    (tmp_path / "b.yml").write_text("contexts:\n")
    rules, notes = rules_of_context(context_entries(tmp_path))
    path = write_guidance(Guidance(rules=tuple(rules)), tmp_path / "home" / "guidance.yml")
    said = read_guidance(path).matching("dev.sales.orders", "")
    assert [line.rpartition(": ")[2] for line in said] == [
        "Orders of shops.", "Patterned.", "Sales.", "All amounts are in cents.",
    ]  # fmt: skip
    assert read_guidance(path).matching("other.sales.orders", "") == ()
    assert len(notes) == 1


def test_a_context_that_cannot_be_used_is_told_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "c.yml"
    path.write_text(
        "many: &many [x, x, x, x, x, x, x, x, x]\n"
        "more: &more [*many, *many, *many, *many, *many, *many, *many, *many, *many]\n"
        "contexts:\n"
        "- {scope: dev.a, scope_type: schema, context_text: *more}\n"
        "- {scope: dev.b, scope_type: column, context_text: Of a column.}\n"
        "- {scope: {dev: c}, scope_type: schema, context_text: Of nothing.}\n"
        "- {scope: dev.d, scope_type: schema, context_text: '  '}\n"
        "- {scope: dev.e, scope_type: schema, context_text: Off., active: 'False'}\n"
        "- {scope: dev.f, scope_type: schema, context_text: On., active: ''}\n"
        f"- {{scope: dev.g, scope_type: Table, context_text: {'long ' * 501}}}\n"
    )
    rules, notes = rules_of_context(context_entries(path))
    assert {rule.tables for rule in rules} == {"dev.f.*", "dev.g"}
    assert [note.rpartition(": ")[2] for note in notes] == [
        "its context_text is no text",
        "scope_type 'column' is none of catalog, schema, pattern, table",
        "it names no scope",
        "its context_text is no text",
        "the context of 'dev.g' was cut after 500 words",
    ]


@settings(max_examples=30)
@given(st.text(max_size=2_000))
def test_lines_are_bounded_and_lose_no_word(text: str) -> None:
    lines = lines_of(text)
    assert all(0 < len(line) <= LINE_LIMIT for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_tags_and_domains(tmp_path: Path) -> None:
    scheme = scheme_of_config(config(mode="pi", disable_medical_information_value="true"))
    assert (scheme.protected_tag, scheme.group_tag) == (
        "data_classification", "data_subclassification",
    )  # fmt: skip
    assert (scheme.written("medical"), scheme.none_value) == ("phi", "None")
    path = tmp_path / "domains.yaml"
    path.write_text(
        "version: '1'\ndomains:\n  finance:\n    name: Finance\n    keywords: [ledger]\n"
        "    subdomains: {accounting: {name: Accounting, description: Ledgers}}\n"
    )
    tree = scheme_of_config(config(mode="domain", domain_config_path=str(path))).tree
    assert [place for place, _ in tree.places()] == [
        DomainPlace("finance"), DomainPlace("finance", "accounting"),
    ]  # fmt: skip
    bundle = config(mode="domain", ontology_bundle=str(path))
    assert scheme_of_config(bundle).tree.domains
    for wrong in ({}, {"domain_config_path": "no.yaml"}):
        with pytest.raises(SettingsError):
            scheme_of_config(config(mode="domain", **wrong))
