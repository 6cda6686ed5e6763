"""Comments of cards for callers of any thread, and over this machine's own endpoint."""

import threading
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lakegloss.drafting import commenter
from lakegloss.drafting.commenter import Commenter
from lakegloss.errors import EndpointError
from lakegloss.serving.model.local_endpoint import local_endpoint
from lakegloss.settings import Settings, load_settings
from tests.kits.model_server import ModelServer
from tests.kits.waiting import until

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


def test_a_card_of_doubled_columns_costs_no_other_its_time(tmp_path: Path) -> None:
    cards = [{**CARD, "table": f"sales.t{n}"} for n in range(20)]
    cards[7] = {**CARD, "columns": [{"name": "status"}, {"name": "STATUS"}]}
    with ModelServer(latency=0.5) as slow, Commenter(settings_for(tmp_path, slow.url)) as writer:
        start = time.monotonic()
        answers = writer.answers(cards, timeout=4.0)
        assert time.monotonic() - start < 4.0
    assert "there twice" in answers[7].error
    others = answers[:7] + answers[8:]
    assert all(answer.model == "m" and not answer.error for answer in others)


def test_one_by_one_is_within_the_same_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = commenter.comments_for_all

    async def broken(cards: Any, *rest: Any, **options: Any) -> Any:
        if len(cards) > 1:
            raise RuntimeError("together they fail")
        return await whole(cards, *rest, **options)

    monkeypatch.setattr(commenter, "comments_for_all", broken)
    cards = [{**CARD, "table": f"sales.t{n}"} for n in range(6)]
    with ModelServer(latency=30.0) as hangs, Commenter(settings_for(tmp_path, hangs.url)) as writer:
        start = time.monotonic()
        answers = writer.answers(cards, timeout=1.0)
        assert time.monotonic() - start < 3.0
    assert {answer.model for answer in answers} == {"rules"}


def test_no_caller_is_told_where_the_model_is(tmp_path: Path) -> None:
    wrong = load_settings(
        environ={}, home=tmp_path, model="m", endpoint="https://u:p@gw.inner.example/v1"
    )
    with Commenter(wrong) as writer:
        [answer] = writer.answers([CARD])
    assert answer.comments
    assert answer.problem == "no model can be asked as the settings are"


def test_closing_ends_what_is_asked(tmp_path: Path) -> None:
    with ModelServer(latency=30.0) as hangs:
        writer = Commenter(settings_for(tmp_path, hangs.url))
        begun = writer.begin([CARD])
        until(lambda: hangs.counts()["requests"])
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
            until(lambda: hangs.counts()["requests"])
            start = time.monotonic()
        assert time.monotonic() - start < 5
        caller.join(5)
    assert said, "the caller is told"
