"""Registers versions of programs in MLflow's registry, finds them by alias, and reads them."""

import logging
import re
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakegloss.core.release.saved_text import SavedProgram, read_saved
from lakegloss.core.text.terminal import visible
from lakegloss.errors import (
    EnvironmentNotReadyError,
    OnlyMlflowError,
    RegistryError,
    VersionNotFoundError,
    VersionRefusedError,
)
from lakegloss.release.mlflow_errors import (
    finding,
    finding_alias,
    no_alias,
    no_version,
    reading,
    working,
)
from lakegloss.release.servers import (
    UNITY_CATALOG,
    calm_mlflow,
    local_folder,
    place_of,
    require_listener,
    uris_of,
)
from lakegloss.release.sqlite_registry import FoundVersion, sqlite_registry
from lakegloss.release.version import (
    Reference,
    Version,
    description_of,
    numbers_of,
    refuse_pickles,
    tags_of,
    version_of,
)
from lakegloss.settings_views import RegistrySettings

if TYPE_CHECKING:  # it takes seconds to import
    from mlflow import MlflowClient

PROGRAM_FILE = "program.json"
_log = logging.getLogger("lakegloss.registry")
_FOLDER = "model"
_MOST_BYTES = 10_000_000
_LISTED = 50
_PAGE = 200
_TRIES = 4


