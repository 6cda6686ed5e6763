"""Versions of programs in MLflow's registry: registered, found by alias, read back as data."""

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from lakegloss.core.causes import first_line
from lakegloss.core.terminal import visible
from lakegloss.errors import (
    EnvironmentNotReadyError,
    RegistryError,
    VersionNotFoundError,
    VersionRefusedError,
)
from lakegloss.programs.saved import SavedProgram, read_saved
from lakegloss.release.reference import Reference
from lakegloss.release.servers import UNITY_CATALOG, require_listener, uris_of
from lakegloss.settings import Settings

PROGRAM_FILE = "program.json"
CODE_LOADER = "mlflow.pyfunc.loaders.code_model"
_TAG = "lakegloss."
_FOLDER = "model"
_MOST_TAG = 4_900
_MOST_VERSIONS = 1_000
_TRIES = 4
_NOT_THERE = ("RESOURCE_DOES_NOT_EXIST", "NOT_FOUND", "INVALID_PARAMETER_VALUE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A registered version.

    Attributes:
        program: the program's own name; program_version: the hash of what it sends.
        measured: what it was measured on and how well, as it was registered.
    """

    name: str
    number: int
    program: str = ""
    program_version: str = ""
    signature: str = ""
    aliases: tuple[str, ...] = ()
    measured: Mapping[str, Any] = field(default_factory=dict)
    run_id: str = ""
    created_at: float = 0.0

    @property
    def reference(self) -> str:
        return f"{self.name}/{self.number}"


class Registry:
    """The registry that the settings name.

    Args:
        environ: for MLflow's own variables; by default the process's.

    Raises:
        EnvironmentNotReadyError: MLflow is not installed.
        RegistryError: nothing listens at its address.
    """

    def __init__(self, settings: Settings, *, environ: Mapping[str, str] | None = None) -> None:
        try:
            import mlflow
        except ImportError:
            raise EnvironmentNotReadyError(
                "Versions of programs need MLflow, which is not installed.",
                remedy="pip install 'lakegloss[mlflow]'",
            ) from None
        self.tracking_uri, self.uri = uris_of(settings, environ)
        os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")  # of small files
        self._home = settings.home
        self._experiment = settings.registry_experiment
        self._allowed = allowed_names(settings)
        for uri in {self.tracking_uri, self.uri}:
            self._reach(uri)
        self._client = mlflow.MlflowClient(tracking_uri=self.tracking_uri, registry_uri=self.uri)

    def _reach(self, uri: str) -> None:
        if uri.startswith("sqlite:///"):
            Path(uri.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        try:
            require_listener(uri)
        except OSError as error:
            raise RegistryError(
                f"No MLflow server answers at {uri}: {error}.",
                remedy="Start it, or correct registry_uri or MLFLOW_TRACKING_URI.",
            ) from error

    # Names.

    def is_allowed(self, name: str) -> bool:
        """Whether a pattern of `registry_allow` fits the name."""
        return any(fnmatchcase(name, pattern) for pattern in self._allowed)

    def check_name(self, name: str) -> None:
        """Refuse a name that is not allowed.

        Raises:
            VersionRefusedError: none of the patterns of `registry_allow` fits.
        """
        if not self.is_allowed(name):
            raise VersionRefusedError(
                f"The registered name {visible(name)[:100]!r} is not allowed.",
                remedy=f"Allowed are: {', '.join(self._allowed)}. Add it to registry_allow if its "
                "versions can be trusted.",
            )

    # Reading.

    def versions(self, name: str) -> list[Version]:
        """All versions of a name, newest first; none where there is no such name.

        Raises:
            VersionRefusedError, RegistryError: see the class and `check_name`.
        """
        self.check_name(name)
        quoted = name.replace("'", "")
        with _told(f"the versions of {name!r} cannot be listed", missing=False):
            found = self._client.search_model_versions(
                f"name='{quoted}'", max_results=_MOST_VERSIONS
            )
            aliases = self._aliases(name) if found else {}
        listed = [_version(item, aliases) for item in found]
        return sorted(listed, key=lambda version: -version.number)

    def _aliases(self, name: str) -> Mapping[str, int]:
        kept = self._client.get_registered_model(name).aliases
        return {alias: int(number) for alias, number in kept.items()}

    def find(self, reference: Reference) -> Version:
        """The version that is meant.

        Raises:
            VersionRefusedError: its name is not allowed.
            VersionNotFoundError: there is none.
            RegistryError: the registry does not answer.
        """
        self.check_name(reference.name)
        what = (
            f"{reference.name}/{reference.number}"
            if reference.number
            else (f"{reference.name}@{reference.alias}")
        )
        with _told(f"there is no version {what!r}"):
            if reference.number:
                item = self._client.get_model_version(reference.name, str(reference.number))
            else:
                item = self._client.get_model_version_by_alias(reference.name, reference.alias)
        return _version(item, {})

    def saved(self, version: Version) -> SavedProgram:
        """The program of a version, as data: nothing of the version is executed.

        Raises:
            VersionRefusedError: it is pickled, or holds no program of lakegloss.
            RegistryError: it cannot be read.
        """
        self.check_name(version.name)
        with tempfile.TemporaryDirectory() as folder:
            model = self._fetched(version, "MLmodel", folder)
            _refuse_pickles(version, model)
            text = self._fetched(version, f"artifacts/{PROGRAM_FILE}", folder)
        return read_saved(text)

    def _fetched(self, version: Version, path: str, folder: str) -> str:
        import mlflow

        with _told(f"the version {version.reference!r} holds no {path}", refused=True):
            local = mlflow.artifacts.download_artifacts(
                artifact_uri=f"{self._place(version)}/{path}",
                dst_path=folder,
                tracking_uri=self.tracking_uri,
                registry_uri=self.uri,
            )
            return Path(local).read_text(encoding="utf-8")

    def _place(self, version: Version) -> str:
        """Where a version's files are: MLflow looks up `models:/` in Unity Catalog only."""
        if self.uri.startswith(UNITY_CATALOG):
            return f"models:/{version.reference}"
        found = self._client.get_model_version_download_uri(version.name, str(version.number))
        return str(found).rstrip("/")

    # Writing.

    def register(
        self,
        name: str,
        saved: SavedProgram,
        packaged: Callable[[str], AbstractContextManager[Path]],
        *,
        measured: Mapping[str, Any] | None = None,
    ) -> tuple[Version, bool]:
        """Register a program; what is the newest version already is not registered again.

        Args:
            packaged: a folder as MLflow saves models, of a program that calls itself by the given
                reference, such as `name/3`.
            measured: what it was measured on and how well, as JSON values.

        Returns:
            The version, and whether it is new.

        Raises:
            VersionRefusedError: the name is not allowed.
            RegistryError: the registry refuses or does not answer.
        """
        self.check_name(name)
        told = dict(measured or {})
        known = self.versions(name)
        if known and known[0].program_version == saved.version and known[0].measured == told:
            return known[0], False
        number = known[0].number + 1 if known else 1
        with _told(f"{name!r} cannot be registered", missing=False):
            if not known:
                self._ensure(name)
            for _ in range(_TRIES):
                with packaged(f"{name}/{number}") as model:
                    item = self._created(name, saved, model, told)
                if int(item.version) == number:
                    return _version(item, {}), True
                # Another one was registered meanwhile, or numbers of deleted ones are not used.
                self._client.delete_model_version(name, item.version)
                number = int(item.version) + 1
        raise RegistryError(
            f"{name!r} cannot be registered: others register versions of it at the same time.",
            remedy="Try again.",
        )

    def _created(
        self, name: str, saved: SavedProgram, model: Path, measured: Mapping[str, Any]
    ) -> Any:
        run = self._logged(name, saved, model, measured)
        return self._client.create_model_version(
            name,
            source=f"{run.info.artifact_uri}/{_FOLDER}",
            run_id=run.info.run_id,
            tags=_tags(saved, measured),
            await_creation_for=300,
        )

    def _ensure(self, name: str) -> None:
        from mlflow.exceptions import MlflowException

        try:
            self._client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise

    def _logged(
        self, name: str, saved: SavedProgram, model: Path, measured: Mapping[str, Any]
    ) -> Any:
        """A run that holds the model and what it was measured on."""
        run = self._client.create_run(
            self._experiment_id(), run_name=f"{name} {saved.version}"[:250], tags=_tags(saved, {})
        )
        run_id = run.info.run_id
        try:
            self._client.log_artifacts(run_id, str(model), _FOLDER)
            for key, value in _numbers(measured):
                self._client.log_metric(run_id, key, value)
        except BaseException:
            self._client.set_terminated(run_id, "FAILED")
            raise
        self._client.set_terminated(run_id)
        return run

    def _experiment_id(self) -> str:
        name = self._experiment
        known = self._client.get_experiment_by_name(name)
        if known is not None:
            return str(known.experiment_id)
        local = self.tracking_uri.startswith("sqlite:")
        place = (self._home.absolute() / "mlartifacts").as_uri() if local else None
        return str(self._client.create_experiment(name, artifact_location=place))

    def point(self, name: str, alias: str, number: int | None) -> None:
        """Let an alias name a version, or none.

        Raises:
            VersionNotFoundError, RegistryError: there is no such version, or no answer.
        """
        self.check_name(name)
        with _told(f"there is no version '{name}/{number}'"):
            if number is None:
                self._client.delete_registered_model_alias(name, alias)
            else:
                self._client.set_registered_model_alias(name, alias, str(number))

    def aliases(self, name: str) -> dict[str, int]:
        """The versions of a name by alias; none where there is no such name.

        Raises:
            RegistryError: the registry does not answer.
        """
        self.check_name(name)
        try:
            with _told(f"there is no registered name {name!r}"):
                return dict(self._aliases(name))
        except VersionNotFoundError:
            return {}


def allowed_names(settings: Settings) -> tuple[str, ...]:
    """The patterns of names whose versions may be used."""
    given = tuple(part.strip() for part in settings.registry_allow.split(",") if part.strip())
    return given or ("lakegloss*", f"*.{settings.schema_name}.*")


def default_name(settings: Settings, program: str, uri: str) -> str:
    """The registered name of a program: three levels in Unity Catalog, else one."""
    short = re.sub(r"\W+", "_", program).strip("_").lower() or "program"
    if uri.startswith(UNITY_CATALOG):
        return f"{settings.catalog or 'main'}.{settings.schema_name}.{short}"
    return f"lakegloss_{short}"


def _refuse_pickles(version: Version, model: str) -> None:
    remedy = "Register the program with `lakegloss register`."
    try:
        flavor = yaml.safe_load(model)["flavors"]["python_function"]
        loader, code = flavor["loader_module"], flavor.get("model_code_path")
    except (yaml.YAMLError, KeyError, TypeError, AttributeError):
        raise VersionRefusedError(
            f"The version {version.reference!r} is no Python model.", remedy=remedy
        ) from None
    if flavor.get("python_model") or loader != CODE_LOADER or not code:
        raise VersionRefusedError(
            f"The version {version.reference!r} is pickled: to load it would run whatever is in "
            "it.",
            remedy=remedy,
        )


def _tags(saved: SavedProgram, measured: Mapping[str, Any]) -> dict[str, str]:
    tags = {
        f"{_TAG}program": saved.name,
        f"{_TAG}version": saved.version,
        f"{_TAG}signature": saved.signature,
    }
    text = json.dumps(measured, ensure_ascii=True, sort_keys=True)
    if len(text) > _MOST_TAG:
        raise RegistryError(
            f"What it was measured on takes {len(text):,} characters, at most {_MOST_TAG:,} are "
            "kept.",
            remedy="Keep the figures, and leave out rows and texts.",
        )
    return tags | ({f"{_TAG}measured": text} if measured else {})


def _numbers(measured: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, float]]:
    for key, value in measured.items():
        name = re.sub(r"[^\w\-. /]", "_", f"{before}{key}")[:200]
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield name, float(value)


