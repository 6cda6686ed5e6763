"""No form of a key that is in use leaves an attempt."""

import base64
import hashlib
import html
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from lakegloss.engine.attempt import clean, read_failure, read_success
from lakegloss.engine.http.credentials import Credential, DriverKey, MintedToken
from lakegloss.engine.http.secrets import MASK, SECRETS, Redactor
from tests.kits.engine import make_request

KEYS = ["plainkeywithoutprefix42", "K/e+y=with&odd<signs>99", "short-1x", "0123456789abcdef" * 3]
FORMS = {
    "as it is": str,
    "upper case": str.upper,
    "in a url": lambda key: quote(key, safe=""),
    "in a page": html.escape,
    "in json": lambda key: json.dumps(key)[1:-1],
    "in hexadecimal": lambda key: key.encode().hex(),
    "in base64": lambda key: base64.b64encode(key.encode()).decode(),
    "in a header in base64": lambda key: base64.b64encode(f"token:{key}".encode()).decode(),
    "after bearer in base64": lambda key: base64.b64encode(f"Bearer {key}".encode()).decode(),
}


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_is_masked(key: str, form: Callable[[str], str]) -> None:
    redactor = Redactor()
    redactor.know(key)
    written = form(key)
    if written == key.upper() != key and len(key) < 16:
        pytest.skip("a short key is masked as it is written")
    shown = redactor.redact(f"You sent <{written}> to us, {written}.")
    assert written not in shown
    assert MASK in shown
    assert shown.startswith("You sent <")


@pytest.mark.parametrize("part", [slice(0, 20), slice(5, 23), slice(-16, None), slice(3, 19)])
def test_a_large_part_is_masked(part: slice) -> None:
    redactor = Redactor()
    key = "plainkeywithoutprefix42zq"
    redactor.know(key)
    assert key[part] not in redactor.redact(f"a key like {key[part]}... was sent")


@pytest.mark.parametrize("word", ["ollama", "EMPTY", "none", "lm-studio", "abc"])
def test_placeholders_are_no_keys(word: str) -> None:
    redactor = Redactor()
    redactor.know(word)
    assert redactor.redact(f"the {word} server") == f"the {word} server"


def test_a_common_beginning_and_words_of_a_text_stay() -> None:
    redactor = Redactor()
    redactor.know("sk-proj-Zx81bQm4aaYY7711")
    redactor.know("order")
    text = "The border's sk-proj-... of the preorder"
    assert redactor.redact(text) == text
    assert redactor.redact("key=order;") == f"key={MASK};"


def test_old_tokens_are_forgotten() -> None:
    redactor = Redactor()
    tokens = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(1_000)]
    for token in tokens:
        redactor.know(token)
    assert redactor.redact(tokens[0]) == tokens[0]
    assert redactor.redact(tokens[-1]) == MASK


@pytest.mark.parametrize(
    "body",
    [
        {"choices": [{"message": {"content": "Your key is {}"}, "finish_reason": "stop"}]},
        {"choices": [{"message": {"content": None, "refusal": "no, {}"}, "finish_reason": "{}"}]},
        {"choices": [{"message": {"content": None, "reasoning_content": '{"a":"{}"}'}}]},
        {"error": {"message": "Authorization: Bearer {} is odd"}},
        {"odd": "{}"},
        "<html>{}</html>",
        "you are {}",
    ],
)
@pytest.mark.parametrize("make", [lambda k: DriverKey(lambda: k), MintedToken])
def test_no_attempt_quotes_a_key(body: object, make: Callable[[str], Credential]) -> None:
    key = "kq7hollow-meadow-river-51"
    make(key).token()
    text = (body if isinstance(body, str) else json.dumps(body)).replace("{}", key)
    for attempt in (
        read_success(text.encode(), make_request()),
        read_failure(400, text.encode()),
        read_failure(500, (" " * 250 + text).encode()),
    ):
        assert key[:16] not in attempt.text + attempt.error + attempt.finish_reason


def test_what_is_cut_holds_no_beginning_of_a_key() -> None:
    key = "kq7hollow-meadow-river-51"
    SECRETS.know(key)
    for place in range(250, 300):
        assert "kq7" not in clean("x" * place + " " + key)
