"""Finds what words of a name mean there: its language, short forms, the house's glossary."""
