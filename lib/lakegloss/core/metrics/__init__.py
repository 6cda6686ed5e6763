"""Scores what programs wrote: comments against people's, and texts of other kinds."""
