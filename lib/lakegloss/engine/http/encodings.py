"""Unpacks the bodies of answers by what they are, whatever their headers say of it."""

import zlib

_GZIP = b"\x1f\x8b"
_TWICE = 2
ACCEPTED = "gzip, deflate"
"""What requests say in Accept-Encoding."""


def unpacked(body: bytes, encoding: str, most: int) -> bytes | None:
    """The body without its compression; None where it is longer than `most` bytes.

    A body that is not compressed, though its header says so, comes back as it is.

    Raises:
        ValueError: it is compressed in a way that was not asked for, or broken off.
    """
    named = encoding.strip().lower()
    for _ in range(_TWICE):
        if not body.startswith(_GZIP):
            break
        body = _inflated(body, 16 + zlib.MAX_WBITS, most)
        if len(body) > most:
            return None
    else:
        return body
    if named == "deflate" and not _is_text(body):
        wrapped = body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0
        body = _inflated(body, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS, most)
        return body if len(body) <= most else None
    if named in {"br", "zstd", "compress"} and not _is_text(body):
        raise ValueError(f"it is compressed by {named!r}, which was not asked for")
    return body


def _inflated(body: bytes, bits: int, most: int) -> bytes:
    """At most one byte more than `most`."""
    inflater = zlib.decompressobj(bits)
    try:
        inflated = inflater.decompress(body, most + 1)
    except zlib.error as error:
        raise ValueError(f"it cannot be unpacked: {error}") from None
    if not inflater.eof and len(inflated) <= most:
        raise ValueError("it breaks off")
    return inflated


def _is_text(body: bytes) -> bool:
    """Whether a body begins as JSON or a page does."""
    return body.lstrip()[:1] in {b"", b"{", b"[", b"<", b'"', b":", b"d", b"e"}
