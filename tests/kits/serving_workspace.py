"""A workspace's serving endpoints over HTTP, as the API's documents say that they behave.

Names are letters, digits, dashes and underscores, unique; percentages are whole and sum to 100; a
route names a served entity; a version must exist. Another update is refused by 409 while one is in
progress; until it is over, the endpoint serves what it did. Whether a live workspace does all of it
the same way is not verified.
"""

import json
import re
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_PATH = re.compile(r"/api/2\.0/serving-endpoints/([^/]+)(/config)?")
_INPUT = {
    "name", "entity_name", "entity_version", "workload_size", "workload_type",
    "scale_to_zero_enabled", "environment_vars", "min_provisioned_concurrency",
    "max_provisioned_concurrency", "instance_profile_arn",
}  # fmt: skip


def config_of(entities: Mapping[str, tuple[str, str]], **percents: int) -> dict[str, Any]:
    """A configuration: entities by name, each a model with its version, and their percentages."""
    return {
        "served_entities": [
            {
                "name": name, "entity_name": model, "entity_version": version,
                "workload_size": "Small", "scale_to_zero_enabled": True,
                "environment_vars": {"LAKEGLOSS_API_KEY": "{{secrets/scope/key}}"},
            }
            for name, (model, version) in entities.items()
        ],
        "traffic_config": {
            "routes": [
                {"served_model_name": name, "traffic_percentage": percent}
                for name, percent in percents.items()
            ]
        },
    }  # fmt: skip


class ServingWorkspace:
    """Endpoints by name; use it in a with statement.

    Attributes:
        slow: how many reads an update takes; 0 is at once.
        forbidden, down: whether changes are refused, or nothing works.
        versions: of each model; an update to another one is refused.
        updates: the configurations that were taken, in order.
    """

    def __init__(self, versions: Mapping[str, set[str]], *, slow: int = 0) -> None:
        self.versions = versions
        self.slow = slow
        self.forbidden = self.down = False
        self.endpoints: dict[str, dict[str, Any]] = {}
        self.updates: list[dict[str, Any]] = []
        self.reads = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def add(self, name: str, config: Mapping[str, Any]) -> None:
        self.endpoints[name] = {"config": dict(config), "pending": None, "left": 0}

    def percents(self, name: str) -> dict[str, int]:
        """The traffic that an endpoint serves now, by entity's version; what is 0 is left out."""
        config = self.endpoints[name]["config"]
        versions = {e["name"]: e["entity_version"] for e in config["served_entities"]}
        return {
            versions[r["served_model_name"]]: r["traffic_percentage"]
            for r in config["traffic_config"]["routes"]
            if r["traffic_percentage"]
        }

    def answer(self, method: str, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        """The status and the JSON of an answer."""
        with self._lock:
            if self.down:
                return 500, {"error_code": "INTERNAL_ERROR", "message": "down"}
            found = _PATH.fullmatch(path)
            if found is None or found[1] not in self.endpoints:
                return 404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such endpoint"}
            endpoint = self.endpoints[found[1]]
            if method == "GET" and not found[2]:
                self.reads += 1
                return 200, self._told(found[1], endpoint)
            if method == "PUT" and found[2]:
                return self._updated(endpoint, body)
            return 404, {"error_code": "ENDPOINT_NOT_FOUND", "message": "no such path"}

    def _told(self, name: str, endpoint: dict[str, Any]) -> dict[str, Any]:
        if endpoint["pending"] is not None:
            endpoint["left"] -= 1
            if endpoint["left"] <= 0:
                endpoint["config"], endpoint["pending"] = endpoint["pending"], None
        config = json.loads(json.dumps(endpoint["config"]))
        for entity in config["served_entities"]:  # what only answers have
            entity |= {"creation_timestamp": 1, "creator": "a@b", "state": {"deployment": "READY"}}
        told = {"name": name, "config": config, "state": {"config_update": "NOT_UPDATING"}}
        if endpoint["pending"] is not None:
            told["pending_config"] = endpoint["pending"]
            told["state"] = {"config_update": "IN_PROGRESS"}
        return told

    def _updated(self, endpoint: dict[str, Any], body: Any) -> tuple[int, dict[str, Any]]:
        if self.forbidden:
            return 403, {"error_code": "PERMISSION_DENIED", "message": "CAN_MANAGE is needed"}
        if endpoint["pending"] is not None:
            return 409, {"error_code": "RESOURCE_CONFLICT", "message": "an update is in progress"}
        if wrong := self._wrong(body):
            return 400, {"error_code": "INVALID_PARAMETER_VALUE", "message": wrong}
        self.updates.append(body)
        endpoint["pending"], endpoint["left"] = body, self.slow
        if not self.slow:
            endpoint["config"], endpoint["pending"] = body, None
        return 200, {}

    def _wrong(self, body: Any) -> str:
        """Why a configuration is refused; '' where it is not."""
        entities = body.get("served_entities") or []
        names = [entity.get("name", "") for entity in entities]
        routes = (body.get("traffic_config") or {}).get("routes") or []
        percents = [route.get("traffic_percentage") for route in routes]
        whole = all(isinstance(p, int) and 0 <= p <= 100 for p in percents)
        checks = {
            "served entities need unique names, ten at most": 0 < len(set(names)) == len(names)
            and len(names) <= 10,
            "a name has letters, digits, dashes and underscores": all(map(_NAME.fullmatch, names)),
            "unknown field": not any(set(entity) - _INPUT for entity in entities),
            "the version does not exist": all(
                e["entity_version"] in self.versions.get(e["entity_name"], set()) for e in entities
            ),
            "a route names no served entity": {r.get("served_model_name") for r in routes}
            <= set(names),
            "the percentages must sum to 100": whole and sum(percents) == 100,
        }
        return next((why for why, is_right in checks.items() if not is_right), "")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(workspace: ServingWorkspace) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(*workspace.answer("GET", self.path.partition("?")[0], None))

        def do_PUT(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            self._send(*workspace.answer("PUT", self.path, body))

        def _send(self, status: int, told: dict[str, Any]) -> None:
            data = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None: ...

    return Handler
