"""Decides which versions of a program are in use."""
