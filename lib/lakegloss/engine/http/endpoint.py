"""Where the model is: the address, the key, and how it is spoken to."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from lakegloss.engine.http.credentials import (
    MINTED_SECONDS,
    Credential,
    DriverKey,
    KeyFile,
    NoCredential,
)
from lakegloss.engine.http.secrets import SECRETS
from lakegloss.errors import EndpointAuthError, EnvironmentNotReadyError, SettingsError
from lakegloss.settings_views import EndpointSettings

SERVING_PATH = "/serving-endpoints"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An OpenAI-compatible API.

    Attributes:
        base_url: what /chat/completions is appended to.
        structured: how an answer's schema is asked for: json_schema, json_object or off.
        timeout, connect_timeout: seconds for a call, and of it to connect.
        proxy: URL of an HTTP proxy, '' for none; it is not sent to workers.
    """

    base_url: str
    model: str
    credential: Credential = field(default_factory=NoCredential)
    structured: str = "json_schema"
    timeout: float = 120.0
    connect_timeout: float = 10.0
    proxy: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        return f"{self.base_url}/chat/completions"

    def for_partitions(self) -> "Endpoint":
        """The same endpoint with a credential that Spark's workers may have.

        Raises:
            SettingsError: the credential must not leave the driver.
        """
        return replace(self, credential=self.credential.for_partitions(), proxy="")


def endpoint_from(settings: EndpointSettings) -> Endpoint:
    """The endpoint that the settings name.

    `databricks`, or a workspace's URL that ends in /serving-endpoints, takes address and key from
    the environment as databricks-sdk does, unless a key is set.

    Raises:
        SettingsError: model or endpoint are missing, or the address is not a URL.
        EnvironmentNotReadyError: databricks-sdk is needed and not installed.
        EndpointAuthError: the key file holds no key, or databricks-sdk found no way to log in.
    """
    if not settings.model:
        raise SettingsError("No model is set.", remedy="Set model and endpoint.")
    base_url, credential = _address(settings)
    return Endpoint(
        base_url=base_url,
        model=settings.model,
        credential=credential,
        structured=settings.structured,
        timeout=settings.call_timeout,
        proxy=_proxy(base_url),
    )


def _address(settings: EndpointSettings) -> tuple[str, Credential]:
    address = settings.endpoint.strip().rstrip("/")
    credential = _given_key(settings)
    if address == "databricks":
        return _databricks("", credential)
    remedy = "Set endpoint to a base URL such as https://host/v1, or to 'databricks'."
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as error:  # not the address itself: a login may stand in it
        raise SettingsError(f"The endpoint is not a URL: {error}.", remedy=remedy) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        shown = address.rpartition("@")[2]  # without a login
        raise SettingsError(f"The endpoint {shown!r} is not a URL.", remedy=remedy)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SettingsError(
            f"The endpoint at {parts.hostname!r} carries a user, a query or a fragment in its URL.",
            remedy="Set endpoint to scheme, host and path only, and the key by api_key_file.",
        )
    if parts.path.endswith(SERVING_PATH) and isinstance(credential, NoCredential):
        return _databricks(f"{parts.scheme}://{parts.netloc}", credential)
    return address.removesuffix("/chat/completions"), credential


def _given_key(settings: EndpointSettings) -> Credential:
    if settings.api_key_file is not None:
        key_file = KeyFile(settings.api_key_file)
        key_file.token()  # better said now than after the inventory
        return key_file
    if settings.api_key is None:
        return NoCredential()
    key = settings.api_key.get_secret_value().strip()
    if not key.isascii() or not key.isprintable():
        raise SettingsError(
            "The API key holds characters that no header can carry.", remedy="Correct api_key."
        )
    SECRETS.know(key)  # before it is sent: another endpoint's server may quote it
    return DriverKey(lambda: key)


def _databricks(host: str, given: Credential) -> tuple[str, Credential]:
    try:
        from databricks.sdk.core import Config
    except ImportError:
        raise EnvironmentNotReadyError(
            "The endpoint 'databricks' needs databricks-sdk, which is not installed.",
            remedy="Run: pip install databricks-sdk",
        ) from None
    try:
        config = Config(host=host) if host else Config()
    except ValueError as error:
        raise EndpointAuthError(
            f"databricks-sdk cannot log in: {str(error)[:300]}",
            remedy="Run `databricks auth login`, or set DATABRICKS_HOST and DATABRICKS_TOKEN.",
        ) from None
    base_url = f"{str(config.host).rstrip('/')}{SERVING_PATH}"
    return base_url, databricks_credential(config) if isinstance(given, NoCredential) else given


def databricks_credential(config: Any) -> DriverKey:
    """A credential over a `databricks.sdk.core.Config`, which refreshes tokens by itself."""

    def source() -> str:
        return str(config.authenticate().get("Authorization", "")).removeprefix("Bearer ")

    return DriverKey(source, _minter(config, source))


def _minter(config: Any, source: Callable[[], str]) -> Callable[[], str]:
    def mint() -> str:
        # OAuth tokens live for an hour at most; a personal access token may live for years.
        if config.auth_type != "pat":
            return source()
        from databricks.sdk import WorkspaceClient

        made = WorkspaceClient(config=config).tokens.create(
            comment="lakegloss, one job", lifetime_seconds=MINTED_SECONDS
        )
        return str(made.token_value)

    return mint


def _proxy(base_url: str) -> str:
    """The proxy that the driver's environment names for the address."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(base_url)
    if proxy_bypass(parts.netloc):
        return ""
    proxy = getproxies().get(parts.scheme, "")
    SECRETS.know(_password(proxy))
    return proxy


def _password(url: str) -> str:
    try:
        return unquote(urlsplit(url).password or "")
    except ValueError:
        return ""
