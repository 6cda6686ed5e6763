import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core import ddl
from lakegloss.core.assets import Column, Table, TableKind
from lakegloss.core.stages import (
    Edit,
    column_stage,
    comments_of,
    halves,
    own_statement,
    stages_for,
    still_to_do,
)
from lakegloss.lakehouse.apply.refusals import Refusal, refusal


def edit(column: str, before: str = "", after: str = "new") -> Edit:
    return Edit(column=column, before=before, after=after)


def test_one_statement_for_the_table_and_one_for_each_nesting_level() -> None:
    edits = [edit(""), edit("a"), edit("s"), edit("s.x"), edit("s.y"), edit("s.x.z"), edit("b")]
    stages, refused = stages_for(Table(name="d.t"), edits, comment_on_column=False)
    assert [[e.column for e in stage.edits] for stage in stages] == [
        [""],
        ["a", "s", "b"],
        ["s.x", "s.y"],
        ["s.x.z"],
    ]
    assert refused == []


def test_a_dot_inside_a_name_is_no_nesting() -> None:
    stages, _ = stages_for(Table(name="d.t"), [edit("`a.b`"), edit("c")], comment_on_column=False)
    assert len(stages) == 1


def test_what_would_change_nothing_makes_no_statement() -> None:
    stages, _ = stages_for(
        Table(name="d.t"), [edit("a", "same", "same"), edit("", "x", "x")], comment_on_column=True
    )
    assert stages == []


@pytest.mark.parametrize(
    ("known", "statements", "refused"),
    [
        pytest.param(False, 1, 1, id="open source Spark"),
        pytest.param(True, 2, 0, id="COMMENT ON COLUMN is known"),
    ],
)
def test_columns_of_views(known: bool, statements: int, refused: int) -> None:  # noqa: FBT001
    view = Table(name="d.v", kind=TableKind.VIEW)
    stages, left = stages_for(view, [edit(""), edit("a")], comment_on_column=known)
    assert (len(stages), len(left)) == (statements, refused)


@given(st.integers(2, 40))
def test_halves_hold_all_edits_once(count: int) -> None:
    stages, _ = stages_for(
        Table(name="d.t"), [edit(f"c{n}") for n in range(count)], comment_on_column=False
    )
    left, right = halves(stages[0])
    assert left.edits + right.edits == stages[0].edits
    assert left.edits
    assert right.edits


@given(st.text())
def test_a_literal_never_ends_early(text: str) -> None:
    inside = ddl.literal(text)[1:-1]
    position = 0
    while position < len(inside):
        assert inside[position] not in "'\n$\0"
        position += 2 if inside[position] == "\\" else 1
    assert position == len(inside), "the closing quote is not escaped"


def test_golden_statements() -> None:
    assert ddl.comment_on_table("a.b", "it's") == "COMMENT ON TABLE `a`.`b` IS 'it\\'s'"
    assert ddl.comment_on_table("a.b", "") == "COMMENT ON TABLE `a`.`b` IS NULL"
    assert ddl.comment_on_columns("a.b", [("x", "1"), ("y.z", "${2}")]) == (
        "ALTER TABLE `a`.`b` ALTER COLUMN `x` COMMENT '1', `y`.`z` COMMENT '\\u0024{2}'"
    )
    assert ddl.comment_on_column("a.b", "c", "\\") == "COMMENT ON COLUMN `a`.`b`.`c` IS '\\\\'"
    assert ddl.comment_on_view("a.v", "t") == (
        "ALTER VIEW `a`.`v` SET TBLPROPERTIES ('comment' = 't')"
    )
    assert ddl.comment_on_view("a.v", "") == (
        "ALTER VIEW `a`.`v` UNSET TBLPROPERTIES IF EXISTS ('comment')"
    )


def test_each_change_has_a_statement_of_its_own() -> None:
    edits = [edit(f"c{n}", after=str(n)) for n in range(3)]
    stage = column_stage("d.t", edits)
    assert own_statement(stage, edits[1]) == "ALTER TABLE `d`.`t` ALTER COLUMN `c1` COMMENT '1'"
    (alone,), _ = stages_for(Table(name="d.t"), [edit("", after="x")], comment_on_column=False)
    assert own_statement(alone, alone.edits[0]) == "COMMENT ON TABLE `d`.`t` IS 'x'"


def test_what_someone_changed_meanwhile_leaves_the_statement() -> None:
    stage = column_stage("d.t", [edit("a", "old"), edit("b"), edit("gone"), edit("c")])
    columns = (
        Column(path="a", data_type="int", comment="hers"),
        Column(path="b", data_type="int"),
        Column(path="c", data_type="int", comment="his"),
    )
    left, dropped = still_to_do(stage, comments_of(Table(name="d.t", columns=columns)))
    assert [e.column for e in dropped] == ["a", "c"]
    assert left == [column_stage("d.t", [edit("b"), edit("gone")])]


def test_a_statement_of_which_nothing_is_left_is_none() -> None:
    stages, _ = stages_for(Table(name="d.t"), [edit("")], comment_on_column=False)
    assert still_to_do(stages[0], {"": "hers"}) == ([], (edit(""),))
    assert still_to_do(stages[0], {"": ""}) == (stages, ())


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        pytest.param(
            "Py4JJavaError: An error occurred while calling o39.sql.\n"
            ": io.delta.exceptions.MetadataChangedException: [DELTA_METADATA_CHANGED] The "
            "metadata of the Delta table has been changed by a concurrent update.",
            Refusal.CONCURRENT,
            id="Delta's own exception, classic",
        ),
        pytest.param(
            "SparkConnectGrpcException: (io.delta.exceptions.ConcurrentWriteException) ...",
            Refusal.CONCURRENT,
            id="Delta's own exception, Connect",
        ),
        pytest.param(
            "AnalysisException: [INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does "
            "not have MODIFY on Table 'a.b.c'.",
            Refusal.FORBIDDEN,
            id="no right to modify",
        ),
        pytest.param(
            "SparkConnectGrpcException: PERMISSION_DENIED: User does not have MODIFY",
            Refusal.FORBIDDEN,
            id="permission denied",
        ),
        pytest.param(
            "AnalysisException: User a is not authorized to perform: glue:UpdateTable",
            Refusal.FORBIDDEN,
            id="not authorized",
        ),
        pytest.param(
            "Py4JJavaError: An error occurred while calling o39.sql.\n"
            ": java.nio.file.AccessDeniedException: s3://bucket/t/_delta_log",
            Refusal.FORBIDDEN,
            id="the storage denies access",
        ),
        pytest.param(
            "ConnectionRefusedError: [Errno 111] Connection refused", Refusal.LOST, id="no JVM"
        ),
        pytest.param(
            "SparkConnectGrpcException: [INVALID_HANDLE.SESSION_CLOSED] The handle is invalid.",
            Refusal.LOST,
            id="the Connect session is closed",
        ),
        pytest.param(
            "AnalysisException: [FIELD_NOT_FOUND] No such struct field `permission_denied` in "
            "`access`, `unauthorized`.",
            Refusal.COLUMN,
            id="a name that looks like an error",
        ),
        pytest.param(
            "ParseException: [PARSE_SYNTAX_ERROR] Syntax error at or near 'x'.\n== SQL ==\n"
            "ALTER TABLE t ALTER COLUMN x COMMENT 'PERMISSION_DENIED'",
            Refusal.COLUMN,
            id="a comment that looks like an error",
        ),
    ],
)
def test_what_a_failed_statement_calls_for(error: str, kind: Refusal) -> None:
    assert refusal(error) is kind
