"""Lists phrases that are personal only in some tables, and phrases that only look personal.

They are written as those in `phrases`.
"""

from lakegloss.core.personal.classes import PersonalClass

IN_PERSON_TABLES: dict[PersonalClass, str] = {
    PersonalClass.NAME: """name, nom, nombre, nome, naam, nimi, namn, navn, nazwa, display
        name, customer name, client name, kundenname, owner name, author name, buyer name,
        seller name, sender name, alias, initials, name full, borrower name, tenant name, donor
        name, agent name, representative, sales rep name, assignee name, owner, manager,
        supervisor, contact, kontakt, spouse, next kin, author, also known as, aka, former
        name, previous name, suffix name, billing name, shipping name, ship name, ship to name,
        bill to name, first, last, middle, maiden, nume, nama, isim, ime, meno, sei, mei, fio,
        emri, contributor, requester, claimant, cust name, cust nm, client nm, customer
        nm, known as, chosen name, real name""",
    PersonalClass.PHOTO: "photo, picture, image, foto, bild, thumbnail, photo url, image url",
    PersonalClass.ETHNICITY: "race, latino, nationality ethnicity, racial, minority",
    PersonalClass.NATIONALITY: """nationality, nationality code, nationality desc,
        nationalities, natio, nationalitaet, nationalitat, nationalite, nacionalidad,
        nacionalidade, nazionalita, nationaliteit, national origin, country of nationality""",
    PersonalClass.CITIZENSHIP: "citizen, visa type",
    PersonalClass.ORIENTATION: "trans, pronouns",
    PersonalClass.LICENCE_PLATE: "plate, plates, kennzeichen",
    PersonalClass.HEALTH: """diagnostic, motif consult, motif consultation, motivo consulta, motivo
        ingreso, injury desc, injury type, nature of injury, abn flg, abn flag, dthfl, tobacco,
        diagnosis, condition, disease, medical, symptom, drug, drugs, medicine, procedure,
        treatment, cause, cause of death, vaccine, vaccination, injury, injuries, diabetes,
        cholesterol, blood pressure, glucose, heart rate, weight kg, illness, therapy, drug name,
        treatment description, clinical status, dosage, reason for visit, chief complaint, iep,
        disabled, is disabled, handicapped, vital status, deceased, is deceased, deceased boolean,
        deceased flag, deceased ind, tumor stage, cancer stage, smoking, hypertension, heart
        disease, diabetic, stroke, hemoglobin, systolic, diastolic, pulse, prognosis, surgery,
        immunization status, vaccinated""",
    PersonalClass.MARITAL_STATUS: "filing status, tax filing status",
    PersonalClass.INCOME: """agi, income, pay, compensation, bonus, earnings, commission amount,
        deductions, garnishment, gross pay, net pay, pay amount, overtime pay, credit rating,
        sal, base rate, hourly rate, payrate, monthly rate, daily rate, ctc, stipend, take
        home, net income, comp total, converted comp, converted comp yearly, total income,
        bonus pay, longevity pay, annual rate, incentive pay, severance pay""",
    PersonalClass.BANK_ACCOUNT: """account number, account no, acct number, acct no, konto,
        routing account, iban bic, acct num, account num, acct nbr, account nbr""",
    PersonalClass.NATIONAL_ID: """cns, id number, identification number, personal number, document
        number, id no, national, identification, document id number, sin, rg, nik, rrn, sfz, id
        document, document no, numero documento, num documento, nro documento, documento""",
    PersonalClass.SECRET: "pin, token, hash password, salt, security question",
    PersonalClass.LOCATION: """latitude, longitude, lat, lon, lng, long, geo, geolocation, geo
        location, gps, gps coordinates, coordinates, geo point, geopoint, lat lon, lat long,
        latlng, spatial location, home location, breitengrad, laengengrad, x coordinate, y
        coordinate""",
    PersonalClass.CRIMINAL_RECORD: """conviction, convictions, criminal, arrests, offense,
        offence, arrest reason, crime committed, top charge, charge desc, charge
        description, charge code, arrest charge, offense description, offense code,
        offence description, offense desc""",
    PersonalClass.MEMBER_NUMBER: """matricula, matr, roll number, roll no, chart no, hospital no,
        hospital number, identifier value, badge, badge id""",
    PersonalClass.TAX_ID: "rfc",
    PersonalClass.POLITICS: "party, vote, voted for, party code, party cd, partei, partido",
    PersonalClass.DOCUMENT: "signature, unterschrift, firma digital, document scan",
    PersonalClass.CARD_NUMBER: "pan, account pan",
    PersonalClass.USERNAME: """handle, user, account name, created by, updated by, modified by,
        changed by, last modified by, entered by, inserted by, created user, author login,
        userid name, uid name, ldap""",
    PersonalClass.ADDRESS: " cim, vej",
    PersonalClass.EMAIL: "mail",
    PersonalClass.PHONE: "gsm,  mob",
}
"""Phrases that mean the class only where the table is about persons."""

