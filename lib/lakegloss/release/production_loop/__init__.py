"""Runs the production loop: watches, optimises, releases, and takes back, by itself."""
