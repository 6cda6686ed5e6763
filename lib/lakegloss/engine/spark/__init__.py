"""The engine on Spark: in partitions, and through the SQL function `ai_query`.

Everything here works on classic sessions and over Spark Connect.
"""

from lakegloss.engine.spark.partitions import ask_in_partitions, task_slots
from lakegloss.engine.spark.sql_function import ask_by_ai_query, has_ai_query, register_ai_query

__all__ = [
    "ask_by_ai_query",
    "ask_in_partitions",
    "has_ai_query",
    "register_ai_query",
    "task_slots",
]
