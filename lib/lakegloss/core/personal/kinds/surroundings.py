"""Tells from all names of a table whether it tracks somebody, or holds cases of a court."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from lakegloss.core.personal.kinds.organisations import ORGANISATIONS
from lakegloss.core.words.lexicon import latin_words_of, word_set

# Positions of vehicles and devices are positions of who drives and carries them.

_TRACKED = word_set("""
driver drv plate kennzeichen vin imei imsi msisdn rider fahrer conductor chofer courier tracker
passenger chauffeur motorista autista licenceplate licenseplate immatriculation targa matricula
tacho
""")
_CARRIED = word_set(
    "device user userid deviceid phone handset visitor employee customer person advertising idfa"
    " author handle username ip ipaddress ifa cookie session idfv gaid aaid maid subscriber uid cip"
)
_MOVING = word_set("""
speed spd heading bearing accuracy hdop odometer odo ping pings gps track tracks trajectory
telematics telemetry fuel battery altitude geofence wifi ssid bssid velocity checkin tweet tweets
retweet hashtag hashtags ip impression
impressions bid cdr call calls
lac duration referrer referer useragent ua utm pageviews pageview clickstream
""")
_TRAVEL = word_set(
    "trip trips ride rides fleet vehicle vehicles truck shift km pickup dropoff veh fahrt"
)
_NOT_PERSONS = word_set("""
mmsi imo callsign icao icao24 vessel ship flight aircraft airline station sensor store restaurant
unitid buoy stop platform
""")
_PLACES = ORGANISATIONS | word_set(
    "crash incident accident block scene "
    "dest destination origin stop city country region station county place poi building centroid"
)


def is_tracked(words: AbstractSet[str]) -> bool:
    """Whether rows tell where vehicles or devices of persons were."""
    if not _NOT_PERSONS.isdisjoint(words):
        return False
    if _MOVING.isdisjoint(words) and _TRAVEL.isdisjoint(words):
        return False  # a driver of hardware, a plate of steel
    if not _TRACKED.isdisjoint(words):
        return True
    return not (_CARRIED.isdisjoint(words) or _MOVING.isdisjoint(words))


def is_place(words: Sequence[str]) -> bool:
    """Whether the words before a coordinate name a place: `store_lat`."""
    return not _PLACES.isdisjoint(words)


# What a court or the police did with a person

_COURTS = word_set("""
deft dft dkt crtroom courtroom courthouse cnsl counsel jdg plntf pltf petnr arraign arraignment jury
juror prosecution sentencing
court docket judge def defendant plaintiff prosecutor atty attorney charge chrg charges statute plea
bond bail sentence sentenced dispo disposition arrest arrested arrestee inmate booking offense
offence offender parole probation warrant felony misdemeanor verdict crim criminal jail prison
custody case arresting detention convict convicted juvenile tribunal juzgado delito imputado
demandado demandante abogado juez fiscal procesado acusado
demandeur defendeur avocat juge greffier audience prevenu condamnation peine casier tribunal
klaeger beklagter beschuldigter staatsanwalt richter strafe urteil aktenzeichen imputato querelante
giudice avvocato pena sentenza condanna reu advogado juiz condenacao crime skazany oskarzony sedzia
wyrok verdachte officier rechter straf vonnis
""")
_CRIMINAL = word_set("""
deft dft arraign arraignment sentencing
charge chrg charges arrest arrested arrestee inmate def defendant crim criminal felony misdemeanor
plea booking sentence sentenced offense offence offender parole probation jail prison convict
convicted delito imputado
infraction prevenu condamnation peine casier beschuldigter strafe straftat delikt imputato pena
condanna reato reu crime condenacao skazany oskarzony wyrok verdachte straf misdrijf delikts
""")
_FATES = word_set("""
dispo disposition verdict plea charge charges chrg offense offence offenses sentence conviction
convicted felony misdemeanor parole probation custody warrant crime delito recidivism recid
acquitted indictment infraction
peine condamnation casier antecedents straftat strafe strafmass delikt pena condanna reato
condenacao wyrok misdrijf vonnis urteil
""")
_OFFICE = word_set("""
id key no num number nbr date dt time ts court judge agency officer attorney atty division div
level court dept facility county amount amt by location state city source file
""")


def is_of_court(words: AbstractSet[str]) -> bool:
    """Whether rows are cases against persons: three words of courts, one of them of crimes.

    Shops have charges, cases and dispositions, too, so two words must be of courts alone.
    """
    own = words & _COURTS
    return len(own) >= 3 and len(own - _ELSEWHERE) >= 2 and not _CRIMINAL.isdisjoint(words)


_ELSEWHERE = word_set("""
case charge charges bond disposition dispo custody booking fiscal sentence warrant court judge
""")


def is_fate(words: Sequence[str]) -> bool:
    """Whether a column of such a table tells what a person was charged with, or sentenced to."""
    ends = (*words[-1:], *words[:1])
    return not _FATES.isdisjoint(words) and _OFFICE.isdisjoint(ends)


# Marks of students

_STUDENTS = word_set("""
alunno alunna alunni iscritti zeugnisse zeugnis pagella boletin boletim transcripts gradebook
student students stu stdnt pupil pupils learner learners etudiant etudiants eleve eleves alumno
alumnos alumna aluno alunos schueler studenten studente studenti scolarite escolar matricule ine
""")


def is_of_students(words: AbstractSet[str]) -> bool:
    """Whether rows tell of single students."""
    return not _STUDENTS.isdisjoint(words)


WORDS_OF_SURROUNDINGS = _STUDENTS.union(
    _TRACKED, _CARRIED, _MOVING, _TRAVEL, _NOT_PERSONS, _COURTS, _CRIMINAL
)
"""All words by which the columns beside tell of tracks, courts and students."""


@lru_cache(maxsize=8192)
def words_of_name(name: str) -> tuple[str, ...]:
    """Split a name into words by its form, without numbers."""
    return tuple(word for word in latin_words_of(name) if not word.isdigit())
