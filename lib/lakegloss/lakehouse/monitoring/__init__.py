"""Reads events of programs from the ledgers, and keeps what a monitor found in them."""
