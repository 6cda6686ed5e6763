"""Lists phrases for personal data in German, Dutch and the languages of the North.

They are written as those in `phrases`: separated by commas, compared without blanks.
"""

from collections.abc import Mapping

from lakegloss.core.personal.classes import PersonalClass

P = PersonalClass

SURE: Mapping[PersonalClass, str] = {
    P.NAME: """
        vname, v name, vorn, vornam, nname, nachn name, fam name, familienname mieter, zun, geb
        name, gebname, vn name, kontoinhaber, kontoinh, ehepartner name, name ehegatte, name
        partner, name kind, name mieter, name patient, name versicherter, name vn, name kunde,
        name schueler, name arzt, hausarzt, behandelnder arzt, notfallkontakt, sachbearbeiter
        name, anaam, a naam, vnaam, v naam, vnm, achtern, voorn, meisjesn, tussenvoegsels, naam
        partner, naam kind, naam ouder, naam leerling, naam werknemer, naam huisarts, huisarts,
        contactpersoon, noodcontact, rekeninghouder, tenaamstelling, behandelaar, behandelend
        arts, fnamn, enamn, fnavn, enavn, kontaktperson namn, vardnadshavare, parorende,
        parorande, anhorig, fastlege
    """,
    P.PHONE: """
        tel ab, tel dienst, tel dienstl, tel gesch, tel geschaeftl, tel mob, tel mobil, tel p,
        tel priv, tel g, mobilnr privat, handynr privat, notfallnummer, notfall tel, notfalltel,
        rueckrufnummer, rueckrufnr, rufnr, rufnr privat, rufnr mobil, tel prive, tel thuis, tel
        werk, tel overdag, tel nood, noodnummer, mobiel, mobiel nr, mobielnr, mobiele nummer,
        gsm priv, mobilnummer privat, tel bostad, tel arbete, tlf privat, tlf mobil, tlf arbeid,
        telefon hem
    """,
    P.EMAIL: """
        mailadr, mail adr, emailadr, email adr, e mailadr, mail privat, mail priv, mail dienstl,
        mail adres, epostadr
    """,
    P.ADDRESS: """
        str hausnr, str hnr, strasse hnr, strasse nr, strasse hausnr, str und nr, hnr, strasse
        und hausnummer, wohnadresse, wohnanschrift, meldeadresse, rechnungsanschrift person,
        zustelladresse, adr str, adr zeile, adrzeile, straat nr, straatnr, straat huisnr, straat
        en huisnummer, huisnr toev, huisnummer toevoeging, woonadres, thuisadres,
        correspondentieadres, bezorgadres, gatuadr, hemadr, bostadsadr, postadr, veiadresse,
        gateadr
    """,
    P.BIRTH_DATE: """
        geb mieter, geb kind, geb partner, geb ehegatte, geb vn, geb vp, geb patient, geb
        versicherter, geb kunde, geb ma, geb mitarbeiter, geb schueler, geb dat kind, geb dat
        mieter, geb dat partner, geb datum kind, gebdat kind, gebdat partner, gebdat mieter,
        gebdt, gebtm, gebdtm, gdat geburt, geburtsdat, geburtstg, geb datum partner,
        geboortedat, geboorte dat, geb dtm, fodelsedat, fodelsedag, fodseldato, fodt dato, fdato
        person, fodd datum
    """,
    P.DEATH_DATE: """
        sterbedt, todesdat, overl datum, datum overlijden, overlijdensdat, dodsdag, dodsdat
    """,
    P.NATIONAL_ID: """
        personalausw, persoausweis, perso, ausweisnr, ausweis nummer, svnummer, sv num,
        rentenversicherungsnr, rv nummer, rvnr, vsnr, rentenvers nr, bsnnr, bsn klant, id bewijs
        nr, identiteitsbewijs, rijksreg nr, rrnr, personnummer, pnr person, fnr person, cpr,
        fodselsnr barn
    """,
    P.PASSPORT: """
        passnr person, reisepassnr, reisepass nr, paspoortnr, paspoort nr, passnum
    """,
    P.DRIVING_LICENCE: """
        fuehrerschein, fuehrerscheinnr, fuehrerschein nr, fuehrerscheinnummer, fuehrersch nr, fs
        nr, fsnr, rijbewijs, rijbewijsnr, rijbewijs nr, rijbewijsnummer, korkort, korkortsnr,
        forerkort, forerkortnr, fs nummer, fs num, fuehrersch nummer
    """,
    P.MEMBER_NUMBER: """
        lid nr, lidnr, lidnummer, lidnum, ledennr, ledennummer, bondsnr, bondsnummer, relatienr
        lid, mitgl nr, mitglnr, mitglied nr, mitgliednr, mitgliedsnr, mitgliedsnummer, mitarb
        nr, mitarbnr, mitarbeiternr, mitarbeiternummer, ma nr, manr, persnr, pers nr,
        personalnr, personalnummer, stammnr ma, patnr, pat nr, fallnr patient, versnr person,
        versichertennr, leserausweis, leser nr, lesernr, ausweis leser, werknemernr, wn nr,
        personeels nr, leerl nr, leerlingnr, studentnr, studnr, patientnummer, lezersnr, pasnr
        lid, medlemsnr, medlemsnummer, medlem nr, anstnr, anstallningsnr, ansattnummer, elevnr
    """,
    P.IBAN: """
        rekeningnr, rekening nr, rekeningnummer, rek nr, reknr, bankrekening, bankrek
    """,
    P.BANK_ACCOUNT: "bankkonto, bankkontonr, kontonummer bank",
    P.MARITAL_STATUS: """
        fam stand, famstand, familienst, zivilstand, personenstand, burg staat, burgstaat,
        burgerlijke staat, burg stand, civilstand, civilstatus, sivilstand, sivilstatus,
        verwitwet, geschieden, ledig, verheiratet, gehuwd, weduwe, weduwnaar
    """,
    P.RELIGION: """
        rel zugeh, religionszugehoerigkeit, kirchenzugeh, geloof, kerkgenootschap
    """,
    P.CITIZENSHIP: """
        staatsang, staatsangeh, staatsangehoerigkeit, staatsbuergerschaft, staatsb,
        aufenthaltstitel, aufenthaltsstatus, verblijfstitel, verblijfsvergunning,
        verblijfsstatus, medborgarskap, statsborgerskap, uppehallstillstand, oppholdstillatelse,
        verblijf code, verblijfscode, verblijfstitel code, aufenthaltsst, aufenthalt titel
    """,
    P.HEALTH: """
        schwerbeh, schwerbehinderung, schwerbehindert, schwb, grad der behinderung,
        behinderungsgrad, gesundheitszustand, krankheiten, vorerkrankung, vorerkrankungen,
        grunderkrankungen, allergien, unvertraeglichkeiten, medikation, impfstatus, impfungen,
        impfdatum, blutgruppe, blutgr, schwanger, schwangerschaft, raucher, pflegegrad,
        pflegestufe, diagnosetext, diagnose text, nebendiag, hauptdiag, krankmeldung grund,
        medisch, medische info, medische gegevens, medische bijzonderheden, aandoening,
        aandoeningen, ziektebeeld, allergieen, allergie, medicatie, bloedgroep, zwanger,
        zwangerschap, roker, arbeidsbeperking, arbeidsongeschikt, ao percentage, gezondheid,
        vaccinatie, sjukdom, sjukdomar, diagnoskod, allergier, blodgrupp, funktionsnedsattning,
        funktionshinder, sykdom, sykdommer, blodtype, uforegrad, graviditet, entlassart,
        entlassungsart, entlassgrund, entlassungsgrund, au grund, krankheitsgrund,
        aufnahmegrund, ontslagreden, opnamereden, ziekmelding reden, verzuimreden, sykemelding,
        sjukskrivning orsak, masernschutz, masernimpfung, impfschutz, impfnachweis, blutdruck,
        blutzucker, rr sys, rr dia, bloeddruk, hartslag, dosierung, dosering, arbeidsongesch,
        arbeidsongeschiktheid, wao, wia, krankenstand, krank seit, ziek sinds, verzuim reden,
        roggenallergie, koerpergewicht, unvertraegl
    """,
    P.INCOME: """
        nettoeink, bruttoeink, netto eink, brutto eink, haushaltseink, hh netto eink,
        haushaltsnetto, monatsnetto, monatsbrutto, monatseink, jahresbrutto, jahresnetto,
        jahreseink, monatslohn, stundenlohn, gehalt brutto, gehalt netto, gehalt mtl, lohn
        brutto, lohn netto, verdienst, verdienst mtl, bruttosal, bruto mnd, netto mnd, bruto
        sal, netto sal, maandloon, maandsal, uurloon, jaarloon, jaarink, jaarinkomen, netto ink,
        bruto ink, gezinsink, manadslon, arslon, timlon, bruttolon, nettolon, manedslonn,
        arslonn, timelonn, inkomst, inntekt, beslag, loonbeslag, uitkering bedrag, uitkering
        bruto, uitkering netto, rentenbetrag, rente monatl, pensioen bedrag, pfaendung betrag,
        sozialhilfe betrag, wohngeld betrag, buergergeld
    """,
    P.POLITICS: """
        vakbond, vakbondslid, gewerkschaft, gewerksch mitgl, fackforbund, fagforening
    """,
    P.CRIMINAL_RECORD: """
        vorstrafen, vorstrafe, fuehrungszeugnis, strafblad, vog status, strafregister, delikt,
        straftat
    """,
    P.DOCUMENT: """
        unterschrift pfad, unterschrift bild, unterschrift scan, handtekening, handtekening pad,
        underskrift, ausweiskopie, ausweis scan, kopie id
    """,
    P.BIOMETRIC: """
        fingerabdruck, fingerabdr, vingerafdruk, fingeravtryck, gesichtsbild, biometrie
    """,
    P.PHOTO: "passbild, passbild pfad, lichtbild, lichtbild pfad, pasfoto",
}
IN_PERSON_TABLES: Mapping[PersonalClass, str] = {
    P.NAME: """
        mieter, vermieter name, ehepartner, ehegatte, lebenspartner, partner naam, echtgenoot,
        voogd, ouder
    """,
    P.MEMBER_NUMBER: "passnr, pasnr, ausweisnr kunde, kartennr",
    P.HEALTH: """
        gesundheit, krankheit, behinderung, ziekte, helse, halsa, gdb, diagn, befund, anamnese,
        behandlung, medikament, medikamente, medisiner, lakemedel, medicijnen, handicap
    """,
    P.INCOME: "einkommen, inkomen, eink",
    P.BANK_ACCOUNT: "kontonr, kto nr, ktonr, kontonummer, kto",
}
