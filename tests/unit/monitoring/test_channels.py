"""Notices leave signed, to one address only, and neither address nor secret is told to anybody."""

import base64
import hashlib
import hmac
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pydantic import SecretStr

from lakegloss.errors import SettingsError
from lakegloss.monitoring.channels import Webhook, to_log

SECRET = "0123456789abcdef0123"
BODY = json.dumps({"status": "firing", "message": "slow \x1b[31m<b>ü</b>\nFAKE LINE"})


@contextmanager
def receiver(status: int, location: str = "") -> Iterator[tuple[str, list[tuple[dict, bytes]]]]:
    got: list[tuple[dict, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            got.append((dict(self.headers), self.rfile.read(size)))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()

        do_GET = do_POST  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook?token=s3cret", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_notice_is_signed_over_what_is_sent() -> None:
    with receiver(204) as (url, got):
        hook = Webhook(SecretStr(url), SecretStr(SECRET), clock=lambda: 1_700_000_000.9)
        assert hook("change-1", BODY) == ""
    headers, body = got[0]
    sent = {name.lower(): value for name, value in headers.items()}
    assert body == BODY.encode()
    signed = b"change-1.1700000000." + body
    digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    assert sent["webhook-id"] == "change-1"
    assert sent["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


@pytest.mark.parametrize("status", [301, 302, 307, 400, 410, 500, 503])
def test_other_answers_are_failures_and_no_redirect_is_followed(status: int) -> None:
    with receiver(200) as (elsewhere, taken), receiver(status, elsewhere) as (url, got):
        assert Webhook(SecretStr(url))("change-1", BODY) == f"HTTP {status}"
    assert len(got) == 1
    assert taken == []


def test_an_address_that_nobody_listens_at_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    with receiver(200) as (url, _):
        pass
    hook = Webhook(SecretStr(url), SecretStr(SECRET), timeout=2)
    with caplog.at_level(logging.DEBUG):
        told = hook("change-1", BODY)
    assert told
    for text in (told, caplog.text, repr(hook), str(vars(hook))):
        assert "s3cret" not in text
        assert SECRET not in text


@pytest.mark.parametrize(
    "url",
    ["http://example.com/x", "ftp://example.com", "file:///etc/passwd", "https://", "nonsense",
     "https://user:pw@example.com/x", "https://example.com:port/x", "//example.com"],
)  # fmt: skip
def test_addresses_of_no_use_are_refused_without_telling_them(url: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Webhook(SecretStr(url))
    assert "example.com" not in str(raised.value)
    assert "pw" not in str(raised.value)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(SettingsError, match="16 characters"):
        Webhook(SecretStr("https://example.com/x"), SecretStr("short"))


def test_the_log_gets_one_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "lakegloss.alerts"):
        assert to_log("change-1", BODY) == ""
    assert len(caplog.records) == 1
    message = caplog.records[0].getMessage()
    assert "\x1b" not in message
    assert "\n" not in message


@contextmanager
def dripping() -> Iterator[str]:
    """A receiver that sends a byte of its answer now and then, and never ends."""
    listener, ended = socket.create_server(("127.0.0.1", 0)), threading.Event()
    taken: list[socket.socket] = []

    def drip() -> None:
        connection, _ = listener.accept()
        taken.append(connection)
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
            while not ended.wait(0.05):
                connection.sendall(b"a")

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        ended.set()
        thread.join()
        for connection in (*taken, listener):
            connection.close()


def test_a_receiver_that_answers_by_drops_holds_nobody() -> None:
    with dripping() as url:
        hook = Webhook(SecretStr(url), timeout=0.3)
        begun = time.monotonic()
        assert hook("change-1", BODY) == "TimeoutError"
        assert time.monotonic() - begun < 30
