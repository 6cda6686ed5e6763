"""A PostgreSQL server for the run, with a database of its own for whoever asks."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

NewDatabase = Callable[[], str]


@contextmanager
def postgres_server() -> Iterator[NewDatabase]:
    """A server on a Unix socket in a folder of its own; gives what makes an empty database."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found or shutil.which("su") is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    psycopg = pytest.importorskip("psycopg", reason="the extra postgres is not installed")
    programs = found[-1].parent
    owner = "postgres" if os.geteuid() == 0 else ""
    numbers = count(1)

    def run(command: str) -> None:
        words = ["su", owner, "-c", command] if owner else ["sh", "-c", command]
        subprocess.run(words, check=True, capture_output=True, timeout=60, cwd="/tmp")  # noqa: S108

    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as folder:
        Path(folder).chmod(0o777)
        data = f"{folder}/data"

        def new() -> str:
            name = f"gloss{next(numbers)}"
            place = f"host={folder} user=gloss dbname=postgres"
            with psycopg.connect(place, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            return f"postgresql+psycopg://gloss@/{name}?host={folder}"

        run(f"{programs}/initdb -D {data} -U gloss --auth=trust --no-sync")
        run(f"{programs}/pg_ctl -D {data} -w -o '-F -k {folder} -h \"\"' -l {folder}/log start")
        try:
            yield new
        finally:
            run(f"{programs}/pg_ctl -D {data} -m immediate stop")
