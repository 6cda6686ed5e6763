"""Categories of people: what a column tells whose values come from one of a few known lists."""

from collections.abc import Mapping, Sequence

from lakegloss.core.personal_classes import PersonalClass
from lakegloss.core.words.lexicon import word_set

P = PersonalClass

_NEUTRAL = word_set("other unknown none refused declined na n/a multiple mixed - unspecified")


def _list(text: str) -> frozenset[str]:
    return frozenset(" ".join(item.split()) for item in text.split(","))


_TELLING: Mapping[PersonalClass, frozenset[str]] = {
    P.ETHNICITY: _list("""caucasian, hispanic, latino, asian, african american, pacific islander,
        native american, american indian, black or african american, hispanic or latino,
        non-hispanic, not hispanic or latino, american indian or alaska native, two or more races,
        native hawaiian, east asian, south asian, white british, black african, black caribbean,
        mixed race, indigenous, roma, middle eastern"""),
    P.RELIGION: _list("""christian, muslim, hindu, buddhist, jewish, catholic, protestant, sikh,
        atheist, agnostic, orthodox, evangelical, islam, hinduism, buddhism, christianity, judaism,
        sikhism, roman catholic, lutheran, methodist, baptist, mormon, evangelisch, katholisch,
        römisch-katholisch, konfessionslos, no religion"""),
    P.MARITAL_STATUS: _list("""divorced, widowed, separated, never married, married, widow,
        civil partnership, domestic partner, verheiratet, ledig, geschieden, verwitwet, casado,
        casada, soltero, soltera, divorciado, divorciada, viudo, viuda, marié, mariée, célibataire,
        divorcé, divorcée, veuf, veuve, pacsé, coniugato, celibe, nubile, divorziato, vedovo,
        gehuwd, ongehuwd, gescheiden, never-married, married-civ-spouse, married-af-spouse"""),
    P.ORIENTATION: _list("""heterosexual, homosexual, bisexual, gay, lesbian, straight, asexual,
        pansexual, gay or lesbian"""),
    P.HEALTH: _list("""ab+, ab-, o+, o-, 0+, 0-, a rh+, o rh+, b rh+, ab rh+, o positive,
        o negative, a positive, b positive, ab positive, former smoker, never smoker,
        current smoker, formerly smoked, never smoked, hiv positive, hiv negative"""),
}
_ALSO: Mapping[PersonalClass, frozenset[str]] = {
    P.ETHNICITY: _list("white, black, amer-indian-eskimo, asian-pac-islander, arab, african"),
    P.MARITAL_STATUS: _list("single, unmarried, married-spouse-absent, partnered, engaged"),
    P.HEALTH: _list("a+, a-, b+, b-, smoker, non-smoker, smokes, o, ab"),
}
_MOST_CATEGORIES = 40


def class_by_categories(values: Sequence[str]) -> PersonalClass | None:
    """The class whose list holds all of the values, two of them words that mean nothing else."""
    found = {value.strip().casefold() for value in values} - _NEUTRAL
    if not 2 <= len(found) <= _MOST_CATEGORIES:
        return None
    for kind, telling in _TELLING.items():
        known = telling | _ALSO.get(kind, frozenset())
        if len(found & telling) >= 2 and len(found & known) >= 0.8 * len(found):
            return kind
    return None
