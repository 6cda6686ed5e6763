"""Defines the commands for those who come from other products."""
