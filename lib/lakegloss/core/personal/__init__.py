"""Everything about personal data: its classes, how they are found, what hides values."""
