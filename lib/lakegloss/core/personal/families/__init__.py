"""Finds personal data by two words of a family beside each other, in tables about persons."""
