"""Packages a saved program as a folder that MLflow can load: data, code and requirements."""

import hashlib
import importlib.metadata
import importlib.util
import json
import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import lakegloss
from lakegloss.core.release.saved_text import COMMENT, SavedProgram
from lakegloss.errors import EnvironmentNotReadyError, SettingsError
from lakegloss.programs.saved import load_saved
from lakegloss.release.registry import PROGRAM_FILE, Registry
from lakegloss.release.version import Version
from lakegloss.settings_views import PackageSettings

KEPT = (
    "model", "endpoint", "temperature", "structured", "values", "personal", "style", "language",
    "thin_words", "max_table_comment", "max_column_comment", "request_tokens", "max_asks",
    "in_flight", "call_timeout", "attempts", "retry_after_cap",
)  # fmt: skip
"""The settings that are packaged with a model; keys, folders and budgets are not."""
_INSTALL = "pip install 'lakegloss[mlflow]'"
_REQUIREMENT = re.compile(r"[A-Za-z0-9_.\-]+")
_EXAMPLE = {
    "table": "sales.orders",
    "columns": [
        {"name": "order_id", "type": "bigint", "key_role": "primary"},
        {"name": "status", "type": "string", "frequent": [{"value": "open", "share": 0.7}]},
    ],
}


@contextmanager
def packaged(
    saved: SavedProgram, settings: PackageSettings, *, version: str = ""
) -> Iterator[Path]:
    """Save the program as an MLflow model, in a folder that is removed at the end.

    Args:
        settings: those of `KEPT` are packaged with the program.
        version: the version that the model names in its answers.

    Raises:
        EnvironmentNotReadyError: MLflow is not installed.
        VersionRefusedError: the program cannot be built.
        SignatureError: the name of an output is already taken.
    """
    _require_mlflow()
    _refuse_logins(settings.endpoint)
    config = _kept(settings)
    with TemporaryDirectory() as folder:
        file = Path(folder) / PROGRAM_FILE
        file.write_text(saved.text, encoding="utf-8")
        model = Path(folder) / "model"
        _save(
            str(model),
            python_model=str(Path(__file__).with_name("served_code.py")),
            artifacts={"program": str(file)},
            model_config=config | {"version": version, "content": saved.content},
            signature=_signature(saved),
            input_example=[_EXAMPLE] if saved.kind == COMMENT else None,
            code_paths=[str(Path(lakegloss.__file__).parent)],
            pip_requirements=requirements(settings),
            resources=_resources(settings),
            metadata={"lakegloss": lakegloss.__version__, "program_version": saved.version},
        )
        yield model


def _resources(settings: PackageSettings) -> list[Any] | None:
    """The endpoint that the served model calls: Databricks gives it rights and a login."""
    if settings.endpoint != "databricks" or not settings.model:
        return None
    from mlflow.models.resources import DatabricksServingEndpoint

    return [DatabricksServingEndpoint(endpoint_name=settings.model)]


def _require_mlflow() -> None:
    if importlib.util.find_spec("mlflow") is None:
        raise EnvironmentNotReadyError(
            "To package a program needs MLflow, which is not installed.",
            remedy=_INSTALL,
        )


def _save(path: str, **options: Any) -> None:
    """Save by MLflow's own function, without its advice on how to write models."""
    log = logging.getLogger("mlflow.pyfunc")
    level = log.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        import mlflow.pyfunc

        log.setLevel(logging.WARNING)
        try:
            mlflow.pyfunc.save_model(path, **options)
        finally:
            log.setLevel(level)


def register(
    registry: Registry,
    name: str,
    saved: SavedProgram,
    settings: PackageSettings,
    *,
    measured: Mapping[str, Any] | None = None,
) -> tuple[Version, bool]:
    """Package and register a program; see `Registry.register` and `packaged`."""

    def package(version: str) -> AbstractContextManager[Path]:
        return packaged(saved, settings, version=version)

    return registry.register(
        name, saved, package, package=_package_hash(settings), measured=measured
    )


def _kept(settings: PackageSettings) -> dict[str, Any]:
    shown = settings.public()
    return {name: shown[name] for name in KEPT if shown[name] is not None}


def _package_hash(settings: PackageSettings) -> str:
    """A hash of what is packaged with a program: other settings or code make another version."""
    parts = [_kept(settings), _code_hash(), requirements(settings)]
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@cache
def _code_hash() -> str:
    """A hash of lakegloss' own code, as a deployment may change the code and not its version."""
    folder, digest = Path(lakegloss.__file__).parent, hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            digest.update(f"{file.relative_to(folder).as_posix()}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _refuse_logins(endpoint: str) -> None:
    place = urlsplit(endpoint)
    if place.username or place.password or place.query:
        raise SettingsError(
            "The endpoint's address holds a login or a query, which would be in every version.",
            remedy="Leave it out, and set LAKEGLOSS_API_KEY where the model is served.",
        )


def _signature(saved: SavedProgram) -> Any:
    from lakegloss.serving.executor.programs import prepare
    from lakegloss.serving.model.types import comment_signature, program_signature

    program = load_saved(saved)
    if saved.kind == COMMENT:
        return comment_signature()
    return program_signature(prepare(program, name=saved.name))


def requirements(settings: PackageSettings) -> list[str]:
    """The packages that a registered model needs, in the versions that are installed here."""
    core = [
        text.split(";")[0]
        for text in importlib.metadata.requires("lakegloss") or ()
        if "extra ==" not in text
    ]
    names = [found[0] for text in core if (found := _REQUIREMENT.match(text))]
    names += ["presidio-analyzer"] if settings.personal == "presidio" else []
    pinned = [f"{name}=={importlib.metadata.version(name)}" for name in names]
    return [f"mlflow=={_mlflow_version()}", *pinned]


def _mlflow_version() -> str:
    """The version of mlflow, or of mlflow-skinny, which has the same version numbers."""
    for name in ("mlflow", "mlflow-skinny"):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    raise EnvironmentNotReadyError("MLflow is not installed.", remedy=_INSTALL)
