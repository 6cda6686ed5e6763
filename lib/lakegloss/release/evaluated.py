"""Resolves the versions that are evaluated, and records what was found, as page and MLflow run."""

import logging
from pathlib import Path
from typing import Any

from lakegloss.core.going_on import going_on
from lakegloss.core.selection import did_you_mean
from lakegloss.core.text.terminal import visible
from lakegloss.errors import (
    ProgramNotFoundError,
    SettingsError,
    VersionNotFoundError,
    VersionRefusedError,
)
from lakegloss.learning.answering import RULES, EvaluatedVersion
from lakegloss.learning.evaluation import EvaluationReport
from lakegloss.learning.evaluation_page import render_evaluation
from lakegloss.learning.evaluation_run import is_installed, record_run
from lakegloss.learning.measuring import Evaluated
from lakegloss.learning.program_evaluation.evaluated_program import program_to_evaluate
from lakegloss.learning.program_evaluation.program_report import ProgramReport
from lakegloss.programs.comment import CommentProgram
from lakegloss.programs.families import LISTED_SIGNATURES, NAMED_SIGNATURES
from lakegloss.programs.saved import load_saved
from lakegloss.release.chosen import chosen_program
from lakegloss.release.files import read_file, saved_of
from lakegloss.release.registry import Registry
from lakegloss.release.servers import calm_mlflow, require_listener, uris_of
from lakegloss.release.version import reference_of
from lakegloss.settings import Settings

BUILT_IN = "built-in"
_FILES = (".yaml", ".yml", ".json")
_log = logging.getLogger("lakegloss.evaluation")


def evaluated_version(
    settings: Settings, name: str = "", state: Path | None = None
) -> EvaluatedVersion:
    """Find the version of the comment program to evaluate.

    Args:
        name: `built-in`, `rules`, or the reference of a registered version; '' is the program of
            the settings, else the built-in one.
        state: a file of the comment program's state, instead of a name.

    Raises:
        SettingsError: both are given, or a model is needed and none is set.
        VersionNotFoundError, VersionRefusedError, RegistryError: it cannot be used.
    """
    if name and state is not None:
        raise SettingsError("A version and a state are given.", remedy="Give one of them.")
    name = name or settings.program or BUILT_IN
    if state is None and (name == RULES or (name == BUILT_IN and not settings.model)):
        return EvaluatedVersion(label=RULES)  # without a model the built-in rules write
    _require_model(settings)
    if state is not None:
        program = CommentProgram.restore(read_file(state, "state"))
        return EvaluatedVersion(label=state.name, program=program)
    if name == BUILT_IN:
        return EvaluatedVersion(label=BUILT_IN, program=CommentProgram())
    chosen = chosen_program(settings.model_copy(update={"program": name}))
    return EvaluatedVersion(label=chosen.reference, program=chosen.program)


def evaluated(settings: Settings, name: str = "", state: Path | None = None) -> Evaluated:
    """Find what to evaluate: a version of the comment program, or a program of another kind.

    Args:
        name: as in `evaluated_version`; or a signature of the library, a program's file (.yaml, or
            .json as `programs.saved.save` writes it), or a program of `serve_programs`.

    Raises:
        SettingsError, SignatureError, ProgramNotFoundError, VersionNotFoundError,
        VersionRefusedError, RegistryError: it cannot be used.
    """
    known = name or settings.program
    if state is not None or known in {"", BUILT_IN, RULES}:
        return evaluated_version(settings, name, state)
    found = _program_of(settings, known)  # a misspelt name is told before a missing model
    _require_model(settings)
    return found


def _program_of(settings: Settings, known: str) -> Evaluated:
    if known.endswith(_FILES) or known in NAMED_SIGNATURES:
        saved = saved_of(known)
        return _evaluated_of(load_saved(saved), Path(known).name, saved.name)
    file = _in_folder(settings.serve_programs, known)
    if file is not None:
        saved = saved_of(str(file))
        return _evaluated_of(load_saved(saved), known, saved.name)
    return _registered(settings, known)


def _in_folder(folder: Path | None, name: str) -> Path | None:
    """The file of a program in the service's folder of programs."""
    if folder is None or name != Path(name).name:
        return None
    files = (folder / f"{name}{ending}" for ending in (".yaml", ".yml"))
    return next((file for file in files if file.is_file()), None)


def _registered(settings: Settings, name: str) -> Evaluated:
    reference, registry = reference_of(name), Registry(settings)
    try:
        version = registry.find(reference)
    except (VersionNotFoundError, VersionRefusedError):
        if reference.name != name:  # an alias or a number stands with it
            raise
        near = did_you_mean(name, (*LISTED_SIGNATURES, RULES, BUILT_IN))
        raise ProgramNotFoundError(
            f"No program {visible(name)[:80]!r} is known.",
            remedy=f"{near} Name a signature of the library, a .yaml file, or a registered "
            "version.".strip(),
        ) from None
    saved = registry.saved(version)
    return _evaluated_of(load_saved(saved), version.reference, saved.name, reference.name)


def _evaluated_of(program: Any, label: str, name: str, *others: str) -> Evaluated:
    if isinstance(program, CommentProgram):
        return EvaluatedVersion(label=label, program=program)
    return program_to_evaluate(program, label=label, name=name, also_named=others)


def _require_model(settings: Settings) -> None:
    if not settings.model:
        raise SettingsError(
            "What is evaluated needs a model.",
            remedy=f"Set model and endpoint; without a model, evaluate `{RULES}`.",
        )


def record_evaluation(
    report: EvaluationReport | ProgramReport, settings: Settings, path: Path, *, mlflow: bool = True
) -> tuple[Path, str]:
    """Write the page, and record a run where MLflow is there; what fails there costs no figures.

    Returns:
        The page's path and the run's id, '' without one.

    Raises:
        SettingsError: the page cannot be written.
    """
    page = render_evaluation(report)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"The page {str(path)!r} cannot be written: {error.strerror}.",
            remedy="Give another path with --html.",
        ) from None
    run = ""
    if mlflow and is_installed():
        with going_on(_log, "the evaluation could not be recorded in MLflow"):
            calm_mlflow()
            uri, _ = uris_of(settings)
            require_listener(uri)
            run = record_run(report, page, uri=uri, experiment=settings.registry_experiment)
    return path, run
