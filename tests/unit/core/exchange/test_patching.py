"""Patches of YAML: what is written, and above all what is left alone."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.exchange.patching import Lacking, Patched, patch
from lakegloss.core.exchange.yaml_edit import (
    Splice,
    YamlText,
    from_jinja,
    name_scalar,
    quoted,
    without_jinja,
)
from lakegloss.lakehouse.examples.dbt_file import composed
from lakegloss.lakehouse.exchange.description_files import yaml_places
from tests.kits.places import ROOT

PATH = Path("schema.yml")
TEXTS = {"": "One row per order.", "id": "Key of the order.", "state": "Where it stands."}


def patched(
    text: str, texts: Mapping[str, str] = TEXTS, *, own: str = "", more: Mapping[str, str] = {}
) -> Patched:
    root = composed(text, PATH)
    assert root is not None
    _, places = yaml_places(root, PATH)

    def lacking(table: str) -> Lacking | None:
        if table.rpartition(".")[2] != "orders":
            return None
        return Lacking(texts=texts, is_own=lambda _, said: said == own, more=more)

    return patch(text, root, places, lacking, write=without_jinja, read=from_jinja)


FILE = """\
# models of the shop
version: 2

models:
  - name: orders   # one file a team
    config: {materialized: table}
    columns:
      - name: id    # the key
        tests: [unique, not_null]   # both

      # what state it is in
      - name: state
        description:
        tests:
          - accepted_values:
              values: ['new',   "paid"]
  - name: customers
    description: >
      People who
      bought.
