"""Numbers the rules that find personal data, so that evidence stored under older ones is known."""

CLASSIFIER_VERSION = 5
"""Raise it whenever more columns or values may count as personal than before: by a change of this
folder, of `core/values/`, or of short forms in the lexicon. Evidence that is stored already is then
classified again, and what older rules let through is withheld."""
