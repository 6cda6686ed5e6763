"""Chooses what people wrote nearby, the house's own words, to stand in a request."""
