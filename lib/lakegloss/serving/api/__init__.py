"""Serves programs and comments to applications over REST (extra `serve`)."""
