import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.names import join_path, leaf, quote, quote_path, split_path

parts = st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4).map(tuple)


@given(parts)
def test_a_path_comes_back_as_its_parts(names: tuple[str, ...]) -> None:
    assert split_path(join_path(names)) == names
    assert leaf(join_path(names)) == names[-1]


@given(st.text(min_size=1))
def test_a_quoted_name_cannot_be_left(name: str) -> None:
    inside = quote(name)[1:-1]
    assert "`" not in inside.replace("``", "")


@pytest.mark.parametrize(
    ("path", "quoted"),
    [
        pytest.param("a.b.c", "`a`.`b`.`c`", id="plain"),
        pytest.param("`a.b`.c", "`a.b`.`c`", id="dot inside"),
        pytest.param("`a``b`", "`a``b`", id="backtick inside"),
    ],
)
def test_paths_are_quoted(path: str, quoted: str) -> None:
    assert quote_path(path) == quoted


@pytest.mark.parametrize("path", ["", "a..b", "`a", "a.", "`a`b"])
def test_broken_paths_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"position|closed"):
        split_path(path)
