"""Lists phrases of single trades: payrolls, care, schools, registers, shops, courts, apps.

They are written as those in `phrases`: separated by commas, compared without blanks.
"""

from collections.abc import Mapping

from lakegloss.core.personal.classes import PersonalClass

P = PersonalClass

SURE: Mapping[PersonalClass, str] = {
    P.NAME: """shimei kanji, shimei romaji, sei kanji, mei kanji, hogosha mei, obligor name,
        obligee name, obligor, dependents names, dependent names, children
        names, childrens names, kids names, names of children, names of dependents, sibling names,
        parent names, godparents, godfather, godmother, godparent, sponsor name person, co
        borrower, coborrower name, co applicant name, co applicant, cosigner name, trustee name,
        executor name, heir name, trt phys, att phys, attd phys, ref phys, rend phys, ord phys,
        vornamen, nachnamen,
        familiennamen, name ma, name mitarbeiter, nom jf, nom marital,
        nom epouse, nom epoux, nom naiss, nom patronymique, nom pren, nom prenom pat, nom enfant,
        prenom enfant, prenom conjoint, nom conjoint, pren enf, segundo nombre, primer nom, seg nom,
        nombre madre, nombre padre, nombre tutor, nombre alu, nom alu, nombre pac, nombre paciente,
        nombre trab, nome social, nome mae pac, nm social, nome fantasia pessoa, nm servidor, nm
        beneficiario, nm segurado, nome segurado, nome beneficiario, nome titular, nome dependente,
        nome responsavel, nm responsavel, cogn nome, nominativo, intestatario conto, naam patient,
        naam medewerker, naam klant, roep naam, meisjes naam, nazwisko rodowe, nazwisko panienskie,
        imie ojca, imie matki, imie nazwisko, drugie imie, artist display name, artist display,
        artist name, man of the match, usual name, call name, calling name, goes by, birth surname,
        surname at birth, name at birth, name as on card, name on card, embossed name, embossed nm,
        emboss name, embossing name, name on account, name on passport, name on document, account
        owner name, account name holder, acct holder, acct holder name, acct holder nm, person full
        name, emergency name, emerg name, emergency person, kin name, nok name, nok, kin nm, next of
        kin name, care giver name, carer name, key worker, case worker, caseworker, social worker,
        home room teacher, homeroom teacher, class teacher, form tutor, ordering md, ordering
        physician, ordering provider, referring physician, referring provider, referring md,
        treating physician, treating provider, admitting physician, operating surgeon, primary care
        physician, pcp name, family doctor, last name or org, last org name, last name org, last or
        organization name, usual forename, legal first name, legal last name, legal surname, alias
        first name, alias last name, hr partner, reporting manager, line manager, hiring manager,
        mgr name, reports to name, approver name, buyer contact, sold by name, man of the match
        name, motm player""",
    P.BIRTH_DATE: """dt nascto, nascto, geb am, geboren am, geboren, gebtag, nato il, data di nasc,
        nacido el, f nac,
        fecnac, fechanac, fnac, dtnasc, dta nasc, dat nais, birth date key, date birth key, doby,
        dob key, urodzony, ur dnia, data urodzin, fodd, fodt, born""",
    P.DEATH_DATE: """gestorben am, verstorben am, sterbetag, todestag, sterbedat, sterbe dat, dt
        morte, data smrti, fec def, fec defuncion, fecha fallecimiento, fec fallec, date of decease,
        dt falecimento, data falecimento, deces le, date du deces, expired dt, death dttm, death
        timestamp, time of death, date time of death""",
    P.INCOME: """importo pensione, pensione lorda, pensione netta, pensione, montant pension, rente
        betrag, revenu fiscal reference, revenu reference, kyuyo, kyuuyo, gekkyu, kihonkyu, maas
        brut, maas net, net avant impot, net apres impot, bruttoentgelt, nettoentgelt,
        bruttoverdienst,
        bruttobetrag lohn, bruttoeinkommen, nettoeinkommen, haushaltseinkommen,
        haushaltsnettoeinkommen, monatseinkommen, monatsentgelt, jahresentgelt, jahresbruttogehalt,
        monatsbruttogehalt, jahreslohn, jahresverdienst, festgehalt, fixgehalt, zielgehalt,
        gehaltswunsch, wunschgehalt, tantieme, gratifikation, zarobki, zarobki mies, dochod, dochod
        roczny, dochod mies, pensja netto, stawka godzinowa, plat hruby, cisty plat, ingresos
        netos, ingresos brutos, salario hora, salario neto anual, sueldo anual, sueldo hora,
        complemento salarial, revenu net, revenu brut, revenus annuels, salaire net a payer,
        remuneration brute, remuneration nette, remuneration annuelle, prime annuelle, taux horaire
        brut, retribuzione annua, stipendio annuo, stipendio base, reddito annuale, reddito
        mensile, reddito netto, reddito familiare, isee, salario anual, salario anual bruto,
        remuneracao mensal, renda mensal bruta, renda liquida, renda bruta, vencimentos,
        jaarsalaris bruto, netto salaris, netto maandsalaris, uurtarief medewerker, gezinsinkomen,
        bruto inkomen, netto inkomen, wages amount, wages amt, gross salary amount, net salary
        amount, tax deducted, tax withheld, income tax withheld, fed wh, fed tax wh, state wh, st
        wh, fed withheld, federal withholding, federal tax withheld, state withholding, fed tax
        withheld, fit withheld, sit withheld, employee nics, employee ni, ee nics, ni contributions
        employee, employee ni contributions, fica ee, ee fica, fica withheld, medicare withheld,
        oasdi, net chk, net check, check net, garnishment amount, garnishment amt, wage garnishment,
        wage garnishments, child support deduction, lohnsteuer, lohnst, solidaritaetszuschlag,
        einkommensteuer an, sv an anteil, an anteil sv, auszahlung lohn, auszahlbetrag, nettobezug,
        nettobezuege, bruttobezug, bruttobezuege, nettobetrag lohn, gesamtbrutto, gesamtnetto,
        pfaendung, pfaendungsbetrag, lohnpfaendung, vwl betrag, urlaubsgeld, weihnachtsgeld,
        ueberstundenverguetung, saisie sur salaire, saisie salaire, net fiscal, net social, brut
        fiscal, cumul brut, cumul imposable, cumul net, prelevement a la source, impot preleve,
        montant pas, cotisation salariale, cotisations salariales, salaire de base, sal brut, sal
        net, irpf retenido, retencion irpf, retenciones irpf, base irpf, importe irpf, base
        cotizacion, base cot, liquido nomina, neto nomina, bruto nomina, embargo salarial, paga
        extra, salario bruto anual, retribucion anual, retribucion bruta, retribucion fija, irrf,
        desconto inss, inss descontado, base inss, base fgts, salario contratual, salario nominal,
        salario bruto mensal, renda declarada, renda presumida, trattenute irpef, irpef trattenuta,
        imponibile fiscale, imponibile irpef, imponibile previdenziale, reddito imponibile, reddito
        complessivo, netto mensile, lordo mensile, lordo annuo, loonheffing, fiscaal loon, sv loon,
        bruto jaarsalaris, bruto maandsalaris, vakantiegeld, zaliczka pit, podstawa zus,
        wynagrodzenie netto, wyplata netto, statutory sick pay, statutory maternity pay, sick pay,
        maternity pay, taxable pay, taxable gross, taxable wages, taxable earnings, pensionable pay,
        niable pay, pay to date, gross pay to date, taxable pay to date, tax paid to date, gross
        ytd, net ytd, tax ytd, ytd tax, target bonus, bonus target, annual bonus target, variable
        pay, equity grant, rsu value, on target earnings, desired salary, desired pay, salary
        expectation, expected ctc, exp ctc, current ctc, cur ctc, fixed ctc, salary history, last
        drawn salary, base annual, base pay annual, annual base, annualized pay, annualized salary,
        covered salary, pensionable salary, insured salary, avg weekly wage, average weekly wage,
        awv wage, weekly pay, hourly pay rate, comp rt, base rt, annl rt, annl sal, mthly sal, mo
        salary, yearly salary, gross monthly income, monthly gross, monthly net, net monthly income,
        total family income, family income amt, household inc, hh inc, hhld income, income bracket
        code, fafsa agi, efc amount, stated income, verified income, brwr income, applicant income,
        spouse income, alimony, contract annual, contract salary, annual contract""",
    P.MEMBER_NUMBER: """ipp, num ipp, orcid, orcid id, ctps, nr ctps, ctps nr, num dossier patient,
        usubjid, subjid, trial subject id, donor no, donor number, donor id no,
        enrollee no, client no care, resident no, service user no, patient card no, patient card
        number, pensioner no, pension no person, payroll id, payroll no, payroll num, payroll ref,
        payrollno, ee no, ee
        number, ee nbr, clock no, clock number, clock num, clock id, timecard no, personnel id, pers
        id nr, person nbr, person no, person number, person num, ra aluno, registro academico,
        registro aluno, legajo alumno, numero de control, matricula alumno, matricula aluno,
        expediente alumno, num expediente alumno, num etudiant, numero etudiant, no etudiant, ine
        etudiant, numero ine, matrikel nr, schueler nr, studenten nr, studentnummer, leerlingnummer,
        nr albumu, nr indeksu, patron bc, patron no, patron number, library number, library id,
        membership card, memb card, membership id, member card, member card no, loyalty card,
        loyalty id, loyalty, rewards no, rewards number, reward number, clubcard, clubcard no,
        payback nr, kundenkarte, kundenkartennr, tarjeta cliente, tarjeta socio, num socio, nro
        socio, socio no, carte fidelite, num carte fidelite, tessera fedelta, tessera socio, numero
        tessera, nr tessera, vuid, voter file id, state voter id, statevoterid, inmate no, inmate
        number, inmate num, offender no, offender number, offender num, prisoner number, prisoner
        no, prison no, doc inmate no, service no military, edipi, dod id, cardholder id, cardhldr
        id, policyholder no, insured id no, versichertennr, versicherten id, kvnr, kv nummer, kv nr,
        krankenversichertennummer, egk nr, verzekerdenummer, verzekerde nr, verzekerdenr, numero
        assure, no assure, num assure, num adherent, no adherent, numero adherent, nr adherent,
        carte vitale, tessera sanitaria, num tessera sanitaria, tarjeta sanitaria, num tarjeta
        sanitaria, tsi, nhc, historia clinica, num historia, num historia clinica, nro historia
        clinica, numero historia, hist clinica, cartella clinica, num cartella, prontuario, num
        prontuario, nr prontuario, no prontuario, carteirinha, num carteirinha, cartao convenio,
        patient ref, patientennr, patienten id, patient mrn, empi, mpi id, hospital mrn, nhs
        hospital number, patientnr, patient nr, health id no, abha number, abha no, medicare id no,
        medicaid id, medicaid no, student ref, learner ref, learner reference, uln, unique pupil
        number, pupil no, pupil number, candidate no, candidate number exam, teacher number, teacher
        ref no, employee ref, emp ref, emp ref no, staff ref, worker ref, personeelsnummer,
        personeelsnr, medewerkernr, medewerkersnummer, nr pracownika, nr ewidencyjny, id pracownika
        nr, nr kadrowy, anstallningsnummer, anst nr, ansattnr, medarbejdernr, mat agent, mat sal,
        mat salarie, matric, mat ric, matricola dipend, expediente empleado, num nomina, num
        trabajador, no empleado, nro empleado, cod empleado, registro funcionario, siape, re
        funcionario, chapa, voter reg num""",
    P.NATIONAL_ID: """doc identita, documento identita, num doc identita, numero documento identita,
        doc identidade, doc identificacion, documento identificacion, num identificacion, numero
        identificacion, nro identificacion, identificacion, cedula identificacion, num cedula, nro
        cedula, num doc, nro doc, numero doc, num docto, seria dowodu, nr dow, nr dowodu osob, carta
        identita, num carta identita, carta d identita, cni, num cni, numero cni, carte identite,
        num carte identite, piece identite, num piece identite, no piece identite, personalausweis
        nr, perso nr, ausweis nr, id karte nr, id kaart, identiteitskaart, cartao cidadao, num
        cartao cidadao, nr rg, num rg, rg numero, rg nr, titulo eleitor, titulo eleitoral, clave
        elector, folio elector, clave unica registro, mykad, ic no, ic number, ktp no, nik ktp, nid
        no, nid number, natl id, natl id nbr, natl id no, natl ident, nat id, nat id no, natid, gov
        id no, govt id no, govt id number, gov id number, govid, govt id, id doc no, id doc number,
        id proof no, id proof number, id document number, identity doc no, cnic, cnic no, sa id
        number, sa id no, pps no, ppsn, pps number, ni num, ni nbr, ahvn, ahv n, avs no, no avs,
        insz nr, rijksregister nr, rijksregisternr, registre national, num registro nacional, imss
        no, num imss, nss imss, ss nbr, ssnbr, ssn no, ssn hash, ssn enc, ssn masked,
        sozialversicherungs nr, sv num, rv nummer, rvnr, rentenversicherungsnummer, num secu soc, no
        secu, no ss, nir salarie, nir assure, num nir, cpf cliente, cpf titular, nr cpf, num cpf, nu
        cpf, cpf cnpj, cpf paciente, pesel nr, pesel klienta, bsn patient, personnr anst, fodselsnr
        kunde, cod fiscale paz, jmbg broj, aadhaar ref, uidai, uid aadhaar, inn individual, passport
        or id, id passport, dni pasaporte, dni trabajador, dni titular, dni paciente, dni alumno,
        nif titular, nif trabajador, nif alumno""",
    P.TAX_ID: """steueridentifikationsnummer, steuer identifikationsnummer, identifikationsnummer
        steuer, tax payer ident no, nro contribuinte, steuer ident nr, steuer idnr, steueridnr,
        idnr steuer, cf paz, cf cliente, cf
        assistito, cf dipendente, cf intestatario, cod fisc, codfisc, cod fis, c fiscale, cf pers,
        nif cliente, nif contribuyente, nr contribuinte, num contribuinte, numero contribuinte,
        contribuinte, spi number, numero spi, num spi, unique taxpayer reference, ird number, ird
        no, ssn tin, tin ssn, recipient tin, payee tin, taxpayer tin, tax payer ssn""",
    P.PASSPORT: """ppt nbr, ppt number, ppt num, pport no, pport, doc pasaporte, nr pasaporte, nro
        pasaporte, num pasaporte, num passaporto, num passaporte, no passeport, reisepassnr,
        reisepass nr, passeport num, paspoortnr, paspoort nr, paspoortnummer, nr paszp, mrz, mrz
        line, travel doc nbr, travel document no, travel doc""",
    P.DRIVING_LICENCE: """dvr lic, dvr lic no, driver lic, ehliyet, menkyo bango, dl nbr, dl num,
        drv lic, drv lic no, drv lic nbr, drvr lic, drvr lic no,
        driver lic nbr, driver lic num, driving lic no, driving lic, licence no driver, cnh num, num
        cnh, nr prawa jazdy, numer prawa jazdy, prawa jazdy nr, no permis conduire, num permis
        conduire, patente, num patente, nr patente, fuehrerscheinnr, fuehrerschein nr, rijbewijsnr,
        rijbewijs nr, licencia conducir no, num licencia conducir, pilot licence no, pilot license
        no, pilot lic no, lic no pilot""",
    P.LICENCE_PLATE: """lic plate, lic plate no, lic plt, license plt, plate no veh, kentekennr,
        kenteken nr, numero targa, matricula coche, placa veiculo, placa auto, veh plate no""",
    P.CITIZENSHIP: """i admission number, alien reg, alien registration, alien no, immigrant visa
        category, nonimmigrant status, country citizenship, work authorization, work authorisation,
        work auth, work auth status, work
        eligibility, right to work, visa sponsorship, requires sponsorship, needs sponsorship,
        sponsorship required, immig status, immigration category, residence status, visa held,
        current visa, permesso soggiorno, permiso residencia, permiso trabajo, titre de sejour, no
        titre sejour, num titre sejour, asylum seeker, refugee, refugee flag, nie tarjeta, us
        person, us person flag, citizen flag, citizen ind, citizen cd, citzn, ctzn status, ctznshp
        stat, migrant status, foreign born, daca""",
    P.HEALTH: """sickness note, sickness notes, sick note, illness note, sickness, bac test, bac
        test result, bac level, breath test, foerderbedarf,
        sonderpaedagogischer foerderbedarf, bes dsa, dsa, invalidita,
        invalidita pct, imunobiologico, family hx, fam hx, med hx, medical hx, social hx, past hx,
        aps summary, menstrual phase, menstrual cycle, cycle phase, vacina aplicada, vacuna
        aplicada, impfstoff, diet order, advance directive, delivery mode, mode of delivery, ae
        severity, ae term, ae outcome, adverse event, adverse event term, adverse
        reaction, conmed, con med, concomitant medication, concomitant medications, problem desc,
        problem description, deferral reason, body fat, body fat pct, bodyfat pct, resting heart
        rate, vo max, max heart rate, hb level, haemoglobin, haemoglobin level, hba level, blood
        sugar, blood glucose, cholesterol level, tooth no, tooth number, health conditions, doctor
        note, doctors note, med hist notes, therapist notes, injury notes, injury status, injury
        type detail, rehab status, rehab notes, disability self id, disability self identification,
        disab self id, dis self id,
        self id disability, self identified disability, sen need, sen needs, sen type, sen status,
        sen provision, send need, primary need sen, special educational needs, special education
        needs, special needs type, necessidades especiais, necess espec, necessidade especial,
        deficiencia, tipo deficiencia, grau deficiencia, discapacidad pct, grado discapacidad,
        necesidades educativas, handicap type, taux handicap, rqth, gdb, grad behinderung,
        schwerbehinderung grad, nat injury, nature injury, inj nature, nature of inj, nat inj,
        injured body part, injured part, injury body part, inj body part, inj part, body part
        injured, inj desc, injury detail, injury details, injury severity, inj severity, type of
        injury, medical restriction, medical restrictions, work restrictions medical, sick leave
        cause, sick reason, sickness code, sickness type, absence medical, fmla reason,
        krankheitsart, au grund, fehlgrund krank, motif arret, motif arret maladie, motivo baja,
        motivo baja medica, motivo incapacidad, dietary med, dietary medical, food allergy, food
        allergies, allergy info, allergy notes, med uw note, medical underwriting, medical
        underwriting note, med note, med notes, med cond, med condition, med conditions, med alert,
        medical alert, medical alerts, medical info, medical information, medical comments, medical
        remarks, health info, health comments, health declaration, health questionnaire, abn flag,
        abnormal ind, apgar score, drug test result, drug test, alcohol test, drug screen result,
        smoker status, smoker class, smoker cls, smoker flag, smoker ind, tobacco ind, tobacco flag,
        tobacco user, is tobacco user, smokes, vaping, pre ex condition, chronic illness, chronic
        conditions, chronic cond, mobility impairment, wheelchair user, assistance need, medical
        need, medically vulnerable, priority medical, life support, life support flag, medical
        baseline, ssr text, ssr txt, ssr code, ssr codes, special assistance, special service
        request, blood pressure, blood grp, bld type, bld grp, blood typ, gruppo sanguigno, grupo
        sanguineo, tipo sangre, groupe sanguin, bloedgroep, esenzione ticket, patologia, patologie,
        patologias, pathologie, doenca, enfermedades, krankengeschichte, vorerkrankung,
        vorerkrankungen, anamnese, anamnesi, anamnesis, antecedentes medicos, ziekte, ziektebeeld,
        aandoening, schorzenie, jednostka chorobowa, mental health flag, psych evaluation, psych
        eval, therapy notes, session notes therapy, counselling notes, counseling notes, wellness
        score, phq, gad score, phq score, weeks pregnant, pregnancy week, gestational age, gravida,
        lmp date, last menstrual period, contraception, ivf, cause death, cause of death code,
        underlying cause of death, manner of death, autopsy result, tox screen, blood alcohol, bac
        result, amenagement handicap, allergenen, allergenen voorkeur, injury history, injuries
        history, medical timeout""",
    P.ETHNICITY: """tribal affil, tribe affil, cor ou raca, cor da pele, race eth cd, raceth, race
        ethnic, eeo race, eeo race
        ethnicity, eeo ethnicity, eeo ethnic, eth self id, ethnicity self id, race self id, self id
        race, eth fed, fed race, fed ethnicity, federal race, federal ethnicity, ethn grp, ethn cd,
        ethn code, ethnicity grp, ethnicity grp cd, ethnicity group, hispanic eth, hisp flg, hisp
        flag, hispanic flg, is latino, latinx, aboriginal, indigenous, indigena, pueblo indigena,
        lengua indigena, pertenencia etnica, autoidentificacion etnica, grupo etnico, groupe
        ethnique, gruppo etnico, tribe affiliation, tribal member, tribal enrollment, caste cat,
        communal award, migrationshintergrund, migratieachtergrond, hisp ind""",
    P.RELIGION: """religionszug, religionszugeh, kist, ki st, kirchenst, kirchensteuerbetrag, kist
        betrag, konf, konf kz, rel zug,
        religionszugehoerigkeit, glaubensgemeinschaft, rel affil, relig affil, relig cd, religion
        cd, relgn cd, relgn, fe religiosa, denominazione religiosa, otto per mille, baptism date,
        baptized, bapt dt, bapt date, confirmation dt, parish member, parish name member, zakat,
        tithe amount, tithe amt, tithe, dietary religious""",
    P.POLITICS: """pep, ind pep, pep flag, pep flg, pep status, pep ind, is pep, politically
        exposed, politically exposed person, pep indicator, esposto politicamente, persona expuesta
        politicamente, pep check, polit affil, pol party, party reg, pty cd, pty affil, pty aff,
        voter affiliation, primary ballot, ballot party, union dues, union fee, union fees, union
        membership no, union member no, sindicato afiliado, cuota sindicato, tessera sindacale,
        quota sindacale, sigla sindacale, gewerkschaft beitrag, vakbondslid, lid vakbond, skladka
        zwiazkowa, works council member, trade union member, tu member, union mbr, union name
        member""",
    P.ORIENTATION: """lgbtqi, lgbt flag, sexual orient, sex orientation, sex orient, orientacion,
        gender ident""",
    P.MARITAL_STATUS: """sivilstand, medeni durum, medeni durumu, konin kubun, stav cywilny, sit
        mat, situation matri, etat matrim, etat civ, sit famille, estado civ,
        est civ, edo civ, st civile, stan cyw, stan cyw kod, fam status, family status, fam stand
        cd, marital sts cd, mar cd, mar ind, burg staat, burgerl staat, burgerlijke st, civilst,
        married flag, married ind, spouse flag, regimen matrimonial, regime matrimonial""",
    P.MILITARY: """vet self id, veteran self id, veteran self identification, self id veteran,
        disabled veteran, vet stat cd, vet preference, veterans preference, military discharge,
        military branch code, branch of service, srvc branch, discharge char, reservist, servizio
        leva, servicio militar obligatorio, cert reservista, certificado reservista, situacao
        militar, wojsko, stosunek do sluzby wojskowej""",
    P.CRIMINAL_RECORD: """citation charge, charge cited, crim hist, crim hist flg, crim hist flag,
        crim history, crim record, crim
        rec, arr chrg, arrest chrg, arr charge, arr chg, charge offense, charge statute desc,
        offense dsc, offns desc, offns cd, offns, convict flag, felony, felon flag, felony flag, is
        felon, sex offender flag, so registrant, gang affil, gang affiliation, gang member, dbs
        result, dbs status, dbs check, crb check, crb result, bg check, bg check result, bgc result,
        bgc status, casellario, certificato penale, antecedente penal, antecedentes crim,
        antecedentes criminais, certidao criminal, fuehrungszeugnis ergebnis, vog status,
        niekaralnosc, disciplinary record, disciplinary notes, recidivism score""",
    P.ADDRESS: """dom via, dom calle, dom hab, dom fiscal, domic, dom particular, domicilio calle,
        domicilio particular, domicilio legal, nombre via, nom via, num via, tipo via, adr voie, adr
        rue, adr pers, adresse perso, adresse domicile, ligne adresse, adresse ligne, adr ligne, adr
        zam, adr zameld, adres zam, adres zameldowania, adres koresp, ulica nr domu, ulica dom,
        strasse nr, str hausnr, strasse hausnr, strasse hausnummer, str hnr, anschrift privat,
        letzte anschrift, wohnanschrift, privatadresse, privatanschrift, wohnadresse, adres regel,
        adresregel, woonadres, straat huisnr, straat nr, indir, indir res, indirizzo res, indirizzo
        residenza, via residenza, via domicilio, via civico, domicilio via, residenza, endereco res,
        endereco residencial, end residencial, end logradouro, rua numero, residence addr, res addr,
        res address, resid addr, resid address, resaddr, residential addr, hm addr, home adr, cust
        addr, cust addr ln, mail addr ln, svc addr, service addr, service address, premise address,
        situs owner address, own mail addr, owner mail addr, owner mailing address, owner address,
        contbr st, avs address, avs addr, bill addr, billing addr, ship addr, shipping addr,
        delivery addr, deliv addr, last known address, last known addr, previous address, prev addr,
        former address, temp address, campus address, dorm address, dorm room address, patient addr,
        pat addr, mbr addr, emp addr, stu addr""",
    P.PHONE: """mobiel contact, mobiltlf, tlf mobil, tlf privat, gsm prive, kontakt mobil, telefon
        kontakt, tel contact, telf contacto, tfno contacto, contato tel, direct dial, direct line,
        ddi, direct phone, desk phone, work extension, phone ext,
        mobile tel, mobile telephone, private phone, private number, phone private, phone personal,
        night phone, tel mobil, tel mob, tel perso, tel personal, tel personnel, tel prive, tel
        dom, tel
        casa, tel part, tel
        particular, tel kom, tel komorkowy, nr kom, tel mobiel, mobiel nr, mobiel nummer, gsm
        nummer, mobilnr privat, tel privat, festnetz, festnetznr, rueckrufnr, callback no, callback
        number, callback phone, cell tel, cell ph nbr, mobile ph, mob phone, mob num, mob number,
        mob nbr, ph nbr, ph num, phone mobile, phone home, phone cell, tel cell, cell paz, recapito,
        recapito telefonico, num cell, num cellulare, numero movil, num movil, num cel, num celular,
        fone, fone celular, fone res, fone residencial, tel res, nr telemovel, calling nbr, called
        nbr, dialled nbr, dialed nbr, dialled number, called msisdn no, orig number, dest number,
        sms from, sms to, caller num, caller phone, ani number, gst mob, guest mobile, emergency
        tel, emerg tel, emerg ph, emergency ph, emergency mobile, nok phone, nok tel, kin phone,
        parent phone, guardian phone, whats app, wa number, wa no, whatsapp no, signal number,
        imessage""",
    P.EMAIL: """mel perso, mel pro, mail perso, mail pers, mail priv, mail privat, cust email, cand
        mail, cand email, a mail, author mail, auth mail, gst email, patron mail, patron email, pers
        email, persnl email, priv email, pec email, pec mail, email pec, ferpa email, stu email,
        parent email, guardian email, notif email, login email, recovery email, backup email, alt
        email, alternate email, secondary email, email alt, email addr txt, email adr, mail adr,
        correo personal, correo institucional, email pessoal, correo pers, email personale, mail
        pracownika, mejl, adres mail, recipient email, recipient mail, sender email, from email, to
        email, email from, email to, mail from, mail to, rcpt to, cc email, bcc""",
    P.USERNAME: """ign, in game name, ingame name, gamer name, player tag, summoner name, psn id,
        xbox gamertag, riot id, last logon user, logon user, last login user, usr id name, usr
        login, user text,
        rev user text, os username, sam account, sam account name, principal upn, principal name,
        user principal, git user, commit user, actor login, login nm, db username, entered user, ent
        user, upd user, cre user, crt user, mod user, chg user, last upd user, lst upd usr, lst upd
        user, upd usr, cre usr, crt usr, mod usr, chg usr, ins usr, ins user, insert user, update
        user, modify user, create user, change user, usr created, usr modified, usuario alta,
        usuario modif, usuario creacion, usr alta, usr mod, usuario baja, usr baja, utente modifica,
        utente inserimento, utente ins, utente agg, utilisateur creation, utilisateur modif,
        benutzer anlage, angelegt von, geaendert von, user maj, user creation, gebruiker,
        uzytkownik, operador login, login operador, op login""",
    P.SOCIAL_PROFILE: """twitter handle, twitter user, twitter name, twitter account, instagram
        user, instagram name, instagram account, instagram profile, instagram url, facebook user,
        facebook name, facebook account, linkedin handle, linkedin slug, linkedin name, linkedin
        user, linkedin account, linkedin member url, github handle, github name, github account, gh
        handle, gh user, x handle, x username, ig handle, ig username, ig user, fb handle, fb
        profile, fb url, fb username, li url, li profile, li profile url, li handle, telegram
        handle, telegram user, tg handle, tg username, tiktok handle, tiktok user, tiktok username,
        snapchat handle, snap handle, snapchat username, skype handle, skype user, discord user,
        discord name, whatsapp handle, youtube channel person, vk profile, vk url, xing profile,
        xing url, xing profil, bluesky, threads handle, mastodon, strava profile, researchgate,
        google scholar id, stackoverflow profile, medium profile, personal website, personal site,
        personal url, personal blog, homepage person""",
    P.DEVICE: """cs cookie, http cookie, cookie header, device ifa, ifa, lmt ifa, idfa hash, device
        advertising identifier, maid, ad id
        mobile, rida, tifa, mobile advertising id, advert id, advertiser
        cookie, mkt cookie, marketing cookie, uid cookie, visitor cookie, cookie uid, cookie val,
        cookie value, gaid val, idfa val, hashed idfa, sha idfa, install id device, hardware id
        user, hwid, esn, sim serial, sim no, sim number, sim card no, eid sim, imei no, imei tac sn,
        imei terminale, imei terminal, imei device, num imei, nr imei, imsi no, imsi num, bssid
        user, wifi bssid, bt mac, phone mac, device mac address, client mac, user mac, sta mac,
        station mac client, device print, fbp, fbc, amplitude device id, appsflyer id, firebase
        instance id, fcm token, apns token, push token, push tok, device push token""",
    P.BANK_ACCOUNT: """sort acct, direct debit account, direct debit acct, dd sort code account,
        bank sort account, bankrek, bankrekening, bankrekeningnummer, refund acct no, refund
        account number, conta corrente, num conta corrente, num conta, nr conta, numero conta
        corrente, conta salario, conta poupanca, agencia conta, aba acct, aba account, routing acct,
        dd acct, dd account, dd acct no, direct deposit acct, deposit acct, deposit acct no, acct
        iban, kto, kto nr, ktonr bank, bankverb, bic iban, num compte bancaire, rib cle, cle rib,
        ccc cuenta, cuenta abono, cuenta nomina, cuenta domiciliacion, cuenta cargo, cta bancaria,
        cta cte, nro cta, num cta, cta abono, cc bancario, coordinate bancarie, iban accredito,
        conto accredito, nr rach, nr rachunku, rachunek, numer rachunku, rachunek bankowy, nr rach
        bank, dbtr acct, dbtr acct nbr, debtor account, debtor acct, cdtr acct, creditor account,
        creditor acct, payer account, payer acct, payee account, payee acct, beneficiary account,
        bene acct, bene account, benef acct, from account no, to account no, remitter account, sort
        code account, sort code and account, account sort code, refund account, payout account,
        salary account, salary account no, zelle id, venmo handle, cashapp, vpa, upi, upi handle,
        clabe interbancaria, clabe cuenta""",
    P.CARD_CODE: """cvv sent, cvv entered, cvv input, cvv plain, cvv raw, cvc raw, cvv rslt raw, cvc
        sent, cvc entered, card cvv sent, cv num, csc code, cvn""",
    P.CARD_NUMBER: """pan full, full pan, pan clear, pan plain, clear pan, card full, card pan full,
        pan nbr, pan number card, pan no card, cc full, card no full, pan value, fpan, dpan, account
        number card, cardno, ccard, num tarj, nro tarj, numero tarj, tarjeta num, num cb, numero cb,
        no carte, kk nr, kknr, kreditkartennr, kreditkarten nr, carta numero, num carta, nr carta
        credito""",
    P.PHOTO: """mugshot, mug shot, mug url, mugshot url, mug photo, booking photo, profile path,
        profile img, profile img url, profile image path, profile picture path, avatar path, avatar
        img, avatar file, headshot path, headshot img, portrait url, portrait path, portrait file,
        photo portrait, photo employe, photo salarie, foto empleado, foto alumno, foto aluno, foto
        paciente, foto funcionario, foto dipendente, mitarbeiterfoto, lichtbild, face img, face
        photo url, face crop, selfie url, selfie path, selfie img, kyc selfie, id photo, id photo
        url, id photo path, id card photo, id scan, id front, id back, id front url, id back url,
        passport scan, passport image, passport img, dl scan, dl image, license image, license scan,
        badge photo, badge photo url, staff photo, player photo, author photo, author image, agent
        photo, driver photo, actor avatar url, user avatar, gravatar, gravatar id, gravatar url""",
    P.DOCUMENT: """cv text, cv path, cv filename, cv link, cv doc, cv document, cv blob, cv pdf, cv
        raw, cv body, cv content, cv upload, cv attachment, resume path, resume link, resume doc,
        resume blob, resume raw, resume body, resume filename, resume attachment, resume content,
        cover letter url, cover letter path, cover letter body, cover letter file, lettre de
        motivation, bewerbung text, bewerbungsschreiben, carta presentacion, carta motivacion,
        signature img, signature path, signature url, signature file, sig img, sig image, signature
        png, signature scan, esignature, e signature, firma img, firma imagen, id document file,
        document front, document back, kyc doc, kyc document, kyc file, interviewer comments,
        interviewer comment, interviewer notes, interviewer note, interview notes, interview
        comments, interview feedback, interviewer feedback, recruiter notes, recruiter comments,
        recruiter note, recruiter comment, candidate notes, candidate comments, candidate feedback,
        candidate summary, applicant notes, performance comments, performance comment, performance
        notes, performance note, performance review text, performance narrative, review comments
        manager, appraisal comments, appraisal comment, appraisal notes, appraisal text, appraisal
        narrative, manager comments, manager comment, manager notes, manager note, manager feedback,
        supervisor comments, supervisor comment, supervisor notes, supervisor feedback, peer
        feedback, self assessment text, self appraisal, teacher comment, teacher comments, teacher
        notes, teacher remarks, tutor comment, tutor comments, pupil comment, student comment
        teacher, behaviour note, behaviour notes, behavior note, behavior notes, incident narrative
        student, counselor notes, counsellor notes, case worker notes, caseworker notes, social
        worker notes, caseworker note, disciplinary note, disciplinary reason, warning letter text,
        grievance text, grievance notes, grievance detail, exit interview notes, exit interview
        comments, termination notes, reference comments, referee comments, character reference,
        beurteilung, beurteilungstext, mitarbeiterbeurteilung, zeugnistext, appreciation manager,
        commentaire entretien, evaluacion texto, comentario evaluador, observaciones alumno,
        observacoes aluno, parecer descritivo, giudizio, note valutazione, beoordelingstekst""",
    P.SECRET: """security ans, sec answer, sec ans, secret ans, pwd txt, pass word, pass wd, passwd
        txt, usr pwd, usr pass, user pass, user pwd, user passwd, login pwd, login pass, login
        password, account password, db pwd, db pass, pin enc, pin block, pin encrypted, pin nbr,
        clave acceso, clave usuario, clave secreta, passwort hash, kennwort hash, mot passe, mdp,
        mdp hash, senha hash, hash senha, pass salt, password plain, plain password, temp password,
        tmp pwd, initial password, verification code user, otp, otp value, access code user, private
        token, personal access token, api pwd""",
}
"""Phrases that mean the class in most tables."""
