"""Decisions about the versions of a program."""
