"""How many assets share a request: tokens, their number, or the answer's length decides."""

import pytest

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.plan.packing import BUCKETS, TableWork, Wanted
from lakegloss.drafting.rendering import render_requests
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import Settings
from lakegloss.settings_views import StyleName

PATHS = [f"delivery_state_{number}" for number in range(300)]
WORK = TableWork(
    table=Table(name="s.wide", columns=tuple(Column(path=p, data_type="string") for p in PATHS)),
    wanted=tuple(Wanted(column=path) for path in ("", *PATHS)),
    evidence={
        path: Evidence(
            table="s.wide", column=path, data_type="string", rows=900, rows_read=900, distinct=4,
            frequent=tuple(
                Frequent(value=value, share=0.25)
                for value in ("ordered", "packed", "shipped", "delivered")
            ),
        )
        for path in PATHS
    },
)  # fmt: skip
MANY_TOKENS = 50_000


def largest(style: StyleName = "standard", tokens: int = MANY_TOKENS, **options: int) -> int:
    """The number of assets of the largest request."""
    settings = Settings(model="m", endpoint="http://unused", style=style, request_tokens=tokens)
    requests = render_requests(CommentProgram(), settings.drafting, [WORK], **options)
    assert sum(len(request.assets) for request in requests) == len(WORK.wanted)
    return max(len(request.assets) for request in requests)


@pytest.mark.parametrize(
    ("number", "most"), [(0, 120), (1, 40), (2, 10), (3, 10), (9, 10)], ids="round {}".format
)
def test_a_request_of_a_later_round_has_fewer_assets(number: int, most: int) -> None:
    assert largest(number=number) == most


def test_fewer_may_be_asked_together_and_never_more() -> None:
    assert largest(together=7) == 7
    assert largest(number=1, together=500) == 40


def test_by_default_the_input_tokens_decide() -> None:
    assert largest(tokens=800) < largest(tokens=Settings().request_tokens) < 120


def test_in_style_detailed_the_length_of_the_answer_decides() -> None:
    assert largest("detailed") == 62
    assert (62 * 130) < BUCKETS[-1] < (63 * 130) + 48
