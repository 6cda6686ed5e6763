"""Writes and reads what dbxmetagen writes: review files, SQL files, its tables."""
