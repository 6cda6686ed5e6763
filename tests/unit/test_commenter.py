"""Comments of cards for callers of any thread, and over this machine's own endpoint."""

import threading
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lakegloss.errors import EndpointError
from lakegloss.serving.commenter import Commenter
from lakegloss.serving.local_endpoint import local_endpoint
from lakegloss.settings import Settings, load_settings
from tests.model_server import ModelServer

CARD: dict[str, Any] = {"table": "sales.orders", "columns": [{"name": "status"}]}


def settings_for(tmp_path: Path, url: str = "") -> Settings:
    model = {"model": "m", "endpoint": url, "attempts": 1} if url else {}
    return load_settings(environ={}, home=tmp_path, **model)


@pytest.mark.parametrize("odd", [pd.Series({"columns": []}), "x", None, 3, ["a"]])
def test_a_card_that_is_none_costs_no_other(tmp_path: Path, odd: Any) -> None:
    with Commenter(settings_for(tmp_path)) as writer:
        first, second, third = writer.answers([CARD, odd, CARD])
    assert second.error
    assert [bool(a.comments) for a in (first, second, third)] == [True, False, True]


def test_closing_ends_what_is_asked(tmp_path: Path) -> None:
    with ModelServer(latency=30.0) as hangs:
        writer = Commenter(settings_for(tmp_path, hangs.url))
        begun = writer.begin([CARD])
        while not hangs.counts()["requests"]:
            time.sleep(0.01)
        start = time.monotonic()
        closers = [threading.Thread(target=writer.close) for _ in range(4)]
        for closer in closers:
            closer.start()
        for closer in closers:
            closer.join()
        assert time.monotonic() - start < 3
        assert begun.cancelled()
        with pytest.raises(EndpointError, match="closed"):
            writer.answers([CARD])


def test_the_local_endpoint_ends_beside_a_model_that_hangs(tmp_path: Path) -> None:
    import json
    import urllib.request

    said: list[object] = []

    def ask(address: str) -> None:
        body = json.dumps({"dataframe_records": [CARD]}).encode()
        try:
            urllib.request.urlopen(urllib.request.Request(address, body), timeout=60).close()
        except OSError as error:
            said.append(error)

    with ModelServer(latency=30.0) as hangs:
        with (
            Commenter(settings_for(tmp_path, hangs.url)) as writer,
            local_endpoint(writer) as address,
        ):
            caller = threading.Thread(target=ask, args=(address,))
            caller.start()
            while not hangs.counts()["requests"]:
                time.sleep(0.01)
            start = time.monotonic()
        assert time.monotonic() - start < 5
        caller.join(5)
    assert said, "the caller is told"
