"""Plans an optimisation before anything is spent: how much is tried, and what it costs at most.

Each optimiser has one size, how many candidates it tries. The plan takes the largest that the
budget pays with the select and the gate split set aside: a search that leaves nothing to choose
and to decide with is worth nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from lakegloss.core.requests import dollars
from lakegloss.core.statistics.intervals import LEAST_GROUPS
from lakegloss.errors import BudgetExceededError, InputError

OPTIMIZERS = ("labeled", "bootstrap", "mipro", "gepa", "simba")
LEAST_EXAMPLES: Mapping[str, int] = MappingProxyType(
    {"labeled": 1, "bootstrap": 2, "mipro": 4, "gepa": 4, "simba": 4}
)
"""The fewest examples to train on with which an optimiser can do anything."""
MOST_DEMOS = 4
REFLECTED = 3
"""Examples that GEPA reflects on at once."""
TRAJECTORIES = 4
"""How often SIMBA lets each example of a batch be answered."""
_USUAL, _SIZES = 6, (12, 8, 6, 4, 3, 2, 1)
_BATCH, _MOST_VALIDATED = 8, 30
_VIEWED, _MOST_VIEWS = 10, 10
_PROPOSAL_TOKENS, _PROPOSED_TOKENS = 4_000, 800
_MOST_SHORTLISTED = 6
_LONGEST_ANSWER = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimisationBudget:
    """The most that an optimisation may use; None sets no bound. Prices are per million tokens.

    Tokens, cost and calls hold for the whole optimisation, however often it is interrupted; hours
    hold for one run of it.
    """

    max_calls: int | None = None
    max_tokens: int | None = None
    max_cost: float | None = None
    hours: float | None = None
    price_input: float | None = None
    price_output: float | None = None

    def __post_init__(self) -> None:
        given = (self.max_calls, self.max_tokens, self.max_cost, self.hours)
        if any(bound is not None and bound <= 0 for bound in given):
            raise InputError("A bound of the budget is not above 0.", remedy="Raise it.")
        if self.max_cost is not None and self.cost(1, 1) is None:
            raise InputError(
                "A budget in dollars needs prices.", remedy="Set price_input and price_output."
            )

    def cost(self, sent: float, answered: float) -> float | None:
        """The cost in dollars; None where no price is set."""
        return dollars(sent, answered, price_input=self.price_input, price_output=self.price_output)

    def pays(self, calls: float, sent: float, answered: float) -> bool:
        """Whether calls with these tokens together stay within calls, tokens and cost."""
        cost = self.cost(sent, answered)
        return (
            (self.max_calls is None or calls <= self.max_calls)
            and (self.max_tokens is None or sent + answered <= self.max_tokens)
            and (self.max_cost is None or cost is None or cost <= self.max_cost)
        )

    def less(self, calls: float, sent: float, answered: float) -> "OptimisationBudget":
        """The budget without what these calls may use; a bound never falls below nothing."""
        cost = self.cost(sent, answered) or 0.0
        return replace(
            self,
            max_calls=None if self.max_calls is None else _above(self.max_calls - calls),
            max_tokens=None
            if self.max_tokens is None
            else _above(self.max_tokens - sent - answered),
            max_cost=None if self.max_cost is None else max(self.max_cost - cost, 1e-12),
        )


def _above(left: float) -> int:
    return max(1, int(left))


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSizes:
    """What an optimisation works on.

    Attributes:
        train, select, gate: numbers of examples.
        predictors: of the program; a run of it makes at least as many calls.
        input_tokens, output_tokens: of one run of the program.
        near: examples that count nowhere, as one on another side is nearly the same.
        gate_groups: tables, documents or sessions of the gate's examples; None is unknown.
    """

    train: int
    select: int
    gate: int = 0
    predictors: int = 1
    input_tokens: float = 1_000
    output_tokens: float = 200
    near: int = 0
    gate_groups: int | None = None

    @property
    def validated(self) -> int:
        """How many of the examples to train on an optimiser ranks its own candidates by."""
        return 0 if self.train < 2 else max(1, min(_MOST_VALIDATED, self.train // 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPlan:
    """What an optimisation will do, at most.

    Attributes:
        size: how many candidates the optimiser tries.
        shortlisted: how many of them are measured on the select split.
        search_runs, select_runs, gate_runs: runs of the program in each part.
        proposals: calls that propose instructions.
        calls, input_tokens, output_tokens: of everything together.
        cost: in dollars; None without a price.
        gate_groups: see `SearchSizes`.
    """

    optimizer: str
    size: int
    shortlisted: int
    search_runs: int
    proposals: int
    select_runs: int
    gate_runs: int
    calls: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    gate_groups: int | None = None

    @property
    def small_gate(self) -> str:
        """Says that the gate cannot call anything better, and what helps; '' where it can."""
        if self.gate_groups is None or self.gate_groups >= LEAST_GROUPS:
            return ""
        return (
            f"The gate can decide nothing: it has examples of {self.gate_groups} tables, documents "
            f"or sessions, and it needs {LEAST_GROUPS}. Collect or import examples of more tables "
            "(`lakegloss examples list` counts the splits); until then this is a search only."
        )

    @property
    def reserved_runs(self) -> int:
        """Runs that the search must leave room for."""
        return self.select_runs + self.gate_runs


def plan_search(
    optimizer: str, sizes: SearchSizes, budget: OptimisationBudget | None = None
) -> SearchPlan:
    """Plan the largest search that the budget pays, of at most the usual size without a budget.

    Raises:
        InputError: there is no such optimiser, or too few examples for it.
        BudgetExceededError: the budget does not pay the smallest search.
    """
    budget = budget or OptimisationBudget()
    _check(optimizer, sizes)
    plans = [_plan(optimizer, size, sizes, budget) for size in _SIZES if size <= _USUAL]
    for plan in plans:
        # The last call, too, must have room for its longest answer.
        if budget.pays(plan.calls, plan.input_tokens, plan.output_tokens + _LONGEST_ANSWER):
            return plan
    least = plans[-1]
    cost = "" if least.cost is None else f", ${least.cost:.2f}"
    raise BudgetExceededError(
        f"The budget does not pay the smallest search with {optimizer}: {least.calls} calls, "
        f"{least.input_tokens + least.output_tokens} tokens{cost}.",
        remedy="Raise the budget, use fewer examples, or try --optimizer labeled.",
    )


def require_known(optimizer: str) -> None:
    """Refuse an unknown optimiser.

    Raises:
        InputError: there is no such optimiser.
    """
    if optimizer not in OPTIMIZERS:
        raise InputError(
            f"There is no optimiser {optimizer[:40]!r}.",
            remedy=f"Say one of {', '.join(OPTIMIZERS)}.",
        )


def near_sentence(near: int) -> str:
    """Why some examples count nowhere."""
    which = "1 example counts" if near == 1 else f"{near} examples count"
    return (
        f"{which} nowhere: another side has one that is nearly the same, so a program could have "
        "learned the answer."
    )


def _check(optimizer: str, sizes: SearchSizes) -> None:
    require_known(optimizer)
    least = LEAST_EXAMPLES[optimizer]
    if sizes.train < least or sizes.select < 1:
        raise InputError(
            f"There are too few examples: {sizes.train} to train on and {sizes.select} to select "
            f"by; {optimizer} needs at least {least} and 1."
            + (f" {near_sentence(sizes.near)}" if sizes.near else ""),
            remedy="Collect or import more examples (`lakegloss examples`)"
            + (" that differ in more than their numbers." if sizes.near else "."),
        )


def _plan(optimizer: str, size: int, sizes: SearchSizes, budget: OptimisationBudget) -> SearchPlan:
    runs, proposals = _SEARCHES[optimizer](size, sizes)
    shortlisted = min(size, _MOST_SHORTLISTED)
    select_runs, gate_runs = (1 + shortlisted) * sizes.select, 2 * sizes.gate
    all_runs = runs + select_runs + gate_runs
    sent = round(all_runs * sizes.input_tokens + proposals * _PROPOSAL_TOKENS)
    answered = round(all_runs * sizes.output_tokens + proposals * _PROPOSED_TOKENS)
    return SearchPlan(
        optimizer=optimizer,
        size=size,
        shortlisted=shortlisted,
        search_runs=runs,
        proposals=proposals,
        select_runs=select_runs,
        gate_runs=gate_runs,
        calls=all_runs * sizes.predictors + proposals,
        input_tokens=sent,
        output_tokens=answered,
        cost=budget.cost(sent, answered),
        gate_groups=sizes.gate_groups,
    )


def mipro_trials(size: int) -> int:
    """How many combinations MIPRO tries."""
    return 2 * size


def simba_batch(train: int) -> int:
    """How many examples SIMBA takes at once."""
    return min(_BATCH, train)


def gepa_runs(size: int, sizes: SearchSizes) -> int:
    """The runs that GEPA may make: the seed, and three reflections for each candidate."""
    return sizes.validated * (size + 1) + 2 * REFLECTED * 3 * size


def _labeled(_: int, __: SearchSizes) -> tuple[int, int]:
    return 0, 0


def _bootstrap(size: int, sizes: SearchSizes) -> tuple[int, int]:
    return size * sizes.train, 0


def _mipro(size: int, sizes: SearchSizes) -> tuple[int, int]:
    learned = sizes.train - sizes.validated
    views = min(_MOST_VIEWS, -(-learned // _VIEWED)) + 1
    trials = (mipro_trials(size) + 1) * sizes.validated
    return max(1, size - 2) * learned + trials, views + 3 * size * sizes.predictors


def _gepa(size: int, sizes: SearchSizes) -> tuple[int, int]:
    return gepa_runs(size, sizes), 3 * size


def _simba(size: int, sizes: SearchSizes) -> tuple[int, int]:
    batch = simba_batch(sizes.train)
    step = batch * TRAJECTORIES + batch * (TRAJECTORIES + 1)
    return size * step + (TRAJECTORIES + 1) * sizes.train, size * (TRAJECTORIES + 1)


_SEARCHES = {
    "labeled": _labeled,
    "bootstrap": _bootstrap,
    "mipro": _mipro,
    "gepa": _gepa,
    "simba": _simba,
}
