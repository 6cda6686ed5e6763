"""lakegloss writes, checks, applies and maintains the comments of Delta tables."""

__version__ = "0.1.0"
