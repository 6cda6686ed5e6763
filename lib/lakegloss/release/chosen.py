"""Loads the comment program that the settings choose: the built-in one, or a registered version."""

from collections.abc import Mapping
from dataclasses import dataclass

from lakegloss.errors import VersionRefusedError
from lakegloss.programs.comment import CommentProgram
from lakegloss.programs.saved import load_saved
from lakegloss.release.registry import Registry
from lakegloss.release.version import Version, reference_of
from lakegloss.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A comment program with the version that it is of.

    Attributes:
        reference: `name/3`; '' for the built-in program.
        settings: in which `program` is that reference, so that a run tells which one it used.
    """

    program: CommentProgram
    reference: str
    settings: Settings


def chosen_program(settings: Settings, *, environ: Mapping[str, str] | None = None) -> Chosen:
    """Resolve `settings.program` once: what is promoted later does not change what was chosen.

    Raises:
        VersionNotFoundError, VersionRefusedError, RegistryError: it cannot be used.
        EnvironmentNotReadyError: MLflow is not installed.
    """
    if not settings.program:
        return Chosen(program=CommentProgram(), reference="", settings=settings)
    registry = Registry(settings, environ=environ)
    return chosen_version(registry, registry.find(reference_of(settings.program)), settings)


def chosen_version(registry: Registry, version: Version, settings: Settings) -> Chosen:
    """Load the comment program of a version.

    Raises:
        VersionRefusedError, RegistryError: it cannot be used.
    """
    program = load_saved(registry.saved(version))
    if not isinstance(program, CommentProgram):
        raise VersionRefusedError(
            f"The version {version.reference!r} writes no comments: it is a program of another "
            "kind.",
            remedy="Name a version that `lakegloss register comment` made.",
        )
    pinned = settings.model_copy(update={"program": version.reference})
    return Chosen(program=program, reference=version.reference, settings=pinned)
