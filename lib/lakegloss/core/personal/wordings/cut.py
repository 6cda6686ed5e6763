"""Lists names of columns that are cut short in ways of their own: `stat_viol`, `f_defun`, `ral`.

They are written as those in `phrases`: separated by commas, compared without blanks.
"""

from collections.abc import Mapping

from lakegloss.core.personal.classes import PersonalClass

P = PersonalClass

SURE: Mapping[PersonalClass, str] = {
    P.NAME: """ship to attn, deliver to attn, notify attn, honoree, honoree name, honouree, in
        memory of, in honor of, tribute name, dedicatee, citofono, nome citofono, nom
        interphone, familiar aviso, avisar a, lead pax, lead passenger, acct holder full,
        ultimo apellido, nazw imie, imie nazw, naam voluit, nom entier, nombre y ape, cog nom,
        cognome e nome, apellido nombre, ape nom, fam name, famname, giv name, gvn name""",
    P.DEATH_DATE: """dcd dt, dcsd dt, decd dt, dec dt pers, f defun, fch defun, f obito, data zg,
        data zgonu, overl datum, overl dat, datum overl, dt deces, dat deces, exitus, exitus dat,
        date of passing, passed away on, passed on date""",
    P.BIRTH_DATE: """fec nacto, fch nacto, f nacto, nacto, geb d, geb datum pers, dt of birth,
        dateofbth, date of bth, brth dte, birthd, urodz dnia, nato il giorno, dnasc""",
    P.INCOME: """hrly rt, hrly rate, hr rt pay, hourly rt, mo sal, sal base, sal bas, sal annl,
        ral annua, eink mtl, nettoeink, bruttoeink, ingresos mes, ingreso mensual, ing mensual,
        ing mens, inc mo, monthly inc, mthly inc, annl inc, yrly inc, doch mies, doch netto,
        household inc amt""",
    P.NATIONAL_ID: """carta id, carta identita, num carta id, num doc id, nro doc id, ci num,
        num ci, nro ci, doc ident, doc identificacion, doc identidade, rijksreg, rijksregnr,
        seria dowodu, seria i nr dowodu, dow os, nr dow os, pers ausw nr, perso nr, ausw nr, uk
        ni, nat ins no, natl ins no, ni nbr, lib maritima, libreta maritima, libretta maritima,
        libretto navigazione, libretto nav, seamans book, seaman book, seamans book no, seaman
        book no, discharge book, discharge book no, cdc no seafarer, livret marin,
        seefahrtsbuch, nat id, natl id, natl id no, nid, nid no, citizen no""",
    P.TAX_ID: """utr, utr no, unique taxpayer ref, tax ref person, steuer idnr, idnr steuer""",
    P.DRIVING_LICENCE: """lic no driver, driv lic nbr, driv lic no, drvr lic, nr prawa j, prawo
        jazdy nr, fs nr, fs klasse, fuehrersch, permis cond, carnet cond, dl nbr, op lic no""",
    P.BANK_ACCOUNT: """cta banc, cta bancaria, nro cta banc, bacs acct, bacs acc, nr konta banc""",
    P.HEALTH: """absence type rsn, abs reason, abs rsn, abs cause, absent reason, reason abs, reason
        adm, rsn adm, adm reason, admit reason, admit rsn, rsn visit, visit rsn, reason for call
        medical, fehlgrund, fehlzeit grund, grund fehlzeit, krankheitsgrund, verzuimreden, reden
        verzuim, reden afwezig, motif abs, motif arret, motivo ausencia, motivo baja, causa baja,
        causa ausencia, motivo assenza, causale assenza, motivo falta, przyczyna nieob, sick
        reason, sickness reason, ill reason, illness type, diet req, diet notes, diet restr,
        dietary notes, dietary needs, spec diet, meal restr, med alert, med alerts, medic alert,
        allergy alert, life support flag, special assist, spec assist, assist code pax,
        incap code, work incap, disab status, disability pct, gdb, gdb grad, schwerbeh, mdk
        pflegegrad, pflegegrad, pflegestufe, grado discap, taux invalidite, taux incapacite,
        invalidite, grado invalidita, stopien niepeln""",
    P.MARITAL_STATUS: """mstat, m stat, situacion civil, sit civil, civ stat, civ status, civilst,
        civil st, fam stnd, fam stand""",
    P.POLITICS: """polit aff, pol aff, polit affil, tessera sind, sigla sind, afil sindical, union
        mbr no, union member no, union member id, gew mitgl, affil syndicale""",
    P.MILITARY: """discharge type, discharge status military, discharge char, draft status, draft
        class, wehrdienst, serv mil, servicio militar, servizio militare, sluzba wojskowa, vet
        preference, veterans preference, dd form""",
    P.RELIGION: """relg, relg code, relgn, rlgn, relig code, parish of baptism, baptism date,
        baptised, baptized, confirmed in church, kirchenzug, kirche zugeh""",
    P.ETHNICITY: "eth cd, eth desc, ethn cd, ethnicity cd, pueblo indigena, migrationshgr",
    P.PHOTO: "passfoto, pass foto, passport photo, profile img, prof img, prof pic, foto pers",
    P.CRIMINAL_RECORD: """pnc id, pnc ref, pnc no, ref pnc, cro no, cro number, stat viol,
        statute viol, sent txt, sent months, disp desc, prior conv, prob terms, bail amt, bail
        set, bond amt court, dbs result, dbs check result, crb result, criminal check result,
        casier judiciaire, fuehrungszeugnis, penales, ficha criminal""",
    P.ADDRESS: "add line, add ln, addr l, adr l, res line, corr add, perm add, pres add",
}

IN_PERSON_TABLES: Mapping[PersonalClass, str] = {
    P.PASSPORT: "ppt, ppt nr, passp, pass num, pp nbr",
    P.ORIENTATION: "seeking, interested in, looking for, attracted to, seeks",
    P.INCOME: "brutto, netto, remun, haber, haberes, bruto, lordo, sal base pt, sal liq",
    P.HEALTH: """send cat, sen cat, sen code, sen need, foerderschwerp, foerderbedarf, nee, acnee,
        bes code, sport medical, illness, wchr, wchr ind, ssr, ssr cd, ssr
        code""",
    P.EDUCATION: "gpa, final grade, transcript, degree class, grade avg",
    P.MILITARY: "mil rank, mil branch, mil status, svc branch",
    P.ETHNICITY: "herkunft, heritage, ancestry, tribe, caste",
    P.SECRET: "pin cd, pin code, pin no, pin nr, passcode, pass code, keycode, key code",
}
