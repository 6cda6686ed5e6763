"""Recognises the forms of values: what an e-mail address, a date or a digest looks like.

Every pattern is anchored by `fullmatch` and bounded, so that hostile values cannot make it slow.
"""

import re
from collections.abc import Callable

from lakegloss.core.words.lexicon import word_set

COUNTRIES_2 = word_set(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
    "BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
    "DO DZ EC EE EG EH ER ES ET EU FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR "
    "GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM "
    "KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP "
    "MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL "
    "PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST "
    "SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UK UM US UY UZ VA VC VE "
    "VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
COUNTRIES_3 = word_set(
    "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATG AUS AUT AZE BDI BEL BEN BES BFA BGD "
    "BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BWA CAF CAN CHE CHL CHN CIV CMR COD "
    "COG COK COL COM CPV CRI CUB CUW CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESP EST "
    "ETH FIN FJI FRA FRO FSM GAB GBR GEO GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM "
    "GUY HKG HND HRV HTI HUN IDN IND IRL IRN IRQ ISL ISR ITA JAM JOR JPN KAZ KEN KGZ KHM KIR "
    "KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAR MCO MDA MDG MDV MEX MHL "
    "MKD MLI MLT MMR MNE MNG MOZ MRT MSR MUS MWI MYS NAM NCL NER NGA NIC NLD NOR NPL NRU NZL "
    "OMN PAK PAN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN "
    "SGP SLB SLE SLV SMR SOM SRB SSD STP SUR SVK SVN SWE SWZ SYC SYR TCD TGO THA TJK TKM TLS "
    "TON TTO TUN TUR TUV TWN TZA UGA UKR URY USA UZB VAT VCT VEN VGB VIR VNM VUT WSM XKX YEM "
    "ZAF ZMB ZWE"
)
CURRENCIES = word_set(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN "
    "BWP BYN BZD CAD CDF CHF CLP CNH CNY COP CRC CUP CVE CZK DEM DJF DKK DOP DZD EGP ERN ESP "
    "ETB EUR FJD FKP FRF GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD "
    "IRR ISK ITL JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN "
    "PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN "
    "SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF "
    "XAG XAU XBT XCD XDR XOF XPF YER ZAR ZMW ZWL BTC ETH USDT"
)
LANGUAGES = word_set(
    "aa ab af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da "
    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu "
    "hy ia id ie ig ii ik in io is it iu iw ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky "
    "la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny "
    "oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr "
    "ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi "
    "yo za zh zu"
)


Matcher = Callable[[str], object]

_EMAIL = re.compile(r"[^\s@<>,;:\"()]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]{1,15}://|www\.)\S+", re.IGNORECASE)
_UUID = re.compile(r"\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?", re.IGNORECASE)
_HEX = re.compile(
    r"(?:0x)?(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{128})", re.IGNORECASE
)
_BASE64_DIGEST = re.compile(r"[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=")
_MAC = re.compile(r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}", re.IGNORECASE)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_IPV4 = re.compile(rf"(?:{_OCTET}\.){{3}}{_OCTET}(?:/\d\d?)?")
_IPV6 = re.compile(r"(?=.*::|(?:[^:]*:){7})[0-9a-f:]{2,39}(?:/\d{1,3})?", re.IGNORECASE)
_HOSTNAME = re.compile(
    r"(?=.{4,253}$)(?:(?!-)[a-z0-9-]{1,63}\.){1,8}(?:[a-z]{2,18}|xn--[a-z0-9-]+)", re.IGNORECASE
)
_DATE = (
    r"(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d{2})"
    r"|\d{1,2}[- ][A-Za-zéûä]{3,9}\.?[- ,]{1,2}\d{2,4}|[A-Za-z]{3,9}\.? \d{1,2},? \d{4})"
)
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\.?)?"
_ZONE = r"(?: ?(?:Z|[A-Z]{3,4}|[+-]\d{2}:?(?:\d{2})?))?"
_DATE_FORM = re.compile(_DATE)
_DAY = r"(?:[0-2]?\d|3[01])"
_NUMBERED = re.compile(
    rf"\d{{4}}([-/.])(?:0?\d|1[0-2])\1{_DAY}|{_DAY}([-/.]){_DAY}\2(?:\d{{4}}|\d{{2}})|.*[A-Za-z].*"
)
"""What a date of numbers must be beyond its form: 7439-92-1 is the number of a substance."""
_TIMESTAMP_FORM = re.compile(rf"{_DATE}[T ]+{_CLOCK}{_ZONE}")
_TIME_FORM = re.compile(_CLOCK)
_POINT = re.compile(
    r"(?:SRID=\d{1,6};)?POINT ?Z? ?\([-\d. ]{3,80}\)"
    r"|\(?-?\d{1,2}\.\d{3,20}, ?-?\d{1,3}\.\d{3,20}\)?",
    re.IGNORECASE,
)
# A point in well-known binary, as OGC, PostGIS (with its reference system) and SQL Server write it.
_WKB_POINT = re.compile(
    r"(?:0x)?(?:E6100000010C|0101000000|0101000020E6100000)[0-9A-F]{32}", re.IGNORECASE
)
_PATH = re.compile(
    r"(?:[A-Za-z]:\\|\\\\|~?/|\.{1,2}/)[^\s:*?\"<>|][^:*?\"<>|]*"
    r"|(?:[\w .=-]{1,100}/){0,20}[\w -]{1,100}\.[A-Za-z][A-Za-z0-9]{1,4}"
)
_MIME = re.compile(
    r"(?:application|audio|font|image|message|model|multipart|text|video)/[\w.+-]+(?:;.*)?"
)
_VERSION = re.compile(r"[vV]?\d{1,5}(?:\.\d{1,6}){1,3}(?:[-+.]?[A-Za-z][\w.+-]{0,30})?")
_SEMVER = re.compile(
    r"[vV]\d{1,5}(?:\.\d{1,6}){1,3}|\d{1,5}(?:\.\d{1,6}){2,3}(?:[-+][\w.+-]{1,30})?"
)
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
_PHONE = re.compile(r"(?:\+|00)?[\d(][\d\s().\-/]{5,22}\d(?: ?(?:x|ext\.?|Ext\.?) ?\d{1,6})?")
_EXTENSION = re.compile(r" ?(?:x|ext|Ext)")
_TIMEZONE = re.compile(
    r"(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc|US)"
    r"/[\w+/-]+|UTC|GMT|UTC[+-]\d{1,2}(?::\d\d)?"
)
_POSTAL = re.compile(
    r"[A-Z]{0,2}-?\d{3,6}(?:[- ]?(?:\d{3,4}|[A-Z]{2}))?"
    r"|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?=[A-Z0-9_./-]*[A-Z])[A-Z0-9]{1,6}(?:[-_./][A-Z0-9]{1,6}){0,3}")
