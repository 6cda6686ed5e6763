"""Measures programs against what people wrote."""
