"""Offers dbxmetagen's names: its settings, its job, its generators and its DSPy classes.

The names of `__all__` are public (docs/public.md) and imported when they are first asked for.
docs/from-dbxmetagen.md says how to change over.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lakegloss.compat.dbxmetagen.configuration.metadata_config import (
        MetadataConfig,
    )
    from lakegloss.compat.dbxmetagen.generators.comment_generator import (
        CommentGenerator,
        MetadataGenerator,
        MetadataGeneratorFactory,
        PIIdentifier,
    )
    from lakegloss.compat.dbxmetagen.generators.comment_signatures import (
        CommentNoDataSignature,
        CommentSignature,
        DSPyCommentModule,
    )
    from lakegloss.compat.dbxmetagen.generators.dspy_generator import (
        DSPyCommentGeneratorFactory,
        DSPyCommentGeneratorModel,
    )
    from lakegloss.compat.dbxmetagen.generators.generator_answers import (
        CommentResponse,
        PIResponse,
    )
    from lakegloss.compat.dbxmetagen.generators.generator_factories import (
        DSPyMigrationHelper,
        EnhancedMetadataGeneratorFactory,
        create_generator_with_fallback,
    )
    from lakegloss.compat.dbxmetagen.generators.model_performance import (
        evaluate_model_performance,
    )
    from lakegloss.compat.dbxmetagen.generators.prompt_extractor import (
        DSPyPromptExtractor,
        DSPyPromptInitializer,
        initialize_dspy_from_existing_prompts,
    )
    from lakegloss.compat.dbxmetagen.job import (
        MainResult,
        main,
    )
    from lakegloss.compat.dbxmetagen.reviewing import (
        ReviewedResult,
        process_metadata_file,
    )

__all__ = [
    "CommentGenerator",
    "CommentNoDataSignature",
    "CommentResponse",
    "CommentSignature",
    "DSPyCommentGeneratorFactory",
    "DSPyCommentGeneratorModel",
    "DSPyCommentModule",
    "DSPyMigrationHelper",
    "DSPyPromptExtractor",
    "DSPyPromptInitializer",
    "EnhancedMetadataGeneratorFactory",
    "MainResult",
    "MetadataConfig",
    "MetadataGenerator",
    "MetadataGeneratorFactory",
    "PIIdentifier",
    "PIResponse",
    "ReviewedResult",
    "create_generator_with_fallback",
    "evaluate_model_performance",
    "initialize_dspy_from_existing_prompts",
    "main",
    "process_metadata_file",
]

_PLACES = {
    "CommentGenerator": ".generators.comment_generator",
    "CommentNoDataSignature": ".generators.comment_signatures",
    "CommentResponse": ".generators.generator_answers",
    "CommentSignature": ".generators.comment_signatures",
    "DSPyCommentGeneratorFactory": ".generators.dspy_generator",
    "DSPyCommentGeneratorModel": ".generators.dspy_generator",
    "DSPyCommentModule": ".generators.comment_signatures",
    "DSPyMigrationHelper": ".generators.generator_factories",
    "DSPyPromptExtractor": ".generators.prompt_extractor",
    "DSPyPromptInitializer": ".generators.prompt_extractor",
    "EnhancedMetadataGeneratorFactory": ".generators.generator_factories",
    "MainResult": ".job",
    "MetadataConfig": ".configuration.metadata_config",
    "MetadataGenerator": ".generators.comment_generator",
    "MetadataGeneratorFactory": ".generators.comment_generator",
    "PIIdentifier": ".generators.comment_generator",
    "PIResponse": ".generators.generator_answers",
    "ReviewedResult": ".reviewing",
    "create_generator_with_fallback": ".generators.generator_factories",
    "evaluate_model_performance": ".generators.model_performance",
    "initialize_dspy_from_existing_prompts": ".generators.prompt_extractor",
    "main": ".job",
    "process_metadata_file": ".reviewing",
}

if not TYPE_CHECKING:  # a type checker reads the imports above, and finds misspelt names

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first asked for."""
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_PLACES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
