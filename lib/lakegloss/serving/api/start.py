"""Starts the service: makes everything that its requests share, as the settings say."""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from lakegloss.core.monitoring.alert_rules import default_alerts
from lakegloss.core.personal.presidio import presidio_detector
from lakegloss.core.release.assignment import Variant
from lakegloss.engine.limits.budget import cost_of
from lakegloss.engine.model_file import ModelFile, read_models
from lakegloss.engine.models import number, settings_of
from lakegloss.lakehouse.describe.guidance_file import read_guidance
from lakegloss.monitoring.channels import Channel, Webhook, to_log
from lakegloss.programs.comment import CommentProgram
from lakegloss.release.chosen import Chosen, chosen_version
from lakegloss.release.registry import Registry
from lakegloss.release.version import reference_of
from lakegloss.serving.api.access.callers import Callers, is_app, secret_of
from lakegloss.serving.api.database.shadow_answers import ShadowAnswers
from lakegloss.serving.api.database.store import Store, database_of
from lakegloss.serving.api.executing import Executions
from lakegloss.serving.api.follow import FollowedComments, RegistrySource, prepared_of
from lakegloss.serving.api.metrics import Metrics
from lakegloss.serving.api.places import Places
from lakegloss.serving.api.service import Service
from lakegloss.serving.api.variants.shadow_budget import ShadowBudget
from lakegloss.serving.api.variants.shadow_lane import AT_ONCE, ShadowLane
from lakegloss.serving.api.variants.splits import Splits
from lakegloss.serving.executor.executor import DSPyPipelineExecutor
from lakegloss.serving.executor.loader import DSPyModelLoader, EntryPointSource
from lakegloss.serving.executor.programs import ProgramSource
from lakegloss.serving.watch.alert_loop import AlertLoop
from lakegloss.settings import Settings


def start_service(
    settings: Settings,
    *,
    metrics: Metrics | None = None,
    environ: Mapping[str, str] | None = None,
) -> Service:
    """Make the service; the caller closes it.

    Args:
        settings: name the model of comments and, by default, of programs; also those named serve_*.
        environ: holds SECRET_KEY and the variables that executors read (docs/programs.md).

    Raises:
        SettingsError, EnvironmentNotReadyError, EndpointAuthError: it cannot be made.
    """
    env = os.environ if environ is None else environ
    app, secret = is_app(settings.serve_callers, env), secret_of(env, settings.serve_host)
    workers, batch_workers = workers_of_service(settings, env)
    model = settings if settings.model else settings_of(env)
    detector = presidio_detector() if settings.personal == "presidio" else None
    guidance = read_guidance(settings.guidance)
    more = ModelFile()
    if settings.serve_models is not None:
        more = read_models(settings.serve_models, settings, env)
    counts = metrics or Metrics()
    with ExitStack() as undo:  # closes what was made, if the rest cannot be made
        registry = registry_of(settings, env)
        registered = _registered(settings, registry)
        if registered is not None:
            undo.callback(registered.close)
        comments, end_comments = _comments(settings, model, registry)
        undo.callback(end_comments)
        splits = _splits(settings, model, registry)
        executor = _executor(settings, model, more, env, registered, workers)
        undo.callback(executor.shutdown)
        store = Store(
            database_of(settings), retention=timedelta(days=settings.serve_retention_days)
        )
        undo.callback(store.close)
        loop = _alert_loop(settings, store, counts)
        undo.pop_all()
    places = Places(workers)
    executions = Executions(
        executor,
        store,
        counts,
        places,
        fallbacks=more.fallbacks,
        timeout=settings.serve_timeout,
        keep=settings.values if settings.serve_keep_inputs else "none",
        splits=splits.programs,
        shadow=_shadow(settings, model, more, env, store, counts, places) if splits.any else None,
    )
    return Service(
        replace(settings.service, serve_workers=workers),
        executions,
        batch_workers=batch_workers,
        callers=Callers(store, secret=secret, rate=settings.serve_rate, app=app),
        comments=comments,
        splits=splits.comments,
        detector=detector,
        guidance=guidance,
        followed=(
            loop.close,
            end_comments,
            splits.close,
            *(() if registered is None else (registered.close,)),
        ),
    )


def _alert_loop(settings: Settings, store: Store, counts: Metrics) -> AlertLoop:
    """The thread that looks at alerts, started."""
    channels: dict[str, Channel] = {"log": to_log}
    if settings.alert_webhook is not None:
        channels["webhook"] = Webhook(settings.alert_webhook, settings.alert_webhook_secret)
    loop = AlertLoop(
        store.engine,
        default_alerts(
            latency_ms=settings.alert_latency * 1_000,
            success_rate=settings.alert_success_rate,
            quality=settings.alert_quality,
        ),
        channels,
        drift_items=settings.alert_drift_items,
        show=lambda firing: counts.show_alerts(
            {(one.alert, one.subject.program, one.subject.variant, one.subject.model)
             for one in firing}
        ),
    )  # fmt: skip
    loop.start()
    return loop


