"""Decides how programs are optimised: what it may cost, what is chosen, when it is better."""
