"""Reads tables from a lakehouse and writes to it: every use of Spark but `engine/spark` is here."""