def _version(item: Any, aliases: Mapping[str, int]) -> Version:
    tags: Mapping[str, str] = item.tags or {}
    number = int(item.version)
    named = aliases or dict.fromkeys(item.aliases or (), number)
    return Version(
        name=item.name,
        number=number,
        program=tags.get(f"{_TAG}program", ""),
        program_version=tags.get(f"{_TAG}version", ""),
        signature=tags.get(f"{_TAG}signature", ""),
        aliases=tuple(sorted(alias for alias, found in named.items() if found == number)),
        measured=_measured(tags.get(f"{_TAG}measured", "")),
        run_id=item.run_id or "",
        created_at=(item.creation_timestamp or 0) / 1_000,
    )


def _measured(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@contextmanager
def _told(what: str, *, missing: bool = True, refused: bool = False) -> Iterator[None]:
    """MLflow's errors in lakegloss' own words.

    Args:
        missing: that something is not there is said by `what`; refused: and is a refusal.
    """
    from mlflow.exceptions import MlflowException

    try:
        yield
    except (MlflowException, OSError) as error:
        code = getattr(error, "error_code", "") if isinstance(error, MlflowException) else ""
        if missing and (code in _NOT_THERE or isinstance(error, FileNotFoundError | OSError)):
            kind = VersionRefusedError if refused else VersionNotFoundError
            remedy = (
                "Register the program with `lakegloss register`."
                if refused
                else ("`lakegloss versions NAME` lists them.")
            )
            raise kind(f"{what[0].upper()}{what[1:]}.", remedy=remedy) from error
        raise RegistryError(
            f"The registry failed: {what}: {first_line(error, 300)}",
            remedy="Check registry_uri or MLFLOW_TRACKING_URI, and your rights.",
        ) from error
