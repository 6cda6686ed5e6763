"""Gathers what people wrote that versions may see while they are evaluated."""

from collections.abc import Sequence

from lakegloss.core.evaluation.references import HeldOutTable
from lakegloss.core.house.hiding import visible_texts
from lakegloss.core.house.house_text import texts_by_path
from lakegloss.core.house.nearest import HouseWords
from lakegloss.core.learning.splits import Split
from lakegloss.lakehouse.describe.house_reader import house_words, shows_house_words
from lakegloss.lakehouse.examples.keeping import ExampleLedger
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.settings_views import DraftingSettings


def shown_words(
    ledgers: Ledgers,
    settings: DraftingSettings,
    asked: Sequence[HeldOutTable],
    others: Sequence[HeldOutTable],
) -> HouseWords:
    """What stands in the requests of an evaluation: as in a run, less what gives answers away.

    Args:
        asked: the tables that are evaluated on.
        others: tables with what people wrote, on which nothing is evaluated.
    """
    if not shows_house_words(settings):
        return HouseWords()
    examples = ExampleLedger(ledgers)
    kept = [
        text
        for item in others
        for text in texts_by_path(item.table, item.evidence, item.references)
    ]
    words = house_words(kept, examples.latest(), settings.values)
    if not words:
        return words
    # Before the first example no table is in a gate, and the salt waits for the examples.
    split_of = examples.splitter() if examples.exists() else _no_gate
    return words.only({text.key for text in visible_texts(words.texts, asked, split_of)})


def _no_gate(_: str) -> Split:
    return Split.TRAIN
