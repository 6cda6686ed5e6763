"""Asks models from Spark, classic or Connect: in its tasks, or by the function `ai_query`."""
