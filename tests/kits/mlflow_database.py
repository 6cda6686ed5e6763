"""MLflow's database with its tables, copied: to make them anew takes seconds each time."""

import tempfile
from functools import cache
from pathlib import Path


def mlflow_database(path: Path) -> str:
    """A database at this place, unless there is one; its address as MLflow takes it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_tables())
    return f"sqlite:///{path}"


@cache
def _tables() -> bytes:
    from mlflow import MlflowClient

    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "mlflow.db"
        client = MlflowClient(tracking_uri=f"sqlite:///{made}", registry_uri=f"sqlite:///{made}")
        client.search_experiments()
        client.search_registered_models()
        return made.read_bytes()
