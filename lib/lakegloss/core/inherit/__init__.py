"""Lets like columns share one comment: who takes it over, from whom, in which words."""
