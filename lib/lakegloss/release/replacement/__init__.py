"""Replaces variants of programs by better ones, step by step, with a way back."""
