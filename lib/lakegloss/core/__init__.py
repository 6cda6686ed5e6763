"""Decides and computes without any service: plain functions over plain data."""
