"""Defines the commands that let programs learn from people's work."""
