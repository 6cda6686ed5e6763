"""Packs tasks into requests and renders them for the model."""

from collections.abc import Sequence

from lakegloss.core.plan.packing import TableWork, pack
from lakegloss.core.requests import ModelRequest
from lakegloss.drafting.rounds import UNBOUNDED, AskLimits
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings_views import DraftingSettings

_ASSETS_BY_ROUND = (120, 40, 10)
"""The most assets of a request, by round: what failed is asked again in smaller requests."""


def render_requests(
    program: CommentProgram,
    settings: DraftingSettings,
    works: Sequence[TableWork],
    *,
    number: int = 0,
    together: int = UNBOUNDED,
) -> list[ModelRequest]:
    """Pack works into requests, and render them.

    Args:
        number: the round, from 0; later rounds put fewer assets into a request.
        together: the most assets of one request, where the round allows more.
    """
    if not works:
        return []
    fixed = program.fixed_tokens(style=settings.style, language=settings.language)
    most = min(together, _ASSETS_BY_ROUND[min(number, len(_ASSETS_BY_ROUND) - 1)])
    batches = pack(
        works, budget=settings.request_tokens, fixed=fixed, max_assets=most, style=settings.style,
        house=settings.house_examples,
    )  # fmt: skip
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
    """How long comments may be, and how often to ask for one."""
    return AskLimits(
        table=settings.max_table_comment,
        column=settings.max_column_comment,
        asks=settings.max_asks,
        style=settings.style,
        language=settings.language,
    )
