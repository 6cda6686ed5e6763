"""Defines the shell, in which commands follow each other without a new start of Spark."""
