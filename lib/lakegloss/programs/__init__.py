"""What is asked of a language model: signatures, chains, the library, the comment program."""

from importlib import import_module
from typing import Any

_PLACES = {
    "signatures": ("BaseSignature", "SignatureField"),
    "library": (
        "SIGNATURES",
        "DraftText", "ReviseText", "ExpandText", "RefineText",
        "CritiqueText", "SummarizeText", "ExtractInfo", "ClassifyText",
        "RespondToUser", "ClarifyIntent", "GenerateFollowUp", "ResolveQuery",
        "EmailDraft", "CodeGeneration", "DataAnalysis", "ReportGeneration",
    ),
    "families": ("FAMILIES", "PromptFamily"),
    "how_might_we": (
        "HMWGenerationSignature", "HMWGenerator",
        "SolutionGenerationSignature", "SolutionGenerator",
    ),
    "chain": ("Fixed", "SignatureChain"),
    "conditional": ("ConditionalPipeline",),
    "validation": ("SignatureValidator",),
    "comment": ("CommentProgram",),
}  # fmt: skip
_MODULES = {name: module for module, names in _PLACES.items() for name in names}


def __getattr__(name: str) -> Any:
    """The public names, imported when they are asked for: dspy takes a second."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_MODULES)
