"""Classes of personal data, and the phrases of column names that stand for them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class PersonalClass(StrEnum):
    """What of a person a column tells.

    `DIRECT` classes identify somebody, `SENSITIVE` ones are what laws protect most (GDPR art. 9,
    HIPAA, income), `QUASI` ones identify only together with others.
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
    RELIGION = "religion"
    POLITICS = "politics"
    ORIENTATION = "orientation"
    MARITAL_STATUS = "marital_status"
    MILITARY = "military"
    CRIMINAL_RECORD = "criminal_record"
    INCOME = "income"
    GENDER = "gender"
    POSTAL_CODE = "postal_code"


QUASI = frozenset({PersonalClass.GENDER, PersonalClass.POSTAL_CODE})
SENSITIVE = frozenset(
    {
        PersonalClass.BIOMETRIC,
        PersonalClass.HEALTH,
        PersonalClass.ETHNICITY,
        PersonalClass.RELIGION,
        PersonalClass.POLITICS,
        PersonalClass.ORIENTATION,
        PersonalClass.MARITAL_STATUS,
        PersonalClass.MILITARY,
        PersonalClass.CRIMINAL_RECORD,
        PersonalClass.INCOME,
    }
)
DIRECT = frozenset(PersonalClass) - SENSITIVE - QUASI

# Phrases, separated by commas. They are compared without blanks and accents, so that `firstname`,
# `FirstName`, `first_name` and `first-name` are one. Names of several languages stand together.

