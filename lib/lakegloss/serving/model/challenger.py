"""Registers an optimised program as a version, and makes it the challenger."""

from typing import Any

from lakegloss.core.release.decisions import Alias
from lakegloss.errors import InputError
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.learning.optimisation.optimizing import OptimizeReport
from lakegloss.programs.saved import save
from lakegloss.release.registry import Registry, default_name
from lakegloss.release.releases import Releases
from lakegloss.serving.model.packaging import register
from lakegloss.settings import Settings


def register_challenger(
    spark: Any, settings: Settings, report: OptimizeReport, *, name: str = ""
) -> str:
    """Register what an optimisation found, with its figures; returns the version's reference.

    Args:
        spark: a session, whose ledger keeps the decision; without one (None) the version is
            registered and no alias is moved.
        name: the registered name; by default that of the program.

    Raises:
        InputError: the gate does not say that it is better.
        SignatureError: the program cannot be saved as data.
        VersionRefusedError, RegistryError, EnvironmentNotReadyError: it cannot be registered.
    """
    if not report.is_better or report.found is None:
        raise InputError(
            "Only what the gate calls better becomes a challenger.", remedy=report.result
        )
    registry = Registry(settings)
    saved = save(report.found.program, report.program.name)
    chosen = name or default_name(settings, saved.name, registry.uri)
    version, _ = register(registry, chosen, saved, settings, measured=report.measured)
    if spark is not None:
        releases = Releases(Ledgers(spark, settings), registry)
        reason = f"optimised with {report.plan.optimizer} in run {report.run_id}"
        releases.promote(version.name, version.number, alias=Alias.CHALLENGER, reason=reason)
    return version.reference
