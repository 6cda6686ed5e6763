"""Program versions: kept in MLflow's registry, decided on in a ledger."""
