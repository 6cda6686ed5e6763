"""Defines the commands that watch programs in production, and release them step by step."""
