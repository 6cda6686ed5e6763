"""Judges what programs did in production: scores, variants, when to optimise, what to replace."""
