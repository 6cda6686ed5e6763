"""Reads names and wording without values, and writes comments from them by rules."""
