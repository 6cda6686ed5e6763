"""Where things are in this checkout."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
"""What only its authors have: tests that need it skip, and say so, where it is absent."""
