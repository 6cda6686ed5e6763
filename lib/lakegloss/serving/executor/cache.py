"""Keeps results that were paid for, bounded in number and age."""

import hashlib
import json
import threading
from collections.abc import Mapping
from typing import Any

from cachetools import TTLCache

MOST_RESULTS = 10_000


class ResultCache:
    """Keeps results by program version, model and inputs, for `ttl` seconds."""

    def __init__(self, ttl: float) -> None:
        self._results: TTLCache[str, Any] = TTLCache(maxsize=MOST_RESULTS, ttl=ttl)
        self._lock = threading.Lock()

    def get(self, key: str | None) -> Any:
        """The result of a key; None if there is none."""
        if key is None:
            return None
        with self._lock:
            return self._results.get(key)

    def put(self, key: str | None, result: Any) -> None:
        """Keep a result."""
        if key is not None:
            with self._lock:
                self._results[key] = result

    def clear(self) -> int:
        """Forget all results; returns how many there were."""
        with self._lock:
            count = len(self._results)
            self._results.clear()
        return count


def key_of(program: str, model: str, values: Mapping[str, Any]) -> str | None:
    """The key of a result; None for inputs that are not JSON values, as they cannot be compared."""
    try:
        text = json.dumps([program, model, values], sort_keys=True, ensure_ascii=True)
    except (TypeError, ValueError):
        return None
    return hashlib.sha256(text.encode()).hexdigest()
