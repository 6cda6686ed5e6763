"""Defines the commands that bring one's own tables in."""