# the end
"""


def test_what_is_missing_is_added_and_every_other_line_stays() -> None:
    done = patched(FILE)
    expected = FILE.replace(
        "  - name: orders   # one file a team\n",
        '  - name: orders   # one file a team\n    description: "One row per order."\n',
    )
    expected = expected.replace(
        "      - name: id    # the key\n",
        '      - name: id    # the key\n        description: "Key of the order."\n',
    )
    expected = expected.replace(
        "        description:\n", '        description: "Where it stands."\n'
    )
    assert done.text == expected
    assert (done.described, done.added, done.kept, done.skipped) == (3, 0, 0, ())
    again = patched(done.text)
    assert (again.text, again.described) == (done.text, 0), "the second patch changes nothing"


@pytest.mark.parametrize(
    "described",
    [
        "description: 'A person''s words'",
        'description: "with \\"quotes\\" and \\u00fc"',
        (
            "description: plain words of a person, longer than any line length at which a library "
            "that loads and dumps would break it into two lines"
        ),
        "description: |\n          Two\n          lines\n",
        "description: >-\n          folded\n          words\n\n          config-like: text",
        "description: \"{{ doc('order_id') }}\"",
    ],
)
def test_what_people_wrote_stays(described: str) -> None:
    text = (
        "models:\n  - name: orders\n    columns:\n      - name: id\n"
        f"        {described}\n        config:\n          meta: {{x: 1}}\n"
    )
    done = patched(text, {"id": "Key of the order."})
    assert (done.text, done.kept, done.described) == (text, 1, 0)


@pytest.mark.parametrize(
    ("described", "ending"),
    [
        ("description: Old words.", ""),
        ("description: 'Old words.'  # drafted", "  # drafted"),
        ("description: |-\n          Old words.\n", "\n"),
        ("description: >\n          Old\n          words.\n\n", "\n\n"),
    ],
)
def test_what_lakegloss_wrote_before_is_renewed(described: str, ending: str) -> None:
    text = (
        "models:\n  - name: orders\n    columns:\n      - name: id\n"
        f"        {described}\n        config: {{a: 1}}\n"
    )
    done = patched(text, {"id": "Key of the order."}, own="Old words.")
    assert done.described == 1
    assert f'description: "Key of the order."{ending}\n        config: {{a: 1}}' in done.text


def test_missing_columns_are_added_behind_the_last_one() -> None:
    more = {"note": "A note.", "on": "Is it on?", "odd name": "Odd."}
    done = patched(FILE, {}, more=more)
    assert done.added == 3
    added = (
        "              values: ['new',   \"paid\"]\n"
        '      - name: note\n        description: "A note."\n'
        '      - name: "on"\n        description: "Is it on?"\n'
        '      - name: "odd name"\n        description: "Odd."\n'
        "  - name: customers\n"
    )
    assert added in done.text
    assert patched("models:\n- name: orders", {}, more={"a": "b"}).text == (
        'models:\n- name: orders\n  columns:\n    - name: a\n      description: "b"'
    )


def test_no_column_is_added_where_a_contract_is_enforced() -> None:
    text = FILE.replace("{materialized: table}", "{contract: {enforced: true}}")
    assert patched(text, {}, more={"note": "A note."}).added == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            (
                "models:\n  - name: orders\n    columns:\n      - &id\n        name: id\n"
                "  - name: other\n    columns:\n      - <<: *id\n"
            ),
            "share it by an anchor",
        ),
        (
            (
                "x: &text old\nmodels:\n  - name: orders\n    columns:\n      - name: id\n"
                "        description: *text\n"
            ),
            "behind an anchor",
        ),
        (
            (
                "models:\n  - name: orders\n    columns:\n      - name: id\n"
                "        description: &text old\n      - name: b\n        description: *text\n"
            ),
            "anchor or a tag",
        ),
        (
            "models:\n  - name: orders\n    columns:\n      - name: id\n      - name: ID\n",
            "more than once",
        ),
        (
            "models:\n  - name: orders\n    columns:\n      - ? name\n        : id\n",
            "not written as",
        ),
        (
            (
                "models:\n  - name: orders\n    versions:\n      - v: 1\n        alias: orders\n"
                "    columns:\n      - name: id\n"
            ),
            "has versions",
        ),
    ],
)
def test_what_cannot_be_edited_alone_is_listed(text: str, why: str) -> None:
    done = patched(text, {"id": "Key of the order."}, own="old")
    assert done.text == text
    assert any(why in reason for _, _, reason in done.skipped)


def test_entries_in_braces_and_other_line_breaks() -> None:
    flow = "models: [{name: orders, columns: [{name: id, tests: [unique]}, {name: state}]}]\n"
    done = patched(flow)
    assert done.described == 3
    assert yaml.safe_load(done.text)["models"][0]["columns"][0] == {
        "name": "id", "description": "Key of the order.", "tests": ["unique"],
    }  # fmt: skip
    windows = FILE.replace("\n", "\r\n")
    assert patched(windows).text == patched(FILE).text.replace("\n", "\r\n")


def test_hostile_texts_stay_texts() -> None:
    hostile = "a: b # c\n- \"x\" {{ env_var('SECRET') }} {% raw %} \u202e\x1b[2J \\ \u2028"
    done = patched(FILE, {"id": hostile})
    said = yaml.safe_load(done.text)["models"][0]["columns"][0]["description"]
    assert from_jinja(said) == hostile
    assert "{{ env_var" not in done.text
    assert "\u202e" not in done.text
    assert "\x1b" not in done.text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
@settings(max_examples=60, deadline=None)
def test_any_text_reads_back(text: str) -> None:
    assert yaml.safe_load(f"a: {quoted(text)}\n") == {"a": text}
    assert from_jinja(without_jinja(text)) == text
    assert yaml.safe_load(f"- {name_scalar(text)}\n") == [text]


def test_a_patch_that_changes_something_else_is_refused() -> None:
    text = "models:\n  - name: orders\n"
    root = composed(text, PATH)
    assert root is not None
    document = YamlText(text, root)
    document._edits.append(Splice(start=12, end=16, text="label"))  # noqa: SLF001
    with pytest.raises(ValueError, match="read back"):
        document.result()


def test_contracts_are_patched_too() -> None:
    text = (
        "apiVersion: v3.0.2\nkind: DataContract\nschema:\n  - name: Orders\n"
        "    physicalName: shop.orders  # table\n    properties:\n      - name: id\n"
        "        logicalType: integer\n      - name: state\n        description: People's.\n"
    )
    done = patched(text)
    assert (done.described, done.kept) == (2, 1)
    schema = yaml.safe_load(done.text)["schema"][0]
    assert schema["description"] == "One row per order."
    assert "shop.orders  # table\n    description:" in done.text


def test_the_page_shows_what_a_patch_does() -> None:
    page = (ROOT / "docs" / "exchange.md").read_text(encoding="utf-8")
    before, after = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    done = patched(before, {"": "One row per order.", "order_id": "Key of the order."})
    assert done.text == after