class Registry:
    """Reads and writes the registry that the settings name.

    Args:
        environ: holds MLflow's own variables; by default the process's environment.

    Raises:
        EnvironmentNotReadyError: MLflow is not installed.
        RegistryError: nothing listens at its address.
    """

    def __init__(
        self, settings: RegistrySettings, *, environ: Mapping[str, str] | None = None
    ) -> None:
        if find_spec("mlflow") is None:
            raise EnvironmentNotReadyError(
                "Versions of programs need MLflow, which is not installed.",
                remedy="pip install 'lakegloss[mlflow]'",
            )
        self.tracking_uri, self.uri = uris_of(settings, environ)
        calm_mlflow()
        self._home = settings.home
        self._experiment = settings.registry_experiment
        self._allowed = allowed_names(settings)
        for uri in {self.tracking_uri, self.uri}:
            self._reach(uri)
        self._file = sqlite_registry(self.uri, environ)

    @cached_property
    def _client(self) -> "MlflowClient":
        """MLflow's own client; its import takes seconds, so a registry's file is asked first."""
        import mlflow

        return mlflow.MlflowClient(tracking_uri=self.tracking_uri, registry_uri=self.uri)

    def _reach(self, uri: str) -> None:
        if uri.startswith("sqlite:///"):
            Path(uri.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        try:
            require_listener(uri)
        except OSError as error:
            raise RegistryError(
                f"No MLflow server answers at {place_of(uri)}: {error}.",
                remedy="Start it, or correct registry_uri or MLFLOW_TRACKING_URI.",
            ) from error

    def check_alive(self) -> None:
        """Check that the servers listen, as MLflow would try for minutes.

        Raises:
            RegistryError: a server does not listen.
        """
        for uri in {self.tracking_uri, self.uri}:
            self._reach(uri)

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

    def versions(self, name: str, *, limit: int = _LISTED) -> list[Version]:
        """The newest versions of a name, newest first; none if there is no such name.

        Args:
            limit: the most versions to return.

        Raises:
            VersionRefusedError, RegistryError: see the class and `check_name`.
        """
        self.check_name(name)
        with suppress(OnlyMlflowError):
            return [version_of(item, {}) for item in self._file.versions(name, _PAGE, limit)]
        quoted = name.replace("'", "")
        with working(f"the versions of {name!r} cannot be listed"):
            # In Unity Catalog the results of a search have neither tags nor aliases.
            found = self._client.search_model_versions(f"name='{quoted}'", max_results=_PAGE)
            numbers = sorted((int(item.version) for item in found), reverse=True)[:limit]
            aliases = self._aliases(name) if numbers else {}
            items = [self._client.get_model_version(name, str(number)) for number in numbers]
            return [version_of(item, aliases) for item in items]

    def _aliases(self, name: str) -> Mapping[str, int]:
        kept = self._client.get_registered_model(name).aliases
        return {alias: int(number) for alias, number in kept.items()}

    def find(self, reference: Reference) -> Version:
        """Find the version that a reference names.

        Raises:
            VersionRefusedError: the name is not allowed.
            VersionNotFoundError: there is no such version.
            RegistryError: the registry does not answer.
        """
        self.check_name(reference.name)
        end = f"/{reference.number}" if reference.number else f"@{reference.alias}"
        what = f"there is no version {f'{reference.name}{end}'!r}"
        looking = finding if reference.number else finding_alias
        with suppress(OnlyMlflowError):
            found = self._found(reference)
            if found is None:
                raise (no_version if reference.number else no_alias)(what)
            return version_of(found, {})
        with looking(what):
            if reference.number:
                item = self._client.get_model_version(reference.name, str(reference.number))
            else:
                item = self._client.get_model_version_by_alias(reference.name, reference.alias)
            return version_of(item, {})

    def _found(self, reference: Reference) -> FoundVersion | None:
        if reference.number:
            return self._file.version(reference.name, reference.number)
        return self._file.by_alias(reference.name, reference.alias)

    def saved(self, version: Version) -> SavedProgram:
        """Read the program of a version as data, without executing anything of the version.

        Raises:
            VersionRefusedError: the version is pickled, or holds no program of lakegloss.
            RegistryError: it cannot be read.
        """
        self.check_name(version.name)
        with tempfile.TemporaryDirectory() as folder:
            model = self._fetched(version, "MLmodel", folder)
            refuse_pickles(version, model)
            text = self._fetched(version, f"artifacts/{PROGRAM_FILE}", folder)
        found = read_saved(text)
        if not found.content.startswith(version.content):  # older tags hold only its beginning
            raise VersionRefusedError(
                f"The version {version.reference!r} was changed after it was registered.",
                remedy="Register the program with `lakegloss register`.",
            )
        return found

    def _fetched(self, version: Version, path: str, folder: str) -> str:
        with reading(f"the version {version.reference!r} holds no {path}"):
            place = self._place(version)
            local = local_folder(place)
            file = local / path if local else self._downloaded(f"{place}/{path}", folder)
            if file.stat().st_size > _MOST_BYTES:
                raise VersionRefusedError(
                    f"The version {version.reference!r} has a {path} of too many bytes.",
                    remedy="Register the program again.",
                )
            return file.read_bytes().decode("utf-8", "replace")

    def _downloaded(self, address: str, folder: str) -> Path:
        import mlflow

        found = mlflow.artifacts.download_artifacts(
            artifact_uri=address,
            dst_path=folder,
            tracking_uri=self.tracking_uri,
            registry_uri=self.uri,
        )
        return Path(found)

    def _place(self, version: Version) -> str:
        """The address of a version's files: MLflow looks up `models:/` only in Unity Catalog."""
        if self.uri.startswith(UNITY_CATALOG):
            return f"models:/{version.reference}"
        with suppress(OnlyMlflowError):
            known = self._file.version(version.name, version.number)
            if known is not None and known.place:
                return known.place.rstrip("/")
        found = self._client.get_model_version_download_uri(version.name, str(version.number))
        return str(found).rstrip("/")

    # Writing.

    def register(
        self,
        name: str,
        saved: SavedProgram,
        packaged: Callable[[str], AbstractContextManager[Path]],
        *,
        package: str = "",
        measured: Mapping[str, Any] | None = None,
    ) -> tuple[Version, bool]:
        """Register a program, unless it is a version already.

        Figures go to the version that has none and no description; others than it has make another
        version, and so does a version that was changed after it was registered.

        Args:
            packaged: a folder as MLflow saves models, of a program that calls itself by the given
                reference, such as `name/3`.
            package: a hash of what goes with the program: code, settings, requirements.
            measured: figures of the program's quality and what they were measured on, as JSON.

        Returns:
            The version, and whether it is new.

        Raises:
            VersionRefusedError: the name is not allowed.
            RegistryError: the registry refuses or does not answer.
        """
        self.check_name(name)
        told = dict(measured or {})
        known = self.versions(name)
        for version in known:
            same = (version.program_version, version.package) == (saved.version, package)
            fits = not told or version.measured == told or not version.described
            if same and fits and self._holds(version, saved):
                return self._with_figures(version, told), False
        number = known[0].number + 1 if known else 1
        with working(f"{name!r} cannot be registered"):
            if not known:
                self._ensure(name)
            for _ in range(_TRIES):
                with packaged(f"{name}/{number}") as model:
                    item = self._created(name, saved, model, told, package)
                if int(item.version) == number:
                    return version_of(item, {}), True
                # Another version was registered meanwhile, or MLflow skips the numbers of deleted
                # versions.
                self._client.delete_model_version(name, item.version)
                number = int(item.version) + 1
        raise RegistryError(
            f"{name!r} cannot be registered: others register versions of it at the same time.",
            remedy="Try again.",
        )

    def _holds(self, version: Version, saved: SavedProgram) -> bool:
        """Whether a version holds exactly this program; a version that was changed does not."""
        try:
            return self.saved(version).content == saved.content
        except VersionRefusedError as error:
            _log.warning("%s is left alone: %s", version.reference, error.message)
            return False

    def _with_figures(self, version: Version, measured: Mapping[str, Any]) -> Version:
        """Add figures to an existing version that has none; returns the version."""
        if not measured or version.measured == measured:
            return version
        told = description_of(measured)
        with working(f"the figures of {version.reference!r} cannot be kept"):
            for key, value in numbers_of(measured) if version.run_id else ():
                self._client.log_metric(version.run_id, key, value)
            # The description comes last, as it is the sign that the version has its figures.
            self._client.update_model_version(version.name, str(version.number), description=told)
        return replace(version, measured=measured, described=True)

    def _created(
        self,
        name: str,
        saved: SavedProgram,
        model: Path,
        measured: Mapping[str, Any],
        package: str,
    ) -> Any:
        told = description_of(measured)
        run = self._logged(name, saved, model, measured)
        return self._client.create_model_version(
            name,
            source=f"{run.info.artifact_uri}/{_FOLDER}",
            run_id=run.info.run_id,
            tags=tags_of(saved, package),
            description=told,
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
        """Log a run that holds the model and its figures."""
        run = self._client.create_run(
            self._experiment_id(), run_name=f"{name} {saved.version}"[:250], tags=tags_of(saved)
        )
        run_id = run.info.run_id
        status = "FAILED"
        try:
            self._client.log_artifacts(run_id, str(model), _FOLDER)
            for key, value in numbers_of(measured):
                self._client.log_metric(run_id, key, value)
            status = "FINISHED"
        finally:
            self._client.set_terminated(run_id, status)
        return run

    def _experiment_id(self) -> str:
        name = self._experiment
        if self.tracking_uri.startswith("databricks") and not name.startswith("/"):
            name = f"/Shared/{name}"  # a workspace's experiments have paths
        known = self._client.get_experiment_by_name(name)
        if known is not None:
            return str(known.experiment_id)
        local = self.tracking_uri.startswith("sqlite:")
        place = (self._home.absolute() / "mlartifacts").as_uri() if local else None
        return str(self._client.create_experiment(name, artifact_location=place))

    def point(self, name: str, alias: str, number: int | None) -> None:
        """Set an alias to a version, or remove it (None).

        Raises:
            VersionNotFoundError: there is no such version.
            RegistryError: the registry does not answer.
        """
        self.check_name(name)
        with finding(f"there is no version '{name}/{number}'"):
            if number is None:
                self._client.delete_registered_model_alias(name, alias)
            else:
                self._client.set_registered_model_alias(name, alias, str(number))

    def tag(self, name: str, key: str, text: str) -> None:
        """Set a tag of a name.

        Raises:
            VersionNotFoundError: there is no such name.
            RegistryError: the registry does not answer.
        """
        self.check_name(name)
        with finding(f"there is no registered name {name!r}"):
            self._client.set_registered_model_tag(name, key, text)

    def tags(self, name: str) -> dict[str, str]:
        """The tags of a name; none if there is no such name.

        Raises:
            RegistryError: the registry does not answer.
        """
        self.check_name(name)
        try:
            with finding(f"there is no registered name {name!r}"):
                return dict(self._client.get_registered_model(name).tags)
        except VersionNotFoundError:
            return {}

    def aliases(self, name: str) -> dict[str, int]:
        """The versions of a name by alias; none if there is no such name.

        Raises:
            RegistryError: the registry does not answer.
        """
        self.check_name(name)
        with suppress(OnlyMlflowError):
            return self._file.aliases(name)
        try:
            with finding(f"there is no registered name {name!r}"):
                return dict(self._aliases(name))
        except VersionNotFoundError:
            return {}


def allowed_names(settings: RegistrySettings) -> tuple[str, ...]:
    """The patterns of names whose versions may be used."""
    given = tuple(part.strip() for part in settings.registry_allow.split(",") if part.strip())
    return given or ("lakegloss*", f"{settings.catalog or '*'}.{settings.schema_name}.*")


def default_name(settings: RegistrySettings, program: str, uri: str) -> str:
    """The registered name of a program: three levels in Unity Catalog, else one."""
    short = re.sub(r"\W+", "_", program).strip("_").lower() or "program"
    if uri.startswith(UNITY_CATALOG):
        return f"{settings.catalog or 'main'}.{settings.schema_name}.{short}"
    return f"lakegloss_{short}"
