"""Defines the commands about the words of names."""
