"""Finds numbers by which an office knows a person: `driver_id` DRV00803, `stu_id` 1049981223."""

import re
from collections.abc import Sequence

from lakegloss.core.values.semantics import share_of
from lakegloss.core.words.lexicon import word_set

_HOLDERS = word_set("""
declarant resident donor pat ptnt athlete claimant employee emp empl staff worker personnel driver
courier teacher instructor nurse officer technician student stu pupil learner patron voter inmate
prisoner offender cardholder insured subscriber enrollee beneficiary passenger patient person
member mbr payroll clerk cashier operator salesperson supervisor manager intern volunteer etudiant
eleve alumno aluno alumna schueler mitarbeiter patientin paciente patienten empleado trabajador
dipendente salarie agent medewerker klantkaart pracownik pracownika prac lid leden etu etud mitgl
mitglied medlem czlonek reader lezer trainee policyholder taxpayer contribuyente asegurado assure
socio pt pac paz pacjent pacjenta electeur electrice elector eleitor elettore wyborca waehler
kiezer contrib contribuente usager assistito assistiti ayant borrower parolee juror candidate
applicant cand
mem uye calisan personel ogrenci hasta musteri jasen potilas oppilas asiakas henkilo tyontekija
medlems innsatt ansatt anstalld elev pasient kunde dolgozo tanulo beteg ugyfel pacient angajat elevi
membru zamestnanec clen zak radnik ucenik karyawan siswa pasien anggota nasabah pegawai socia
""")
_KEYS = word_set("bk id no nbr num number nr code cd ref nummer numero szam szama cislo broj nomor")
_NUMBER = re.compile(r"[A-Z]{0,4}[-/. ]?\d{4,15}(?:[-/. ]\d{1,6})?[A-Z]{0,2}")
_DRAWN = re.compile(r"[A-Z]{0,3}[-/]?\d{1,3}")
"""Short counters, as examples and keys have them: P001."""


def is_number_of_person(words: Sequence[str], family: str, values: Sequence[str]) -> bool:
    """Whether a text column holds numbers that an office gave to staff, students or members.

    Keys that a system draws (integers, UUIDs, random letters) are none.
    """
    if family != "text" or len(values) < 2 or not _is_key(words):
        return False
    return share_of(values, _NUMBER.fullmatch) >= 0.8 and share_of(values, _DRAWN.fullmatch) == 0


def _is_key(words: Sequence[str]) -> bool:
    if len(words) < 2:
        return False
    head, last = (words[-2], words[-1]) if words[-1] in _KEYS else (words[-1], words[0])
    return last in _KEYS and head in _HOLDERS and _OF_THINGS.isdisjoint(words)


_OF_THINGS = word_set("""
group plan policy type class category software device license state country region zone surrogate
sk key hash row record event session visit encounter
""")
