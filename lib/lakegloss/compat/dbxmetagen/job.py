"""Runs dbxmetagen's job: `main({...})` with its settings, over the runs of lakegloss."""

import difflib
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lakegloss.compat.dbxmetagen.artefacts.label_rows_out import label_rows
from lakegloss.compat.dbxmetagen.artefacts.output_files import OutputPlace, write_output
from lakegloss.compat.dbxmetagen.artefacts.proposed_rows import comment_rows
from lakegloss.compat.dbxmetagen.artefacts.views import make_views
from lakegloss.compat.dbxmetagen.configuration.config_keys import ACRONYMS, KEYS
from lakegloss.compat.dbxmetagen.configuration.config_settings import (
    TakenSettings,
    settings_of_config,
)
from lakegloss.compat.dbxmetagen.configuration.customer_context import (
    context_entries,
    rules_of_context,
    terms_of,
    write_guidance,
)
from lakegloss.compat.dbxmetagen.configuration.label_overrides import (
    has_comments,
    label_overrides,
)
from lakegloss.compat.dbxmetagen.configuration.label_settings import scheme_of_config
from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig, is_nothing
from lakegloss.compat.dbxmetagen.configuration.table_list import catalog_of, patterns_of
from lakegloss.compat.dbxmetagen.missing_tables import without_missing
from lakegloss.core.names import quote_parts
from lakegloss.core.plan.guidance import Guidance, Rule
from lakegloss.core.text.terminal import safe
from lakegloss.errors import SettingsError
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.apply.writes import ApplySummary
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.describe import DescribeSummary, describe
from lakegloss.lakehouse.describe.guidance_file import read_guidance
from lakegloss.lakehouse.labels.applying import LabelsApplied, apply_labels
from lakegloss.lakehouse.labels.proposing import LabelSummary, propose_labels
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.review.review import ImportSummary, import_review
from lakegloss.lakehouse.session.session import session
from lakegloss.lakehouse.session.user import session_user

_log = logging.getLogger("lakegloss.dbxmetagen")
_CONTEXT = "customer_context"
COMMENT = "comment"


@dataclass(frozen=True, slots=True, kw_only=True)
class MainResult:
    """Says what a run of `main` did.

    Attributes:
        patterns: the names that selected tables.
        problem: why no model wrote; '' where one was asked.
        sources: the number of new comments, or of new labels where none were written, by who
            says so (model, rules, inherited).
        without_effect: settings that were changed and have no effect, with the reasons.
        notes: what else the caller should know.
        files: of each mode, the files of statements and last the one for review.
        views: the views in dbxmetagen's shapes that were made.
        missing: names that selected no table, each with the reason and what to do; the others were
            done.
    """

    mode: str
    patterns: tuple[str, ...]
    problem: str
    sources: Mapping[str, int]
    without_effect: Mapping[str, str]
    missing: Mapping[str, str] = field(default_factory=dict)
    described: DescribeSummary | None = None
    applied: ApplySummary | None = None
    overrides: ImportSummary | None = None
    notes: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    views: tuple[str, ...] = ()
    labelled: LabelSummary | None = None
    tagged: LabelsApplied | None = None
    taken: TakenSettings | None = field(default=None, repr=False)


def main(
    kwargs: Mapping[str, Any] | MetadataConfig,
    *,
    spark: Any = None,
    environ: Mapping[str, str] | None = None,
) -> MainResult:
    """Generate metadata with dbxmetagen's settings, and write its files.

    ``main({"catalog_name": "dev", "table_names": "dev.sales.*", "mode": "comment"})``

    What is described and not stale is left as it is, and what a person wrote is never replaced.
    Nothing is written to the catalog unless `apply_ddl` says so.

    Args:
        kwargs: settings of dbxmetagen (`MetadataConfig`).
        spark: by default the platform's session, or a local one that ends with the run.

    Raises:
        SettingsError: a setting or a file cannot be used.
        AssetNotFoundError, CatalogError: no name selects a table that is there. Where some do, the
            others are in `missing` of the result.
        EndpointAuthError, EndpointUnavailableError: the model cannot be used.
        ReviewFileError: a file cannot be read or written.
    """
    config = kwargs if isinstance(kwargs, MetadataConfig) else MetadataConfig(**kwargs)
    return run_job(config, spark=spark, environ=environ, tell=_tell)


