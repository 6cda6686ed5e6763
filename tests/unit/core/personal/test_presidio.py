"""The second opinion: what it changes, and what it must not."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.personal import presidio
from lakegloss.errors import EnvironmentNotReadyError
from tests.kits.modules import fresh

pytestmark = pytest.mark.slow


@dataclass
class Hit:
    entity_type: str
    start: int
    end: int
    score: float


class Digits:
    """Recognises values of nine digits, surely where they begin with 7."""

    supported_entities = ("XX_NUMBER",)

    def analyze(self, text: str, entities: Any, artifacts: Any) -> list[Hit]:
        if text.isdigit() and len(text) == 9:
            return [Hit("XX_NUMBER", 0, 9, 0.9 if text.startswith("7") else 0.1)]
        return [Hit("URL", 0, len(text), 0.9)]


def evidence(*values: str, **facts: Any) -> Evidence:
    frequent = tuple(Frequent(value=value, share=1 / len(values)) for value in values)
    made = Evidence(
        table="s.t", column="c", data_type="string", rows=10, rows_read=10, null_share=0.0,
        distinct=10, distinct_exact=True, frequent=frequent, sketch=b"hashes",
    )  # fmt: skip
    return replace(made, **facts)


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> presidio.Detector:
    monkeypatch.setattr(presidio, "_recognisers", lambda: (Digits(),))
    return presidio.presidio_detector()


def test_a_column_of_recognised_values_is_personal_and_keeps_no_hashes(
    look: presidio.Detector,
) -> None:
    found = look(evidence("712345678", "798765432", "none"))
    assert (found.personal, found.sketch) == ("national_id", b"")


@pytest.mark.parametrize(
    "values",
    [("112345678", "198765432"), ("712345678", "a", "b"), ("see 712345678",), ("http://x",)],
)
def test_unsure_few_and_partial_hits_change_nothing(
    look: presidio.Detector, values: tuple[str, ...]
) -> None:
    given = evidence(*values)
    assert look(given) is given


def test_what_is_known_or_a_number_is_not_looked_at(look: presidio.Detector) -> None:
    for facts in ({"personal": "email"}, {"data_type": "bigint"}):
        given = evidence("712345678", **facts)
        assert look(given) is given


def test_presidio_itself() -> None:
    pytest.importorskip("presidio_analyzer", reason="the extra presidio is not installed")
    look = presidio.presidio_detector()
    assert look(evidence("ann@example.org", "bob@example.org")).personal == "email"
    assert look(evidence("4111111111111111", "5555555555554444")).personal == "card_number"
    assert look(evidence("GB82WEST12345698765432")).personal == "iban"
    for values in (("red", "green"), ("2024-01-01",), ("AB-12", "CD-34"), ("12:30", "13:45")):
        assert look(evidence(*values)).personal == "", values


def test_without_it_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    with pytest.raises(EnvironmentNotReadyError, match="which is not installed") as failure:
        fresh(presidio).presidio_detector()
    assert "lakegloss[presidio]" in failure.value.remedy
