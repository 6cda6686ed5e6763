"""Reads dbxmetagen's settings and files, and turns them into those of lakegloss."""
