"""Recognises values: their shapes, forms, check digits and semantic type."""
