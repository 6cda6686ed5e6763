"""Tables in and out: Spark lives here."""
