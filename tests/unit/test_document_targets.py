"""The bench of the document's targets: documents, references and figures are what they claim."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.document_targets import (
    ENTITIES,
    PROMISED,
    SUMMARIES,
    Answer,
    compared,
    decided_by,
    figures,
    is_kept,
    measured_family,
    most_calls,
    pairs_of,
    sided,
)
from lakegloss.core.production.family_history import FamilyOutcome
from lakegloss.settings import load_settings
from tests.kits.answering_server import AnsweringServer
from tests.kits.package_documents import (
    Document,
    docstrings_in,
    is_said_in,
    prose_of_page,
    texts_with_entities,
    texts_with_summaries,
    with_entities,
    without_marks,
)
from tests.kits.taught_families import answer, examples

NOTES = """Fit a curve to points.

This wraps :func:`~scipy.optimize.leastsq` and takes ``sigma`` as it is, see `curve_fit`. Where
``absolute_sigma`` is ``False`` the errors are scaled, as ``sigma / 2`` would be, and the result
has no unit. It is an old way to fit, kept for those who know it, and the :ref:`guide` has others
that are quicker.

Parameters
----------
secret_parameter : `Hidden`
    ``not_read`` is no part of the prose.

Notes
-----
The method is that of ``levenberg`` [1]_.
"""


# Documents and their references.


def test_marked_names_are_entities_and_other_marks_are_not() -> None:
    text = "Use :py:class:`~a.b.Curve`, ``fit()``, `x_0` or :func:`!old`; ``x > 0``, ``None``."
    plain, names = without_marks(text)
    assert plain == "Use Curve, fit(), x_0 or old; x > 0, None."
    assert names == ["Curve", "fit", "x_0", "old"]
    assert without_marks(":math:`x` and :ref:`name`")[1] == []


@given(st.lists(st.text("abcxyz_", min_size=1, max_size=8), max_size=6))
def test_every_marked_name_is_in_the_text_once_in_the_list(names: list[str]) -> None:
    text = " and ".join(f"``{name}``" if n % 2 else f"`{name}`" for n, name in enumerate(names))
    plain, found = without_marks(text)
    assert found == list(dict.fromkeys(names))
    assert plain == " and ".join(names)


def test_a_docstring_gives_its_prose_and_its_notes() -> None:
    found = with_entities("here", NOTES)
    assert found is not None
    names = [one["name"] for one in found.outputs["entities"]]
    assert names == ["leastsq", "sigma", "curve_fit", "absolute_sigma", "levenberg"]
    assert "secret_parameter" not in found.inputs["text"]
    assert "[1]" not in found.inputs["text"]
    assert found.outputs["entities"][0]["description"].startswith("This wraps leastsq")
    assert with_entities("short", "Fit `a`, `b` and `c`.") is None


def test_installed_packages_have_documents_whose_names_are_in_them() -> None:
    documents = texts_with_entities(4)
    assert len({one.name for one in documents}) == 4
    for one in documents:
        names = [entity["name"] for entity in one.outputs["entities"]]
        assert 3 <= len(names) <= 9
        assert all(name in one.inputs["text"] for name in names)
        assert "`" not in one.inputs["text"]
    assert documents == texts_with_entities(4), "the same texts in each run"


def test_installed_packages_have_pages_that_do_not_say_their_summary() -> None:
    documents = texts_with_summaries(6)
    assert len({one.name for one in documents}) == 6
    for one in documents:
        assert not is_said_in(one.outputs["summary"], one.inputs["content"])
        assert len(one.inputs["content"].split()) >= 40
        assert one.outputs["key_points"][0] in one.inputs["content"]


def test_of_a_page_only_plain_sentences_are_read() -> None:
    page = (
        "# Title\n\n[![badge](https://a/b.svg)](https://a)\n\n"
        "**Thing** is a [library](https://x.org) that reads `files` of many kinds, quickly.\n\n"
        "```python\nimport thing  # code of more than ten words, which is not to be read.\n```\n\n"
        "- a point of a list with more than ten words in it, which is no prose.\n\n"
        "Install it with pip install thing, and then read on for a good while, please.\n\n"
        "See `the guide <https://x.org>`_ for everything else that one may want to know.\n"
    )
    assert list(prose_of_page(page)) == [
        "Thing is a library that reads files of many kinds, quickly.",
        "See the guide for everything else that one may want to know.",
    ]


def test_a_file_that_is_no_python_has_no_docstrings(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def broken(:\n")
    assert list(docstrings_in(tmp_path / "bad.py")) == []
    assert list(docstrings_in(tmp_path / "absent.py")) == []


def test_no_document_stands_on_both_sides() -> None:
    documents = [Document(name=f"d{n}", inputs={}, outputs={}) for n in range(11)]
    [rows] = sided(ENTITIES, documents).values()
    by_side = {side: [r["group"] for r in rows if r["split"] == side] for side in
               ("train", "select", "gate")}  # fmt: skip
    assert [len(names) for names in by_side.values()] == [3, 2, 6]
    assert [n for names in by_side.values() for n in names] == [one.name for one in documents]


# Figures.


def test_a_gain_has_intervals_over_documents() -> None:
    found = compared([(0.2, 0.4), (0.4, 0.7), (0.3, 0.5), (0.1, 0.2)])
    assert (found.before, found.after) == (pytest.approx(0.25), pytest.approx(0.45))
    assert found.change == pytest.approx(80)
    for (low, high), mean in ((found.difference, 0.2), (found.change_between, 80)):
        assert low is not None
        assert high is not None
        assert 0 < low < mean < high
    other = compared([(then, first) for first, then in [(0.2, 0.4), (0.4, 0.7), (0.3, 0.5)]])
    assert other.change is not None
    assert other.change < 0


def test_what_has_nothing_to_compare_with_has_no_percentage() -> None:
    assert compared([(0.0, 0.5), (0.0, 0.7)]).change is None
    assert compared([(0.0, 0.5), (0.0, 0.7)]).change_between == (None, None)
    assert compared([(0.5, 0.6), (0.5, 0.7)]).difference == (None, None)
    assert compared([]).pairs == 0
    rare = compared([(0.0, 0.0)] * 9 + [(1.0, 0.0)])
    assert rare.change == pytest.approx(-100)
    assert rare.change_between == (None, None), "a third of the draws has nothing before"


def test_a_promise_is_kept_in_its_direction_only() -> None:
    assert is_kept("entity F1", 15.0)
    assert not is_kept("entity F1", 14.9)
    assert is_kept("not in the document", -30.0)
    assert not is_kept("not in the document", 30.0)
    assert not any(is_kept(measure, None) for measure in PROMISED)


def test_entities_are_judged_by_name_and_by_the_text() -> None:
    said = {"entities": [{"name": "Fit"}, {"name": "ghost"}]}
    one = Answer(
        inputs={"text": "fit and curve"}, outputs=said, tokens=7,
        expected={"entities": [{"name": "fit"}, {"name": "curve"}]},
    )  # fmt: skip
    assert figures(ENTITIES, one) == {
        "entity F1": 0.5, "not in the document": 0.5, "answers that can be read": 1.0,
        "answers to mend": 0.0, "tokens": 7.0,
    }  # fmt: skip


def test_summaries_are_judged_by_their_words() -> None:
    said = {"summary": "reads files quickly", "key_points": ["it flies"]}
    one = Answer(
        inputs={"content": "It reads files."}, outputs=said,
        expected={"summary": "reads files", "key_points": ["It reads files."]},
    )  # fmt: skip
    found = figures(SUMMARIES, one)
    assert found["ROUGE-L"] == pytest.approx(0.8)
    assert found["not in the document"] == pytest.approx(0.5)


def test_an_answer_that_cannot_be_read_claims_nothing_and_is_worth_nothing() -> None:
    one = Answer(inputs={"text": "t"}, expected={"entities": [{"name": "t"}]}, outputs=None)
    found = figures(ENTITIES, one)
    assert found["entity F1"] == 0
    assert found["not in the document"] is None
    assert found["answers that can be read"] == 0
    assert found["answers to mend"] == 1


def test_a_family_is_optimised_on_one_half_and_measured_on_the_other(tmp_path: Path) -> None:
    with AnsweringServer(answer) as server:
        settings = load_settings(environ={}, home=tmp_path, model="m", endpoint=server.url)
        found = measured_family("taught", ENTITIES, settings, {ENTITIES.value: examples()})
        asked = [json.dumps(body["messages"]) for body in server.bodies]
    assert len(asked) == len(set(asked)), "what was answered is never asked again"
    assert found.result.outcome is FamilyOutcome.BETTER
    assert decided_by(found.result) == "the gate"
    assert len(found.before) == len(found.after) == 8
    quality = compared(pairs_of(found)["entity F1"])
    assert quality.after == 1.0
    assert quality.before < 1.0
    assert compared(pairs_of(found)["tokens"]).pairs == 8
    assert len(asked) <= most_calls(6, 4, 8)
