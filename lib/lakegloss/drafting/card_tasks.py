"""Makes the tasks for a table that no ledger knows, under the same policies as a batch run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.house.house_text import is_fit, people_texts
from lakegloss.core.house.nearest import HouseWords
from lakegloss.core.names import split_path
from lakegloss.core.personal.privacy import withhold
from lakegloss.core.plan.choices import Policy
from lakegloss.core.plan.fingerprint import model_family
from lakegloss.core.plan.guidance import Guidance
from lakegloss.core.plan.tasks import Describer, Rules, TableTasks, tasks_of
from lakegloss.core.profile.reclassify import classes_shown
from lakegloss.core.records import Source
from lakegloss.errors import InputError
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings_views import DraftingSettings

_NAMES = "Write a name that holds dots in backticks: `zip.code`, or address.`zip.code` of a part."


def tasks_for(
    table: Table,
    evidence: Mapping[str, Evidence],
    settings: DraftingSettings,
    program: CommentProgram,
    *,
    guidance: Sequence[str] = (),
    house: Guidance | None = None,
    detector: Callable[[Evidence], Evidence] | None = None,
) -> TableTasks:
    """The tasks for a table that no ledger knows.

    Args:
        evidence: by column.
        guidance: lines for the model about this table.
        house: the guidance and glossary of the settings' file.
        detector: finds personal data beyond the built-in detection, as in profiling.

    Raises:
        InputError: a name cannot be read, or a column is there twice.
    """
    check_names(table)
    is_model = bool(settings.model)
    intended = Source.MODEL if is_model else Source.RULES
    rules = Rules(
        policy=Policy(
            name=settings.policy,
            thin_words=settings.thin_words,
            overwrite_human=settings.policy == "all",
            intended=intended.value,
        ),
        describer=Describer(
            version=program.version,
            family=model_family(settings.model) if is_model else intended.value,
            style=settings.style,
            language=settings.language,
        ),
        comment_on_column=True,
        guidance=lambda name, path: (*guidance, *(house.matching(name, path) if house else ())),
    )
    seen = [evidence[column.path] for column in table.columns]
    keyed = {
        AssetKey(table.name, item.column): _guarded(item, personal, settings, detector)
        for item, personal in zip(seen, classes_shown(seen), strict=True)
    }
    tasks = tasks_of(table, keyed, {}, {}, rules)
    return tasks.with_house(_own_words(table, keyed, settings))


def _own_words(
    table: Table, evidence: Mapping[AssetKey, Evidence], settings: DraftingSettings
) -> HouseWords:
    """What the caller says of other columns of the table; a card knows of no other table."""
    if not settings.model or not settings.house_examples:
        return HouseWords()
    texts = (text for text in people_texts(table, evidence, {}) if text.column)
    return HouseWords(texts, fit=lambda item: is_fit(item, values=settings.values))


def _guarded(
    evidence: Evidence,
    personal: str,
    settings: DraftingSettings,
    detector: Callable[[Evidence], Evidence] | None,
) -> Evidence:
    """The evidence that the policy for values lets through, as for a profiled table.

    Args:
        personal: the class of personal data that is found.
    """
    # A caller may name a class of personal data, but cannot remove one that is found.
    classified = replace(evidence, personal=personal) if personal else evidence
    return withhold(classified if detector is None else detector(classified), settings.values)


def check_names(table: Table) -> None:
    """Refuse names that cannot be read, and columns that are there twice.

    Raises:
        InputError: the table has such a name or column.
    """
    seen: set[str] = set()
    try:
        split_path(table.name)
        for column in table.columns:
            split_path(column.path)
    except ValueError as error:  # a backtick that is not closed, an empty part
        raise InputError(f"A name cannot be read: {error}.", remedy=_NAMES) from None
    for column in table.columns:
        if column.path.lower() in seen:
            raise InputError(
                f"The column {column.path!r} is there twice.", remedy="Give each once."
            )
        seen.add(column.path.lower())
