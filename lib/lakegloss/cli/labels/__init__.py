"""Defines the commands about labels."""
