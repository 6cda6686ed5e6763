"""Tells a serving endpoint of Databricks who gets how many requests, as a rollout has it."""

import logging
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import quote

from lakegloss.core.release.rollout_steps import RolloutRow
from lakegloss.core.release.traffic import (
    JsonObject,
    TrafficShares,
    followed_config,
    shares_of,
)
from lakegloss.core.text.causes import first_line
from lakegloss.errors import (
    EndpointAuthError,
    EndpointError,
    EndpointUnavailableError,
    EnvironmentNotReadyError,
    InputError,
)

_PATH = "/api/2.0/serving-endpoints"
_POLL_SECONDS = 10.0
_RETRY_SECONDS = 60
_LOG_IN = "Run `databricks auth login`, or set DATABRICKS_HOST and DATABRICKS_TOKEN."
_log = logging.getLogger("lakegloss.rollout")


class TrafficTold(StrEnum):
    """What came of telling an endpoint.

    SAME: it had these shares. SET: it was told, and serves them when its versions are ready. BUSY:
    it is changing for somebody else, so the next step tells it.
    """

    SAME = "same"
    SET = "set"
    BUSY = "busy"


class WorkspaceApi(Protocol):
    """Calls the workspace; `do` of an `ApiClient` of databricks-sdk."""

    def do(self, method: str, path: str, *, body: Any = None) -> Any:
        """Send a request; gives the answer's JSON, or raises an error of the SDK."""


def workspace_api() -> WorkspaceApi:
    """The workspace that the environment names.

    Raises:
        EnvironmentNotReadyError: databricks-sdk is not installed.
        EndpointAuthError: it finds no login.
    """
    try:
        from databricks.sdk.core import ApiClient, Config
    except ImportError:
        raise EnvironmentNotReadyError(
            "A serving endpoint needs databricks-sdk, which is not installed.",
            remedy="Run: pip install databricks-sdk",
        ) from None
    try:
        api: WorkspaceApi = ApiClient(Config(retry_timeout_seconds=_RETRY_SECONDS))
    except ValueError as error:
        raise EndpointAuthError(
            f"databricks-sdk cannot log in: {first_line(error, 300)}",
            remedy=_LOG_IN,
        ) from None
    return api


class ServingTraffic:
    """The traffic of one serving endpoint.

    Args:
        endpoint: its name in the workspace.
        clock, sleep: seconds, for `wait`.
    """

    def __init__(
        self,
        api: WorkspaceApi,
        endpoint: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api = api
        self._endpoint = endpoint
        self._path = f"{_PATH}/{quote(endpoint, safe='')}"
        self._clock = clock
        self._sleep = sleep

    def follow(self, row: RolloutRow, *, champion: int = 0, wait: float = 0.0) -> TrafficTold:
        """Make the endpoint's traffic what a rollout's row says, and the decisions since.

        Nothing is sent where it is so. An endpoint changes its versions and its traffic together,
        once the new ones are ready; until then it serves what it did.

        Args:
            champion: see `shares_of`.
            wait: seconds to try again while the endpoint is changing, and to wait for the end of
                the change that was asked for.

        Raises:
            InputError: the endpoint does not exist, serves another model, or refuses the change.
            EndpointAuthError: no right to see or change it.
            EndpointError: the workspace does not answer, or fails.
        """
        end, shares = self._clock() + wait, shares_of(row, champion=champion)
        while (found := self._once(row.name, shares)) is TrafficTold.BUSY and self._clock() < end:
            self._sleep(_POLL_SECONDS)
        while found is TrafficTold.SET and self._clock() < end and self._is_changing(self._read()):
            self._sleep(_POLL_SECONDS)
        return found

    def _once(self, model: str, shares: TrafficShares) -> TrafficTold:
        told = self._read()
        config = followed_config(told.get("config") or {}, shares, model=model)
        if self._is_changing(told):
            # What is under way may be what is asked for now: then nothing is left to do.
            coming = told.get("pending_config") or told.get("config") or {}
            is_coming = followed_config(coming, shares, model=model) is None
            return TrafficTold.SET if is_coming else TrafficTold.BUSY
        if config is None:
            return TrafficTold.SAME
        return self._write(config)

    def _read(self) -> JsonObject:
        found: JsonObject = self._called("GET", self._path)
        return found

    def _write(self, config: JsonObject) -> TrafficTold:
        from databricks.sdk.errors import ResourceConflict

        try:
            self._called("PUT", f"{self._path}/config", body=config)
        except ResourceConflict:  # somebody else began a change since it was read
            return TrafficTold.BUSY
        _log.info("the endpoint %s is told: %s", self._endpoint, config["traffic_config"])
        return TrafficTold.SET

    def _is_changing(self, told: JsonObject) -> bool:
        state = (told.get("state") or {}).get("config_update")
        if state == "UPDATE_FAILED":
            _log.warning("the last change of the endpoint %s failed", self._endpoint)
        return bool(state == "IN_PROGRESS")

    def _called(self, method: str, path: str, *, body: Any = None) -> Any:
        from databricks.sdk.errors import (
            BadRequest,
            NotFound,
            PermissionDenied,
            ResourceConflict,
            Unauthenticated,
        )
        from databricks.sdk.errors.base import DatabricksError

        named = f"The serving endpoint {self._endpoint!r}"
        try:
            return self._api.do(method, path, body=body)
        except ResourceConflict:
            raise
        except NotFound:
            raise InputError(
                f"{named} does not exist.", remedy="See `databricks serving-endpoints list`."
            ) from None
        except (PermissionDenied, Unauthenticated) as error:
            raise EndpointAuthError(
                f"{named} may not be changed: {first_line(error, 300)}",
                remedy="Give CAN MANAGE on it to who steps the rollout.",
            ) from None
        except DatabricksError as error:
            if _is_changing_elsewhere(error):
                raise ResourceConflict(str(error)) from None
            if isinstance(error, BadRequest):
                raise InputError(
                    f"{named} refuses the change: {first_line(error, 300)}",
                    remedy="See its events, and the versions that it serves.",
                ) from None
            raise EndpointError(
                f"{named} cannot be changed: {first_line(error, 300)}", remedy="Try again."
            ) from None
        except (OSError, TimeoutError) as error:
            raise EndpointUnavailableError(
                f"The workspace does not answer: {first_line(error, 300)}", remedy="Try again."
            ) from None
        except ValueError as error:  # so the SDK tells of a login that is refused, or ran out
            raise EndpointAuthError(
                f"databricks-sdk cannot log in: {first_line(error, 300)}", remedy=_LOG_IN
            ) from None


def _is_changing_elsewhere(error: Exception) -> bool:
    """Whether an error of another kind says that the endpoint is changing."""
    text = str(error).lower()
    return "update" in text and ("in progress" in text or "currently" in text)