_SURE: dict[PersonalClass, str] = {
    PersonalClass.NAME: """first name, given name, last name, family name, surname, sur name,
        middle name, maiden name, mothers maiden, mother maiden name,
        mothers maiden name, full name, fname, lname, mname, forename,
        christian name, birth name, preferred name, legal name of person,
        person name, contact name, contact person, employee name, patient
        name, student name, teacher name, passenger name, guest name,
        cardholder, cardholder name, card holder, card holder name, account
        holder, account holder name, holder name, beneficiary name, payee
        name, recipient name, signatory name, manager name, supervisor name,
        doctor name, physician name, driver name, candidate name, applicant
        name, member name, subscriber name, user full name, customer first
        name, customer last name, spouse name, father name, mother name,
        fathers name, mothers name, emergency contact, emergency contact
        name, next of kin, guardian name, parent name, player name, judge
        name, referee name, director name, patronymic, name first, name
        last, name given, name family, givenname, contact first name,
        insured name, vorname, nachname, familienname, geburtsname, rufname,
        ansprechpartner, zuname, prenom, nom de famille, nom famille, nom
        usage, nom complet, nom naissance, apellido, apellidos, primer
        apellido, segundo apellido, primer nombre, segundo nombre, nombre
        completo, nombres, nombre cliente, cognome, nome completo,
        sobrenome, apelido, primeiro nome, nome mae, nome pai, voornaam,
        achternaam, tussenvoegsel, imie, nazwisko, etunimi, sukunimi,
        fornavn, etternavn, efternavn, fornamn, efternamn, soyad, soyadi, ad
        soyad, jmeno, prijmeni, keresztnev, vezeteknev, xingming, shimei,
        nachn, vorna, name last, name lst, namev, billing name, shipping
        name, billing detail name, billing address name, shipping address
        name, author name, committer name, commit author, sender name""",
    PersonalClass.EMAIL: """email, e mail, mail address, email address, e mail address,
        emailaddr, mail adresse, email id, e mail id, mailadresse, correo, correo electronico,
        courriel, adresse mail, adresse email, posta elettronica, emailaddress, smtp address,
        smtp addr, emails, email addresses, useremail, contact mail, mailaddr""",
    PersonalClass.PHONE: """phone, phone number, phones, phone no, telephone, telephone number,
        tel, tel no, tel nr, telno, telnr, mobile, mobile number, mobile
        no, mobile phone, cell, cell phone, cellphone, cell number, home
        phone, work phone, fax, fax number, msisdn, whatsapp, telefon,
        telefonnummer, telefon nr, handy, handynummer, mobilnummer,
        rufnummer, mobil, telefono, numero telefono, movil, celular, tel
        portable, numero de telephone, numero telephone, numero tel,
        cellulare, telefone, telemovel, telefoon, telefoonnummer, puhelin,
        telf, telfx, telephonenumber, phonenumber, caller number, callerid,
        ani, sms number, telecom, telecom value""",
    PersonalClass.ADDRESS: """address, addresses, street, street address, street name, street
        number, address line, addr, addr line, home address, mailing
        address, postal address, residence, residential address, shipping
        address, billing address, delivery address, house number, house
        no, apartment number, apt number, apartment, street line,
        strasse, str nr, hausnummer, haus nr, anschrift, adresse,
        postanschrift, adresszeile, direccion, calle, domicilio,
        indirizzo, civico, rue, voie, endereco, rua, morada, logradouro,
        straat, straatnaam, huisnummer, adres, ulica, gata, gatuadress,
        katuosoite, stras, ship address, ship street, bill street,
        mailing street, other street, permanent address, current address,
        suite number, house num""",
    PersonalClass.BIRTH_DATE: """birth date, birthdate, date of birth, dob, birthday, birth day
        date, birth dt, born on, born at, birth datetime, birth timestamp, geburtsdatum,
        geburtstag, geb datum, gebdat, gbdat, date de naissance, date naissance, datenaissance,
        fecha nacimiento, fecha de nacimiento, nacimiento, data di nascita, data nascita, data
        nascimento, data de nascimento, geboortedatum, data urodzenia, fodselsdato,
        fodelsedatum, syntymaaika, dogum tarihi, patient dob, member dob, subscriber dob""",
    PersonalClass.DEATH_DATE: """death date, date of death, deceased date, death datetime, date
        deceased, dod, deceased datetime, sterbedatum, todesdatum, date deces, date de deces,
        fecha defuncion, fecha muerte, deathdate, died on, died at""",
    PersonalClass.NATIONAL_ID: """ssn, ssn number, social security, social security number,
        social security no, social insurance number, national id, national id number,
        nationalid, national insurance number, national insurance no, nino, national number,
        national identifier, identity number, identity card number, id card number, id card no,
        id card, government id, citizen id, citizenid, civil id, personal id number, personal
        identity number, personal identification number, sozialversicherungsnummer, sv nummer,
        sv nr, svnr, ausweisnummer, personalausweisnummer, personalausweis, numero securite
        sociale, nir, numero secu, dni, nif, nie, curp, cedula, cpf, rut, rg numero, codice
        fiscale, codicefiscale, bsn, pesel, rodne cislo, personnummer, fodselsnummer, cpr
        nummer, cpr number, hetu, tc kimlik, tckn, aadhaar, aadhar, aadhaar number, nric, hkid,
        mynumber, nhs number, nhs no, medicare number, medicaid number, medicare id, insee,
        social security nbr, ssno, perid, sin number, alien number""",
    PersonalClass.TAX_ID: """tax id, taxid, tax identification number, tax number, tax no, tin,
        itin, tax payer id, taxpayer id, taxpayer number, steuer id, steuernummer, steuer nr,
        steuerid, steueridentifikationsnummer, numero fiscal, pan number, pan card, stcd,
        stceg, tax file number, tfn""",
    PersonalClass.PASSPORT: """passport, passport number, passport no, passport nr, passportno,
        passport id, reisepass, reisepassnummer, passnummer, pasaporte, numero pasaporte,
        passeport, numero passeport, passaporto, paspoort, visa number""",
    PersonalClass.DRIVING_LICENCE: """driving licence, driving license, drivers license, drivers
        licence, driver license, driver licence, driver license number, drivers license number,
        driving licence number, dl number, fuehrerschein, fuhrerschein, fuehrerscheinnummer,
        fuhrerscheinnummer, permis de conduire, licencia de conducir, carnet conducir, patente
        guida, drivers, license number of driver""",
    PersonalClass.LICENCE_PLATE: """license plate, licence plate, license plate number, number
        plate, plate number, plate no, licence plate number, kfz kennzeichen, autokennzeichen,
        nummernschild, immatriculation, matricula vehiculo, targa, kenteken, registration
        plate, vehicle registration number""",
    PersonalClass.MEMBER_NUMBER: """employee number, employee no, employee nr, emp no, emp num,
        empno, staff number, staff no, staff id number, badge
        number, badge no, personnel number, personnel no, payroll
        number, worker number, member number, member no, membership
        number, membership no, medical record number, medical
        record no, mrn, patient number, patient no, chart number,
        health plan number, insurance number, insurance member id,
        policy holder number, health card number, health insurance
        number, student number, student no, matriculation number,
        personalnummer, pers nr, persnr, pernr, mitarbeiternummer,
        matrikelnummer, versichertennummer, versicherungsnummer,
        matricule, numero matricule, numero empleado, numero socio,
        person source value, patient source value, legajo, employee
        code, loyalty number, loyalty card number, frequent flyer
        number, frequent flyer, npi, npi number, dea number,
        national provider identifier""",
    PersonalClass.USERNAME: """username, user name, login, login id, login name, user login,
        userlogin, loginname, screen name, screenname, nickname, nick
        name, user handle, twitter handle, account username,
        benutzername, benutzer, anmeldename, nom utilisateur, nom d
        utilisateur, usuario, nombre usuario, nome utente,
        gebruikersnaam, uname, usnam, ernam, aenam, bname, cernam,
        samaccountname, user principal name, upn, logon name, logonname,
        network id, unix user, remote user, auth user, os user, db user,
        session user, aname, login user""",
    PersonalClass.SOCIAL_PROFILE: """linkedin, linkedin url, linkedin profile, linkedin id,
        facebook, facebook url, facebook profile, facebook id, twitter, twitter url, twitter
        profile, twitter id, instagram, instagram handle, skype, skype id, skype name, github,
        github username, github profile, xing, tiktok, snapchat, telegram, wechat, wechat id,
        line id, social profile, social media, social media address, social media url, social
        media profile, social handle, profile url""",
    PersonalClass.SECRET: """password, passwd, passwort, kennwort, pwd, passphrase, password
        hash, password salt, contrasena, mot de passe, motdepasse, senha,
        wachtwoord, parola, haslo, secret, client secret, secret key,
        secret access key, api key, apikey, api token, access token,
        refresh token, auth token, session token, bearer token, private
        key, encryption key, security answer, secret answer, recovery
        code, otp secret, totp secret, mfa secret, pin code card,
        passcode, pin number, credentials, user password, hashed password,
        encrypted password, password digest, reset token, auth key,
        security question answer, access key secret, bcode""",
    PersonalClass.IP_ADDRESS: """ip address, ipaddress, ip addr, ipaddr, client ip, remote ip,
        source ip, src ip, user ip, visitor ip, remote addr, remote address, ip adresse, ip4,
        ip6, ipv4, ipv6, ip, login ip, last login ip, forwarded for, x forwarded for, c ip,
        client address, client addr, signup ip, customer ip, sign in ip""",
    PersonalClass.DEVICE: """imei, imsi, mac address, mac addr, iccid, macaddress, device serial
        number, device mac, idfa, gaid, advertising id""",
    PersonalClass.IBAN: "iban, iban number, iban no, iban nr, bank iban, account iban",
    PersonalClass.BANK_ACCOUNT: """bank account, bank account number, bank account no,
        bankaccount, bank acct, bank acct number, kontonummer, konto nr, ktonr, bankverbindung,
        bankkonto, bankn, numero de cuenta, numero cuenta, cuenta bancaria, clabe, numero de
        compte, numero compte, rib, compte bancaire, conto corrente, numero conto, conta
        bancaria, rekeningnummer, bban, account number masked, deposit account number, direct
        deposit account""",
    PersonalClass.CARD_NUMBER: """credit card, credit card number, creditcard, creditcardnumber,
        credit card no, card number, card no, card num, cardnumber, cc number, ccnumber, cc
        num, ccnum, cc no, debit card, debit card number, payment card, payment card number,
        card pan, kreditkarte, kreditkartennummer, kartennummer, numero tarjeta, numero de
        tarjeta, tarjeta credito, numero carte, carte bancaire, numero carta, primary account
        number, ccins, ccnumber full""",
    PersonalClass.CARD_CODE: """cvv, cvc, cvv2, cvc2, csc, cid code, cc cvc, cc cvv, card
        security code, card verification value, card verification code, security code card,
        card cvv, card cvc, pruefziffer karte, card pin, kartenpruefnummer""",
    PersonalClass.PHOTO: """photo of person, avatar, avatar url, profile photo, profile picture,
        profile image, profile pic, portrait, selfie, headshot, face image, passport photo,
        passbild, foto perfil, photo identite""",
    PersonalClass.DOCUMENT: """resume, cv, curriculum vitae, lebenslauf, cover letter, motivation
        letter, curriculum, hoja de vida, anschreiben, signature image, reference letter""",
    PersonalClass.BIOMETRIC: """biometric, biometrics, biometric template, biometric data,
        fingerprint template, fingerprint image, face encoding, face embedding, faceprint,
        voiceprint, retina scan, iris scan, dna sequence, dna profile, genome of person""",
    PersonalClass.HEALTH: """diagnosis of person, disability, disabilities, disability status,
        disabled status, handicap, behinderung, schwerbehinderung, grad der behinderung,
        discapacidad, blood type, blood group, blutgruppe, hiv status, hiv, pregnancy,
        pregnant, is pregnant, pregnancy status, allergy, allergies, medical condition, medical
        conditions, medical history, health condition, health status, health issues, chronic
        condition, mental health, comorbidity, smoking status, smoker, is smoker, alcohol use,
        substance use, vaccination status, immunization, cause of death, todesursache,
        krankheit, krankheiten, krankheitsgrund, enfermedad, maladie, sick leave reason,
        sickness reason, prescription, medications, medication, allergen, primary diagnosis,
        secondary diagnosis, admission diagnosis, discharge diagnosis, diagnosis code,
        diagnosis description, icd code, icd10, icd9, icd 10 code, icd 9 code, symptoms,
        medical notes, clinical notes, diagnose, diagnostico, bmi""",
    PersonalClass.ETHNICITY: """ethnicity, ethnic group, ethnic origin, ethnic background, ethnic
        code, ethnic, racial group, race ethnicity, race code, race concept, race source, race
        description, ethnische herkunft, ethnie, etnia, etnicidad, raza, origine ethnique,
        origen etnico, hispanic latino, hispanic origin, tribe, caste, indigenous status, skin
        color, skin colour""",
    PersonalClass.RELIGION: """religion, religious, religious affiliation, religious belief,
        religious denomination, faith, konfession, kirchensteuer,
        kirchensteuermerkmal, konfession code, religione, religiao,
        religie, religious suffix, denomination of person, church tax,
        konfe""",
    PersonalClass.POLITICS: """political affiliation, political party, party affiliation,
        political opinion, political views, voter party, union member, union membership, trade
        union, gewerkschaft, gewerkschaftsmitglied, afiliacion sindical, syndicat""",
    PersonalClass.ORIENTATION: """sexual orientation, sexuality, sexuelle orientierung,
        orientacion sexual, orientation sexuelle, sex life, gender identity, transgender""",
    PersonalClass.MARITAL_STATUS: """marital status, maritalstatus, marital, marital state, civil
        status, married, is married, familienstand, zivilstand, estado civil, etat civil,
        situation familiale, situation matrimoniale, stato civile, burgerlijke staat, stan
        cywilny, famst""",
    PersonalClass.MILITARY: """military service, military status, military rank, military branch,
        veteran status, veteran, is veteran, protected veteran, military, wehrdienst, servicio
        militar, service militaire, discharge type military""",
    PersonalClass.CRIMINAL_RECORD: """criminal record, criminal history, criminal conviction,
        prior convictions, conviction record, background check result, arrest record,
        fuehrungszeugnis, vorstrafen, antecedentes penales, casier judiciaire, felony
        conviction""",
    PersonalClass.INCOME: """salary, salaries, base salary, annual salary, monthly salary,
        salary amount, gross salary, net salary, base pay, pay rate,
        hourly rate employee, hourly wage, wage, wages, annual income,
        yearly income, monthly income, household income, personal income,
        gross income, income amount, take home pay, bonus amount, annual
        bonus, gehalt, bruttogehalt, nettogehalt, jahresgehalt, lohn,
        einkommen, jahreseinkommen, salaire, salaire brut, salaire net,
        revenu annuel, salario, sueldo, stipendio, vencimento,
        remuneracion, remuneration, compensation amount, credit score,
        fico score, fico, net worth, bonitaet, schufa score, annual inc""",
    PersonalClass.GENDER: """gender, gender code, sex, sex code, geschlecht, genero, sexo, genre,
        sesso, geslacht, plec, kon, gesch, biological sex, sex at birth, kjonn, sukupuoli,
        cinsiyet""",
    PersonalClass.POSTAL_CODE: """zip, zip code, zipcode, zip plus 4, postal code, postalcode,
        postcode, post code, plz, postleitzahl, codigo postal, code postal, cap code, cep,
        pstlz, pstl, postnummer, postnr, pincode, pin code, kod pocztowy, postinumero, eircode""",
}
"""Phrases that mean the class in most tables."""