AUDIT_USERS = """created by, updated by, modified by, changed by, last modified by, last updated
    by, entered by, inserted by, created by user, modified by user, erstellt von, geaendert von"""

NOT_PERSONAL = """employer identification number, ein, addr number,
    mmsi, maritime mobile service identity, file name, filename, host name, hostname, domain name,
    table name, column name,
    schema name, database name, product name, company name, business name, organization name,
    organisation name, org name, brand name, category name, city name, country name, state name,
    region name, team name, group name, department name, dept name, store name, shop name,
    supplier name, vendor name, site name, school name, hospital name, event name, campaign name,
    project name, item name, event type, user agent, useragent, user type, user role, user group,
    job name, web address, url address, address book, wallet address, memory address, contract
    address, email subject, email template, email campaign, email body, mail server, phone type,
    phone model, phone brand, mobile app, mobile device, mobile os, mobile carrier, cell type,
    cell line, cell count, tel code, ip protocol, ip version, tax rate, tax amount, tax code, tax
    class, tax type, country of birth, birth rate, birth weight, age of account, age days, account
    age, image age, tail number, street view, address space, card type, credit card type, card
    brand, card network, address type, email type, email client, email event, email status, stage
    name, street type, street class, pin type, resume date, resumed at, sex ratio, gender gap,
    wage gap, secret santa, scientific name, common name, species name, genus name, station name,
    airport name, airline name, stadium name, venue name, course name, class name, function name,
    service name, server name, device name, model name, app name, application name, package name,
    feature name, metric name, test name, plan name, role name, status name, type name, account
    type, mobile version, drug class, race name, race id, race date, race time, race number, party
    name, party id, party size, third party, image size, picture size, medical supplies, photo id,
    photo count, photo credit, hash key, partition key, primary key, foreign key, sort key, key
    name, name type, name set, nameset, document type, document number type, token type, token
    count, tokens, condition type, phone country code, telephone country code, email domain,
    employee count, name prefix, name suffix, name title, time zone name, union council, civil
    status code country, street crossing, weather condition, road condition, item condition,
    product condition, condition rating, marital discount, health check, health check url, health
    score service, ip range, bank name, bank code, bank country, card expiry, card expiration,
    driver count, drivers count, login count, login type, long name, short name, long description,
    long text, pay period, pay type, pay date, pay frequency, payment method, cart token, checkout
    token, page token, token name, email comment, street segment, contact type, contact form,
    birth order, cell value, cell id, cell size, tel aviv, pass rate, pass count,
    name of product, name of company, sales region, credit limit, address line count, phone case,
    phone plan, card game, plate type, home page, home team, party type, race distance, race
    result, race track, human race, drug store, username type, condition code weather, air
    condition, vehicle condition, condition grade, tax payer type, license type, minority
    interest, mean blood pressure range, salary cap, salary structure, pay method, wage base,
    birth count, death count, death toll, death rate, births, deaths, unemployment rate, password
    policy, password length, api version, token symbol, token price, token supply, token id"""
"""Phrases that only look personal."""
