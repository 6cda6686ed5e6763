"""Opens the gate split for a chosen candidate, counts the openings, and records what it showed."""
