"""Reads an answer: finds which text belongs to which asset of the request."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lakegloss.core.assets import AssetKey
from lakegloss.core.checks.misplaced import Misplaced, NameWords, misplaced, name_words, of_another
from lakegloss.core.checks.unrelated import unrelated
from lakegloss.core.names import leaf
from lakegloss.core.records import AskedAsset, Response
from lakegloss.drafting.stopping import has_text
from lakegloss.programs.answers import ParsedAnswers, parse_answers

_Assets = tuple[AskedAsset, ...]
MISPLACED = "it told of another column or table; write about this one"
_REPLAYED = "the answer was to a request for other columns"
_NO_ANSWER = "the model gave no answer"
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The texts of one answer.

    Attributes:
        texts: by id.
        error: why texts are missing, where the reason concerns the whole answer.
        slips: ids whose text seems to belong to another id.
        parsed: the parsed answer; None where it could not be used.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    slips: Misplaced = field(default_factory=Misplaced)
    parsed: ParsedAnswers | None = None

    def why_missing(self, id_: str) -> str:
        """Why the answer has no text for an id."""
        if self.parsed is not None and id_ in self.parsed.duplicates:
            return "the answer had two texts for it"
        if self.error or self.parsed is None:
            return self.error or _NO_ANSWER
        return self.parsed.error or (
            "the answer was cut off" if self.parsed.truncated else "the answer left it out"
        )


class _Asked:
    """The assets of a request, and their names once another request has the same answer."""

    def __init__(self, assets: _Assets) -> None:
        self.assets = assets

    @cached_property
    def names(self) -> frozenset[tuple[str, str]]:
        return _asked_names(self.assets)


class Reader:
    """Reads the answers of a run. It remembers them, as one may belong to another request.

    Attributes:
        unknown_ids: how many ids in answers were not asked about.
    """

    def __init__(self, language: str = "English") -> None:
        self._language = language
        self.unknown_ids = 0
        self._doubts: dict[AssetKey, AssetKey] = {}
        self._asked_for: dict[str, list[_Asked]] = {}
        self._requested: dict[str, tuple[_Assets, Mapping[str, NameWords]]] = {}

    def expect(self, responses: Iterable[Response]) -> None:
        """Remember the answers of a round, before the first is read."""
        for response in responses:
            self._requested[response.request_hash] = response.assets, _names(response.assets)
            if has_text(response):
                self._asked_for.setdefault(response.text, []).append(_Asked(response.assets))

    def read(self, response: Response) -> Reading:
        """Read the texts of an answer; where a filter stopped it, those before the stop."""
        if not has_text(response):
            return Reading(error=response.error)
        # In the order of the request, as the model may write an id as its number.
        parsed = parse_answers(response.text, list(dict.fromkeys(a.id for a in response.assets)))
        if parsed.texts and self._is_replayed(response):
            return Reading(error=_REPLAYED)
        self.unknown_ids += len(parsed.unknown)
        names = self._names_of(response)
        if of_another(parsed.texts, names, (names for _, names in self._requested.values())):
            return Reading(error=_REPLAYED)
        foreign = unrelated(parsed.texts, names, language=self._language)
        if foreign:
            return Reading(error=foreign)
        slips = misplaced(parsed.texts, names)
        return Reading(texts=parsed.texts, error=response.error, slips=slips, parsed=parsed)

    def is_misplaced(self, reading: Reading, asset: AskedAsset, response: Response) -> bool:
        """Whether an asset's text belongs to another: surely, or in doubt for the first time."""
        if asset.id in reading.slips.sure:
            return True
        doubtful = reading.slips.doubtful.get(asset.id)
        if doubtful is None:
            return False
        ids = {asset.id: AssetKey(asset.table, asset.column) for asset in response.assets}
        return self._is_doubted(AssetKey(asset.table, asset.column), ids.get(doubtful))

    def _is_replayed(self, response: Response) -> bool:
        """Whether a request for mostly other names got the same answer."""
        same = self._asked_for.get(response.text, ())
        if all(asked.assets is response.assets for asked in same):  # as a rule
            return False
        own = _asked_names(response.assets)
        return any(2 * len(own & asked.names) < min(len(own), len(asked.names)) for asked in same)

    def _names_of(self, response: Response) -> Mapping[str, NameWords]:
        assets, names = self._requested.get(response.request_hash, ((), {}))
        return names if assets is response.assets else _names(response.assets)

    def _is_doubted(self, key: AssetKey, other: AssetKey | None) -> bool:
        """Whether to ask again because of a doubt; the same doubt twice is ignored."""
        if other is None or self._doubts.get(key) == other:
            return False
        self._doubts[key] = other
        return True


def _names(assets: Iterable[AskedAsset]) -> dict[str, NameWords]:
    return {asset.id: name_words(_own_name(asset)) for asset in assets}


def _asked_names(assets: Iterable[AskedAsset]) -> frozenset[tuple[str, str]]:
    """Ids with names without digits, as sales_2023 and sales_2024 may have the same comments."""
    return frozenset((a.id, _DIGITS.sub("", _own_name(a)).lower()) for a in assets)


def _own_name(asset: AskedAsset) -> str:
    path = asset.column or asset.table
    try:
        return leaf(path)
    except ValueError:
        return path
