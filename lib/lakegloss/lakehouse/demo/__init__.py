"""The demo lake: its data, and how it is loaded."""
