"""Reads the text of Python values that messages hold, as pandas and Spark print them.

Beside literals these are missing numbers (`nan`), days (`datetime.date(2026, 1, 2)`), moments
(`Timestamp('2026-01-02 00:00:00')`), decimals and numbers of NumPy. Nothing is called: a day or a
decimal is given as text, and every other name or call is refused.
"""

import ast
from collections.abc import Hashable
from typing import Any

_CONSTANTS = {
    "nan": None, "NaN": None, "NaT": None, "NA": None, "inf": None, "null": None, "true": True,
    "false": False, "True_": True, "False_": False,
}  # fmt: skip
_MODULES = {"datetime", "decimal", "np", "numpy", "pd", "pandas", "uuid"}
_OF_TEXT = {"Timestamp", "Timedelta", "Period", "Decimal", "UUID", "datetime64", "str_"}
_OF_VALUE = {
    "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
    "uint64", "bool_", "array", "bytearray",
}  # fmt: skip
_OF_NUMBERS = {"date": "-", "datetime": "-", "time": ":", "timedelta": " "}
_DAY = 3


def python_value(text: str) -> Any:
    """Read a value; the caller has bounded its length and depth.

    Raises:
        ValueError, SyntaxError, TypeError: it is none, or holds a name or a call of another kind.
        RecursionError, MemoryError: it is too deep for Python's own parser.
    """
    return _value(ast.parse(text.strip(), mode="eval").body)


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Dict):
        return _mapping(node)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [_value(item) for item in node.elts]
    if isinstance(node, ast.Name | ast.Attribute):
        return _CONSTANTS[_named(node)]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _value(node.operand)
        return -value if isinstance(node.op, ast.USub) and value is not None else value
    if isinstance(node, ast.Call):
        return _called(node)
    return ast.literal_eval(node)


def _mapping(node: ast.Dict) -> dict[Any, Any]:
    found = {}
    for key, item in zip(node.keys, node.values, strict=True):
        name = _value(key) if key is not None else None
        if key is None or not isinstance(name, Hashable):
            raise ValueError("a key of the mapping is none")
        found[name] = _value(item)
    return found


def _called(node: ast.Call) -> Any:
    """What a printed object stands for: its text, its value, or the numbers of a moment."""
    name, first = _named(node.func, of_call=True), [_value(item) for item in node.args]
    if name in _OF_NUMBERS:
        return _moment(name, [str(part) for part in first]) if first else ast.unparse(node)
    if len(first) != 1:
        raise ValueError(f"{name} has no single value")
    return str(first[0]) if name in _OF_TEXT else first[0]


def _moment(name: str, parts: list[str]) -> str:
    """A day as 2026-01-02, a moment as 2026-01-02 03:04."""
    padded = [part.zfill(2) for part in parts]
    if name != "datetime":
        return _OF_NUMBERS[name].join(padded)
    return " ".join(filter(None, ("-".join(padded[:_DAY]), ":".join(padded[_DAY:6]))))


def _named(node: ast.expr, *, of_call: bool = False) -> str:
    """The name of a constant or constructor that is known, perhaps with its module.

    Raises:
        ValueError: it is another one.
    """
    known = {*_OF_TEXT, *_OF_VALUE, *_OF_NUMBERS} if of_call else {*_CONSTANTS}
    if isinstance(node, ast.Attribute):
        of_module = isinstance(node.value, ast.Name) and node.value.id in _MODULES
        name = node.attr if of_module else ""
    else:
        name = node.id if isinstance(node, ast.Name) else ""
    if name not in known:
        raise ValueError(f"{ast.unparse(node)[:40]} is no value")
    return name
