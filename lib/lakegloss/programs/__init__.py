"""Offers the public names of programs: signatures, chains, the library, the comment program.

The names in `__all__` are public (docs/public.md). Each is imported when it is first used, as the
import of DSPy alone takes a second.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lakegloss.programs.chain import Fixed, SignatureChain
    from lakegloss.programs.comment import CommentProgram
    from lakegloss.programs.conditional import ConditionalPipeline
    from lakegloss.programs.families import FAMILIES, PromptFamily
    from lakegloss.programs.how_might_we import (
        HMWGenerationSignature,
        HMWGenerator,
        SolutionGenerationSignature,
        SolutionGenerator,
    )
    from lakegloss.programs.library import (
        SIGNATURES,
        ClarifyIntent,
        ClassifyText,
        CodeGeneration,
        CritiqueText,
        DataAnalysis,
        DraftText,
        EmailDraft,
        ExpandText,
        ExtractInfo,
        GenerateFollowUp,
        RefineText,
        ReportGeneration,
        ResolveQuery,
        RespondToUser,
        ReviseText,
        SummarizeText,
    )
    from lakegloss.programs.saved import save
    from lakegloss.programs.signatures import BaseSignature, SignatureField
    from lakegloss.programs.validation import SignatureValidator

__all__ = [
    "FAMILIES",
    "SIGNATURES",
    "BaseSignature",
    "ClarifyIntent",
    "ClassifyText",
    "CodeGeneration",
    "CommentProgram",
    "ConditionalPipeline",
    "CritiqueText",
    "DataAnalysis",
    "DraftText",
    "EmailDraft",
    "ExpandText",
    "ExtractInfo",
    "Fixed",
    "GenerateFollowUp",
    "HMWGenerationSignature",
    "HMWGenerator",
    "PromptFamily",
    "RefineText",
    "ReportGeneration",
    "ResolveQuery",
    "RespondToUser",
    "ReviseText",
    "SignatureChain",
    "SignatureField",
    "SignatureValidator",
    "SolutionGenerationSignature",
    "SolutionGenerator",
    "SummarizeText",
    "save",
]

_PLACES = {
    "chain": (
        "Fixed",
        "SignatureChain",
    ),
    "comment": ("CommentProgram",),
    "conditional": ("ConditionalPipeline",),
    "families": (
        "FAMILIES",
        "PromptFamily",
    ),
    "how_might_we": (
        "HMWGenerationSignature",
        "HMWGenerator",
        "SolutionGenerationSignature",
        "SolutionGenerator",
    ),
    "library": (
        "SIGNATURES",
        "DraftText",
        "ReviseText",
        "ExpandText",
        "RefineText",
        "CritiqueText",
        "SummarizeText",
        "ExtractInfo",
        "ClassifyText",
        "RespondToUser",
        "ClarifyIntent",
        "GenerateFollowUp",
        "ResolveQuery",
        "EmailDraft",
        "CodeGeneration",
        "DataAnalysis",
        "ReportGeneration",
    ),
    "saved": ("save",),
    "signatures": (
        "BaseSignature",
        "SignatureField",
    ),
    "validation": ("SignatureValidator",),
}
_MODULES = {name: module for module, names in _PLACES.items() for name in names}

if not TYPE_CHECKING:  # a type checker reads the imports above, and finds misspelt names

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first used."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
