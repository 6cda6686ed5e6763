"""Lists phrases for personal data in Polish and Czech.

They are written as those in `phrases`: separated by commas, compared without blanks.
"""

from collections.abc import Mapping

from lakegloss.core.personal.classes import PersonalClass

P = PersonalClass

SURE: Mapping[PersonalClass, str] = {
    P.NAME: """
        imie nazw, imie i nazwisko, imie i nazw, nazw imie, nazwisko imie, nazwisko i imie,
        imiona, imiona rodzicow, nazw rod, nazwisko rod, imie pac, nazw pac, imie pracownika,
        nazwisko pracownika, nazw prac, nazwisko pacjenta, nazwisko ucznia, imie ucznia, osoba
        kontaktowa, osoba kontakt, opiekun prawny, opiekun, lekarz prowadzacy, lekarz rodzinny,
        lekarz kierujacy, przelozony, przelozona, kontakt alarmowy, malzonek imie, wlasciciel
        konta, jmeno prijmeni, jmeno a prijmeni, prijm, rodne prijmeni, kontaktni osoba, zakonny
        zastupce, osetrujici lekar, prakticky lekar, nadrizeny
    """,
    P.PHONE: """
        tel kom, tel komorkowy, tel prywatny, tel pryw, tel sluzb, tel sluzbowy, tel dom, tel
        domowy, tel kontakt, nr kom, nr komorki, nr tel kom, telefon kom, telefon kontaktowy,
        kom pryw, tel mobil, mobilni telefon, mobil cislo, tel cislo, telefon mobil
    """,
    P.EMAIL: """
        adres mail, mail prywatny, mail pryw, email prywatny, poczta elektroniczna
    """,
    P.ADDRESS: """
        adr zam, adr zamieszk, adr zameld, adres zam, adres zameld, adres zameldowania, adres
        korespondencyjny, adr koresp, adres koresp, ul nr, ulica nr domu, ulica i nr, nr lokalu
        zam, adr trvale, trvale bydliste, adresa trvala, ulice cp, ulice cislo
    """,
    P.BIRTH_DATE: """
        data ur pac, data urodz pac, dt ur, dta ur, data uro, dat ur, ur data, datum nar, dat
        nar, dat narozeni
    """,
    P.DEATH_DATE: "dt zgonu, data zgonu pac, datum umrti, dat umrti",
    P.NATIONAL_ID: """
        pesel pac, pesel prac, pesel ucznia, pesel opiekuna, nr ewid pesel, nr dow os, nr dowodu
        os, dowod os, dow os, seria nr dowodu, seria i nr dowodu, cislo op, cislo obcanskeho
        prukazu, rod cislo, rc pacienta
    """,
    P.PASSPORT: "nr paszp, paszport nr, cislo pasu, cis pasu",
    P.DRIVING_LICENCE: """
        prawo jazdy nr, nr prawa jazdy, nr pj, prawo jazdy, cislo ridicskeho prukazu, ridicsky
        prukaz
    """,
    P.MEMBER_NUMBER: """
        nr prac, nr pracow, nr prac kadr, nr ewid, nr ewid prac, nr osobowy, nr akt osobowych,
        nr czlonka, nr czlonkowski, nr legitymacji, nr legitymacji szkolnej, nr karty pacjenta,
        nr kartoteki, nr pac, nr pacjenta, nr czytelnika, karta czytelnika, nr studenta, nr
        ucznia, os cislo, osobni cislo, cislo zamestnance, zam cislo, cislo pacienta, cislo
        clena, cislo studenta
    """,
    P.BANK_ACCOUNT: """
        nr konta bankowego, rachunek bankowy, konto bankowe, cislo bank uctu, bankovni ucet
    """,
    P.MARITAL_STATUS: """
        stan cyw, stan cywilny, rodinny stav, rod stav, wdowa, wdowiec, zonaty, zamezna,
        rozwiedziony, rozwiedziona
    """,
    P.CITIZENSHIP: """
        obywatelstwo, obyw, karta pobytu, nr karty pobytu, statni obcanstvi, obcanstvi, povoleni
        k pobytu
    """,
    P.RELIGION: "wyznanie, religia, nabozenstvi, vyznani",
    P.HEALTH: """
        orzecz niepeln, orzeczenie niepeln, niepeln, niepelnosprawnosc, niepelnosprawny, stopien
        niepeln, stopien niepelnosprawnosci, orzeczenie o niepelnosprawnosci, st niepeln, grupa
        inwalidzka, gr inwalidzka, stan zdrowia, choroby, choroba, choroby przewlekle, rozp
        glowne, rozp gl, rozpoznanie icd, uczulenia, alergie, alergia, lek przepisany,
        przyjmowane leki, grupa krwi, gr krwi, ciaza, palacz, badania lek, badania lekarskie,
        przyczyna zwolnienia, zwolnienie lek, invalidita, stupen invalidity, zps, ztp, ztp p,
        nemoci, nemoc, alergie pac, krevni skupina, tehotenstvi, kurak, zdravotni stav,
        zdravotni omezeni, tryb wypisu, powod hospitalizacji, przyczyna hospitalizacji, powod
        nieobecnosci chor, duvod hospitalizace, zpusob propusteni, cisnienie, cisnienie krwi,
        cisnienie tetnicze, dawkowanie, recepta lek, lek nazwa, zwolnienie od, zwolnienie do,
        zwolnienie lekarskie, neschopnost od, neschopnost do, krevni tlak,
        davkovani
    """,
    P.INCOME: """
        wynagr brutto, wynagr netto, wynagr zas, wynagr, wynagrodzenie zas, wynagrodzenie
        brutto, pensja, pensja brutto, placa zas, placa zasadnicza, stawka godz, zarobki brutto,
        dochod netto, dochod brutto, dochod rodziny, hruba mzda, cista mzda, mzda, mzda hruba,
        mzda cista, prijem rodiny, cisty prijem, hruby prijem, zasilek, zasilek kwota,
        emerytura, emerytura kwota, renta kwota, duchod vyse, davka vyse, potracenie komornicze
    """,
    P.POLITICS: "zwiazek zaw, zwiazek zawodowy, czlonek zwiazku, odbory clen",
    P.CRIMINAL_RECORD: """
        karalnosc, niekaralnosc, wyrok karny, trestni rejstrik, zaznam rejstrik
    """,
    P.DOCUMENT: "podpis, podpis skan, skan podpisu, skan dowodu, podpis obrazek",
    P.BIOMETRIC: "odcisk palca, odciski palcow, otisk prstu, biometria",
}
IN_PERSON_TABLES: Mapping[PersonalClass, str] = {
    P.NAME: """
        malzonek, wspolmalzonek, najemca, lekarz, ojciec, matka, manzel, manzelka, otec
    """,
    P.HEALTH: """
        zdrowie, zdravi, postizeni, diagnoza, diagnozy, leki, leky, rozpoznanie, rozpoznania,
        rozp, szczepienie, szczepienia, ockovani
    """,
    P.INCOME: "dochod, zarobki, prijem",
    P.BANK_ACCOUNT: "nr konta, nr rach, nr rachunku, cislo uctu",
}
