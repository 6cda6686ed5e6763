"""Packs tasks into requests and renders them for the model."""

from collections.abc import Sequence

from lakegloss.core.plan.packing import TableWork, pack
from lakegloss.core.requests import ModelRequest
from lakegloss.drafting.rounds import UNBOUNDED, AskLimits
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings_views import DraftingSettings

_ASSETS_BY_ROUND = (120, 40, 10)
"""Comments asked for in one request at most: what failed is asked again in smaller company."""


def render_requests(
    program: CommentProgram,
    settings: DraftingSettings,
    works: Sequence[TableWork],
    *,
    number: int = 0,
    together: int = UNBOUNDED,
) -> list[ModelRequest]:
    """The works packed and rendered; a later round (number) packs fewer assets together.

    Args:
        together: the most assets of one request, where that is fewer.
    """
    fixed = program.fixed_tokens(style=settings.style, language=settings.language)
    most = min(together, _ASSETS_BY_ROUND[min(number, len(_ASSETS_BY_ROUND) - 1)])
    batches = pack(
        works, budget=settings.request_tokens, fixed=fixed, max_assets=most, style=settings.style
    )
    return [
        program.render(
            batch,
            style=settings.style,
            language=settings.language,
            model=settings.model,
            temperature=settings.temperature,
        )
        for batch in batches
    ]


def limits_of(settings: DraftingSettings) -> AskLimits:
    """The bounds of comments and of how often one is asked for."""
    return AskLimits(
        table=settings.max_table_comment,
        column=settings.max_column_comment,
        asks=settings.max_asks,
        style=settings.style,
        language=settings.language,
    )
