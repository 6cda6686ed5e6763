"""Defines narrow views of the settings: each part of lakegloss knows only what it needs.

`Settings` makes the views. Only the edges hold all settings: the front door, commands, jobs, and
the start of the service. They hand on views. Only `EndpointSettings` and `AskSettings` have the key
of the model; only `DatabaseSettings` has the login of the service's database; only
`MonitorSettings` has that, and a webhook's address and secret.

Views that are handed on are frozen copies. A function at an edge that reads a few settings and
keeps nothing asks for a Protocol, which `Settings` fulfils, too.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import SecretStr

Values = Literal["none", "shapes", "masked", "raw"]
Personal = Literal["builtin", "presidio"]
StyleName = Literal["concise", "standard", "detailed"]
PolicyName = Literal["missing", "thin", "stale", "all"]
TransportName = Literal["driver", "partitions", "ai_query"]
IN_FLIGHT = 32
"""Calls in flight at the same time, at most, where nothing else is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSettings:
    """How tables are read, and which of their values may leave the lake."""

    values: Values
    personal: Personal
    sample_rows: int
    sample_seed: int
    parallel_tables: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSettings:
    """Dollars per million tokens; None where no price is set."""

    price_input: float | None
    price_output: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSettings(PriceSettings):
    """The bounds of a run's calls, and who makes them. Times in seconds."""

    transport: TransportName
    in_flight: int
    partitions: int
    attempts: int
    retry_after_cap: float
    run_timeout: float | None
    max_tokens_total: int | None
    max_cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSettings:
    """A model, its address and its key."""

    model: str
    endpoint: str
    api_key: SecretStr | None
    api_key_file: Path | None
    temperature: float | None
    structured: Literal["json_schema", "json_object", "off"]
    call_timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSettings(EndpointSettings):
    """A model and how it is asked: the bounds of calls, and the folder of the journal."""

    calls: CallSettings
    journal_folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSettings:
    """What is described, and what a comment's fingerprint depends on."""

    model: str
    policy: PolicyName
    thin_words: int
    overwrite_human: bool
    style: StyleName
    language: str
    guidance: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftingSettings:
    """What comments are drafted, in which style, and how often and in what portions one asks."""

    model: str
    temperature: float | None
    values: Values
    policy: PolicyName
    thin_words: int
    style: StyleName
    language: str
    inherit: bool
    house_examples: int
    request_tokens: int
    max_asks: int
    max_table_comment: int
    max_column_comment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSettings:
    """What people see of an asset when they decide, and how much they may write."""

    values: Values
    overwrite_human: bool
    max_table_comment: int
    max_column_comment: int
    parallel_tables: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings(PriceSettings):
    """What a report shows and counts."""

    values: Values
    thin_words: int
    max_table_comment: int
    max_column_comment: int
    parallel_tables: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """The bounds of executions over REST: seconds, and how many at the same time."""

    serve_timeout: float
    serve_workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings(PriceSettings):
    """When an alert begins: seconds, shares, and items between two false alarms of drift."""

    alert_latency: float
    alert_success_rate: float
    alert_quality: float
    alert_drift_items: int


class LedgerSettings(Protocol):
    """Where lakegloss' own tables are, and which tables of the lake are left out."""

    @property
    def catalog(self) -> str: ...
    @property
    def schema_name(self) -> str: ...
    @property
    def excluded(self) -> tuple[str, ...]: ...


class ExchangeSettings(LedgerSettings, Protocol):
    """Which tables files of other tools describe, and which values they may show."""

    @property
    def values(self) -> Values: ...
    @property
    def parallel_tables(self) -> int: ...


class FunctionSettings(LedgerSettings, Protocol):
    """Where SQL functions are, and which endpoint they ask."""

    @property
    def served_model(self) -> str: ...


class RegistrySettings(LedgerSettings, Protocol):
    """Where versions of programs are, and which names may be used."""

    @property
    def home(self) -> Path: ...
    @property
    def registry_uri(self) -> str: ...
    @property
    def registry_experiment(self) -> str: ...
    @property
    def registry_allow(self) -> str: ...


class DatabaseSettings(Protocol):
    """Where the service's database is; its URL may hold a login."""

    @property
    def home(self) -> Path: ...
    @property
    def serve_database(self) -> SecretStr | None: ...


class MonitorSettings(LedgerSettings, DatabaseSettings, Protocol):
    """What a round of the monitor reads, when it alerts, and where it tells of it."""

    @property
    def alerting(self) -> AlertSettings: ...
    @property
    def alert_webhook(self) -> SecretStr | None: ...
    @property
    def alert_webhook_secret(self) -> SecretStr | None: ...


class PublicSettings(Protocol):
    """The settings as they may be shown and kept."""

    def public(self) -> dict[str, Any]:
        """All settings as JSON values, without secrets."""


class ModelSettings(Protocol):
    """The model, how it is asked, and the bounds of a run's calls."""

    @property
    def model(self) -> str: ...
    @property
    def asking(self) -> AskSettings: ...
    @property
    def calls(self) -> CallSettings: ...


class TaggingSettings(LedgerSettings, PublicSettings, Protocol):
    """Which file describes labels, and when and how many tables at a time get tags."""

    @property
    def label_file(self) -> Path | None: ...
    @property
    def parallel_tables(self) -> int: ...
    @property
    def apply_window(self) -> str: ...


class LabelSettings(TaggingSettings, ModelSettings, Protocol):
    """How tables are read for labels, and how a model is asked about them."""

    @property
    def profile(self) -> ProfileSettings: ...
    @property
    def drafting(self) -> DraftingSettings: ...
    @property
    def journal_folder(self) -> Path: ...


class MeasuringSettings(LedgerSettings, PublicSettings, ModelSettings, Protocol):
    """What an evaluation asks, and where it records what it found."""

    @property
    def journal_folder(self) -> Path: ...


class CarrySettings(PublicSettings, Protocol):
    """What a run of carried answers keeps of the settings, and the prices of their tokens."""

    @property
    def calls(self) -> CallSettings: ...


class PackageSettings(PublicSettings, Protocol):
    """What a registered model keeps of the settings."""

    @property
    def model(self) -> str: ...
    @property
    def endpoint(self) -> str: ...
    @property
    def personal(self) -> Personal: ...
