"""Finds what people answered about themselves under names that say nothing: `Q12`, `answer`."""

import re
from collections.abc import Mapping, Sequence

from lakegloss.core.personal import tables
from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.personal.columns import plain
from lakegloss.core.personal.kinds.organisations import is_role_mailbox
from lakegloss.core.values import forms
from lakegloss.core.values.semantics import share_of
from lakegloss.core.words.lexicon import word_set

P = PersonalClass

_QUESTION = re.compile(
    r"(?:q|qn|qid|question|frage|pregunta|p|item|var|v)_?\d{1,4}[a-z]?(?:[_.]\w{1,20}){0,3}",
    re.IGNORECASE,
)
_OF_SURVEYS = word_set("""
survey surveys questionnaire questionnaires respondent respondents poll polls qualtrics
surveymonkey typeform limesurvey encuesta encuestas umfrage umfragen befragung sondage enquete
sondaggio pesquisa enquetes ankieta census intake screening onboarding
""")
_TOOLS = word_set("""
responseid recipientlastname recipientfirstname recipientemail distributionchannel userlanguage
respondentid collectorid externalreference durationinseconds
""")
_LONGEST_ANSWER = 200


def is_question(name: str) -> bool:
    """Whether a column is named only by the number of a question: `Q2_7_TEXT`."""
    return bool(_QUESTION.fullmatch(name.strip()))


def is_survey(table: Sequence[str], shown: int) -> bool:
    """Whether the rows are answers to a survey.

    Args:
        table: the words of its name.
        shown: how clearly the columns beside show it, added up (`shows_survey`).
    """
    return shown >= 3 or not _OF_SURVEYS.isdisjoint(table)


def shows_survey(name: str) -> int:
    """How clearly a column shows a survey: 3 where a tool names it so, 1 where it is a question."""
    if re.sub(r"[\W_]", "", name).lower() in _TOOLS:
        return 3
    return int(is_question(name))


# Contacts of several kinds in one column

_HANDLE = re.compile(r"@[A-Za-z][\w.]{1,30}")


def are_mixed_contacts(values: Sequence[str]) -> bool:
    """Whether values are e-mail addresses, phone numbers and handles, of more than one kind."""
    mails = share_of(values, _is_own_mail)
    dialled = share_of(values, _is_number)
    handles = share_of(values, _HANDLE.fullmatch)
    return mails >= 0.2 and dialled + handles >= 0.1 and mails + dialled + handles >= 0.7


def _is_own_mail(value: str) -> bool:
    return bool(forms.is_email(value)) and not is_role_mailbox(value)


def _is_number(value: str) -> bool:
    digits = sum(map(str.isdigit, value))
    return 8 <= digits <= 15 and value[0] in "+0(" and not re.search(r"[A-Za-z]", value)


# Topics of answers

_NEUTRAL = word_set("""
none no yes na n/a other unknown refused prefer rather decline declined not nothing - nein ja
ninguno aucun nessuno nenhum keine otro autre andere
""")
_TELLING: Mapping[PersonalClass, frozenset[str]] = {
    P.HEALTH: word_set("""
    diabetes diabetic asthma cancer depression depressed anxiety hypertension arthritis epilepsy
    migraine migraines crohn crohn's crohns colitis copd stroke hiv autism autistic adhd dementia
    alzheimer's bipolar schizophrenia ptsd ocd anorexia bulimia eczema psoriasis lupus fibromyalgia
    hepatitis tuberculosis pregnant pregnancy wheelchair blind deaf hearing mobility disability
    disabled impairment chronic disease disorder syndrome allergy allergic insulin chemotherapy
    celiac coeliac ibs endometriosis anemia anaemia thyroid hypothyroidism angina arrhythmia
    leukemia lymphoma pneumonia covid sclerosis parkinson's addiction asma diabete cancro krebs
    depresion ansiedad hipertension depressao hipertensao bluthochdruck asthme epilepsia angst
    krankheit enfermedad maladie malattia doenca symptoms
    """),
    P.RELIGION: word_set("""
    christian christianity catholic protestant muslim islam hindu hinduism buddhist buddhism jewish
    judaism sikh sikhism atheist agnostic orthodox evangelical lutheran methodist baptist mormon
    anglican presbyterian pentecostal church katholisch evangelisch konfessionslos muslimisch
    catolico catolica catolique catholique cristiano cristiana musulman musulmana musulmane
    evangelico evangelica ateo atea athee agnostico espirita umbanda candomble cattolico jewish
    """),
    P.POLITICS: word_set("""
    democrat democratic republican labour tory conservative libertarian liberal socialist communist
    independent ukip snp cdu csu spd fdp grune afd linke psoe pp vox podemos ump ps lrem fn rn pt
    psdb psl mdb left-wing right-wing centrist leftist rightist
    """),
    P.ORIENTATION: word_set("""
    heterosexual homosexual bisexual gay lesbian straight asexual pansexual queer heterosexuell
    homosexuell bisexuell heterosexuel homosexuel hetero bi lesbica lesbiana
    """),
    P.MARITAL_STATUS: word_set("""
    married single divorced widowed widow separated cohabiting verheiratet ledig geschieden
    verwitwet casado casada soltero soltera divorciado divorciada viudo viuda marie mariee
    celibataire divorce divorcee veuf veuve solteiro solteira coniugato nubile
    """),
    P.MILITARY: word_set("veteran military army navy marines reservist airforce soldier"),
}
_SURE_TOPICS = frozenset({P.HEALTH, P.RELIGION, P.ORIENTATION})
_ETHNIC = word_set("""
african caribbean asian hispanic latino latina latinx caucasian mestizo mestiza mulato afro pardo
parda preto preta indigena indigenous aboriginal maori roma gypsy traveller arab islander native
alaskan afrocaribbean biracial multiracial black white mixed
""")
_ALSO_ETHNIC = word_set("""
british irish scottish english welsh indian pakistani bangladeshi chinese american pacific european
eastern middle east south and or any background heritage race ethnicity ethnic group two more races
torres strait first nations amarela branca branco negro negra blanco blanca filipino korean japanese
vietnamese hawaiian alaska of origin the to background
""")
_COLOURS = word_set("black white mixed native")


