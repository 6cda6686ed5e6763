"""Lists short English phrases for personal data: of call records, logs, rosters and registers.

They are written as those in `phrases`: separated by commas, compared without blanks.
"""

from collections.abc import Mapping

from lakegloss.core.personal.classes import PersonalClass

P = PersonalClass

SURE: Mapping[PersonalClass, str] = {
    P.NAME: """
        ord prov, ordering prov, att prov, attending prov, admitting prov, adm prov, ref prov,
        referring prov, rend prov, rendering prov, treating prov, perf prov, performing
        provider, primary care prov, family physician, responsible physician, assigned nurse,
        charge nurse, emergency ctc, emerg ctc, ice contact, ice name, proxy name, health proxy,
        power of attorney, authorised signatory, authorized signatory, authorized signer, joint
        holder, joint owner name, co owner name, co driver name, second driver, named driver,
        additional driver, lead passenger, lead guest, party leader, booker name, booked for,
        deceased name, decedent, decedent name, missing person, person of interest, appellant
        name, appellee name, juror name, stage surname, sworn by, witnessed name, picked up by
        name, collected by name, received by name, signed for by, authorised pickup, authorized
        pickup, emergency pickup, lpa holder, appointee
    """,
    P.PHONE: """
        a party, b party, c party, a subscriber, b subscriber, a msisdn, b msisdn, a num, b num,
        anum, bnum, a nbr, b nbr, cli number, clid, calling no, called no, calling nbr, called
        nbr, calling party no, called party no, calling party nbr, called party nbr, calling
        party num, called party num, orig number, orig no, originating number, terminating
        number, dest number, destination number, other party number, other party no, dialled
        digits, dialed digits, dialled no, dialed no, forwarded number, redirecting number,
        caller ani, from msisdn, to msisdn, sms phone, sms mobile, text number, texting number,
        alt phone, alternate phone, alt tel, second phone, mob phone, cell num, cell nbr, cell
        tel, wireless no, wireless number, phone day, phone eve, eve phone, day phone, tel day,
        tel eve, tel home, tel work, tel mob, tel cell, emerg tel, tel emerg, ice phone, ice
        tel, nok phone, nok tel, callback number, callback no, call back number
    """,
    P.USERNAME: """
        logged in as, login as, logged in user, signed in as, signed in user, run as user,
        acting user, acting as, acting as user, impersonated user, impersonator, effective user,
        auth user, authenticated user, remote user, cs username, os user, os username, db user,
        db username, client user, unix user, linux user, windows user, sam account name, upn,
        user principal name, principal name, network login, network id user, nt login, nt user,
        ad user, ad login, domain user, session user, owner login, requested for user, upd user,
        ins user, crt user, chg user, mod user, cre user, entry user, user crt, user upd, user
        ins, user mod, add user, edit user, lst upd user, last upd user, maint user, rec user,
        opened by user, reg by, regd by, upd by, crt by, cre by, mod by, chg by, ins by, del by,
        appr by, chk by, auth by, verif by, recd by, rcvd by, ent by, lst upd by, last upd by,
        last mod by
    """,
    P.CRIMINAL_RECORD: """
        gang aff, gang affil, gang affiliation, gang member, gang name, gang id name, gang
        status, security threat group, stg affiliation, prior record, criminal hist, rap sheet,
        sex offender, registered sex offender, sex offender status, sex offender level, prior
        convictions, prior arrests, prior felonies, prior offenses, on parole, supervision level
        offender, outstanding warrants, warrant status person, crim conv, criminal conv, crim
        conviction, crim convictions, crim hist, crim rec, crim record, criminal rec, conviction
        yn, dbs result, dbs check result, crb result, background check result
    """,
    P.MEMBER_NUMBER: """
        patron barcode, patron card, borrower barcode, borrower card, card barcode, badge
        barcode, student barcode, member barcode, membership barcode, reader ticket, library
        card, library card no, library barcode, staff barcode, employee barcode, badge no, badge
        nbr, badge num, staff card no, wristband no person, sis id, sis user id, sis no, sis
        number, ktn, known traveler no, known traveler number, known traveller number, known
        traveller no, redress no, redress number, trusted traveler no, frequent flyer, frequent
        flyer id, ff num
    """,
    P.DRIVING_LICENCE: """
        cdl no, cdl number, cdl nbr, cdl num, cdl, drv lic, drv lic no, drvr lic no, dr lic, dr
        lic no, op lic no, operator license no, operators license, oln, dl state number, license
        no driver, chauffeur license no
    """,
    P.INCOME: """
        gross pd, net pd, gross earned, gross paid, net paid wages, wages earned, gross
        earnings, net earnings, gross erngs, regular earnings, overtime earnings, reg pay, ot
        pay, vac pay, hol pay, holiday pay amt, pto payout, severance amt, sev pay, bonus amt
        paid, annual comp, ann comp, total pay, tot pay, tot comp, take home pay, pay gross, pay
        net, spouse inc, household net, self reported income, declared income, monthly inc,
        mthly inc, annual inc, ann inc, ann income, yrly income, ann inc decl, declared inc,
        stated inc, verified inc, inc decl, inc stated, inc verified
    """,
    P.HEALTH: """
        health issue, health issues, health problem, health problems, health condition, health
        conditions, med condition, med conditions, medical needs, med needs, medical alert,
        medical alerts, med alert, health alert, chronic illness, chronic conditions, special
        needs, sen status, sen need, ehcp, mobility aid, hearing aid, food allergies, food
        allergy, drug allergies, dietary needs medical, epipen, inhaler, current medications,
        current meds, meds list, on medication, vaccine name given, covid vaccinated, drug test
        result, alcohol test result, fit for duty, fitness for duty, work restrictions medical,
        med cert reason, med cert, medical cert, medical certificate, medical certificate
        reason, sick note reason, fmla reason, accommodation reason, accommodations medical,
        meal ssr, ssr meal, special meal, spml, ssr wchr, wchr, special assistance medical,
        disch disp, discharge disp, discharge disposition, discharge status patient, disposition
        of patient, mode of arrival patient, tb test, hiv test, hiv result, drug screen, drug
        screen result, alcohol test, pcr result, pcr test, antigen test, mantoux, tb result,
        covid test, covid result, test result covid, resting hr, resting heart rate, rhr, max
        hr, avg hr, heart rate avg, heart rate max, vo max, body fat, body fat pct, fat pct
        body, blood oxygen, oxygen sat, oxygen saturation, blood sugar, injuries note, injury
        note, injury notes, injury history, health note, health notes, medical note, medical
        notes, health questionnaire, parq, fitness test result medical, disability pct,
        disability percent, disability rating, main cond, main condition, primary condition,
        primary cond, smokes, smoker yn, drinks alcohol, xray path, xray image, xray url, scan
        path medical, dicom path, dicom uid patient
    """,
    P.NATIONAL_ID: """
        id doc, id docs, identity doc, identity document, id card nbr, id card num, id paper no,
        proof of identity no, kyc doc no, kyc id no, kyc id number
    """,
    P.ADDRESS: """
        ship line, ship addr line, ship street line, deliv addr, deliv line, del addr, del line,
        dlvry addr, shipto addr, ship to addr, ship to street, ship to line, recipient addr,
        pickup addr, return addr customer
    """,
    P.POLITICS: """
        vote history, voting history, vote hist, voter history, ballot party, primary ballot
        party, reg party, registered party, party registration, party reg
    """,
    P.DOCUMENT: """
        sig path, sig url, sig image, sig img, sig file, signature path, signature url,
        signature image, signature img, signature file, signature scan, signature blob,
        signature data, esignature, e signature, driver sig, customer sig, cust sig, recipient
        sig, pod signature, signed image, id scan, id scan path, id image, id front, id back,
        passport scan, licence scan, license scan, document photo
    """,
    P.BIOMETRIC: """
        fingerprint ref, fingerprint file, fingerprint image, fingerprint path, fingerprint hash
        person, fingerprint template, finger template, face template, face encoding, face
        embedding, face vector, face id template, voice print, voiceprint, iris scan, iris code,
        retina scan, palm print, palm template, biometric, biometrics, biometric id, biometric
        hash, biometric template, biometric ref
    """,
    P.PHOTO: """
        selfie, selfie url, selfie path, head shot, headshot, headshot path, mug shot, mugshot,
        portrait path, portrait url, face photo, face image, face img, id photo path, passport
        photo
    """,
    P.PASSPORT: "pp number, pp num, pp nbr",
}
IN_PERSON_TABLES: Mapping[PersonalClass, str] = {
    P.PHONE: "sms, text msg no",
    P.HEALTH: """
        medic alert, needs medical, aid need, gp notes, ssr, disposition disch, disch stat
    """,
    P.INCOME: "net worth, estimated net worth",
    P.NAME: "attn, attention, ship to, deliver to, sold to",
}
NOT_PERSONAL = """
    specimen cond, specimen condition, sample cond, sample condition, specimen quality, sms
    count, sms sent, sms opt in, sms optin, sms status, sms template, sms enabled, barcode type,
    barcode format, from number range, remote user agent, third party number, gp surgery,
    surgery no, surgery name, surgery code, surgery phone, doctors surgery, dental surgery name,
    bureau vote, bureau de vote, polling station, polling place, seggio, sezione elettorale,
    mesa electoral, secao eleitoral, stembureau, wahllokal, wahlkreis, lokal wyborczy, taxa
    cond, taxa condominio, born on date, born on dt, secret nm, secret name, secret ref, secret
    key ref, secret path, secret arn, secret version, race cond, race condition, batch party, ct
    scanner, ct ratio, ct type, mri machine, rx bytes, rx packets, rx rate, lab tech name type
"""
