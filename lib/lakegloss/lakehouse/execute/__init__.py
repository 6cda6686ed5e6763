"""Runs any program over the rows of a DataFrame."""
