"""Lists phrases of single trades that are personal only in some tables, or only look personal."""

from collections.abc import Mapping

from lakegloss.core.personal.classes import PersonalClass

P = PersonalClass

IN_PERSON_TABLES: Mapping[PersonalClass, str] = {
    P.NAME: """nominee, nominee name, beneficiary, beneficiario, beneficiaire, nick, ape, apell, nom
        hab, adjuster, cust display, user display, household head, head of household, alternate
        name, name alias, alias name, primary name, display nm, motm""",
    P.ETHNICITY: """eth, ethn, cor raca, origin ethnic, raca, cor, social category, indigenous flag,
        hisp ind""",
    P.CITIZENSHIP: """visa, visa cls, visa class code, alien, immigrant, migrant, ctz, work permit,
        work permit no, work permit number, foreign national""",
    P.POLITICS: """pty, pty desc, party name, union, union name, local union, dues, dues amt,
        dues amount, party pref, party preference, union number""",
    P.HEALTH: """body part, injury part, inj type, injury code, lost time reason, restriction,
        restrictions, dietary, absence reason, absence rsn, leave reason, primary need, disab svc,
        disability services, disability service, disability support, medical flag, med flag, apgar,
        bp systolic, bp diastolic, sleep hours, calories burned, wheelchair, antecedents,
        antecedentes""",
    P.CRIMINAL_RECORD: """crime, crime type desc, offenses, sentence months, sentence length,
        parole, probation, priors, priors count, juv fel count, custody status, record criminal,
        warrants, open warrants, background check, disciplinary action""",
    P.INCOME: """taxes withheld, wages paid, total comp amount, ote, commission, commissions,
        allowance, allowances, stipend amount, agi, fixed pay, revenus foyer, income source amount,
        pension, benefits amount, income level, income cat, disposable income, estimated income, est
        income, severance, aww, pension amount, pension monthly""",
    P.LOCATION: """nato a, nata a, nato in, ne a, geboren in, natural de, nacido en, urodzony w,
        birth place, place of birth, birthplace, lugar nacimiento, lugar nac, luogo
        nascita, luogo nasc, geburtsort, geb ort, lieu naissance, lieu naiss, lieu de naissance,
        local nascimento, naturalidade, miejsce urodzenia, miejsce ur, geboorteplaats, fodested,
        fodelseort, pob, pob city, birth city, city of birth, town of birth, municipio nacimiento,
        comune nascita, commune naissance, ville naissance, cidade nascimento""",
    P.MEMBER_NUMBER: """card no member, registration number, registration no, reg no, regno,
        enrolment no, enrollment no, admission no, admission number, admn no, student code, pupil
        code, learner id, file no patient, folder no, case no patient, voter no, elector no, ine""",
    P.USERNAME: """usr, operator login, op user, logon, uid login""",
    P.DEVICE: """cookie, device uid, device token, client cookie""",
    P.BANK_ACCOUNT: """iban, conta, cuenta, compte, conto, rekening""",
    P.RELIGION: """credo, culto, confession, halal, kosher""",
    P.PHONE: """cel, mobiel, fone""",
    P.PHOTO: """mug""",
}
"""Phrases that mean the class only where the table is about persons."""

NOT_PERSONAL = """vehicle identification number, vehicle identification, pet weight, animal weight,
    salary range min, salary range max, salary range mid, salary range low, salary
    range high, pay range min, pay range max, pay range mid, pay range low, pay range high, pay
    scale min, pay scale max, salary band min, salary band max, salary grade, range minimum, range
    maximum, range midpoint, salary min, salary
    max, min salary, max salary, salary from, salary to, prescription number, prescription no,
    prescription id, rx number, rx no, attendance note, paye ref, payee type, pension scheme,
    payroll run, payroll group, payroll area,
    payroll period,
    cost of birth, birth certificate type, born digital, address hash key, cookie consent,
    cookie policy, cookie banner, cookie category, cookie flag, union type, union all, pep
    version, reply to count, visa card, visa debit, visa network, visa mc, background color,
    pref lang, preferred language, preferred contact, preferred contact method, preferred
    channel, preferred store, first order, last order, first seen, last seen, first login, last
    login date, gross weight, net weight, base uom, base currency, base price, net price, gross
    price, gross margin, net sales, gross sales, net amount, gross amount, net value, gross
    value, net change, net revenue, gross revenue, net profit, restriction type code, origin
    country, prior year, prior month, prior period, prior balance, prior auth, prior
    authorization, charge amount, charge amt, charges amount, total charges, billed charges,
    covered charges, service charge, charge code, charge type, sentence count, sentence id,
    custody account, mail order, mail class, mail drop, mail code, mail stop, mailstop, cell
    phone model, phone system, restriction enzyme, display order, display type, display flag,
    display size, display mode, display resolution, display currency, displays, beneficiary
    type, beneficiary relationship, beneficiary pct, beneficiary share, appreciation rate, price
    appreciation, appreciation pct, orientation page, screen orientation, device orientation,
    page orientation, image orientation, confirmation dt order, order confirmation, confirmation
    number, confirmation code, confirmation no, tracking number, tracking url, local id, local
    name, resume token, resume position, resume from, resume flag, cor code, otp version, ald
    code, visa fee, indir cost, register operator"""
"""Phrases that only look personal."""
