"""Defines the commands that bring comments into files of other tools, and back."""
