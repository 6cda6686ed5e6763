"""Reads what people wrote in a lake: comments, decisions on proposals, and the examples kept."""

import json
from collections.abc import Iterator, Mapping, Sequence

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.house.house_text import HouseText, example_text, is_fit, people_texts
from lakegloss.core.house.nearest import HouseWords
from lakegloss.core.learning.examples import COMMENT_PROGRAM, Example
from lakegloss.core.plan.choices import Known
from lakegloss.core.records import POLICY
from lakegloss.core.stages import comments_of
from lakegloss.lakehouse.examples.keeping import ExampleLedger
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import DECISIONS
from lakegloss.lakehouse.survey.survey import Survey
from lakegloss.settings_views import DraftingSettings


def shows_house_words(settings: DraftingSettings) -> bool:
    """Whether requests show what people wrote: a model is asked, and the setting lets it see."""
    return bool(settings.model) and settings.house_examples > 0


def house_words(texts: Sequence[HouseText], examples: Sequence[Example], values: str) -> HouseWords:
    """What may stand in requests: texts of the lake, then those of examples of other assets.

    What was withdrawn as an example is shown nowhere.

    Args:
        texts: as `core.house.house_text.people_texts` gives them.
        values: the policy for values.
    """
    withdrawn = {
        AssetKey(e.table, e.column)
        for e in examples
        if e.program == COMMENT_PROGRAM and e.withdrawn
    }
    kept = [text for text in texts if text.key not in withdrawn]
    return HouseWords([*kept, *_taught(examples)], fit=lambda item: is_fit(item, values=values))


def _taught(examples: Sequence[Example]) -> Iterator[HouseText]:
    for example in examples:
        text = example_text(example, _inputs(example))
        if text is not None:
            yield text


def _inputs(example: Example) -> Mapping[str, object]:
    try:
        found = json.loads(example.inputs)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


class HouseReader:
    """Gathers the texts of people chunk by chunk.

    Args:
        settings: where they let no request show such texts, nothing is read.
    """

    def __init__(self, ledgers: Ledgers, settings: DraftingSettings) -> None:
        self.is_wanted = shows_house_words(settings)
        self._values = settings.values
        self._ledgers = ledgers
        self._texts: list[HouseText] = []

    def may_have_some(self, found: Survey) -> bool:
        """Whether a large lake has any comment, or a decision of a person, to look for."""
        if any(text for table in found.shelf for text in comments_of(table).values()):
            return True
        decided = self._ledgers.read(DECISIONS).where(f"origin <> '{POLICY}'")
        return bool(decided.limit(1).collect())

    def add(
        self,
        tables: Sequence[Table],
        evidence: Mapping[AssetKey, Evidence],
        known: Mapping[AssetKey, Known],
    ) -> None:
        """Take in the tables of one chunk with what is known of them."""
        for table in tables:
            self._texts += people_texts(table, evidence, known)

    def words(self) -> HouseWords:
        """What people wrote in the tables that were added, and the examples of the ledger."""
        return house_words(self._texts, ExampleLedger(self._ledgers).latest(), self._values)
