"""Lists dbxmetagen's settings: their defaults, and what lakegloss makes of each."""

from collections.abc import Mapping
from dataclasses import dataclass

MODEL = "databricks-claude-sonnet-4-6"
ACRONYMS = (
    '{"DBX": "Databricks", "WHO": "World Health Organization", "GMC": "Global Marketing Code"}'
)
ONTOLOGY = "configurations/ontology_config.yaml"
BLACKLIST = "_updated_at,_created_at,created_at,updated_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigKey:
    """A setting of dbxmetagen.

    Attributes:
        used: what becomes of it; '' where it is accepted without effect.
        why: why it has no effect.
        shipped: values that files of other versions have where nobody changed them.
    """

    default: object = None
    used: str = ""
    why: str = ""
    shipped: tuple[object, ...] = ()


def _used(default: object, used: str) -> ConfigKey:
    return ConfigKey(default=default, used=used)


def _unused(default: object, why: str, *shipped: object) -> ConfigKey:
    return ConfigKey(default=default, why=why, shipped=shipped)


_PACKED = "requests are packed by tokens (setting request_tokens)"
_PROFILED = "one scan profiles all columns, and values are sent in summary"
_NO_QUEUE = "runs keep their own journal, so there is no queue to keep in order"
_NO_GRANTS = "lakegloss grants nothing; grant the rights on the schema once"
_BUNDLE = "it is a variable of dbxmetagen's bundle"
_GRAPH = "lakegloss builds no knowledge graph"
_ONTOLOGY = "lakegloss predicts no ontology"
_PRESIDIO = "personal data is found by the rules, with Presidio where setting personal says so"
_SIZED = "an answer may be as long as the request's comments need"