_ID = re.compile(r"(?=\S*\d)[\w.:#/+-]{2,64}")
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?")
_XML = re.compile(r"<\??[A-Za-z][\w:.-]*[\s>?/]")

is_email: Matcher = _EMAIL.fullmatch
is_url: Matcher = _URL.fullmatch
is_uuid: Matcher = _UUID.fullmatch
is_hex_digest: Matcher = _HEX.fullmatch
is_mac_address: Matcher = _MAC.fullmatch
is_hostname: Matcher = _HOSTNAME.fullmatch
is_timestamp: Matcher = _TIMESTAMP_FORM.fullmatch
is_clock_time: Matcher = _TIME_FORM.fullmatch
is_path: Matcher = _PATH.fullmatch
is_mime_type: Matcher = _MIME.fullmatch
is_version: Matcher = _VERSION.fullmatch
is_semantic_version: Matcher = _SEMVER.fullmatch
is_color: Matcher = _COLOR.fullmatch
is_timezone: Matcher = _TIMEZONE.fullmatch
is_postal_code: Matcher = _POSTAL.fullmatch
is_code: Matcher = _CODE.fullmatch
is_id: Matcher = _ID.fullmatch
is_number: Matcher = _NUMBER.fullmatch
is_xml: Matcher = _XML.match