_IN_PERSON_TABLES: dict[PersonalClass, str] = {
    PersonalClass.NAME: """name, nom, nombre, nome, naam, nimi, namn, navn, nazwa, display
        name, customer name, client name, kundenname, owner name, author
        name, buyer name, seller name, sender name, alias, initials, name
        full, borrower name, tenant name, donor name, agent name,
        representative, sales rep name, assignee name, owner, manager,
        supervisor, contact, kontakt, spouse, next kin, author, also known
        as, aka, former name, previous name, suffix name, billing name,
        shipping name, ship name, ship to name, bill to name, first, last,
        middle, maiden""",
    PersonalClass.PHOTO: "photo, picture, image, foto, bild, thumbnail, photo url, image url",
    PersonalClass.ETHNICITY: "race, nationality ethnicity, racial, minority",
    PersonalClass.HEALTH: """diagnosis, condition, disease, medical, symptom, drug, drugs,
        medicine, procedure, treatment, cause, cause of death, vaccine, vaccination, injury,
        injuries, diabetes, cholesterol, blood pressure, glucose, heart rate, weight kg,
        illness, therapy, drug name, treatment description, clinical status, dosage, reason for
        visit, chief complaint""",
    PersonalClass.INCOME: """income, pay, compensation, bonus, earnings, commission amount,
        deductions, garnishment, gross pay, net pay, pay amount, overtime
        pay, credit rating""",
    PersonalClass.BANK_ACCOUNT: """account number, account no, acct number, acct no, konto,
        routing account, iban bic""",
    PersonalClass.NATIONAL_ID: """id number, identification number, personal number, document
        number, id no, national, identification, document id number, sin""",
    PersonalClass.SECRET: "pin, token, hash password, salt, security question",
    PersonalClass.LOCATION: """latitude, longitude, lat, lon, lng, long, geo, geolocation, geo
        location, gps, gps coordinates, coordinates, geo point, geopoint, lat lon, lat long,
        latlng, spatial location, home location, breitengrad, laengengrad, x coordinate, y
        coordinate""",
    PersonalClass.CRIMINAL_RECORD: "conviction, convictions, criminal, arrests, offense, offence",
    PersonalClass.POLITICS: "party, vote, voted for",
    PersonalClass.DOCUMENT: "signature, unterschrift, firma digital, document scan",
    PersonalClass.CARD_NUMBER: "pan, account pan",
    PersonalClass.USERNAME: """handle, user, account name, created by, updated by, modified by,
        changed by, last modified by, entered by, inserted by, created user, author login,
        userid name""",
}
"""Phrases that mean the class only where the table is about persons."""

