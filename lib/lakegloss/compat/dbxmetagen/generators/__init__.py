"""Offers dbxmetagen's generators and its DSPy classes, over the programs of lakegloss."""
