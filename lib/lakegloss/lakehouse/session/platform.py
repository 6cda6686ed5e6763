"""Says where the catalog is: a platform's, or that of a home folder. It needs no Spark."""

import os
from pathlib import Path

METASTORE = "metastore"
"""The folder of a home's catalog, which Derby keeps."""


def is_managed_platform() -> bool:
    """Whether a platform brings the session: Databricks, or a Spark Connect server."""
    return "DATABRICKS_RUNTIME_VERSION" in os.environ or "SPARK_REMOTE" in os.environ


def has_local_lake(home: Path) -> bool:
    """Whether a home folder has a catalog of its own."""
    return (home / METASTORE).is_dir()
