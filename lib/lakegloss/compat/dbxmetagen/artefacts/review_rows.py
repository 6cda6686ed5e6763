"""Makes the rows of dbxmetagen's review files, in its columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lakegloss.compat.dbxmetagen.artefacts.statement_forms import comment_statement
from lakegloss.core.assets import AssetKey
from lakegloss.core.names import join_path, split_path
from lakegloss.core.selection import SESSION_CATALOG

COMMENT_COLUMNS = (
    "table", "tokenized_table", "ddl_type", "column_name", "column_content", "_created_at",
    "catalog", "schema", "table_name", "ddl", "current_user", "model", "sample_size", "max_tokens",
    "temperature", "columns_per_call", "status",
)  # fmt: skip
PERSONAL_COLUMNS = (*COMMENT_COLUMNS[:4], "classification", "type", "confidence",
                    "presidio_results", *COMMENT_COLUMNS[5:])  # fmt: skip
DOMAIN_COLUMNS = (*COMMENT_COLUMNS[:4], "domain", "subdomain", "confidence", *COMMENT_COLUMNS[5:])
COLUMNS_BY_MODE: Mapping[str, tuple[str, ...]] = {
    "comment": COMMENT_COLUMNS,
    "pi": PERSONAL_COLUMNS,
    "domain": DOMAIN_COLUMNS,
}
_TWO = 2
_SETTINGS = ("sample_size", "max_tokens", "temperature", "columns_per_call")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedText:
    """A comment that lakegloss proposes for an asset; column '' is the table itself."""

    key: AssetKey
    text: str
    model: str
    status: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMaker:
    """Knows what the rows of one file have in common.

    Attributes:
        token: stands in `tokenized_table` in place of the catalog's name.
        config: the settings that rows name (sample_size and others).
    """

    token: str
    user: str
    config: Mapping[str, Any]
    comment_on_column: bool

    def comment_rows(self, texts: Iterable[ProposedText]) -> list[dict[str, str]]:
        """A row for each text, by the names of the columns."""
        return [self._comment_row(text) for text in texts]

    def _comment_row(self, proposed: ProposedText) -> dict[str, str]:
        statement = comment_statement(
            proposed.key, proposed.text, comment_on_column=self.comment_on_column
        )
        return self.row(
            proposed.key, at=proposed.at, model=proposed.model, status=proposed.status,
            ddl=statement, column_content=proposed.text,
        )  # fmt: skip

    def row(
        self,
        key: AssetKey,
        *,
        at: datetime | None,
        model: str,
        status: str,
        ddl: str,
        **content: str,
    ) -> dict[str, str]:
        """A row of any mode; `content` are the columns that people edit."""
        catalog, schema, name = three_parts(key.table)
        return {
            "table": join_path((catalog, schema, name)),
            "tokenized_table": join_path((self.token or catalog, schema, name)),
            "ddl_type": "column" if key.column else "table",
            "column_name": key.column or "None",
            "_created_at": at.isoformat(sep=" ", timespec="seconds") if at else "",
            "catalog": catalog,
            "schema": schema,
            "table_name": name,
            "ddl": ddl,
            "current_user": self.user,
            "model": model,
            "status": status,
            **{name: str(self.config.get(name, "")) for name in _SETTINGS},
            **content,
        }


def three_parts(table: str) -> tuple[str, str, str]:
    """The catalog, the schema and the name of a table; without a catalog the session's."""
    parts = split_path(table)
    whole = (SESSION_CATALOG, *parts) if len(parts) == _TWO else ("", "", *parts)
    catalog, schema, name = whole[-3:]
    return catalog, schema, name
