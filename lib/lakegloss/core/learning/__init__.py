"""Decides what becomes an example, and on which side of a comparison it stands."""
