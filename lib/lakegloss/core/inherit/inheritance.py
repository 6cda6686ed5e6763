"""Finds comments that a column can take over from another, instead of asking a model.

Sources are comments that people wrote, existing comments that would be written the same way today,
and texts that were just accepted. Only what is needed to find them is kept: one text for each group
of columns (`core.inherit.repeats`), and the columns of the tables that views read.
"""

import re
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.checks.claims import has_unproven
from lakegloss.core.checks.comment import Check, check_comment
from lakegloss.core.data_types import meaning_family
from lakegloss.core.evidence import Evidence
from lakegloss.core.inherit.repeats import (
    Families,
    Group,
    Kind,
    groups_of,
    key_group,
    names_agree,
)
from lakegloss.core.inherit.wording import reworded, speaks_of_one, speaks_of_table
from lakegloss.core.names import leaf, schema_of, split_path
from lakegloss.core.plan.tasks import TableTasks, Task
from lakegloss.core.profile.keys import Words, entity_words
from lakegloss.core.records import Source

KNOWN_TEXTS = 50_000
"""How many groups' texts are remembered: those used last."""
_TRIALS = 20
_PAYS = 0.75
_STRICT = frozenset({Kind.COPY, Kind.REFERENCE, Kind.KEY})
_OF_ONE_ROW = re.compile(
    r"\b(?:unique\w*|primary|surrogate|auto\w*|generated|sequential|rows?|records?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Donor:
    """A comment that others may take over, where it stands, and the answer that it came from.

    In a plan, `text` is '': the text is still to come.
    """

    asset: AssetKey
    text: str
    by_people: bool = False
    request_hash: str = ""
    program: str = ""
    program_version: str = ""
    variant: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    table: TableTasks
    task: Task
    column: Column
    groups: tuple[Group, ...]

    @property
    def evidence(self) -> Evidence | None:
        return self.table.evidence.get(self.column.path)


@dataclass(slots=True, kw_only=True)
class _Read:
    """A column of a table that a view reads."""

    data_type: str
    evidence: Evidence | None
    donor: Donor | None


class Inheritance:
    """Learns comments table by table, and finds those that columns of the present chunk can take.

    Args:
        limit: the most characters of a column's comment; style as in the settings.
        language: only English texts can be judged; in other languages, texts pass only between
            copies of a table.
        enabled: if false, nothing is ever found.
    """

    def __init__(self, *, limit: int, style: str, language: str, enabled: bool = True) -> None:
        self._limit = limit
        self._style = style
        self._judged = language.strip().lower().startswith("en")
        self._enabled = enabled
        self._families = Families()
        self._entities: dict[str, set[Words]] = {}
        self._texts: OrderedDict[Group, Donor | None] = OrderedDict()  # None: people disagree
        self._reads: dict[str, dict[str, _Read]] = {}
        self._read_by_views: set[str] = set()
        self._places: dict[AssetKey, _Place] = {}
        self._unfit: dict[AssetKey, Donor] = {}
        self._tried: Counter[Kind] = Counter()
        self._served: Counter[Kind] = Counter()

    def expect(self, read_by_views: Iterable[str]) -> None:
        """Announce tables that views read: their columns are remembered once they come."""
        self._read_by_views.update(read_by_views)

    def enter(self, tables: Sequence[TableTasks]) -> None:
        """Take in a chunk: its columns can now be looked up, and its comments taken over."""
        self._places = {}
        self._unfit = {}
        if not self._enabled:
            return
        for item in tables:
            name = item.table.name
            self._entities.setdefault(schema_of(name), set()).add(entity_words(name))
        for item in tables:
            places = self._places_of(item)
            self._places |= {place.task.key: place for place in places}
            self._remember_read(item.table, item.evidence)
        for place in self._places.values():
            donor = _donor_from_task(place.task)
            if donor is not None:
                self._give(place, donor)

    def enter_outside(self, table: Table, authors: Mapping[str, str]) -> None:
        """Take in a table that a view reads but nobody selected; authors are by column path."""
        self._remember_read(table, {})
        reads = self._reads.get(table.name, {})
        for column in table.columns:
            author = authors.get(column.path, Source.HUMAN)
            read = reads.get(column.path.lower())
            if read and column.comment.strip() and author != Source.RULES:
                asset = AssetKey(table.name, column.path)
                by_people = author == Source.HUMAN
                read.donor = Donor(asset=asset, text=column.comment, by_people=by_people)

    def find(self, key: AssetKey) -> Donor | None:
        """Find a comment for a column of the chunk, checked against the column's evidence."""
        place = self._places.get(key)
        if place is None:
            return None
        for kind, donor in self._candidates(place):
            fitting = self._fit(place, kind, donor)
            if fitting is not None:
                return fitting
        return None

    def unfit(self, key: AssetKey) -> Donor | None:
        """A text that would have fitted a column of the chunk but for what it claims of the data.

        It can stand in a request about the column. Texts of people are not given: `core.house`
        decides which of them stand in requests.
        """
        return self._unfit.get(key)

    @property
    def is_empty(self) -> bool:
        """Whether no column can be looked up: nothing is found, and what is offered is not kept."""
        return not self._places

    def offer(self, key: AssetKey, donor: Donor, *, asked: bool = True) -> None:
        """Take in a text of a column of the chunk: an answer, or a text that it took over."""
        place = self._places.get(key)
        if place is not None:
            self._give(place, donor, asked=asked)

    def promise(self, key: AssetKey) -> None:
        """Count on a text for a column of the chunk; in a plan there are no texts yet."""
        self.offer(key, Donor(asset=key, text=""))

    def groups(self, key: AssetKey) -> tuple[Group, ...]:
        """The groups in which a column of the chunk may wait for a text, the strictest first.

        Groups in which people disagree are left out, and groups of a kind that does not pay: a
        column that waits in vain is asked about in a later round, which sends the table again.
        """
        place = self._places.get(key)
        if place is None:
            return ()
        return tuple(
            g
            for g in place.groups
            if not (g in self._texts and self._texts[g] is None)
            and (
                self._tried[g.kind] < _TRIALS or self._served[g.kind] >= _PAYS * self._tried[g.kind]
            )
        )

    def tried(self, kind: Kind, *, served: bool) -> None:
        """Count that a column waited for a text, and whether it could take it over."""
        self._tried[kind] += 1
        self._served[kind] += served

    def weight(self, key: AssetKey) -> tuple[float, ...]:
        """Rate how much the data shows of a column; the best one of a group is asked about."""
        evidence = self._places[key].evidence
        if evidence is None or evidence.rows_read == 0:
            return (0.0, 0.0, 0.0)
        return (1.0, round(1 - evidence.null_share, 1), float(len(str(evidence.rows_read))))

    def _places_of(self, item: TableTasks) -> Iterator[_Place]:
        columns = {column.path: column for column in item.table.columns}
        family = self._families.of(item.table)
        entities = self._entities[schema_of(item.table.name)]
        for task in item.tasks:
            column = columns.get(task.key.column)
            if column is not None:
                groups = groups_of(
                    item.table,
                    column,
                    item.evidence.get(column.path),
                    family=family,
                    entities=entities,
                    guidance=task.guidance,
                )
                yield _Place(table=item, task=task, column=column, groups=groups)

    def _remember_read(self, table: Table, evidence: Mapping[str, Evidence]) -> None:
        wanted = self._enabled and table.name in self._read_by_views
        if wanted and table.name not in self._reads:
            self._reads[table.name] = {
                leaf(c.path).lower(): _Read(
                    data_type=c.data_type, evidence=evidence.get(c.path), donor=None
                )
                for c in table.columns
                if len(split_path(c.path)) == 1
            }

    # Taking texts in.

    def _give(self, place: _Place, donor: Donor, *, asked: bool = False) -> None:
        read = self._reads.get(place.task.key.table, {}).get(leaf(place.column.path).lower())
        if read is not None and len(split_path(place.column.path)) == 1:
            read.donor = donor
        for group in self._groups_to_serve(place, donor):
            if group.kind is Kind.COPY or self._judged:
                # A column is asked about if the text before did not fit it, so its answer wins.
                self._keep(group, donor, newest=asked and group.kind is not Kind.COPY)

    def _groups_to_serve(self, place: _Place, donor: Donor) -> Iterator[Group]:
        is_bound = speaks_of_table(donor.text, donor.asset.table, place.column.path)
        for group in place.groups:
            strict = group.kind is Kind.COPY or (group.kind in _STRICT and not is_bound)
            if strict or not donor.by_people:
                yield group
        evidence = place.evidence
        if donor.by_people and evidence and evidence.key_role in {"primary", "unique"}:
            yield key_group(str(donor.asset), place.column.data_type)

    def _keep(self, group: Group, donor: Donor, *, newest: bool) -> None:
        before = self._texts.get(group)
        disputed = group in self._texts and before is None
        if disputed or (before and before.by_people and not donor.by_people):
            return
        if before and before.by_people and _folded(before.text) != _folded(donor.text):
            self._texts[group] = None
        elif before is None or newest or donor.by_people > before.by_people:
            self._texts[group] = donor
        self._texts.move_to_end(group)
        if len(self._texts) > KNOWN_TEXTS:
            self._texts.popitem(last=False)

    # Finding texts.

    def _candidates(self, place: _Place) -> Iterator[tuple[Kind | None, Donor]]:
        """Yield donors, people's first, with the kind of group; None is for what a view reads."""
        read_donor = self._donor_through_view(place)
        if read_donor is not None:
            yield None, read_donor
        groups = [*place.groups]
        evidence = place.evidence
        if evidence and evidence.reference and names_agree(place.column.path, evidence.reference):
            groups.append(key_group(evidence.reference, place.column.data_type))
        group_donors = [(g.kind, donor) for g in groups if (donor := self._texts.get(g))]
        yield from sorted(group_donors, key=lambda item: not item[1].by_people)

    def _donor_through_view(self, place: _Place) -> Donor | None:
        """Find the donor of a column that a view passes through, if only one column can be it."""
        sources = place.table.table.sources
        if len(split_path(place.column.path)) > 1 or not all(s in self._reads for s in sources):
            return None
        name = leaf(place.column.path).lower()
        reads = [read for s in sources if (read := self._reads[s].get(name))]
        if len(reads) != 1 or reads[0].data_type != place.column.data_type:
            return None
        return reads[0].donor if _may_pass(place.evidence, reads[0].evidence) else None

    def _fit(self, place: _Place, kind: Kind | None, donor: Donor) -> Donor | None:
        if donor.asset == place.task.key:
            return None
        if not donor.text:
            return donor
        path = place.column.path
        table = place.task.key.table
        text = donor.text
        if kind is Kind.KEY and _OF_ONE_ROW.search(text):
            return None
        if kind in {Kind.COPY, Kind.KEY} and speaks_of_one(text, donor.asset.table, table, path):
            return None
        if kind not in {None, Kind.COPY, Kind.KEY}:
            free = kind is Kind.SYSTEM
            text = reworded(text, donor.asset.table, table, path, free=free)
        checked = check_comment(
            text,
            table=place.table.table,
            column=place.column,
            evidence=place.evidence,
            limit=self._limit,
            style=self._style,
        )
        fitting = replace(donor, text=checked.text)
        if checked.failures == (Check.CONTRADICTION,) or (
            not checked.failures and not _is_proven(fitting, kind, place.evidence)
        ):
            if not donor.by_people:
                self._unfit.setdefault(place.task.key, fitting)
            return None
        return None if checked.failures else fitting


def _donor_from_task(task: Task) -> Donor | None:
    """Make a donor of an asset's own comment, where it stays and others may take it over."""
    if task.described or not task.after.strip() or task.author in {"", Source.RULES}:
        return None
    return Donor(asset=task.key, text=task.after, by_people=task.author == Source.HUMAN)


def _is_proven(donor: Donor, kind: Kind | None, evidence: Evidence | None) -> bool:
    """Whether the heir's data show each claim of a text to be true.

    What people say of a column holds for copies and views of it unless data contradict it.
    """
    if kind in {None, Kind.COPY} and donor.by_people:
        return True
    return not has_unproven(donor.text, evidence)


def _folded(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


def _may_pass(view: Evidence | None, read: Evidence | None) -> bool:
    """Whether the values of a view's column can be those of the column that it reads.

    A sum or an average often keeps the name of its source column, but mostly leaves the range of
    that column, or its kind of values.
    """
    numeric = view is not None and meaning_family(view.data_type) in {"whole", "number"}
    if view is None or read is None:
        return view is None or not numeric
    if view.rows_read == 0 or read.rows_read == 0:
        return True
    if view.personal != read.personal:
        return False
    if not numeric or view.masked or read.masked:
        return True
    try:
        low, high = float(read.minimum), float(read.maximum)
        return low <= float(view.minimum) and float(view.maximum) <= high
    except ValueError:
        return False
