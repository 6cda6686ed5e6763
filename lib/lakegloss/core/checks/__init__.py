"""Judges comments: every rule that a comment must pass."""