_COUNTRIES = COUNTRIES_2 | COUNTRIES_3
_FLAGS = tuple(
    frozenset(pair.split())
    for pair in (
        "y n", "yes no", "true false", "t f", "on off", "j n", "ja nein", "oui non", "si no",
        "sí no", "sim não", "sim nao", "s n", "o n", "1 0", "active inactive", "enabled disabled",
    )
)  # fmt: skip
_WEEKDAYS = word_set(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed weds thu thur thurs "
    "fri sat sun mo tu we th fr sa su montag dienstag mittwoch donnerstag freitag samstag sonntag "
    "sonnabend di mi do so lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven "
    "sam dim lunes martes miércoles miercoles jueves viernes sábado sabado domingo"
)
_MONTHS = word_set(
    "january february march april may june july august september october november december jan feb "
    "mar apr jun jul aug sep sept oct nov dec januar februar märz maerz mai juni juli oktober "
    "dezember janvier février fevrier mars avril juin juillet août aout septembre octobre novembre "
    "décembre decembre enero febrero marzo abril mayo junio julio agosto septiembre octubre "
    "noviembre diciembre"
)


def is_ip_address(text: str) -> bool:
    """Whether this is an IPv4 or IPv6 address or network."""
    return bool(_IPV4.fullmatch(text) or _IPV6.fullmatch(text))


def is_phone(text: str) -> bool:
    """Whether this has the form of a telephone number: 7 to 15 digits (E.164), and no date."""
    if not _PHONE.fullmatch(text) or is_date(text) or _IPV4.fullmatch(text):
        return False
    number: str = _EXTENSION.split(text)[0]
    return 7 <= sum(c.isdigit() for c in number) <= 15


def is_digest(text: str) -> bool:
    """Whether this has the form of a hash, in hexadecimal or Base64."""
    return bool(_HEX.fullmatch(text) or _BASE64_DIGEST.fullmatch(text))


def is_calendar_date(text: str) -> bool:
    """Whether this is a date in a common notation, with months and days that there are."""
    return bool(_DATE_FORM.fullmatch(text) and _NUMBERED.fullmatch(text))


def is_date(text: str) -> bool:
    """Whether this is a date or a timestamp in a common notation."""
    return bool(_DATE_FORM.fullmatch(text) or _TIMESTAMP_FORM.fullmatch(text))


def is_point(text: str) -> bool:
    """Whether this is a place: a pair of coordinates, or a point in WKT or well-known binary."""
    return bool(_POINT.fullmatch(text) or _WKB_POINT.fullmatch(text))


def is_json(text: str) -> bool:
    """Whether this has the outer form of a JSON object or array."""
    return text[:1] + text[-1:] in ("{}", "[]") and (len(text) == 2 or '"' in text or "," in text)


def is_country_code(text: str) -> bool:
    """Whether this is a country's code of two or three letters."""
    return text.upper() in _COUNTRIES


def is_currency_code(text: str) -> bool:
    """Whether this is a currency's code."""
    return text.upper() in CURRENCIES


def is_language_code(text: str) -> bool:
    """Whether this is a language's code, with or without a region: de, pt-BR, en_US."""
    return text.replace("_", "-").split("-")[0].lower() in LANGUAGES


def is_weekday(text: str) -> bool:
    """Whether this is a day of the week, by name."""
    return text.lower().rstrip(".") in _WEEKDAYS


def is_month(text: str) -> bool:
    """Whether this is a month, by name."""
    return text.lower().rstrip(".") in _MONTHS


def are_flags(values: set[str]) -> bool:
    """Whether these values (in lower case) are exactly one of the usual pairs for yes and no."""
    return values in _FLAGS
