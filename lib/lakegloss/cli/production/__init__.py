"""Defines the commands that watch programs in production."""
