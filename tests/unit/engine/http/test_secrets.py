"""No form of a key that is in use leaves an attempt."""

import base64
import hashlib
import html
import json
import time
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


def wrapped(text: str, width: int, between: str) -> str:
    return between.join(text[at : at + width] for at in range(0, len(text), width))


SPREAD: dict[str, Callable[[str], str]] = {
    "lines": lambda key: wrapped(key, 7, "\n"),
    "indented lines": lambda key: wrapped(key, 12, "\n    "),
    "blanks": " ".join,
    "dashes": lambda key: wrapped(key, 4, "-"),
    "unseen letters": "\u200b".join,
    "bold": lambda key: f"**{key[:10]}**{key[10:]}",
    "a list": lambda key: json.dumps(list(key)),
    "numbers": lambda key: json.dumps([ord(letter) for letter in key]),
    "percent": lambda key: "".join(f"%{ord(letter):02x}" for letter in key),
    "percent twice": lambda key: quote("".join(f"%{ord(letter):02X}" for letter in key)),
    "entities": lambda key: "".join(f"&#{ord(letter)};" for letter in key),
    "entities, hexadecimal": lambda key: "".join(f"&#x{ord(letter):x};" for letter in key),
    "escapes of JSON": lambda key: "".join(f"\\u{ord(letter):04x}" for letter in key),
    "escapes of Python": lambda key: "".join(f"\\x{ord(letter):02x}" for letter in key),
    "quoted printable": lambda key: "".join(f"={ord(letter):02X}" for letter in key),
    "bytes": lambda key: key.encode().hex(" "),
    "bytes of C": lambda key: ", ".join(f"0x{byte:02x}" for byte in key.encode()),
    "base64 in lines": lambda key: wrapped(base64.b64encode(key.encode()).decode(), 16, "\n"),
    "fullwidth": lambda key: "".join(chr(ord(letter) + 0xFEE0) for letter in key),
    "backwards": lambda key: key[::-1],
    "both ends": lambda key: f"{key[:14]}...{key[-14:]}",
}


@pytest.mark.parametrize(
    "key", ["kq7hollow-meadow-river-52", "dapi9f8e7d6c5b4a39281706f5e4d3c2b1a0"]
)
@pytest.mark.parametrize("spread", SPREAD.values(), ids=SPREAD)
def test_a_key_is_masked_however_it_is_spread_or_escaped(
    key: str, spread: Callable[[str], str]
) -> None:
    redactor = Redactor()
    redactor.know(key)
    written = spread(key)
    shown = redactor.redact(f"You sent <{written}> to us.")
    assert MASK in shown
    assert shown.startswith("You sent <")
    assert shown.endswith("> to us.")
    assert len(shown) < len("You sent <> to us.") + len(written) // 2


def test_words_of_a_key_made_of_words_stay_in_texts() -> None:
    redactor = Redactor()
    redactor.know("litellm-sales-orders-master")
    text = "The sales orders of the master data, 100 % &amp; more."
    assert redactor.redact(text) == text


def test_what_has_no_key_stays_as_it_is() -> None:
    redactor = Redactor()
    redactor.know("kq7hollow-meadow-river-52")
    for text in ("", "Gr\u00f6\u00dfe 100%25 &#228; \\u00e4 =E4", "\u65e5\u672c \U0001f600" * 50):
        assert redactor.redact(text) == text


_MEANT_HARM = {
    "spaced": lambda key: " ".join(key) + " ",
    "escaped": lambda key: "".join(f"%{ord(letter):02X}" for letter in key),
    "escaped twice": lambda key: "".join(f"%25{ord(letter):02X}" for letter in key),
    "nearly the key": lambda key: f"{key[3:10]} {key[20:27]} ",
    "in other letters": lambda key: "\u540d" + " ".join(key),
}


@pytest.mark.parametrize("form", _MEANT_HARM.values(), ids=_MEANT_HARM)
def test_a_large_body_of_nothing_but_a_key_takes_bounded_time(form: Callable[[str], str]) -> None:
    redactor = Redactor()
    for number in range(200):
        redactor.know(hashlib.sha256(str(number).encode()).hexdigest())
    key = "kq-Ab3dE5gH7jK9mN1pQ3rS5tU7vW9xY1zB3"
    redactor.know(key)
    part = form(key)
    start = time.process_time()
    shown = redactor.redact(part * (200_000 // len(part)))
    assert time.process_time() - start < 4
    assert key not in shown
