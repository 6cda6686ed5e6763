"""What is true without any service: plain functions over plain data."""
