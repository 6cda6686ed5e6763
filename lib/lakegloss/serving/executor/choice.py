"""Chooses the models that an execution asks, and their order."""

from collections.abc import Mapping, Sequence
from typing import Any

import dspy

from lakegloss.engine.execution import ModelRoute
from lakegloss.engine.models import DEFAULT_MODEL, routes_named, routes_of, settings_of
from lakegloss.errors import SettingsError
from lakegloss.settings import Settings


class ModelChoice:
    """Knows the models of an executor: the default one, named ones, and those that stand in.

    Args:
        settings: the settings of the default model; by default from LAKEGLOSS_*, else OPENAI_*.
        models: more models by name.
        fallbacks: names of `models`, asked in turn while the one before cannot be reached.
        lm: a language model of DSPy's, used in place of the default one.

    Raises:
        SettingsError, EnvironmentNotReadyError, EndpointAuthError: a model cannot be used.
    """

    def __init__(
        self,
        settings: Settings | None,
        models: Mapping[str, Settings],
        env: Mapping[str, str],
        *,
        fallbacks: Sequence[str],
        fail_fast: bool,
        lm: Any,
    ) -> None:
        default = settings or settings_of(env)
        self.routes = routes_of(
            None if default is None else default.asking,
            {name: more.asking for name, more in models.items()},
            env,
            fail_fast=fail_fast,
        )
        self._fallbacks = routes_named(fallbacks, self.routes)
        self._lm = lm

    def of(self, model: str) -> tuple[list[ModelRoute], Any]:
        """The models to ask in turn, or a language model of DSPy's in their place.

        Args:
            model: a name, '' for the default one.

        Raises:
            SettingsError: there is no model of that name, or none at all.
        """
        if model:
            [first] = routes_named([model], self.routes)
            return [first, *(r for r in self._fallbacks if r is not first)], None
        if self._lm is not None:
            return [], self._lm
        if DEFAULT_MODEL in self.routes:
            return [self.routes[DEFAULT_MODEL], *self._fallbacks], None
        if self._fallbacks:
            return list(self._fallbacks), None
        if dspy.settings.lm is not None:
            return [], dspy.settings.lm
        raise SettingsError(
            "No model is set.",
            remedy="Set LAKEGLOSS_MODEL and LAKEGLOSS_ENDPOINT, or OPENAI_API_KEY, or give lm=.",
        )
