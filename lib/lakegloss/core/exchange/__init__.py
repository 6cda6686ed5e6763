"""Writes descriptions in the forms of other tools: patches of YAML, dictionaries, contracts."""
