"""Keeps alerts as rows of a database, and sends each notice from one process only."""
