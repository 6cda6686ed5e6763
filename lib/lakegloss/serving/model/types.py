"""Makes the typed signatures of registered models, as MLflow knows them."""

from typing import Any, get_args

from lakegloss.drafting.card_answers import TASKS
from lakegloss.drafting.table_cards import COMMENT_RESULT, ColumnCard
from lakegloss.errors import SignatureError
from lakegloss.programs.signatures import FieldSpec, inputs_of, outputs_of

__all__ = ["COMMENT_RESULT", "META", "comment_signature", "program_signature"]

META = "meta"
_SCALARS = {str: "string", int: "long", float: "double", bool: "boolean"}


_PARTS = tuple(name for name in ColumnCard.model_fields if name != "name")


def comment_signature() -> Any:
    """Cards in, comments with checks out; names are those of `drafting.table_cards`.

    The parts of a column are named, and of any type: the card's own types hold for them, by row.
    MLflow's would refuse a whole request for one value (40 where a double is meant), and take 0.2
    ms for each, which is more than all else that a row takes.
    """
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema
    from mlflow.types.schema import Array, Object

    text, number = DataType.string, DataType.double
    column = Object([_needed("name", _any()), *(_maybe(name, _any()) for name in _PARTS)])
    inputs: list[Any] = [
        ColSpec(text, "table"),
        ColSpec(Array(column), "columns"),
        *(ColSpec(text, name, required=False) for name in ("comment", "policy", "style")),
        *(ColSpec(text, name, required=False) for name in ("language", "task")),
        ColSpec(_any(), "rows", required=False),
        ColSpec(Array(text), "guidance", required=False),
    ]
    comment = Object(
        [
            *(_needed(name, text) for name in ("column", "comment", "source", "model")),
            _needed("checks", Array(text)),
            _needed("reason", text),
        ]
    )
    quality = Object(
        [
            _needed("column", text),
            _needed("score", number),
            _needed("problems", Array(text)),
        ]
    )
    outputs: list[Any] = [
        ColSpec(text, "table"),
        ColSpec(Array(comment), "comments"),
        ColSpec(Array(quality), "quality"),
        *(ColSpec(text, name) for name in ("error", "problem", "model")),
        *(ColSpec(text, name) for name in ("program_version", "version")),
        *(ColSpec(DataType.long, name) for name in ("input_tokens", "output_tokens")),
    ]
    params = [
        ParamSpec("policy", text, ""),
        ParamSpec("style", text, ""),
        ParamSpec("language", text, ""),
        ParamSpec("task", text, TASKS[0]),
        ParamSpec("timeout", DataType.double, 50.0),
    ]
    return ModelSignature(Schema(inputs), Schema(outputs), ParamSchema(params))


def program_signature(program: Any) -> Any:
    """A program's inputs and outputs as columns, and `meta` with how the answer came about.

    Args:
        program: a `Prepared` program.

    Raises:
        SignatureError: it has an output of the name `meta`.
    """
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema
    from mlflow.types.schema import Object

    text = DataType.string
    if program.signature is None:
        wanted = getattr(program.program, "inputs", ()) or ()
        inputs: list[Any] = [ColSpec(_any(), name) for name in wanted]
        outputs: list[Any] = [ColSpec(text, "outputs")]
    else:
        inputs = [_column(spec) for spec in inputs_of(program.signature).values()]
        outputs = [_column(spec, output=True) for spec in outputs_of(program.signature).values()]
    if any(column.name == META for column in outputs):
        raise SignatureError(
            f"An output is called {META!r}, as is what is told of each answer.",
            remedy="Give it another name.",
        )
    meta = Object(
        [
            *(_needed(name, text) for name in ("error", "model", "program_version", "version")),
            *(_needed(name, DataType.long) for name in ("input_tokens", "output_tokens")),
        ]
    )
    params = ParamSchema([ParamSpec("timeout", DataType.double, 50.0)])
    known = Schema(inputs) if inputs else None
    return ModelSignature(known, Schema([*outputs, ColSpec(meta, META)]), params)


def _column(spec: FieldSpec, *, output: bool = False) -> Any:
    """A field as a column; an output may lack where its row failed."""
    from mlflow.types import ColSpec, DataType
    from mlflow.types.schema import Array, Map

    args = get_args(spec.kind)
    if spec.kind is str:
        kind: Any = DataType.string
    elif getattr(spec.kind, "__origin__", None) is list and args and args[0] in _SCALARS:
        kind = Array(DataType[_SCALARS[args[0]]])
    elif getattr(spec.kind, "__origin__", None) is dict and args == (str, str):
        kind = Map(DataType.string)
    elif spec.kind in _SCALARS and spec.required and not output:
        kind = DataType[_SCALARS[spec.kind]]
    else:  # what may lack: pandas has no place for it in a column of numbers
        kind = _any()
    return ColSpec(kind, spec.name, required=spec.required and not output)


def _any() -> Any:
    from mlflow.types.schema import AnyType

    make: Any = AnyType
    return make()


def _needed(name: str, kind: Any) -> Any:
    from mlflow.types.schema import Property

    return Property(name, kind)


def _maybe(name: str, kind: Any) -> Any:
    from mlflow.types.schema import Property

    return Property(name, kind, required=False)
