"""Knows phone numbers that only organisations have: a call costs nothing or a fixed sum."""

import re

_WITHOUT_CHARGE = re.compile(
    r"(?:\+?1[ .-]?)?\(?8(?:00|33|44|55|66|77|88)\)?[ .-]?\d{3}[ .-]?\d{4}"  # North America
    r"|(?:\+?\d{2}[ -]?\(?0?\)?|0)(?:800|808|803|805|820|1[38]00)[ /.-]?[\d .-]{4,12}"
    r"|(?:\+?34[ -]?90[0-2]|0900)[ /.-]?[\d .-]{4,12}"  # Norway's mobiles have +47 900, too
    r"|0(?:3(?:00|03|30|33|45|70|71)|8(?:43|44|45|70|71))[ -]?[\d -]{5,9}"  # companies in Britain
    r"|0180\d?[ /.-]?[\d .-]{4,10}|1[38]00 \d{3} \d{3}|13 \d\d \d\d"
)


def is_free_line(value: str) -> bool:
    """Whether this number costs a caller nothing or a fixed sum."""
    return bool(_WITHOUT_CHARGE.fullmatch(value))
