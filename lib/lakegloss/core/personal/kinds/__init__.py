"""Finds kinds of personal data that need more than a phrase: fields of systems, answers, courts."""
