"""Reports made by hand, for the tests of what they look like."""

from datetime import UTC, datetime, timedelta

from lakegloss.core.assets import AssetKey
from lakegloss.core.report.coverage import by_schema, coverage_of, failed_checks, usage_by_schema
from lakegloss.core.report.data import Gap, ReportData, RunLine, gaps_of, table_detail
from lakegloss.core.report.index import index_lines
from lakegloss.core.report.relations import Relation, pictures
from lakegloss.core.report.since import CommentSince, Since
from lakegloss.core.report.standing import AssetState, Standing
from lakegloss.core.report.worst import Ratings, WorstComment
from lakegloss.core.report.wrong_texts import WrongText
from lakegloss.core.words.meaning.unknown import UnknownWord

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
NASTY = "</title><script>alert(1)</script>\" onload='x' \u202egnp.exe \x1b[31m <img src=http://x.example>"


def evidence(**changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "data_type": "string",
        "rows": 1000,
        "rows_read": 1000,
        "null_share": 0.0,
        "distinct": 3,
        "distinct_exact": True,
        "minimum": "EWR",
        "maximum": "LGA",
        "frequent": [{"value": v, "share": 0.3} for v in ("EWR", "JFK", "LGA")],
        "shapes": [{"value": "AAA", "share": 1.0}],
        "semantic": "",
        "personal": "",
        "key_role": "",
        "reference": "",
        "masked": False,
    }
    return row | changes


def column(name: str, **changes: object) -> AssetState:
    values: dict[str, object] = {
        "table": "nyc.flights",
        "column": name,
        "kind": "table",
        "data_type": "string",
        "comment": f"What {name} holds",
        "standing": Standing.MODEL,
    }
    return AssetState(**(values | changes))  # type: ignore[arg-type]


STATES = [
    column("", comment="Flights that left New York in 2013", standing=Standing.MODEL),
    column("origin", position=0),
    column("tailnum", position=1, standing=Standing.RULES, comment="Tail number"),
    column("dest", position=2, standing=Standing.PEOPLE, commented_before=True, thin=True),
    column(
        "hour",
        position=3,
        data_type="int",
        standing=Standing.PROPOSED,
        comment="",
        proposed="Scheduled hour of departure",
        reason="waits for review",
        in_review=True,
    ),
    column("x1", position=4, standing=Standing.MISSING, comment="", reason="nothing known of it"),
]
EVIDENCE = {
    "origin": evidence(semantic="airport_code", reference="nyc.airports.faa"),
    "tailnum": evidence(distinct=4043, distinct_exact=False, null_share=0.0075),
    "hour": evidence(data_type="int", minimum="1", maximum="23", distinct=20),
}


def report(states: list[AssetState] | None = None, **changes: object) -> ReportData:
    states = STATES if states is None else states
    responses = [
        {
            "assets": [{"table": state.table} for state in states],
            "input_tokens": 1200,
            "cached_tokens": 200,
            "output_tokens": 300,
            "usage_estimated": False,
        }
    ]
    usage = usage_by_schema(responses, price_input=1.0, price_output=4.0)
    values: dict[str, object] = {
        "generated_at": NOW,
        "version": "0.1.0",
        "schema": "lakegloss",
        "patterns": (),
        "total": coverage_of("", states),
        "schemas": tuple(by_schema(states)),
        "tables": (table_detail(states, EVIDENCE, show_values=True),),
        "summarised": (),
        "beyond": 0,
        "gaps": gaps_of(states, examples=3),
        "unreadable": (("nyc.broken", "DELTA_LOG_MISSING"),),
        "checks": failed_checks([{"checks": ["echo", "too_long"]}, {"checks": ["echo"]}]),
        "semantic": {"airport_code": 4, "timestamp_text": 2},
        "personal": {"email": 2},
        "usage": tuple(usage),
        "statements": 2,
        "calls": 1,
        "cost": sum(item.cost or 0.0 for item in usage),
        "runs": (
            RunLine(
                run_id="r1",
                command="describe",
                status="succeeded",
                started_at=NOW - timedelta(seconds=30),
                seconds=12.5,
                tokens=1500,
                cost=0.0024,
                error="",
            ),
        ),
    }
    return ReportData(**(values | changes))  # type: ignore[arg-type]


def hostile_report(text: str) -> ReportData:
    table = f"nyc.`{text.replace('`', '``') or 'x'}`"
    states = [
        AssetState(
            table=table,
            column=name,
            kind="view",
            data_type=text,
            comment=text if name != "b" else "",
            proposed=text,
            standing=Standing.MODEL if name != "b" else Standing.PROPOSED,
            reason=text if name == "b" else "",
            error=text if not name else "",
        )
        for name in ("", text or "a", "b")
    ]
    rows = {
        text or "a": evidence(
            minimum=text,
            maximum=text,
            semantic=text,
            personal="",
            reference=text,
            frequent=[{"value": text, "share": 1.0}],
        ),
        "b": evidence(personal=text, shapes=[{"value": text, "share": 1.0}]),
    }
    run = report().runs[0]
    wrong = WrongText(table=table, column=text, text=text, why=text)
    classes = [{"table": table, "personal": "email"}]
    relation = Relation(
        table=table, column=text, other=table.replace("nyc", "ewr"), other_column=text
    )
    worst = WorstComment(
        table=table, column=text, text=text, standing=Standing.RULES, score=0.1, why=(text,)
    )
    since = Since(
        looked_at=NOW,
        tables=1,
        listed=2,
        new_tables=(text,),
        gone_tables=(text,),
        elsewhere=((text, 2),),
        new_columns=(AssetKey(table, text),),
        gone_columns=(AssetKey(table, text),),
        comments=(
            CommentSince(table=table, column=text, before=text, now=text, of_lakegloss=True),
        ),
    )
    return report(
        states,
        schema=text,
        patterns=(text,),
        tables=(table_detail(states, rows, show_values=True),),
        summarised=tuple(by_schema(states)),
        beyond=3,
        gaps=(Gap(reason=text, assets=3, examples=(text,)),),
        unreadable=((text, text),),
        checks={text: 2},
        semantic={text: 2},
        personal={text: 1},
        wrong_texts=(wrong,),
        index=tuple(
            index_lines([table], {table: states}, in_detail=[], wrong=[wrong], classes=classes)
        ),
        ratings=Ratings(worst=(worst,), rated=3, left=2, with_problems=1, problems=((text, 1),)),
        relations=(relation,),
        pictures=tuple(pictures([relation], {table: [text]})),
        personal_columns=((table, text, text),),
        unknown=(UnknownWord(word=text, columns=1, tables=1, examples=(text,)),),
        inventory_at=NOW,
        since=since,
        runs=(
            RunLine(
                run_id=text,
                command=text,
                status=text,
                started_at=run.started_at,
                seconds=None,
                tokens=1,
                cost=None,
                error=text,
            ),
        ),
    )
