"""Learns from people's work: keeps feedback, and measures programs against what people wrote.

The names of `__all__` are public (docs/public.md) and imported when they are first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lakegloss.learning.feedback import FeedbackCollector
    from lakegloss.learning.finetuning import TelepromptFineTuner
    from lakegloss.learning.ledger_feedback import LedgerFeedback
    from lakegloss.learning.scorers import mlflow_scorers

__all__ = ["FeedbackCollector", "LedgerFeedback", "TelepromptFineTuner", "mlflow_scorers"]

_PLACES = {
    "FeedbackCollector": "lakegloss.learning.feedback",
    "LedgerFeedback": "lakegloss.learning.ledger_feedback",
    "TelepromptFineTuner": "lakegloss.learning.finetuning",
    "mlflow_scorers": "lakegloss.learning.scorers",
}

if not TYPE_CHECKING:  # a type checker reads the imports above, and finds misspelt names

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first asked for."""
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
