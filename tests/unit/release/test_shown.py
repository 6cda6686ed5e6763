"""Registered programs that still show a withdrawn example are named, and no other."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lakegloss.core.learning.examples import Example, FoundExample, Origin
from lakegloss.core.learning.inputs import named_inputs
from lakegloss.core.learning.settling import settle
from lakegloss.programs.comment import Comment, CommentProgram
from lakegloss.programs.saved import save
from lakegloss.release.shown import versions_showing
from lakegloss.serving.model.packaging import register
from tests.kits.registry import NAME, registry_in, settings_in

pytestmark = pytest.mark.slow
TEXT = "Day on which the order was placed, in UTC."


def example(text: str) -> Example:
    inputs = named_inputs("a.orders", "placed")
    found = FoundExample(
        table="a.orders", column="placed", inputs=inputs, expected=text, origin=Origin.FILE
    )
    return settle([found], [], salt="s", run_id="r", now=datetime(2026, 3, 1, tzinfo=UTC)).rows[0]


def test_versions_are_named_by_what_they_show(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    registry = registry_in(settings)
    shows = CommentProgram()
    shows.write.demos = [
        {"tables": ["t1 a.orders", "c1 placed date"], "comments": [Comment(id="c1", text=TEXT)]}
    ]
    versions = [
        register(registry, NAME, save(program), settings)[0]
        for program in (CommentProgram(), shows)
    ]
    gone, other = example(TEXT), example("Something else that nobody shows.")
    [showing] = versions_showing(registry, [NAME, NAME, "not_allowed"], [gone, other])
    assert showing.reference == versions[1].reference
    assert showing.examples == (gone,)
    assert versions_showing(registry, [NAME], [other]) == []
    assert versions_showing(registry, [NAME], []) == []
    assert versions_showing(registry, [f"{NAME}_nosuch"], [gone]) == []
