"""Units stay where they are: sticky, nested as shares grow, and checked for a broken split."""

from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.release.assignment import (
    Variant,
    check_ratio,
    place_of_unit,
    salted_order,
    variant_of_unit,
)
from lakegloss.core.release.rollout_steps import SHARES

TABLES = [f"sales.table_{number}" for number in range(2_000)]


def chosen(salt: str, share: float) -> set[str]:
    return {t for t in TABLES if variant_of_unit(salt, t, share) is Variant.CHALLENGER}


def test_larger_shares_keep_every_unit_of_smaller_ones() -> None:
    before: set[str] = set()
    for share in SHARES:
        now = chosen("salt", share)
        assert before <= now
        assert not check_ratio(len(now), len(TABLES), share).is_mismatch
        before = now
    assert before == set(TABLES)
    assert chosen("salt", 0.0) == set()


def test_another_program_gets_other_units_first() -> None:
    one, other = chosen("salt of one", 0.1), chosen("salt of another", 0.1)
    assert len(one & other) < len(one) / 2  # a tenth of them by chance


@settings(max_examples=25)
@given(st.text(max_size=20), st.text(max_size=20))
def test_any_text_is_a_unit(salt: str, unit: str) -> None:
    assert 0 <= place_of_unit(salt, unit) < 1
    assert place_of_unit(salt, unit) == place_of_unit(salt, unit)


def test_the_order_is_random_but_always_the_same() -> None:
    shuffled = salted_order("salt", reversed(TABLES))
    assert shuffled == salted_order("salt", [*TABLES, *TABLES])
    assert shuffled != sorted(TABLES)
    assert sorted(shuffled) == sorted(TABLES)
    # The order says nothing of who is assigned: else the first pairs would be of few units.
    first = {t for t in shuffled[:200] if t in chosen("salt", 0.5)}
    assert 60 < len(first) < 140


def test_a_broken_split_is_a_mismatch() -> None:
    assert check_ratio(150, 1_000, 0.1).is_mismatch
    assert not check_ratio(110, 1_000, 0.1).is_mismatch
    assert check_ratio(2, 3, 0.1).p is None  # too few to tell
    assert check_ratio(999, 1_000, 1.0).is_mismatch
    assert not check_ratio(1_000, 1_000, 1.0).is_mismatch
    assert check_ratio(1, 1_000, 0.0).is_mismatch