def run_job(
    config: MetadataConfig,
    *,
    spark: Any = None,
    environ: Mapping[str, str] | None = None,
    tell: Callable[[MetadataConfig, str], None] = lambda _config, _problem: None,
) -> MainResult:
    """Like `main`, which says more of the errors.

    Args:
        tell: called before the run with the settings, and why no model is asked ('' where one is).
    """
    patterns = tables_of(config)
    env = os.environ if environ is None else environ
    taken = settings_of_config(config, environ=env)
    tell(config, taken.problem)
    with opened_session(spark, taken) as running:
        taken, notes = _with_guidance(running, config, taken)
        there, missing = _without_missing(running, taken, patterns)
        start = MainResult(
            mode=config.mode, patterns=tuple(there), problem=taken.problem, sources={},
            without_effect=config.without_effect, missing=missing, taken=taken, notes=tuple(notes),
        )  # fmt: skip
        return _run(running, config, start, taken)


def _without_missing(
    spark: Any, taken: TakenSettings, patterns: Sequence[str]
) -> tuple[list[str], Mapping[str, str]]:
    catalog = Catalog(spark, taken.settings.excluded)
    schema = Ledgers(spark, taken.settings).schema
    there, missing = without_missing(catalog, patterns, own_schema=schema)
    for why in missing.values():
        _log.warning("not done: %s", safe(why))
    return there, missing


def tables_of(config: MetadataConfig) -> list[str]:
    """The patterns of tables of a run whose settings are complete.

    Raises:
        SettingsError: no catalog, no table, or for domains no file of domains is named.
    """
    catalog_of(config)
    if config.mode != COMMENT:
        scheme_of_config(config)
    return patterns_of(config)


def named_unknown(config: MetadataConfig) -> str:
    """The names that are no settings, each with the one that may be meant."""
    near = {name: difflib.get_close_matches(name, KEYS, n=1) for name in config.unknown}
    return ", ".join(f"{n} ({found[0]}?)" if found else n for n, found in near.items())


def _tell(config: MetadataConfig, problem: str) -> None:
    if config.without_effect:
        _log.warning(
            "settings without effect: %s (`lakegloss dbxmetagen settings` says why)",
            ", ".join(config.without_effect),
        )
    if config.unknown:
        _log.warning("no settings of dbxmetagen: %s", named_unknown(config)[:1_000])
    if problem and COMMENT in config.modes:
        _log.warning("%s", problem)


@contextmanager
def opened_session(spark: Any, taken: TakenSettings) -> Iterator[Any]:
    """Give the session, or one that ends with the block."""
    if spark is not None:
        yield spark
        return
    with session(taken.settings) as own:
        yield own


def _run(spark: Any, config: MetadataConfig, start: MainResult, taken: TakenSettings) -> MainResult:
    done = start
    if COMMENT in config.modes:
        done = _described(spark, config, done, taken)
    if config.mode != COMMENT:
        done = _labelled(spark, config, done, taken)
    return _with_files(spark, config, done, taken)


def _described(
    spark: Any, config: MetadataConfig, start: MainResult, taken: TakenSettings
) -> MainResult:
    settings = taken.settings
    overrides = _overrides(spark, config, taken)
    described = describe(spark, settings, start.patterns)
    applied = None
    if config.apply_ddl or config.dry_run:
        preview = config.dry_run or not config.apply_ddl
        applied = apply(spark, settings, start.patterns, dry_run=preview)
    return replace(
        start, described=described, applied=applied, overrides=overrides, sources=described.sources,
        notes=(*start.notes, *_left_out(config, overrides)),
    )  # fmt: skip


def _left_out(config: MetadataConfig, overrides: ImportSummary | None) -> list[str]:
    """The texts of the file of overrides that are not written, each with the reason."""
    name = Path(str(config.override_csv_path)).name
    conflicts = overrides.conflicts if overrides is not None else ()
    return [
        f"{name}, line {one.line}, {one.key}: {one.trouble.value}. {one.remedy}"
        for one in conflicts
    ]


def _overrides(spark: Any, config: MetadataConfig, taken: TakenSettings) -> ImportSummary | None:
    """Texts of people that are written instead of a model's: decided before anything is asked."""
    path = override_file(config)
    if path is None or not has_comments(path):
        return None
    return import_review(spark, taken.settings, path)


