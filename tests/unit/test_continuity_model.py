"""Models that lakegloss registered at the commit 68db3b5 are served by the lakegloss of now.

`tests/continuity` keeps them without the copy of lakegloss that was beside them, so that the code
which loads them is the one of now, as in a process that has imported it already. `served_code.py`
of a registered version never changes: the module that it imports has to stay where it was.

Where something is changed on purpose, `golden.json` says of what it is another version.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lakegloss import chosen_program, load_settings
from tests.continuity import golden, kept
from tests.kits.registry import register_folder, registry_in

PARTS = ("versions", "programs", "fingerprints", "requests")


@cache
def then() -> dict[str, Any]:
    found: dict[str, Any] = kept.read("golden.json")
    return found


@pytest.mark.parametrize("part", PARTS)
def test_hashes_are_computed_alike(part: str) -> None:
    """Paid answers, proposals and versions are found again by them."""
    assert getattr(golden, f"{part}_now")() == then()[part]


@pytest.mark.parametrize("name", ["rules", "model", "sent"])
def test_a_card_is_answered_alike(name: str) -> None:
    assert golden.answers_now()[name] == then()["answers"][name]


def test_comments_are_rated_in_the_same_form_with_the_same_problems() -> None:
    """Scores may become better; what a caller reads them by stays."""
    now, before = (json.loads(text) for text in (golden.answers_now()["quality"],
                                                 then()["answers"]["quality"]))  # fmt: skip
    assert {k: v for k, v in now.items() if k != "quality"} == {
        k: v for k, v in before.items() if k != "quality"
    }
    for rated, rated_before in zip(now["quality"], before["quality"], strict=True):
        assert rated.keys() == rated_before.keys()
        assert rated["column"] == rated_before["column"]
        assert set(rated["problems"]) >= set(rated_before["problems"])
        assert 0 <= rated["score"] <= 1


@pytest.mark.slow
def test_a_registered_comment_program_answers_alike() -> None:
    answer = golden.comment_model()
    assert answer == then()["models"]["comment"]
    assert json.loads(answer)["version"] == "lakegloss_comment/1"
    assert {comment["source"] for comment in json.loads(answer)["comments"]} == {"rules"}


@pytest.mark.slow
def test_another_registered_program_answers_alike() -> None:
    assert golden.email_model() == then()["models"]["email"]


@pytest.mark.slow
def test_a_registered_version_is_chosen(tmp_path: Path) -> None:
    [item, _] = kept.read("registered.json")
    settings = load_settings(environ={}, home=tmp_path, program=item["name"] + "/1")
    register_folder(settings, item["name"], kept.FOLDER / "models" / "comment", item["tags"])
    [version] = registry_in(settings).versions(item["name"])
    chosen = chosen_program(settings, environ={})
    assert (chosen.reference, chosen.program.version) == (
        version.reference,
        version.program_version,
    )
    assert version.content == item["tags"]["lakegloss_content"]


def test_what_was_kept_is_left_as_it_was() -> None:
    """Nobody rewrites what an older version wrote, not even its imports."""
    assert kept.sums() == kept.read("sums.json")
