"""Makes the demo lake: its data, and the Delta tables that hold them."""