def override_file(config: MetadataConfig) -> Path | None:
    """The file of overrides; None where none is wanted, or the usual one is not there.

    Raises:
        SettingsError: the settings name a file that is not there.
    """
    path = Path(str(config.override_csv_path))
    if not config.allow_manual_override or is_nothing(config.override_csv_path):
        return None
    if path.is_file():
        return path
    if "override_csv_path" in config.given and path.name != "metadata_overrides.csv":
        raise SettingsError(
            f"The file of overrides {str(path)!r} is not there.",
            remedy="Correct override_csv_path, or set allow_manual_override=false.",
        )
    return None


def _labelled(
    spark: Any, config: MetadataConfig, start: MainResult, taken: TakenSettings
) -> MainResult:
    """Modes pi and domain: labels are proposed, and set as tags where the settings say so."""
    scheme = scheme_of_config(config)
    path = override_file(config)
    overrides, notes = label_overrides(path, scheme) if path is not None else ([], [])
    found = propose_labels(
        spark, taken.settings, start.patterns, scheme=scheme, overrides=overrides
    )
    applied = None
    if config.apply_ddl or config.apply_tags or config.dry_run:
        preview = config.dry_run or config.federation_mode or not (
            config.apply_ddl or config.apply_tags
        )  # fmt: skip
        applied = apply_labels(
            spark, taken.settings, start.patterns, tags=scheme.tags, dry_run=preview
        )
    return replace(
        start, labelled=found, tagged=applied, sources=start.sources or found.sources,
        notes=(*start.notes, *notes),
    )  # fmt: skip


def _with_files(
    spark: Any, config: MetadataConfig, done: MainResult, taken: TakenSettings
) -> MainResult:
    settings, name = taken.settings, user_of(spark, config)
    files: list[Path] = []
    if not is_nothing(config.volume_name):
        place = OutputPlace(
            catalog=catalog_of(config), schema=str(config.schema_name),
            volume=str(config.volume_name), user=name, home=settings.home,
        )  # fmt: skip
        now = datetime.now(UTC)
        for mode in config.modes:
            if mode == COMMENT:
                rows = comment_rows(spark, settings, done.patterns, config, user=name)
            else:
                rows = label_rows(spark, settings, done.patterns, config, mode, user=name)
            files += write_output(
                place, rows, mode=mode, statements_as=config.ddl_output_format,
                review_as=config.reviewable_output_format, now=now,
            )  # fmt: skip
    views = make_views(spark, settings, config, user=name)
    return replace(done, files=tuple(files), views=tuple(views))


def user_of(spark: Any, config: MetadataConfig) -> str:
    """The user of the settings, else the session's."""
    if not is_nothing(config.current_user):
        return str(config.current_user)
    return session_user(spark)


# The context.


def _with_guidance(
    spark: Any, config: MetadataConfig, taken: TakenSettings
) -> tuple[TakenSettings, list[str]]:
    """The settings with the context and the acronyms as guidance, and what was left out."""
    rules, notes = _context_rules(spark, config)
    terms = terms_of(config.acro_content) if "acro_content" in config.given else ()
    if set(terms) == set(terms_of(ACRONYMS)):
        terms = ()  # those that every file of dbxmetagen comes with
    if not (rules or terms):
        return taken, notes
    settings = taken.settings
    own = read_guidance(settings.guidance)
    both = Guidance(rules=(*own.rules, *rules), terms=(*own.terms, *terms))
    path = write_guidance(both, settings.home / "dbxmetagen" / "guidance.yml")
    return replace(taken, settings=settings.model_copy(update={"guidance": path})), notes


def _context_rules(spark: Any, config: MetadataConfig) -> tuple[list[Rule], list[str]]:
    path = str(config.customer_context_path or "").strip()
    if not (config.use_customer_context or path):
        return [], []
    if path and not Path(path).exists():
        raise SettingsError(
            f"The customer context {path!r} is not there.", remedy="Correct customer_context_path."
        )
    entries = list(context_entries(Path(path))) if path else []
    table = quote_parts((catalog_of(config), str(config.schema_name), _CONTEXT))
    if spark.catalog.tableExists(table):
        entries += [row.asDict() for row in spark.table(table).limit(10_000).collect()]
    elif not path:
        return [], [f"there is no table {table} of customer context, and no customer_context_path"]
    return rules_of_context(entries)