_AUDIT_USERS = """created by, updated by, modified by, changed by, last modified by, last updated
    by, entered by, inserted by, created by user, modified by user, erstellt von, geaendert von"""

_NOT_PERSONAL = """file name, filename, host name, hostname, domain name, table name, column
    name, schema name, database name, product name, company name, business name, organization
    name, organisation name, org name, brand name, category name, city name, country name,
    state name, region name, team name, group name, department name, dept name, store name,
    shop name, supplier name, vendor name, site name, school name, hospital name, event name,
    campaign name, project name, item name, event type, user agent, useragent, user type, user
    role, user group, job name, web address, url address, address book, wallet address, memory
    address, contract address, email subject, email template, email campaign, email body, mail
    server, phone type, phone model, phone brand, mobile app, mobile device, mobile os, mobile
    carrier, cell type, cell line, cell count, tel code, ip protocol, ip version, tax rate, tax
    amount, tax code, tax class, tax type, country of birth, birth rate, birth weight, age of
    account, age days, account age, image age, tail number, street view, address space, card
    type, credit card type, card brand, card network, address type, email type, email client,
    email event, email status, stage name, street type, street class, pin type, resume date,
    resumed at, sex ratio, gender gap, wage gap, secret santa, scientific name, common name,
    species name, genus name, station name, airport name, airline name, stadium name, venue
    name, course name, class name, function name, service name, server name, device name, model
    name, app name, application name, package name, feature name, metric name, test name, plan
    name, role name, status name, type name, account type, mobile version, drug class, race
    name, race id, race date, race time, race number, party name, party id, party size, third
    party, image size, picture size, medical supplies, photo id, photo count, photo credit,
    hash key, partition key, primary key, foreign key, sort key, key name, name type, name set,
    nameset, document type, document number type, token type, token count, tokens, condition
    type, phone country code, telephone country code, email domain, employee count, name
    prefix, name suffix, name title, time zone name, union council, civil status code country,
    street crossing, weather condition, road condition, item condition, product condition,
    condition rating, marital discount, health check, health check url, health score service,
    ip range, bank name, bank code, bank country, card expiry, card expiration, driver count,
    drivers count, login count, login type, long name, short name, long description, long text,
    pay period, pay type, pay date, pay frequency, payment method"""