_WHERE: Mapping[str, ConfigKey] = {
    "catalog_name": _used(None, "the catalog of names with two parts, and of lakegloss' tables"),
    "schema_name": _used("metadata_results", "the schema of lakegloss' tables and of the views"),
    "volume_name": _used("generated_metadata", "the volume, or folder, of the files"),
    "current_user": _used(None, "the folder of the files; by default the session's user"),
    "table_names": _used("", "the tables, with commas between them; catalog.schema.* is a schema"),
    "table_names_source": _used("csv_file_path", "parameter, or a file of names"),
    "source_file_path": _used("table_names.csv", "the file of names"),
    "exclude_infrastructure": _used(default=True, used="leaves dbxmetagen's own tables out"),
    "control_table": _used("metadata_control_{}", "the name of the view over the runs' tables"),
    "catalog_tokenizable": _used("__CATALOG_NAME__", "the catalog's name in the files"),
    "format_catalog": _used(default=False, used="whether {env} in it is filled in"),
    "env": _used(None, "fills {env} in catalog_tokenizable"),
    "mode": _used("comment", "comment, pi or domain; all is the three at once"),
    "host": _unused(None, "the environment names the workspace (DATABRICKS_HOST)"),
    "run_id": _unused(None, "every run gets an id of lakegloss"),
    "job_id": _unused(None, "every run gets an id of lakegloss"),
    "task_id": _unused(None, _NO_QUEUE),
    "node_type": _unused("i3.2xlarge", _BUNDLE),
    "deploying_user": _unused(None, _BUNDLE),
    "current_working_directory": _unused(None, _BUNDLE),
    "job_table_names": _unused("none", _BUNDLE),
    "warehouse_id": _unused(None, _BUNDLE),
    "workspace_host": _unused(None, "the environment names the workspace (DATABRICKS_HOST)"),
    "bundle_target": _unused(None, _BUNDLE),
    "app_name": _unused("dbxmetagen", _BUNDLE),
    "policy_id": _unused(None, _BUNDLE),
    "create_test_data": _unused(default=False, why="lakegloss demo makes tables to try"),
}
_ASKING: Mapping[str, ConfigKey] = {
    "model": _used(MODEL, "setting model"),
    "temperature": _used(0.1, "setting temperature"),
    "comment_style": _used("standard", "setting style"),
    "max_prompt_length": _used(16_384, "setting request_tokens, where it is smaller"),
    "allow_data": _used(default=True, used="false: setting values = none"),
    "sample_size": _used(5, "0: setting values = none"),
    "allow_data_in_comments": _used(default=True, used="false: setting values = shapes"),
    "include_possible_data_fields_in_metadata": _used(
        default=True, used="false: setting values = shapes"
    ),
    "acro_content": _used(ACRONYMS, "the glossary of the guidance"),
    "use_customer_context": _used(default=False, used="reads the customer context as guidance"),
    "customer_context_path": _used("", "a YAML file of customer context, or a folder of such"),
    "chat_completion_type": _used("databricks", "openai_spec: setting endpoint is the next"),
    "custom_endpoint_url": _used("", "setting endpoint"),
    "custom_endpoint_secret_scope": _unused("", "set LAKEGLOSS_API_KEY or api_key_file"),
    "custom_endpoint_secret_key": _unused("api_key", "set LAKEGLOSS_API_KEY or api_key_file"),
    "max_tokens": _unused(8_192, _SIZED),
    "columns_per_call": _unused(20, _PACKED),
    "word_limit_per_cell": _unused(200, _PROFILED),
    "limit_prompt_based_on_cell_len": _unused(default=True, why=_PROFILED),
    "add_metadata": _unused(default=True, why=_PROFILED),
    "include_datatype_from_metadata": _unused(default=True, why="types are always sent"),
    "include_existing_table_comment": _unused(
        default=True, why="a comment that is there is kept, and context for its columns"
    ),
    "include_lineage": _unused(default=True, why="keys and references come from the data"),
    "use_kb_comments": _unused(default=False, why="what people wrote nearby is always looked at"),
    "include_profiling_context": _unused(default=False, why=_PROFILED),
    "include_constraint_context": _unused(default=False, why=_PROFILED),
    "use_ontology_context": _unused(default=False, why=_ONTOLOGY),
    "registered_model_name": _unused("default", "setting program names a registered program"),
    "model_type": _unused("default", "setting program names a registered program"),
}
_WRITING: Mapping[str, ConfigKey] = {
    "apply_ddl": _used(default=False, used="true: what is ready is written"),
    "dry_run": _used(default=False, used="true: nothing is written to the catalog"),
    "ddl_output_format": _used("sql", "sql, tsv or excel: the files of statements"),
    "reviewable_output_format": _used("tsv", "tsv or excel: the file for review"),
    "allow_manual_override": _used(default=True, used="reads override_csv_path"),
    "override_csv_path": _used("metadata_overrides.csv", "texts and labels of people, by pattern"),
    "review_input_file_type": _unused("tsv", "the suffix of a reviewed file says it"),
    "column_with_reviewed_ddl": _used("other", "ddl: the reviewed text stands in the statement"),
    "review_apply_ddl": _used(default=False, used="true: what was reviewed is written"),
    "federation_mode": _used(default=False, used="true: nothing is written to the catalog"),
    "enable_benchmarking": _used(default=True, used="makes the view of tokens"),
    "benchmark_table_name": _used("dbxmetagen_token_usage", "the name of that view"),
    "review_output_file_type": _unused("tsv", "a reviewed file is recorded, not written again"),
    "grant_permissions_after_creation": _unused(default=True, why=_NO_GRANTS),
    "permission_groups": _unused("none", _NO_GRANTS),
    "permission_users": _unused("none", _NO_GRANTS),
    "incremental": _unused(default=True, why="what is described and not stale is always kept"),
    "include_previously_failed_tables": _unused(default=False, why=_NO_QUEUE),
    "claim_timeout_minutes": _unused(60, _NO_QUEUE),
    "cleanup_failed_tables": _unused(default=False, why=_NO_QUEUE),
    "cleanup_control_table": _unused(default=False, why=_NO_QUEUE),
}
_LABELS: Mapping[str, ConfigKey] = {
    "tag_none_fields": _used(default=True, used="whether columns without personal data get a tag"),
    "solo_medical_identifier": _unused(
        "pii", "a medical number alone is pii; beside health its table is phi"
    ),
    "disable_medical_information_value": _used(
        default=False, used="true: medical information counts as protected health"
    ),
    "apply_tags": _used(default=False, used="true: tags that are ready are written"),
    "pi_classification_tag_name": _used("data_classification", "the tag of the class"),
    "pi_subclassification_tag_name": _used("data_subclassification", "the tag of the kind"),
    "domain_tag_name": _used("domain", "the tag of the domain"),
    "subdomain_tag_name": _used("subdomain", "the tag of the subdomain"),
    "domain_config_path": _used("", "the file of domains"),
    "ontology_bundle": _used("general", "an ontology with domains: its file, or its name"),
    "ontology_config_path": _used("", "a file of an ontology, for its domains"),
    "include_deterministic_pi": _unused(default=True, why=_PRESIDIO),
    "spacy_model_names": _unused("en_core_web_md", _PRESIDIO, "en_core_web_lg"),
    "presidio_score_threshold": _unused(0.6, _PRESIDIO),
    "pi_classification_rules": _unused("", "the classes of lakegloss are documented"),
    "use_protected_classification_for_table": _unused(
        default=True, why="a table has the highest class of its columns"
    ),
    "domain_column_blacklist": _unused(BLACKLIST, "system columns say nothing of a domain"),
    "domain_prefilter_top_n": _unused(5, "small trees are asked for whole"),
    "domain_confidence_threshold": _unused(0.5, "labels that are in doubt wait for a person"),
    "two_stage_classification": _unused(default=True, why="one request asks for both steps"),
    "pi_column_field_names": _unused(
        "default", "pi_classification_tag_name and pi_subclassification_tag_name name the tags"
    ),
}
_ELSEWHERE: Mapping[str, ConfigKey] = {
    "generate_profiling_data": _unused(default=False, why=_PROFILED),
    "filter_data_from_metadata": _unused(default=False, why="allow_data decides"),
    "build_knowledge_graph": _unused(default=False, why=_GRAPH),
    "embedding_model": _unused("databricks-bge-large-en", _GRAPH),
    "similarity_threshold": _unused(0.8, _GRAPH),
    "profiling_max_tables": _unused("", _PROFILED),
    "freshness_threshold_days": _unused("", "the version of a table's data decides", "7"),
    "max_ai_candidates": _unused("", _GRAPH, "200"),
    "rule_score_min_for_ai": _unused("", _GRAPH, "0.5"),
    "max_candidates_per_table_pair": _unused("", _GRAPH, "5"),
    "fk_system_column_exclude_patterns": _unused("", "references come from names and values"),
    "ontology_vs_index": _unused("", _ONTOLOGY),
    "use_ann_similarity": _unused(default=False, why=_GRAPH),
    "ann_k_multiplier": _unused("", _GRAPH),
    "ann_batch_size": _unused("", _GRAPH),
    "ann_max_workers": _unused("", _GRAPH),
    "ann_max_nodes": _unused("", _GRAPH),
    "embedding_dimension": _unused("", _GRAPH),
}
KEYS: Mapping[str, ConfigKey] = {**_WHERE, **_ASKING, **_WRITING, **_LABELS, **_ELSEWHERE}
"""Every setting by name. Defaults are those of the public project."""
