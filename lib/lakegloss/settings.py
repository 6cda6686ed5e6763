"""Defines all settings, read once: options over environment (LAKEGLOSS_*) over lakegloss.toml."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from lakegloss.errors import SettingsError
from lakegloss.settings_views import (
    IN_FLIGHT,
    AlertSettings,
    AskSettings,
    CallSettings,
    DraftingSettings,
    Personal,
    PlanSettings,
    PolicyName,
    ProfileSettings,
    ReportSettings,
    ReviewSettings,
    ServiceSettings,
    StyleName,
    TransportName,
    Values,
)

View = TypeVar("View")
PREFIX = "LAKEGLOSS_"
FILE_NAME = "lakegloss.toml"
_NOT_SETTINGS = {"LAKEGLOSS_CONFIG", "LAKEGLOSS_FAULT", "LAKEGLOSS_JARS"}

_NAME_OR_QUOTED = re.compile(r"(?:`[^`]*`|[^,\n])+")
_PART = r"(?:`(?:[^`]|``)+`|[^.`\";]+)"
_PATTERN = re.compile(rf"{_PART}(?:\.{_PART})*")
_SECRET = {
    "api_key",
    "api_key_file",
    "serve_database",
    "alert_webhook",
    "alert_webhook_secret",
}


class Settings(BaseSettings):
    """Everything that can be set. Settings cannot change once read; unknown names are errors.

    Times are in seconds, prices in dollars per million tokens.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, protected_namespaces=()
    )

    # Where lakegloss keeps its things
    home: Path = Field(Path(".lakegloss"), description="folder of the local catalog and journal")
    catalog_wait: float = Field(
        120.0,
        ge=0,
        description="seconds to wait for another command that holds the local catalog, and for a "
        "remote Spark to answer",
    )
    catalog: str = Field("", description="catalog of lakegloss' own tables; '' is the session's")
    schema_name: str = Field("lakegloss", description="schema of lakegloss' own tables")
    journal: str = Field("", description="folder of the journal (a Volume on Databricks)")

    # What is described, and how
    exclude: str = Field(
        "", description="patterns of tables that are left out, with commas between them"
    )
    policy: PolicyName = Field(
        "missing", description="what is described: missing, thin or stale comments, or all"
    )
    thin_words: int = Field(4, ge=1, le=100, description="thin: fewer words than this")
    overwrite_human: bool = Field(default=False, description="replace text that people wrote")
    style: StyleName = Field(
        "standard", description="how much a comment says: concise, standard or detailed"
    )
    language: str = Field(
        "English", min_length=1, max_length=60, description="language of the model's comments"
    )
    guidance: Path | None = Field(
        None, description="YAML file of guidance and glossary lines (docs/guidance.md)"
    )
    label_file: Path | None = Field(
        None, description="YAML file of labels: tags, values and domains (docs/labels.md)"
    )
    values: Values = Field("masked", description="which values may leave the lake")
    personal: Personal = Field(
        "builtin", description="who finds personal data: lakegloss, or Presidio as well"
    )
    inherit: bool = Field(
        default=True, description="describe columns that repeat once; the others take it over"
    )
    house_examples: int = Field(
        400,
        ge=0,
        le=20_000,
        description="tokens of a request for what people wrote nearby, at most; 0 is none",
    )
    max_table_comment: int = Field(
        1000, ge=20, le=100_000, description="characters of a table's comment, at most"
    )
    max_column_comment: int = Field(
        500, ge=20, le=100_000, description="characters of a column's comment, at most"
    )
    apply_window: str = Field(
        "", description="when apply may write: 22:00-05:00 Europe/Berlin (UTC without a zone)"
    )

    # Evidence
    sample_rows: int = Field(200_000, ge=100, description="rows read of a table, at most")
    sample_seed: int = Field(20_261, description="seed of the sample: the same seed, the same rows")
    parallel_tables: int = Field(4, ge=1, le=64, description="tables handled at the same time")

    # The model
    model: str = Field("", description="name of the model; '' is the built-in rules")
    endpoint: str = Field("", description="base URL of an OpenAI-compatible API, or 'databricks'")
    api_key: SecretStr | None = Field(
        None, description="key of the endpoint, best set in the environment"
    )
    api_key_file: Path | None = Field(None, description="file that holds the key and nothing else")
    temperature: float | None = Field(
        None, ge=0, le=2, description="temperature of the model; None leaves it to the endpoint"
    )
    structured: Literal["json_schema", "json_object", "off"] = Field(
        "json_schema", description="how answers are kept in form: json_schema, json_object or off"
    )
    transport: TransportName = Field(
        "driver", description="who calls: driver, partitions or ai_query (docs/transports.md)"
    )
    request_tokens: int = Field(2_400, ge=500, description="input tokens of a request, at most")
    max_asks: int = Field(3, ge=1, le=10, description="how often one asset is asked about, at most")

    # Calls
    in_flight: int = Field(
        IN_FLIGHT, ge=1, le=4096, description="calls in flight at the same time, at most"
    )
    partitions: int = Field(4, ge=1, le=1024, description="tasks of the partitions transport")
    call_timeout: float = Field(120.0, gt=0, description="seconds that one call may take")
    run_timeout: float | None = Field(None, gt=0, description="seconds that a run may take")
    attempts: int = Field(5, ge=1, le=20, description="attempts at one request, at most")
    retry_after_cap: float = Field(60.0, gt=0, description="longest wait that a server may ask for")
    max_tokens_total: int | None = Field(None, ge=1, description="budget of tokens for a run")
    max_cost: float | None = Field(None, gt=0, description="budget in dollars for a run")
    price_input: float | None = Field(
        None, ge=0, description="dollars per million input tokens, for costs and max_cost"
    )
    price_output: float | None = Field(
        None, ge=0, description="dollars per million output tokens, for costs and max_cost"
    )

    # Versions of programs (docs/versions.md)
    program: str = Field(
        "", description="registered comment program, name@alias or name/3; '' is the built-in one"
    )
    registry_uri: str = Field("", description="MLflow's registry; '' is MLflow's own choice")
    registry_experiment: str = Field("lakegloss", description="experiment of registered programs")
    registry_allow: str = Field(
        "", description="names whose versions may be used; '' is lakegloss* and this schema's"
    )

    # A rollout's challenger that answers beside the champion (docs/production.md)
    shadow_tokens: int = Field(
        200_000,
        ge=0,
        description="budget of tokens of a run, and of a day of the service, for answers of a "
        "challenger that nobody sees; 0 is none",
    )
    shadow_cost: float | None = Field(
        None, gt=0, description="budget in dollars of a run, and of a day, for these answers"
    )

    served_model: str = Field(
        "lakegloss-comments", description="serving endpoint that SQL functions ask (docs/sql.md)"
    )

    # The REST service (docs/service.md)
    serve_host: str = Field("127.0.0.1", description="address that the service listens at")
    serve_port: int = Field(
        8001, ge=0, le=65_535, description="port of the service; 0 is any free port"
    )
    serve_database: SecretStr | None = Field(
        None, description="URL of the service's database; by default a SQLite file in home"
    )
    serve_programs: Path | None = Field(None, description="folder of programs in YAML files")
    serve_models: Path | None = Field(
        None, description="TOML file of more models, and of models that stand in for others"
    )
    serve_registry: bool = Field(
        default=False, description="also execute registered programs, by name@alias or name/3"
    )
    serve_refresh: float = Field(
        5.0, ge=0.1, le=3_600, description="seconds until the service follows a promotion, at most"
    )
    serve_timeout: float = Field(300.0, gt=0, description="seconds that an execution may take")
    serve_workers: int = Field(200, ge=1, le=10_000, description="executions at the same time")
    serve_callers: Literal["keys", "databricks"] = Field(
        "keys", description="who may call: callers with a key, or also users of a Databricks app"
    )
    serve_rate: int = Field(
        600, ge=1, description="requests per minute, for keys without their own limit"
    )
    serve_body_bytes: int = Field(1_000_000, ge=1_000, description="bytes of a request, at most")
    serve_body_depth: int = Field(
        64, ge=4, le=500, description="levels of a request's JSON, at most"
    )
    serve_keep_inputs: bool = Field(
        default=False, description="keep inputs of executions, reduced as `values` says"
    )
    serve_retention_days: int = Field(
        30, ge=1, le=36_500, description="days that executions are kept"
    )
    serve_drain: int = Field(30, ge=0, description="seconds that requests may still take on a stop")

    # Alerts, as in docs/production.md
    alert_latency: float = Field(
        5.0, gt=0, description="alert where calls take longer than this on average"
    )
    alert_success_rate: float = Field(
        0.9, gt=0, le=1, description="alert where a smaller share of calls succeeds"
    )
    alert_quality: float = Field(
        0.7, gt=0, le=1, description="alert where the mean quality is lower"
    )
    alert_drift_items: int = Field(
        10_000,
        ge=0,
        description="items between two false alarms of drift, on average: 36500 is one a year at "
        "100 items a day; 0 looks for no drift",
    )
    alert_webhook: SecretStr | None = Field(
        None, description="address that gets a request for each alert that begins or ends"
    )
    alert_webhook_secret: SecretStr | None = Field(
        None, description="secret of 16 characters or more that signs these requests"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings

    @field_validator("exclude", mode="before")
    @classmethod
    def _joined(cls, value: Any) -> Any:
        return ",".join(map(str, value)) if isinstance(value, list | tuple) else value

    @field_validator("exclude")
    @classmethod
    def _names_tables(cls, value: str) -> str:
        # A pattern that cannot be read would leave nothing out, and tables would be written.
        for pattern in patterns_in(value):
            if not _PATTERN.fullmatch(pattern):
                raise ValueError(
                    f"{pattern!r} is no pattern of tables; write sales.tmp_*, a schema, or odd "
                    "names in backticks: sales.`a.b`; several with commas"
                )
        return value

    @property
    def excluded(self) -> tuple[str, ...]:
        """The patterns of `exclude`."""
        return patterns_in(self.exclude)

    @model_validator(mode="after")
    def _check_together(self) -> "Settings":
        if self.max_cost is not None and (self.price_input is None or self.price_output is None):
            raise ValueError(
                "max_cost: a budget in dollars needs price_input and price_output; "
                "set both, or use max_tokens_total"
            )
        if self.shadow_cost is not None and (self.price_input is None or self.price_output is None):
            raise ValueError(
                "shadow_cost: a budget in dollars needs price_input and price_output; "
                "set both, or use shadow_tokens"
            )
        if self.model and not self.endpoint and self.transport != "ai_query":
            raise ValueError(
                f"model: {self.model!r} needs an endpoint; set endpoint to the base URL of an "
                "OpenAI-compatible API, or clear model to use the built-in rules"
            )
        return self

    @property
    def journal_folder(self) -> Path:
        """The folder in which answers are kept until they are in the responses table."""
        return Path(self.journal) if self.journal else self.home / "journal"

    # Narrow views (settings_views.py), which the edges hand on in place of all settings.

    @property
    def profile(self) -> ProfileSettings:
        """How tables are read."""
        return self._view(ProfileSettings)

    @property
    def calls(self) -> CallSettings:
        """The bounds of calls."""
        return self._view(CallSettings)

    @property
    def asking(self) -> AskSettings:
        """The model and how it is asked, with the key."""
        return self._view(AskSettings)

    @property
    def planning(self) -> PlanSettings:
        """What is described."""
        return self._view(PlanSettings)

    @property
    def drafting(self) -> DraftingSettings:
        """What comments are drafted, and how."""
        return self._view(DraftingSettings)

    @property
    def reviewing(self) -> ReviewSettings:
        """What people see and write when they decide."""
        return self._view(ReviewSettings)

    @property
    def reporting(self) -> ReportSettings:
        """What a report shows."""
        return self._view(ReportSettings)

    @property
    def service(self) -> ServiceSettings:
        """The bounds of executions over REST."""
        return self._view(ServiceSettings)

    @property
    def alerting(self) -> AlertSettings:
        """What alerts are told."""
        return self._view(AlertSettings)

    def _view(self, kind: type[View]) -> View:
        names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
        return kind(**{name: getattr(self, name) for name in names})

    def public(self) -> dict[str, Any]:
        """The settings as JSON values, without secrets."""
        return self.model_dump(mode="json", exclude=_SECRET)

    def listed(self) -> dict[str, str]:
        """Every setting as text, in order; of a secret only whether it is set."""
        public_values = self.public()
        return {
            name: str(public_values[name])
            if name in public_values
            else "(not set)"
            if getattr(self, name) is None
            else "(set)"
            for name in type(self).model_fields
        }


def patterns_in(text: str) -> tuple[str, ...]:
    """The patterns in a list with commas or in lines; what is within backticks is a name's."""
    return tuple(part.strip() for part in _NAME_OR_QUOTED.findall(text) if part.strip())


def load_settings(
    *, file: Path | None = None, environ: Mapping[str, str] | None = None, **options: Any
) -> Settings:
    """Read the settings; where an option is None, the environment or the file decides.

    Args:
        file: a TOML file; by default LAKEGLOSS_CONFIG, else lakegloss.toml if it exists.
        environ: the environment variables; by default those of the process.

    Raises:
        SettingsError: a name is unknown, a value cannot be used, or the file cannot be read.
    """
    env = os.environ if environ is None else environ
    setting_names = set(Settings.model_fields)
    path = file or _configured_file(env)
    values = _from_file(path) if path else {}
    _refuse_unknown(values, setting_names, where=str(path))
    names = {k[len(PREFIX) :].lower(): k for k in env if k.startswith(PREFIX)}
    for name in _NOT_SETTINGS:
        names.pop(name[len(PREFIX) :].lower(), None)
    _refuse_unknown(names, setting_names, where="the environment (LAKEGLOSS_...)")
    values |= {name: env[variable] for name, variable in names.items()}
    _refuse_unknown(options, setting_names, where="the options")
    values |= {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError(_explain(error), remedy="See `lakegloss settings`.") from None


def _configured_file(env: Mapping[str, str]) -> Path | None:
    if "LAKEGLOSS_CONFIG" in env:
        return Path(env["LAKEGLOSS_CONFIG"])
    path = Path(FILE_NAME)
    return path if path.is_file() else None


def _from_file(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except OSError as error:
        raise SettingsError(
            f"The settings file {str(path)!r} cannot be read: {error.strerror}.",
            remedy="Correct --config or LAKEGLOSS_CONFIG.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The settings file {str(path)!r} is not valid TOML: {error}.",
            remedy='Write lines like: policy = "missing".',
        ) from None


def _refuse_unknown(names: Mapping[str, Any], setting_names: set[str], *, where: str) -> None:
    import difflib

    for name in names:
        if name not in setting_names:
            near = difflib.get_close_matches(name, setting_names, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else "`lakegloss settings` lists all."
            raise SettingsError(f"There is no setting {name!r} (in {where}).", remedy=hint)


def _explain(error: ValidationError) -> str:
    lines = []
    for item in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in item["loc"])
        message = item["msg"].removeprefix("Value error, ")
        lines.append(f"{name}: {message}." if name else f"{message}.")
    return " ".join(lines)
