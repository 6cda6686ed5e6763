"""Tells addresses of people's devices from those of servers, versions and ports."""

import re
from collections.abc import Sequence

from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.personal.kinds.organisations import INFRASTRUCTURE
from lakegloss.core.personal.values import looks_personal
from lakegloss.core.values import forms
from lakegloss.core.values.semantics import share_of

P = PersonalClass


def class_of_network_address(
    words: Sequence[str], values: Sequence[str], *, traffic: bool, machines: bool
) -> str | None:
    """Find the class of IP and MAC addresses and of hosts of visitors; None if there are none.

    Args:
        words: of the column's name.
        values: some different values.
        traffic: whether the table logs requests of visitors.
        machines: whether it describes servers and the like.
    """
    if traffic and words in _VISITORS:
        are_hosts = share_of(values, _is_host) >= 0.8
        return P.IP_ADDRESS if are_hosts and any(map(_is_client, values)) else None
    if machines or not INFRASTRUCTURE.isdisjoint(words):
        return None
    if share_of(values, forms.is_mac_address) >= 0.8:
        return P.DEVICE
    are_addresses = share_of(values, lambda v: looks_personal(v) == P.IP_ADDRESS) >= 0.8
    return P.IP_ADDRESS if are_addresses and share_of(values, _has_large_part) >= 0.5 else None


_VISITORS = (("host",), ("remote", "host"), ("client", "host"), ("remotehost",), ("client",))
_CLIENT = re.compile(r"[a-z.-]{0,60}\d{1,3}(?:[.-]\d{1,3}){2}[\w.-]{0,200}", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9][\w-]{0,62}(?:\.[\w-]{1,63}){1,8}")


def _is_host(value: str) -> bool:
    return bool(forms.is_ip_address(value) or _HOST.fullmatch(value))


def _is_client(value: str) -> bool:
    """Whether this is the address of a client, or a name that a provider made from it."""
    return bool(forms.is_ip_address(value) or _CLIENT.fullmatch(value))


def _has_large_part(value: str) -> bool:
    """Whether a part has three digits, as in nearly every address and hardly any version."""
    return ":" in value or any(len(part) == 3 for part in value.split("."))
