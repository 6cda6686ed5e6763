"""Step 1: reads the inventory of a lake, and profiles tables or finds their evidence stored."""
