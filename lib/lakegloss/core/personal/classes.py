"""Defines the classes of personal data."""

from enum import StrEnum


class PersonalClass(StrEnum):
    """What a column tells about a person.

    `DIRECT` classes identify a person. Laws protect `SENSITIVE` ones most (GDPR art. 9, HIPAA,
    income). `QUASI` ones identify a person only together with others.
    """

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    LOCATION = "location"
    BIRTH_DATE = "birth_date"
    DEATH_DATE = "death_date"
    NATIONAL_ID = "national_id"
    TAX_ID = "tax_id"
    PASSPORT = "passport"
    DRIVING_LICENCE = "driving_licence"
    LICENCE_PLATE = "licence_plate"
    MEMBER_NUMBER = "member_number"
    USERNAME = "username"
    SOCIAL_PROFILE = "social_profile"
    SECRET = "password_or_secret"  # noqa: S105 -- the name of a class, not a password
    IP_ADDRESS = "ip_address"
    DEVICE = "device"
    IBAN = "iban"
    BANK_ACCOUNT = "bank_account"
    CARD_NUMBER = "card_number"
    CARD_CODE = "card_code"
    PHOTO = "photo"
    DOCUMENT = "document"
    BIOMETRIC = "biometric"
    HEALTH = "health"
    ETHNICITY = "ethnicity"
    CITIZENSHIP = "citizenship"
    NATIONALITY = "nationality"
    RELIGION = "religion"
    POLITICS = "politics"
    ORIENTATION = "orientation"
    MARITAL_STATUS = "marital_status"
    MILITARY = "military"
    CRIMINAL_RECORD = "criminal_record"
    INCOME = "income"
    EDUCATION = "education_record"
    GENDER = "gender"
    POSTAL_CODE = "postal_code"


QUASI = frozenset({PersonalClass.GENDER, PersonalClass.POSTAL_CODE})
SENSITIVE = frozenset(
    {
        PersonalClass.BIOMETRIC,
        PersonalClass.HEALTH,
        PersonalClass.ETHNICITY,
        PersonalClass.CITIZENSHIP,
        PersonalClass.NATIONALITY,
        PersonalClass.RELIGION,
        PersonalClass.POLITICS,
        PersonalClass.ORIENTATION,
        PersonalClass.MARITAL_STATUS,
        PersonalClass.MILITARY,
        PersonalClass.CRIMINAL_RECORD,
        PersonalClass.INCOME,
        PersonalClass.EDUCATION,
    }
)
DIRECT = frozenset(PersonalClass) - SENSITIVE - QUASI
