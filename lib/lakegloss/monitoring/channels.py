"""Tells people of alerts: in the log, and by a signed request to a webhook."""

import base64
import hashlib
import hmac
import json
import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

from pydantic import SecretStr

from lakegloss.core.monitoring.notices import failure_of
from lakegloss.core.text.terminal import visible
from lakegloss.engine.http.transport import NoRedirect
from lakegloss.errors import SettingsError

_log = logging.getLogger("lakegloss.alerts")
TIMEOUT = 10.0
"""Seconds that a webhook may take."""
_LEAST_SECRET = 16
_STANDARD = "whsec_"
_LOCAL = ("localhost", "127.0.0.1", "::1")
_LATE, _MOST_SENDERS = "TimeoutError", 8
Channel = Callable[[str, str], str]
"""Sends a notice, by its id and its JSON body; returns '' or the kind of the failure."""


def to_log(change_id: str, body: str) -> str:
    """Write a notice into the log `lakegloss.alerts`."""
    told = json.loads(body)
    level = logging.WARNING if told["status"] == "firing" else logging.INFO
    _log.log(level, "%s: %s", change_id, visible(str(told["message"]))[:1_000])
    return ""


class Webhook:
    """Posts notices as JSON, signed as Standard Webhooks say: HMAC-SHA256 of id, time and body.

    A receiver compares `webhook-signature` with its own, refuses old `webhook-timestamp`s, and
    drops a `webhook-id` that it has. Redirects are not followed: they would take the notice to
    somebody else. Neither address nor secret reaches a log or a row.

    Args:
        url: https, or http on this machine.
        secret: at least 16 characters; None sends without a signature.

    Raises:
        SettingsError: the address or the secret is of no use.
    """

    def __init__(
        self,
        url: SecretStr,
        secret: SecretStr | None = None,
        *,
        timeout: float = TIMEOUT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._secret = secret
        self._timeout = timeout
        self._clock = clock
        self._senders: list[threading.Thread] = []
        self._opener = urllib.request.build_opener(NoRedirect)
        _check(url, secret)

    def __call__(self, change_id: str, body: str) -> str:
        data, moment = body.encode("ascii"), str(int(self._clock()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "lakegloss",
            "webhook-id": change_id,
            "webhook-timestamp": moment,
        }
        if self._secret is not None:
            headers["webhook-signature"] = signature(self._secret, change_id, moment, data)
        request = urllib.request.Request(  # noqa: S310 - checked: http or https
            self._url.get_secret_value(), data=data, headers=headers, method="POST"
        )
        # The timeout of a connection counts anew with each byte: one that sends a byte now and then
        # would hold whoever waits for it for hours.
        answers: SimpleQueue[str] = SimpleQueue()
        self._senders = [sender for sender in self._senders if sender.is_alive()]
        if len(self._senders) >= _MOST_SENDERS:
            return _LATE
        sender = threading.Thread(
            target=lambda: answers.put(failure_of(lambda: self._sent(request))),
            name="lakegloss-notice", daemon=True,
        )  # fmt: skip
        self._senders.append(sender)
        sender.start()
        try:
            return answers.get(timeout=self._timeout)
        except Empty:
            return _LATE

    def _sent(self, request: urllib.request.Request) -> str:
        try:
            with self._opener.open(request, timeout=self._timeout):
                return ""
        except urllib.error.HTTPError as error:
            error.close()
            return f"HTTP {error.code}"
        except urllib.error.URLError as error:
            # The reason's text may repeat the address.
            reason = error.reason
            return type(reason).__name__ if isinstance(reason, Exception) else "URLError"
        except (OSError, HTTPException, ValueError) as error:
            return type(error).__name__


def signature(secret: SecretStr, change_id: str, moment: str, body: bytes) -> str:
    """The signature of a notice: `v1,` and the base64 of HMAC-SHA256 over `id.time.body`."""
    signed = b".".join((change_id.encode(), moment.encode(), body))
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


def _key(secret: SecretStr) -> bytes:
    """The bytes of a secret: of `whsec_...` what its base64 stands for, as receivers read it."""
    text = secret.get_secret_value()
    if not text.startswith(_STANDARD):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix(_STANDARD), validate=True)
    except ValueError:
        raise SettingsError(
            f"alert_webhook_secret begins with {_STANDARD} and is not base64 after it.",
            remedy="Copy it whole, or make one with: openssl rand -hex 32",
        ) from None


def _check(url: SecretStr, secret: SecretStr | None) -> None:
    try:
        parts = urlsplit(url.get_secret_value())
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOCAL)
    if not host or not is_safe or parts.username:
        raise SettingsError(
            "alert_webhook is no address that notices may go to.",
            remedy="Write https://host/path, without a login; http only on this machine.",
        )
    if secret is not None and len(secret.get_secret_value()) < _LEAST_SECRET:
        raise SettingsError(
            f"alert_webhook_secret has fewer than {_LEAST_SECRET} characters.",
            remedy="Make one with: openssl rand -hex 32",
        )
    if secret is not None:
        _key(secret)
