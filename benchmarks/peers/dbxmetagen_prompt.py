"""Writes messages in the shape that dbxmetagen's have, in words of its own.

A reconstruction from published facts: six messages (a system message with the form of the answer
and eleven rules, two examples, the table), rows as pandas splits a frame, metadata by column as a
Python literal, five rows, twenty columns a call, and a summary where a table takes more calls than
one. The words of the rules and the examples are not dbxmetagen's. Where dbxmetagen is installed its
own rules and examples are taken (`prompt_at_hand`).
"""

import csv
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakegloss.compat.dbxmetagen import DSPyPromptExtractor
from lakegloss.core.requests import Message
from lakegloss.errors import InputError

COLUMNS_A_CALL, ROWS, WORDS_A_CELL, SEED = 20, 5, 200, 20_261
MAX_TOKENS, TEMPERATURE = 8_192, 0.1
SUMMARY_MAX_TOKENS, SUMMARY_TEMPERATURE = 5_000, 0.3
INSTALLED, REBUILT = "its installed copy", "a reconstruction of its prompt"
LENGTHS = {
    "concise": "one or two sentences for each text, two or three where there is much to tell",
    "standard": "three to five sentences for each text, four to eight where there is much to tell",
}
SUMMARY_WORDS = {"concise": "50 to 100", "standard": "200 to 300"}
_SYSTEM = """You are given a table of a data catalog: names, some rows, and metadata of its columns.
Write a description of the table and one of each column, so that people who search the catalog
understand what the data are and what they can be used for.

Form of the answer (it MUST be valid JSON; the two lists are arrays, not texts that hold an array):
{"table": "about the table", "columns": ["column_1", "column_2"],
"column_contents": ["about column_1", "about column_2"]}

Rules:
1. Length: %s.
2. Bring together what the column's name, the table's name, the sampled rows and the metadata
tell, and say what follows from it. Do not only repeat the name in other words.
3. Write out acronyms and abbreviations where their meaning is clear or given to you. Mention what
is unusual: values that do not fit the name, mixed formats, columns that are mostly empty.
4. The rows are a small sample, and a sample may mislead. Where the metadata (nulls, distinct
values, minimum, maximum, lengths) say something else, the metadata are right.
5. Texts stand in double quotes. A single quote inside of a text is written twice: ''.
6. The key 'index' was put there by pandas. It is no column of the table, and gets no description.
7. The answer is the JSON object and nothing else: no words before or behind it, no code fence.
8. Give no example values of a column that may hold personal information, such as names, numbers
of people, addresses or anything that tells who somebody is.
9. Where upstream or downstream tables are named, use them to say where the data come from and who
uses them.
10. Give no large exact statistics: they are out of date soon. Say "high cardinality" or "mostly
filled" instead of a number of distinct values or of nulls.
11. Tags are there to help you understand the table. Do not list them in a description."""
_SUMMARY = """You are given several descriptions of one table; each was written with some of its
columns in view. Write one description of the whole table in %s words.

1. Say first what a row is and what the table is about.
2. Group the columns by what they tell, and name the groups rather than each column.
3. Say what the table can be used for, and by whom.
4. Say nothing twice, and nothing that the descriptions do not say.
5. Where descriptions go against each other, keep what most of them say.
6. Mention keys and how the table may be joined, where that is told.
7. Mention what is unusual in the data.
8. Give no exact statistics, as they are out of date soon.
9. Give no values that may be personal.
10. Do not speak of chunks, samples or descriptions.
11. Write plain text: no headings of markdown, no list, no quotes around it.
12. The answer is the description and nothing else."""
# An example: the table, its columns with their types and facts, its rows, and what is answered;
# each text in sentences, of which the concise form takes the first two.
_SALES: dict[str, Any] = {
    "table": "retail.transactions.daily_sales",
    "columns": ("sale_date", "store_id", "net_amt"),
    "types": ("date", "string", "decimal(12,2)"),
    "rows": (("2023-02-27", "S014", "1840.50"), ("2023-02-27", "S221", "964.00"),
             ("2023-02-28", "S014", "2011.75")),
    "about": (
        "Net sales of each store on each day, in the schema for retail transactions.",
        "A row is one store on one day: the date and the store together tell rows apart.",
        "The amounts are sums over the day, so that single purchases cannot be seen here.",
        "It suits reports of trends, comparisons of stores and forecasts of what will be sold.",
    ),
    "texts": (
        ("Day on which the sales were made.",
         "It has no time of day, so each store has one row a day.",
         "Use it to group sales by week, month or season, and to join a calendar of promotions."),
        ("Identifier of the store that made the sales: the letter S and three digits.",
         "It repeats over the days, and most likely refers to a table of stores.",
         "Join it there for the store''s name, city and format."),
        ("Net amount that the store took on the day, with two digits behind the point.",
         "Net suggests that returns or taxes are taken off; the currency is not told.",
         "Check with the owners of the data which of them it is before amounts are compared."),
    ),
}  # fmt: skip
_LABS: dict[str, Any] = {
    "table": "healthcare.clinical.patient_lab_results",
    "columns": (
        "result_id", "pat_id", "test_cd", "test_nm", "res_val", "uom", "coll_ts", "abn_flg",
    ),
    "types": ("bigint", "string", "string", "string", "double", "string", "timestamp", "string"),
    "rows": (
        ("700121", "P-4471", "GLU", "Glucose, fasting", "101.0", "mg/dL", "2022-11-03 07:40:00",
         "H"),
        ("700122", "P-4471", "HBA1C", "Hemoglobin A1c", "5.9", "%", "2022-11-03 07:40:00", "H"),
        ("700340", "P-1020", "K", "Potassium", "4.2", "mmol/L", "2022-11-04 09:15:00", "N"),
        ("700355", "P-2218", "TSH", "Thyrotropin", "0.2", "mIU/L", "2022-11-04 10:05:00", "L"),
    ),
    "about": (
        "Results of laboratory tests of patients, one row for each test of a sample.",
        ("A row tells the patient, the test by code and name, the measured value with its unit, "
         "when the sample was taken, and whether the result is normal."),
        "Values are comparable only within one test and one unit.",
        ("It serves clinical reports, the follow-up of chronic illness and research, and holds "
         "health data of people: access should be limited."),
    ),
    "texts": (
        ("Number of the result, which tells rows apart.",
         "It is unique and never empty, so it can serve as the primary key.",
         "It carries no meaning of its own."),
        ("Identifier of the patient whose sample was tested.",
         "A patient has many results, so it repeats; it most likely refers to a table of patients.",
         "It tells who somebody is, and must be handled as personal information."),
        ("Short code of the laboratory test, in capital letters.",
         "It is the shorter form of the test''s name beside it, and has few distinct values.",
         "Group by it to compare results of the same test."),
        ("Name of the laboratory test as people read it.",
         "It goes with the code of the test, and may be longer than what reports can show.",
         "Use the code for joins, and this for what people see."),
        ("Measured value of the test, as a number.",
         "Its meaning depends on the test and on the unit in the column beside it.",
         "Do not average it over different tests."),
        ("Unit of measure of the result, such as a mass or a share in a volume.",
         "It depends on the test; one test may come in more than one unit.",
         "Convert to one unit before values are compared."),
        ("Time at which the sample was collected from the patient, to the second.",
         "It is the time of collection, not that at which the result was reported.",
         "Several tests of one sample share it."),
        ("Flag that tells whether the result is abnormal: high, low or normal, by one letter.",
         "It compares the value with the range that is usual for the test.",
         "Use it to find results that somebody should look at."),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerPrompt:
    """The messages before the table's own, and where they are from."""

    messages: tuple[Message, ...]
    origin: str
    style: str


def prompt_at_hand(style: str) -> PeerPrompt:
    """The prompt of an installed dbxmetagen, else the reconstruction."""
    extractor = DSPyPromptExtractor()
    try:
        system = extractor.extract_comment_prompt_instructions()
        pairs = [
            (
                _asking(_content_of_example(one["input"]), one["input"]["abbreviations"]),
                one["output"],
            )
            for one in extractor.get_comment_examples()
        ]
    except InputError:
        return PeerPrompt(messages=_rebuilt(style), origin=REBUILT, style=style)
    messages = [Message(role="system", content=system)]
    for asked, told in pairs:
        messages += [asked, Message(role="assistant", content=told)]
    return PeerPrompt(messages=tuple(messages), origin=INSTALLED, style=style)


def table_messages(
    prompt: PeerPrompt, name: str, path: Path, types: Mapping[str, str]
) -> list[tuple[Message, ...]]:
    """The messages of each call for one table, whose rows stand in a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    # The same five rows in each call, as one sample is taken for a table.
    drawing = random.Random(f"{SEED}/{name}")  # noqa: S311 - the same for ever
    shown = sorted(drawing.sample(range(len(rows)), min(ROWS, len(rows))))
    names = list(types)
    return [
        (*prompt.messages, _asking(_content(name, part, types, rows, shown), {}))
        for part in (names[at : at + COLUMNS_A_CALL] for at in range(0, len(names), COLUMNS_A_CALL))
    ]


def summary_messages(prompt: PeerPrompt, about: Sequence[str]) -> tuple[Message, ...]:
    """The messages that ask for one description of a table of several."""
    system = _SUMMARY % SUMMARY_WORDS[prompt.style]
    first, second = _sentences(_SALES["about"], "standard"), _sentences(_LABS["about"], "standard")
    return (
        Message(role="system", content=system),
        Message(role="user", content=f"{first} {_SALES['about'][0]} {_SALES['about'][3]}"),
        Message(role="assistant", content=first),
        Message(role="user", content=f"{second} {_LABS['about'][1]} {_LABS['about'][3]}"),
        Message(role="assistant", content=second),
        Message(role="user", content=" ".join(about)),
    )


def _rebuilt(style: str) -> tuple[Message, ...]:
    messages = [Message(role="system", content=_SYSTEM % LENGTHS[style])]
    for example in (_SALES, _LABS):
        types = dict(zip(example["columns"], example["types"], strict=True))
        rows = [dict(zip(types, row, strict=True)) for row in example["rows"]]
        content = _content(example["table"], list(types), types, rows, range(len(rows)))
        answer = {
            "table": _sentences(example["about"], style),
            "columns": list(types),
            "column_contents": [_sentences(text, style) for text in example["texts"]],
        }
        messages.append(_asking(content, {}))
        messages.append(Message(role="assistant", content=json.dumps(answer)))
    return tuple(messages)


def _sentences(text: Sequence[str], style: str) -> str:
    return " ".join(text[:2] if style == "concise" else text)


def _asking(content: Mapping[str, Any], abbreviations: Mapping[str, Any]) -> Message:
    text = f"Content is here - {dict(content)} and abbreviations are here - {dict(abbreviations)}"
    return Message(role="user", content=text)


def _content_of_example(given: Mapping[str, Any]) -> dict[str, Any]:
    data = {**given["table_data"], "column_metadata": given["column_metadata"]}
    return {"table_name": given["table_name"], "column_contents": data}


def _content(
    name: str,
    names: Sequence[str],
    types: Mapping[str, str],
    rows: Sequence[Mapping[str, str]],
    shown: Sequence[int],
) -> dict[str, Any]:
    """What a message tells of some columns of a table."""
    return {
        "table_name": name,
        "column_contents": {
            "index": list(range(len(shown))),
            "columns": list(names),
            "data": [[_cell(rows[place].get(column)) for column in names] for place in shown],
            "table_tags": {},
            "table_constraints": "",
            "table_comments": "",
            "column_metadata": {
                column: _facts(column, types[column], [row.get(column) for row in rows])
                for column in names
            },
        },
    }


def _cell(value: str | None) -> str:
    return " ".join((value or "None").split(" ")[:WORDS_A_CELL])


def _facts(name: str, kind: str, cells: Sequence[str | None]) -> dict[str, str]:
    """The facts of a column as the statistics of Spark have them, all of them texts."""
    known = [cell for cell in cells if cell]
    facts = {
        "col_name": name, "data_type": kind, "num_nulls": str(len(cells) - len(known)),
        "distinct_count": str(len(set(known))),
    }  # fmt: skip
    if not known:
        return facts
    if kind in {"int", "bigint", "double", "date", "timestamp"}:
        numbers = kind in {"int", "bigint", "double"} and all(map(_is_number, known))
        ordered = sorted(known, key=float) if numbers else sorted(known)
        facts |= {"min": ordered[0], "max": ordered[-1]}
    lengths = [len(cell) for cell in known]
    average, longest = round(sum(lengths) / len(lengths)), max(lengths)
    return facts | {"avg_col_len": str(average), "max_col_len": str(longest)}


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
