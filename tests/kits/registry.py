"""A registry of MLflow's own in a folder, and versions in it that must not be used."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakegloss.core.release.saved_text import SavedProgram
from lakegloss.programs.comment import CommentProgram
from lakegloss.programs.library import SIGNATURES
from lakegloss.programs.saved import save
from lakegloss.release.registry import Registry
from lakegloss.release.sqlite_registry import SqliteRegistry
from lakegloss.release.version import Version
from lakegloss.serving.model.packaging import register
from lakegloss.settings import Settings, load_settings
from tests.kits.mlflow_database import mlflow_database

if TYPE_CHECKING:
    from mlflow import MlflowClient

NAME, MAIL = "lakegloss_comment", "lakegloss_mail"


def settings_in(home: Path, **options: Any) -> Settings:
    return load_settings(environ={}, home=home, **options)


def registry_in(settings: Settings) -> Registry:
    if not settings.registry_uri:
        mlflow_database(settings.home / "mlflow.db")
    return Registry(settings, environ={})


def asking_mlflow(registry: Registry) -> Registry:
    """The registry, which asks MLflow itself for everything, as it does where it is no file."""
    vars(registry)["_file"] = SqliteRegistry(None)
    return registry


def client_of(registry: Registry) -> "MlflowClient":
    """MLflow's own client, which knows nothing of lakegloss' rules."""
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=registry.tracking_uri, registry_uri=registry.uri)


def comment_program(words: str = "") -> SavedProgram:
    """The built-in program, or one of other words."""
    program = CommentProgram()
    if words:
        program.write.signature = program.write.signature.with_instructions(words)
    return save(program)


def versions_of(
    settings: Settings, *words: str, name: str = NAME, **measured: Any
) -> list[Version]:
    """Register the built-in program with each of these instructions; '' is as it is."""
    registry = registry_in(settings)
    return [
        register(registry, name, comment_program(text), settings, measured=measured)[0]
        for text in words
    ]


def two_mails(settings: Settings, second: str = "Be brief.") -> Registry:
    """Register two versions of a program, the other one with more words; the first is champion."""
    registry = registry_in(settings)
    draft = SIGNATURES["EmailDraft"]
    for signature in (draft, draft.with_instructions(second)):
        register(registry, MAIL, save(signature, "mail"), settings)
    registry.point(MAIL, "champion", 1)
    return registry


def folder_of(settings: Settings, version: Version) -> Path:
    """Where a version's files are, for whoever tampers with them."""
    run = client_of(registry_in(settings)).get_run(version.run_id)
    return Path(run.info.artifact_uri.removeprefix("file://")) / "model"


def register_folder(
    settings: Settings, name: str, model: Path, tags: Mapping[str, str] | None = None
) -> Version:
    """A version of any folder, registered behind lakegloss' back."""
    client = client_of(registry_in(settings))
    run = client.create_run(_other_experiment(client, settings))
    client.log_artifacts(run.info.run_id, str(model), "model")
    client.set_terminated(run.info.run_id)
    if not client.search_registered_models(f"name='{name}'"):
        client.create_registered_model(name)
    item = client.create_model_version(
        name, f"{run.info.artifact_uri}/model", run.info.run_id, tags=dict(tags or {})
    )
    return Version(name=name, number=int(item.version), run_id=run.info.run_id)


def _other_experiment(client: "MlflowClient", settings: Settings) -> str:
    known = client.get_experiment_by_name("behind lakegloss' back")
    if known is not None:
        return str(known.experiment_id)
    place = (settings.home.absolute() / "other-artifacts").as_uri()
    return str(client.create_experiment("behind lakegloss' back", artifact_location=place))


def copied(source: Path, target: Path) -> Path:
    return Path(shutil.copytree(source, target))
