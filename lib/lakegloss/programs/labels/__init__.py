"""Sorts tables into domains, and columns into classes of personal data, by a language model."""
