"""Offers the names of other products, so that their users can change over step by step."""
