"""Makes patterns of tables from the names that dbxmetagen takes, in a parameter or a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig, is_nothing
from lakegloss.compat.dbxmetagen.configuration.names_file import names_in
from lakegloss.core.names import join_path, split_path
from lakegloss.errors import SettingsError
from lakegloss.settings import patterns_in

_MOST_PARTS = 3
INFRASTRUCTURE = (
    "metadata_generation_log*", "temp_metadata_generation_log_*", "metadata_control_*",
    "table_processing_log", "dbxmetagen_token_usage", "llm_payloads", "customer_context",
    "table_knowledge_base", "column_knowledge_base", "schema_knowledge_base",
    "extended_table_metadata", "profiling_snapshots", "column_profiling_stats",
    "metadata_quality_*", "data_quality_*", "graph_nodes", "graph_edges", "node_embeddings",
    "ontology_*", "discovered_ontology*", "fk_predictions", "semantic_*", "metric_view_*",
)  # fmt: skip
"""dbxmetagen's own tables, which it never describes, as patterns of names in its schema."""


def patterns_of(config: MetadataConfig) -> list[str]:
    """The tables that the settings select, as patterns; names of two parts get the catalog.

    Raises:
        SettingsError: no table or no catalog is named, or a name or the file cannot be read.
    """
    names = list(_names(config))
    if not names:
        raise SettingsError(
            "No table is named.",
            remedy="Give table_names (catalog.schema.table, or catalog.schema.*), or a file of "
            "names: source_file_path.",
        )
    return list(dict.fromkeys(_whole(name, config) for name in names))


def infrastructure_of(config: MetadataConfig) -> list[str]:
    """Patterns of dbxmetagen's own tables in the schema of the settings."""
    if not config.exclude_infrastructure or is_nothing(config.catalog_name):
        return []
    place = (str(config.catalog_name).lower(), str(config.schema_name).lower())
    return [join_path((*place, name)) for name in INFRASTRUCTURE]


def _names(config: MetadataConfig) -> Iterator[str]:
    given = config.table_names
    listed = [str(name) for name in given] if isinstance(given, list) else _parts(given)
    yield from (name for name in listed if not is_nothing(name))
    from_file = config.table_names_source == "csv_file_path"
    # Who names tables in the call means these: every shipped file names a file of names, too.
    own = config.arguments if "table_names" in config.arguments else config.given
    if from_file and (not listed or "table_names_source" in own):
        yield from names_in(Path(str(config.source_file_path)), required=not listed)


def _parts(given: Any) -> list[str]:
    return [] if is_nothing(given) else list(patterns_in(str(given)))


def _whole(name: str, config: MetadataConfig) -> str:
    try:
        parts = split_path(name.strip().lower())
    except ValueError:
        parts = ()
    if not 1 < len(parts) <= _MOST_PARTS:
        raise SettingsError(
            f"{name[:200]!r} is no name of a table.",
            remedy="Write schema.table, catalog.schema.table or catalog.schema.*; odd names in "
            "backticks.",
        )
    if len(parts) == _MOST_PARTS:
        return join_path(parts)
    return join_path((catalog_of(config), *parts))


def catalog_of(config: MetadataConfig) -> str:
    """The catalog of the settings.

    Raises:
        SettingsError: none is named.
    """
    if is_nothing(config.catalog_name):
        raise SettingsError(
            "No catalog is named.",
            remedy="Give catalog_name; on a laptop it is spark_catalog.",
        )
    return str(config.catalog_name).strip().lower()
