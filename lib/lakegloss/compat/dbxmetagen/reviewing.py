"""Takes reviewed files back as dbxmetagen's sync job does, and writes them where asked to."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lakegloss.compat.dbxmetagen.artefacts.output_files import OutputPlace
from lakegloss.compat.dbxmetagen.artefacts.reviewed_files import (
    read_reviewed,
    statements_of_tags,
)
from lakegloss.compat.dbxmetagen.artefacts.reviewed_labels import import_label_review
from lakegloss.compat.dbxmetagen.artefacts.tags_in_statements import (
    lines_of_tags,
    with_tags_of_statement,
)
from lakegloss.compat.dbxmetagen.configuration.config_settings import (
    TakenSettings,
    settings_of_config,
)
from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig, is_nothing
from lakegloss.compat.dbxmetagen.configuration.table_list import catalog_of
from lakegloss.compat.dbxmetagen.job import opened_session, user_of
from lakegloss.core.review.rows import Shape
from lakegloss.errors import ReviewFileError
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.apply.writes import ApplySummary
from lakegloss.lakehouse.labels.applying import LabelsApplied, apply_labels
from lakegloss.lakehouse.labels.label_reviewing import LabelsDecided
from lakegloss.lakehouse.review.files import ReviewFile
from lakegloss.lakehouse.review.review import ImportSummary, import_file

_FOLDER = "reviewed_outputs"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedResult:
    """Says what a reviewed file gave, decisions on comments, labels or both, and what was written.

    `applied` is what was written: of a file with both, the comments, and `tagged` the labels.
    """

    path: Path
    comments: ImportSummary | None = None
    labels: LabelsDecided | None = None
    applied: ApplySummary | LabelsApplied | None = None
    tagged: LabelsApplied | None = None

    @property
    def left_out(self) -> int:
        """How many rows were in conflict, and are not recorded."""
        return sum(len(one.conflicts) for one in (self.comments, self.labels) if one is not None)


def process_metadata_file(
    config: MetadataConfig | Mapping[str, Any],
    input_file: str | Path,
    export_format: str | None = None,  # noqa: ARG001 - a reviewed file is recorded, not written again
    *,
    spark: Any = None,
    decided_by: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> ReviewedResult:
    """Record the decisions of a reviewed file, and write them where `review_apply_ddl` says so.

    Args:
        input_file: a path, or the name of a file in the user's folder `reviewed_outputs`.

    Raises:
        ReviewFileError: there is no such file, or it cannot be read.
        SettingsError: a setting cannot be used.
    """
    found = config if isinstance(config, MetadataConfig) else MetadataConfig(**config)
    taken = settings_of_config(found, environ=os.environ if environ is None else environ)
    with opened_session(spark, taken) as running:
        path = _path(running, found, taken, Path(input_file))
        done = reviewed(running, taken, found, path, decided_by=decided_by)
        if not found.review_apply_ddl or found.federation_mode:
            return done
        return _written(running, taken, done)


def reviewed(
    spark: Any,
    taken: TakenSettings,
    config: MetadataConfig,
    path: Path,
    *,
    decided_by: str | None = None,
    dry_run: bool = False,
) -> ReviewedResult:
    """Record the decisions of a reviewed file of any mode; nothing is written to the catalog.

    Raises:
        ReviewFileError: it cannot be read. SettingsError: the tags cannot be used.
    """
    by_statement = config.column_with_reviewed_ddl == "ddl"
    file = read_reviewed(path, reviewed_column=config.column_with_reviewed_ddl)
    options: dict[str, Any] = {"decided_by": decided_by, "dry_run": dry_run}
    if file.shape is Shape.LABELS:
        if by_statement:
            file = replace(file, lines=(with_tags_of_statement(x, config) for x in file.lines))
        found = import_label_review(spark, taken.settings, config, file, **options)
        return ReviewedResult(path=path, labels=found)
    tags = lines_of_tags(statements_of_tags(path), config)
    comments = import_file(spark, taken.settings, file, **options)
    if not tags:
        return ReviewedResult(path=path, comments=comments)
    of_tags = ReviewFile(shape=Shape.LABELS, origin=file.origin, lines=iter(tags))
    labels = import_label_review(spark, taken.settings, config, of_tags, **options)
    rest = replace(comments, untouched=comments.untouched - len(tags))
    has_comments = rest.rulings or rest.conflicts or rest.untouched or rest.already
    return ReviewedResult(path=path, comments=rest if has_comments else None, labels=labels)


def _written(spark: Any, taken: TakenSettings, done: ReviewedResult) -> ReviewedResult:
    """Write what the file decided; other tables are left alone."""
    rulings = done.comments.rulings if done.comments is not None else ()
    tables = sorted({ruling.key.table for ruling in rulings})
    applied = apply(spark, taken.settings, tables) if tables else None
    labels = done.labels.rulings if done.labels is not None else ()
    tagged = None
    if labels:
        of_labels = sorted({ruling.key.table for ruling in labels})
        tags = {ruling.key.tag for ruling in labels}
        tagged = apply_labels(spark, taken.settings, of_labels, tags=tags)
    return replace(done, applied=applied or tagged, tagged=tagged)


def _path(spark: Any, config: MetadataConfig, taken: TakenSettings, given: Path) -> Path:
    if given.is_file() or is_nothing(config.volume_name):
        return given
    place = OutputPlace(
        catalog=catalog_of(config), schema=str(config.schema_name), volume=str(config.volume_name),
        user=user_of(spark, config), home=taken.settings.home,
    )  # fmt: skip
    path = place.folder / _FOLDER / given.name
    if not path.is_file():
        raise ReviewFileError(
            f"There is no reviewed file {given.name!r}.",
            remedy=f"Put it into {str(path.parent)!r}, or give its path.",
        )
    return path