def class_of_answers(values: Sequence[str]) -> str:
    """Find the class that most answers tell of, with two different ones at least."""
    answers = [plain(value[:_LONGEST_ANSWER]) for value in values]
    split = [re.findall(r"n/a|[^\W\d_][\w'-]*", answer) for answer in answers]
    told = [words for words in split if words and words[0] not in _NEUTRAL]
    if len(told) < 2:
        return P.INCOME if _are_income_bands(values) else ""
    if _are_income_bands(values):
        return P.INCOME
    if sum(map(_is_ethnic, told)) >= 0.7 * len(told) and sum(map(_is_clearly_ethnic, told)) >= 2:
        return P.ETHNICITY
    for kind, telling in _TELLING.items():
        known = [words for words in told if not telling.isdisjoint(words)]
        least = 0.5 if kind in _SURE_TOPICS else 0.7
        if len(known) >= max(2, least * len(told)) and _are_different(known, telling):
            return kind
    return ""


def _are_different(answers: Sequence[Sequence[str]], telling: frozenset[str]) -> bool:
    return len({word for words in answers for word in words if word in telling}) >= 2


def _is_ethnic(words: Sequence[str]) -> bool:
    return (_ETHNIC | _ALSO_ETHNIC).issuperset(words)


def _is_clearly_ethnic(words: Sequence[str]) -> bool:
    own = _ETHNIC.intersection(words)
    return bool(own - _COLOURS) or (bool(own) and len(words) >= 2)


_SIGN = r"(?:[£$€₹¥]|R\$|usd|eur|gbp|inr|chf|cad|aud)"
_AMOUNT = (
    rf"(?:{_SIGN} ?\d{{1,3}}(?:[.,\u2019 ]?\d{{3}}){{0,2}}k?"
    r"|\d{1,3}(?:[.,]?\d{3}){1,2}|\d{1,3}k)"
)
_BAND = re.compile(
    rf"(?:(?:under|less than|below|up to|over|more than|above|from|menos de|mas de|hasta|moins de"
    rf"|plus de|jusqu'a|unter|uber|bis|ab|mehr als|weniger als|meno di|oltre|ate|acima de"
    rf"|[<>]=?) ?)?"
    rf"{_AMOUNT} ?{_SIGN}?"
    rf"(?: ?(?:-|\u2013|to|a|bis|bis unter|and|y|e|et|und) ?{_AMOUNT} ?{_SIGN}?)?"
    r"(?: ?(?:\+|or more|or less|or over|and over|and above|o mas|et plus|und mehr|ou mais)"
    r"| ?(?:per|a|/|p\.?) ?(?:year|annum|month|a\.?))?",
    re.IGNORECASE,
)
_MONEY = re.compile(rf"{_SIGN}|\dk\b", re.IGNORECASE)
_RANGE = re.compile(
    r"\d\W{0,4}(?:-|\u2013|to|a|bis|and|y|e|et|und) ?\D{0,4}\d|^\D{4}|\+|more|over|mas|plus"
)


def _are_income_bands(values: Sequence[str]) -> bool:
    """Whether values are ranges of money as a survey offers them: `£15,000-£24,999`."""
    told = [text for text in (plain(value[:60]).strip() for value in values) if _has_digit(text)]
    if len(told) < 2 or share_of(told, _BAND.fullmatch) < 0.8:
        return False
    return share_of(told, _MONEY.search) >= 0.5 and share_of(told, _RANGE.search) >= 0.5


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def class_by_answers(
    name: str, words: Sequence[str], values: Sequence[str], *, survey: bool, about_person: bool
) -> str:
    """Find the class of a person's answers by the values, if the name says nothing else."""
    neutral = is_question(name) or tables.NEUTRAL_COLUMNS.union(_ANSWERS).issuperset(words)
    if not neutral or not (survey or about_person):
        return ""
    return class_of_answers(values)


_ANSWERS = word_set("answer answers response reponse antwort respuesta risposta resposta free open")
