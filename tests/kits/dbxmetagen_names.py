"""What dbxmetagen's document takes for granted: settings, examples, messages, a generator."""

import json
from pathlib import Path
from typing import Any

from lakegloss.compat.dbxmetagen import (
    DSPyCommentGeneratorFactory,
    MetadataConfig,
    MetadataGeneratorFactory,
)

COLUMNS = ["order_id", "customer_name", "gmv_eur"]


def config(**more: Any) -> MetadataConfig:
    return MetadataConfig(**({"mode": "comment", "model": "m"} | more), skip_yaml_loading=True)


def example(number: int = 0) -> dict[str, Any]:
    """One table, its sample and its wanted answer; another number is another table."""
    answer = {
        "table": f"Orders of the shop in region {number}; one row for each order.",
        "columns": COLUMNS,
        "column_contents": [
            "Identifier of the order in the shop's system.",
            "Name of the customer who placed the order.",
            "Gross merchandise value of the order in euros.",
        ],
    }
    return DSPyCommentGeneratorFactory.create_training_example(
        table_name=f"main.shop_{number}.orders",
        table_data={
            "index": [0, 1],
            "columns": COLUMNS,
            "data": [["1", "John Smith", "20.5"], ["2", "Mary Jones", "8"]],
        },
        column_metadata={name: {"data_type": "string", "num_nulls": "0"} for name in COLUMNS},
        expected_response=json.dumps(answer),
        abbreviations={"GMV": "gross merchandise value"},
    )


def messages(content: Any = None, behind: str = "") -> list[dict[str, str]]:
    """A prompt as dbxmetagen sends it; the last message is the one that counts."""
    made = example()
    content = content or {
        "table_name": made["table_name"],
        "column_contents": made["table_data"] | {"column_metadata": made["column_metadata"]},
    }
    return [
        {"role": "system", "content": "Describe tables."},
        {"role": "user", "content": f"Content is here - {content} and abbreviations are here - "
         f"{made['abbreviations']}{behind}"},
    ]  # fmt: skip


def names_taken(folder: Path) -> dict[str, Any]:
    made = DSPyCommentGeneratorFactory.create_generator(config())
    made.save_optimized_prompts(folder / "optimized_prompts.json")
    return {
        "config": config(),
        "input_data": messages(),
        "dspy_model": made,
        "training_examples": [example(n) for n in range(4)],
        "validation_examples": [example(n) for n in range(4, 6)],
        "test_examples": [example(n) for n in range(3)],
        "DSPyCommentGeneratorFactory": DSPyCommentGeneratorFactory,
        "MetadataGeneratorFactory": MetadataGeneratorFactory,
    }
