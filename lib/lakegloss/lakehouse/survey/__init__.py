"""Step 1: the inventory, profiles and evidence of a lake, read or found stored."""
