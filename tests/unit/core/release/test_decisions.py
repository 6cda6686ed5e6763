"""Champion and challenger follow from the decisions alone."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.release.decisions import Alias, Release, ReleaseAction, standing

START = datetime(2026, 1, 1, tzinfo=UTC)


def release(
    number: int, version: int, action: ReleaseAction, alias: Alias = Alias.CHAMPION
) -> Release:
    return Release(
        release_id=f"r{number:04d}", name="n", alias=alias.value, version=version,
        action=action.value, program="p", program_version="v", measured="{}", reason="",
        decided_by="ann", decided_at=START + timedelta(seconds=number),
    )  # fmt: skip


def test_nothing_was_decided() -> None:
    found = standing([])
    assert (found.champion, found.challenger, found.before) == (0, 0, 0)
    assert found.aliases == {"champion": 0, "challenger": 0}


def test_a_rollback_goes_back_one_champion_at_a_time() -> None:
    rows = [release(n, n, ReleaseAction.PROMOTE) for n in (1, 2, 3)]
    assert (standing(rows).champion, standing(rows).before) == (3, 2)
    rows.append(release(4, 2, ReleaseAction.ROLLBACK))
    assert (standing(rows).champion, standing(rows).before) == (2, 1)
    rows.append(release(5, 1, ReleaseAction.ROLLBACK))
    assert (standing(rows).champion, standing(rows).before) == (1, 0)


def test_two_rollbacks_at_once_are_one() -> None:
    rows = [release(n, n, ReleaseAction.PROMOTE) for n in (1, 2, 3)]
    rows += [release(4, 2, ReleaseAction.ROLLBACK), release(5, 2, ReleaseAction.ROLLBACK)]
    assert standing(rows).champions == (1, 2)


def test_a_challenger_is_given_and_taken() -> None:
    rows = [
        release(1, 1, ReleaseAction.PROMOTE),
        release(2, 2, ReleaseAction.PROMOTE, Alias.CHALLENGER),
    ]
    assert standing(rows).aliases == {"champion": 1, "challenger": 2}
    rows += [
        release(3, 2, ReleaseAction.PROMOTE),
        release(4, 0, ReleaseAction.WITHDRAW, Alias.CHALLENGER),
    ]
    assert standing(rows).aliases == {"champion": 2, "challenger": 0}


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 5)), max_size=30), st.randoms())
def test_any_order_of_rows_and_any_history_ends_whole(
    steps: list[tuple[bool, int]], random: object
) -> None:
    """Promotions, and rollbacks to the champion before, as `Releases` decides them."""
    rows: list[Release] = []
    model: list[int] = []
    for number, (back, version) in enumerate(steps):
        now = standing(rows)
        assert list(now.champions) == model
        if back:
            if not now.before:
                continue
            rows.append(release(number, now.before, ReleaseAction.ROLLBACK))
            model.pop()
        elif version != now.champion:
            rows.append(release(number, version, ReleaseAction.PROMOTE))
            model.append(version)
    shuffled = sorted(rows, key=lambda r: hash((r.release_id, id(random))))
    assert list(standing(shuffled).champions) == model
