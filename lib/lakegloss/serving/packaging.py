"""A saved program as a folder that MLflow can load anywhere: data, code and requirements."""

import importlib.metadata
import importlib.util
import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lakegloss
from lakegloss.errors import EnvironmentNotReadyError
from lakegloss.programs.saved import COMMENT, SavedProgram, load_saved
from lakegloss.release.registry import PROGRAM_FILE, Registry, Version
from lakegloss.settings import Settings

KEPT = (
    "model", "endpoint", "temperature", "structured", "values", "personal", "style", "language",
    "thin_words", "max_table_comment", "max_column_comment", "request_tokens", "max_asks",
    "in_flight", "call_timeout", "attempts", "retry_after_cap",
)  # fmt: skip
"""The settings that go with a model; keys, folders and budgets do not."""
_REQUIREMENT = re.compile(r"[A-Za-z0-9_.\-]+")
_EXAMPLE = {
    "table": "sales.orders",
    "columns": [
        {"name": "order_id", "type": "bigint", "key_role": "primary"},
        {"name": "status", "type": "string", "frequent": [{"value": "open", "share": 0.7}]},
    ],
}


@contextmanager
def packaged(saved: SavedProgram, settings: Settings, *, version: str = "") -> Iterator[Path]:
    """The program as MLflow saves models, in a folder that is gone at the end.

    Args:
        settings: those of `KEPT` go with it.
        version: what the model calls itself in its answers.

    Raises:
        EnvironmentNotReadyError: MLflow is not installed.
        VersionRefusedError: the program cannot be built.
        SignatureError: it has an output of a name that is taken.
    """
    _require_mlflow()
    shown = settings.public()
    config = {name: shown[name] for name in KEPT if shown[name] is not None}
    with TemporaryDirectory() as folder:
        file = Path(folder) / PROGRAM_FILE
        file.write_text(saved.text, encoding="utf-8")
        model = Path(folder) / "model"
        _save(
            str(model),
            python_model=str(Path(__file__).with_name("served_code.py")),
            artifacts={"program": str(file)},
            model_config=config | {"version": version},
            signature=_signature(saved),
            input_example=[_EXAMPLE] if saved.kind == COMMENT else None,
            code_paths=[str(Path(lakegloss.__file__).parent)],
            pip_requirements=requirements(),
            resources=_resources(settings),
            metadata={"lakegloss": lakegloss.__version__, "program_version": saved.version},
        )
        yield model


def _resources(settings: Settings) -> list[Any] | None:
    """What the served model calls in its workspace: Databricks gives it the rights and a login."""
    if settings.endpoint != "databricks" or not settings.model:
        return None
    from mlflow.models.resources import DatabricksServingEndpoint

    return [DatabricksServingEndpoint(endpoint_name=settings.model)]


def _require_mlflow() -> None:
    if importlib.util.find_spec("mlflow") is None:
        raise EnvironmentNotReadyError(
            "To package a program needs MLflow, which is not installed.",
            remedy="pip install 'lakegloss[mlflow]'",
        )


def _save(path: str, **options: Any) -> None:
    """MLflow's own, without its advice on how models are written."""
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
    settings: Settings,
    *,
    measured: Mapping[str, Any] | None = None,
) -> tuple[Version, bool]:
    """Package and register a program; see `Registry.register` and `packaged`."""

    def package(version: str) -> AbstractContextManager[Path]:
        return packaged(saved, settings, version=version)

    return registry.register(name, saved, package, measured=measured)


def _signature(saved: SavedProgram) -> Any:
    from lakegloss.serving.model_types import comment_signature, program_signature
    from lakegloss.serving.programs import prepare

    program = load_saved(saved)
    if saved.kind == COMMENT:
        return comment_signature()
    return program_signature(prepare(program, name=saved.name))


def requirements() -> list[str]:
    """What a registered model needs, in the versions that are installed here."""
    core = [
        text.split(";")[0]
        for text in importlib.metadata.requires("lakegloss") or ()
        if "extra ==" not in text
    ]
    names = [found[0] for text in core if (found := _REQUIREMENT.match(text))]
    return [f"{name}=={importlib.metadata.version(name)}" for name in ("mlflow", *names)]
