"""Defines the commands that release versions step by step."""
