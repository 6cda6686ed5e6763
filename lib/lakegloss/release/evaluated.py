"""Resolves the versions that are evaluated, and records what was found, as page and MLflow run."""

import logging
from pathlib import Path

from lakegloss.core.going_on import going_on
from lakegloss.errors import SettingsError
from lakegloss.learning.answering import RULES, EvaluatedVersion
from lakegloss.learning.evaluation import EvaluationReport
from lakegloss.learning.evaluation_page import render_evaluation
from lakegloss.learning.evaluation_run import is_installed, record_run
from lakegloss.programs.comment import CommentProgram
from lakegloss.release.chosen import chosen_program
from lakegloss.release.files import read_file
from lakegloss.release.registry import calm_mlflow
from lakegloss.release.servers import require_listener, uris_of
from lakegloss.settings import Settings

BUILT_IN = "built-in"
_log = logging.getLogger("lakegloss.evaluation")


def evaluated_version(
    settings: Settings, name: str = "", state: Path | None = None
) -> EvaluatedVersion:
    """Find the version to evaluate.

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
    if not settings.model:
        raise SettingsError(
            "A version of the comment program needs a model.", remedy="Set model and endpoint."
        )
    if state is not None:
        program = CommentProgram.restore(read_file(state, "state"))
        return EvaluatedVersion(label=state.name, program=program)
    if name == BUILT_IN:
        return EvaluatedVersion(label=BUILT_IN, program=CommentProgram())
    chosen = chosen_program(settings.model_copy(update={"program": name}))
    return EvaluatedVersion(label=chosen.reference, program=chosen.program)


def record_evaluation(
    report: EvaluationReport, settings: Settings, path: Path, *, mlflow: bool = True
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