def workers_of_service(settings: Settings, env: Mapping[str, str]) -> tuple[int, int]:
    """How many executions run at the same time, and how many of one batch.

    `serve_workers`, else DSPY_ASYNC_MAX_WORKERS, else the default of `serve_workers`; for a batch
    MAX_WORKERS, else half of it.

    Raises:
        SettingsError: a variable is no number of at least 1.
    """
    named = number(env, "DSPY_ASYNC_MAX_WORKERS", int)
    is_set = "serve_workers" in settings.model_fields_set
    workers = settings.serve_workers if is_set or named is None else named
    of_batch = number(env, "MAX_WORKERS", int) or max(1, workers // 2)
    return workers, min(of_batch, workers)


def registry_of(settings: Settings, env: Mapping[str, str]) -> Registry | None:
    """The registry, if the settings need one.

    Raises:
        EnvironmentNotReadyError, RegistryError: see `Registry`.
    """
    wanted = settings.program or settings.serve_registry
    return Registry(settings, environ=env) if wanted else None


def _registered(settings: Settings, registry: Registry | None) -> RegistrySource | None:
    """The programs of the registry, if the service executes them."""
    if registry is None or not settings.serve_registry:
        return None
    return RegistrySource(registry, seconds=settings.serve_refresh)


def _comments(
    settings: Settings, model: Settings | None, registry: Registry | None
) -> tuple[Callable[[], Chosen], Callable[[], None]]:
    """Two functions: one gives the current comment program, the other stops following its alias."""
    # Comments use the same model as programs, also if OpenAI's variables name it.
    own = settings if model is None else _with_model(settings, model)
    if registry is None or not settings.program:
        built_in = Chosen(program=CommentProgram(), reference="", settings=own)
        return lambda: built_in, lambda: None
    followed = FollowedComments(
        reference_of(settings.program),
        registry,
        lambda registry, version: chosen_version(registry, version, own),
        seconds=settings.serve_refresh,
    )
    return lambda: followed.current, followed.close


@dataclass(frozen=True, kw_only=True)
class _Split:
    """The rollouts of registered programs, and those of the comment program."""

    programs: Splits | None
    comments: Splits | None

    @property
    def any(self) -> bool:
        """Whether rollouts of one of them are followed."""
        return self.programs is not None or self.comments is not None

    def close(self) -> None:
        for splits in (self.programs, self.comments):
            if splits is not None:
                splits.close()


def _splits(settings: Settings, model: Settings | None, registry: Registry | None) -> _Split:
    """Both kinds, where the settings follow the champions of registered programs."""
    if registry is None:
        return _Split(programs=None, comments=None)
    own = settings if model is None else _with_model(settings, model)
    programs, comments = None, None
    if settings.serve_registry:
        programs = Splits(registry, prepared_of, seconds=settings.serve_refresh)
    reference = reference_of(settings.program) if settings.program else None
    if reference is not None and reference.alias == Variant.CHAMPION:
        comments = Splits(
            registry,
            lambda registry, version: chosen_version(registry, version, own),
            seconds=settings.serve_refresh,
        )
    return _Split(programs=programs, comments=comments)


def _shadow(
    settings: Settings,
    model: Settings | None,
    more: ModelFile,
    env: Mapping[str, str],
    store: Store,
    counts: Metrics,
    places: Places,
) -> ShadowLane | None:
    """Where challengers answer beside champions; None without a budget. It starts no thread yet."""
    if not settings.shadow_tokens:
        return None
    answers = ShadowAnswers(store)

    def executor() -> DSPyPipelineExecutor:
        return DSPyPipelineExecutor(
            cache_enabled=False,
            mlflow_tracking=False,
            timeout=settings.serve_timeout,
            max_workers=AT_ONCE,
            settings=None if model is None else _in_shadow(model),
            models={name: _in_shadow(one) for name, one in more.models.items()},
            fail_fast=True,
            environ=env,
            registry=False,
        )

    budget = ShadowBudget(
        answers,
        tokens=settings.shadow_tokens,
        dollars=settings.shadow_cost,
        price=partial(cost_of, settings.calls),
        clock=time.time,
    )
    return ShadowLane(executor, answers, budget, counts, is_busy=lambda: places.waiting > 0)


def _in_shadow(model: Settings) -> Settings:
    """A model as it is asked in the shadow: no retries, few calls, and a budget of its own."""
    own = dict.fromkeys(("max_tokens_total", "max_cost", "run_timeout"))
    return model.model_copy(update={"attempts": 1, "in_flight": AT_ONCE, **own})


def _executor(
    settings: Settings,
    model: Settings | None,
    more: ModelFile,
    env: Mapping[str, str],
    registered: RegistrySource | None,
    workers: int,
) -> DSPyPipelineExecutor:
    folder = settings.serve_programs
    sources: list[ProgramSource] = [] if folder is None else [DSPyModelLoader(folder)]
    sources.append(EntryPointSource())
    if registered is not None:
        sources.append(registered)
    return DSPyPipelineExecutor(
        settings=model,
        models=more.models,
        fallbacks=more.fallbacks,
        fail_fast=True,
        environ=env,
        timeout=settings.serve_timeout,
        max_workers=workers,
        sources=sources,
        registry=False,  # the setting serve_registry decides, see sources
    )


def _with_model(settings: Settings, model: Settings) -> Settings:
    named = ("model", "endpoint", "api_key", "api_key_file", "temperature", "call_timeout")
    return settings.model_copy(update={name: getattr(model, name) for name in named})
