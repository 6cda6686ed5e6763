"""Labels: reads the tags that are there, proposes others, sets them and takes them back."""