def plain(text: str) -> str:
    """A text in lower case without accents; ß becomes ss."""
    lowered = text.lower().replace("ß", "ss")
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _phrases(text: str) -> list[str]:
    bare = (re.sub(r"[\s\d]", "", phrase) for phrase in text.split(","))
    return [phrase for phrase in bare if phrase]


@cache
def phrases() -> dict[str, tuple[PersonalClass | None, bool]]:
    """All phrases without blanks and digits: their class, and whether only in tables of persons.

    The class None marks phrases that look personal and are not.
    """
    known: dict[str, tuple[PersonalClass | None, bool]] = {}
    for found, text in _IN_PERSON_TABLES.items():
        known.update((phrase, (found, True)) for phrase in _phrases(text))
    for found, text in _SURE.items():
        known.update((phrase, (found, False)) for phrase in _phrases(text))
    users = _phrases(_AUDIT_USERS)
    known.update((phrase, (PersonalClass.USERNAME, False)) for phrase in users)
    known.update((phrase, (None, False)) for phrase in _phrases(_NOT_PERSONAL))
    return known


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A phrase among the words of a name: words[start:end]."""

    start: int
    end: int
    found: PersonalClass
    in_person_tables: bool


def find_phrase(words: Sequence[str]) -> Hit | None:
    """The phrase that ends last in a name, the longest of those; None where it is harmless."""
    known = phrases()
    for end in range(len(words), 0, -1):
        for start in range(max(0, end - 4), end):
            entry = known.get("".join(words[start:end]))
            if entry:
                found, in_person_tables = entry
                if found is None:
                    return None
                return Hit(start=start, end=end, found=found, in_person_tables=in_person_tables)
    return None
