from lakegloss.core.assets import AssetKey, Column, Table, TableKind
from lakegloss.core.evidence import Evidence
from lakegloss.core.plan.choices import Action, Policy
from lakegloss.core.plan.tasks import Describer, Rules, TableTasks, in_order, tasks_of

RULES = Rules(
    policy=Policy(name="missing", thin_words=4, overwrite_human=False, intended="rules"),
    describer=Describer(version="1", family="rules", style="standard", language="English"),
    comment_on_column=False,
    guidance=lambda _table, _column: (),
)


def table(name: str = "d.t", *columns: str, **more: object) -> Table:
    made = tuple(Column(path=c, data_type="int", position=n) for n, c in enumerate(columns))
    return Table(name=name, columns=made, **more)  # type: ignore[arg-type]


def tasks(made: Table, **after: str) -> TableTasks:
    return tasks_of(made, {}, {}, {"d.s": after}, RULES)


def marks(found: TableTasks) -> dict[str, str]:
    return {task.key.column: task.fingerprint for task in found.tasks}


def test_there_is_a_task_for_the_table_and_each_column() -> None:
    assert list(marks(tasks(table("d.t", "a", "b")))) == ["", "a", "b"]


def test_a_new_column_changes_no_other_columns_fingerprint() -> None:
    before, after = marks(tasks(table("d.t", "a"))), marks(tasks(table("d.t", "a", "b")))
    assert after["a"] == before["a"]
    assert after[""] != before[""], "a table rebuilt with other columns is another table"


def test_new_rows_of_the_same_kind_change_nothing_but_another_kind_does() -> None:
    def mark(nulls: float, semantic: str) -> str:
        seen = Evidence(
            table="d.t", column="a", data_type="int", null_share=nulls, semantic=semantic
        )
        found = tasks_of(table("d.t", "a"), {AssetKey("d.t", "a"): seen}, {}, {}, RULES)
        return marks(found)["a"]

    assert mark(0.10, "count") == mark(0.11, "count")
    assert mark(0.10, "count") != mark(0.10, "year")


def test_a_view_depends_on_the_comments_of_what_it_reads() -> None:
    view = table("d.v", "a", kind=TableKind.VIEW, sources=("d.s",))
    first = marks(tasks(view, **{"": "Source", "a": "One"}))
    assert marks(tasks(view, **{"": "Source", "a": "Two"}))["a"] != first["a"]
    assert marks(tasks(view, **{"": "Other", "a": "One"}))[""] != first[""]
    assert marks(tasks(view, **{"": "Other", "a": "One"}))["a"] == first["a"]


def test_columns_of_views_are_not_asked_about_where_they_cannot_be_written() -> None:
    view = table("d.v", "a", kind=TableKind.VIEW)
    actions = {task.key.column: task.choice.action for task in tasks(view).tasks}
    assert actions == {"": Action.DESCRIBE, "a": Action.NOT_WRITABLE}


def test_sources_come_before_what_reads_them() -> None:
    sources = {"d.0": ("d.a", "elsewhere.x"), "d.a": ("d.b",), "d.b": ()}
    assert in_order(sources) == [["d.b"], ["d.a"], ["d.0"]]


def test_views_in_a_circle_end() -> None:
    assert in_order({"d.1": ("d.2",), "d.2": ("d.1",)}) == [["d.1", "d.2"]]


def test_only_the_chosen_assets_are_packed_with_their_feedback() -> None:
    found = tasks(table("d.t", "a", "b"))
    key = AssetKey("d.t", "b")
    work = found.work([key], {key: "too long"})
    assert [(w.column, w.feedback) for w in work.wanted] == [("b", "too long")]
