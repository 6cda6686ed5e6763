"""Evaluates programs of any kind on examples, by metrics with names."""
