"""Asks Presidio's pattern recognisers for a second opinion on personal data (extra `presidio`).

It asks only about columns in which lakegloss' own detection found nothing. It uses only recognisers
that need no language model of their own: formats, check digits, phone numbers.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Protocol

from lakegloss.core.data_types import is_number
from lakegloss.core.evidence import Evidence
from lakegloss.core.personal.classes import PersonalClass
from lakegloss.errors import EnvironmentNotReadyError

SHARE, SCORE = 0.5, 0.5
"""A column is personal if at least this share of its values gets at least this score."""
_MOST_VALUES = 30
_LONGEST_VALUE = 200
_CLASSES: Mapping[str, PersonalClass] = MappingProxyType(
    {
        "EMAIL_ADDRESS": PersonalClass.EMAIL,
        "PHONE_NUMBER": PersonalClass.PHONE,
        "IBAN_CODE": PersonalClass.IBAN,
        "CREDIT_CARD": PersonalClass.CARD_NUMBER,
        "IP_ADDRESS": PersonalClass.IP_ADDRESS,
        "MAC_ADDRESS": PersonalClass.DEVICE,
        "US_BANK_NUMBER": PersonalClass.BANK_ACCOUNT,
        "CRYPTO": PersonalClass.BANK_ACCOUNT,
        "MEDICAL_LICENSE": PersonalClass.MEMBER_NUMBER,
        "US_PASSPORT": PersonalClass.PASSPORT,
        "IN_PASSPORT": PersonalClass.PASSPORT,
        "IT_PASSPORT": PersonalClass.PASSPORT,
        "UK_PASSPORT": PersonalClass.PASSPORT,
        "US_DRIVER_LICENSE": PersonalClass.DRIVING_LICENCE,
        "IT_DRIVER_LICENSE": PersonalClass.DRIVING_LICENCE,
        "US_ITIN": PersonalClass.TAX_ID,
    }
)
# Presidio recognises dates and links, too, but alone they identify nobody.
_NOT_PERSONAL = frozenset({"DATE_TIME", "URL", "NRP", "LOCATION", "ORGANIZATION"})


class Detector(Protocol):
    """Looks for personal data in a profiled column once more."""

    def __call__(self, evidence: Evidence) -> Evidence:
        """Return the evidence, with a class of personal data where one was found."""


def presidio_detector() -> Detector:
    """Make a detector that asks Presidio.

    Raises:
        EnvironmentNotReadyError: Presidio is not installed.
    """
    recognisers = _recognisers()

    def look(evidence: Evidence) -> Evidence:
        if evidence.personal or is_number(evidence.data_type):
            return evidence
        values = [item.value[:_LONGEST_VALUE] for item in evidence.frequent][:_MOST_VALUES]
        personal = personal_class_of(values, recognisers)
        # Personal data keeps no hashes, whoever found it.
        return replace(evidence, personal=personal, sketch=b"") if personal else evidence

    return look


@lru_cache(maxsize=1)
def _recognisers() -> tuple[Any, ...]:
    try:
        from presidio_analyzer import EntityRecognizer, RecognizerRegistry
        from presidio_analyzer.predefined_recognizers import SpacyRecognizer
    except ImportError:
        raise EnvironmentNotReadyError(
            "The setting personal='presidio' needs Presidio, which is not installed.",
            remedy="Run: pip install 'lakegloss[presidio]'",
        ) from None
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    return tuple(
        recogniser
        for recogniser in registry.recognizers
        if isinstance(recogniser, EntityRecognizer) and not isinstance(recogniser, SpacyRecognizer)
    )


def personal_class_of(values: Sequence[str], recognisers: Sequence[Any]) -> str:
    """Find the class of most values; '' where fewer than `SHARE` of them are recognised."""
    seen: Counter[str] = Counter()
    for value in values:
        entity = _entity(value, recognisers)
        if entity:
            seen[entity] += 1
    if not seen or seen.total() < SHARE * len(values):
        return ""
    entity, _ = seen.most_common(1)[0]
    return _CLASSES.get(entity, PersonalClass.NATIONAL_ID).value


def _entity(value: str, recognisers: Sequence[Any]) -> str:
    """Find the entity that a whole value surely is; '' where none is sure."""
    best, entity = 0.0, ""
    for recogniser in recognisers:
        for hit in recogniser.analyze(value, recogniser.supported_entities, None) or ():
            covers = hit.end - hit.start >= 0.6 * len(value.strip())
            if covers and hit.score > best and hit.entity_type not in _NOT_PERSONAL:
                best, entity = hit.score, hit.entity_type
    return entity if best >= SCORE else ""
