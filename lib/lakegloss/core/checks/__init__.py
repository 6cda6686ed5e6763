"""Every rule that judges a comment."""
