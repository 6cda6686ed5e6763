"""A secret of the Standard Webhooks' form gives the signature that their libraries compute."""

import base64
import hashlib
import hmac

import pytest
from pydantic import SecretStr

from lakegloss.errors import SettingsError
from lakegloss.monitoring.channels import Webhook, signature

KEY = bytes(range(32))


def signed_with(key: bytes) -> str:
    digest = hmac.new(key, b"msg_1.1700000000.{}", hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def test_the_key_of_a_standard_secret_is_decoded() -> None:
    secret = SecretStr("whsec_" + base64.b64encode(KEY).decode())
    assert signature(secret, "msg_1", "1700000000", b"{}") == signed_with(KEY)


def test_any_other_secret_is_the_key_itself() -> None:
    secret = SecretStr("0123456789abcdef" * 2)
    expected = signed_with(b"0123456789abcdef" * 2)
    assert signature(secret, "msg_1", "1700000000", b"{}") == expected


def test_a_standard_secret_that_is_cut_is_told_at_once_and_not_shown() -> None:
    secret = SecretStr("whsec_" + "not base64 at all " * 3)
    with pytest.raises(SettingsError, match="base64") as told:
        Webhook(SecretStr("https://chat.example/hook"), secret)
    assert "not base64 at all" not in str(told.value)
