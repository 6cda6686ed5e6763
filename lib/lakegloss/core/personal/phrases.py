"""Lists phrases of column names that stand for personal data in most tables.

Phrases are separated by commas. They are compared without blanks and accents, so that `firstname`,
`FirstName`, `first_name` and `first-name` are one. Names of several languages stand together.
"""

from lakegloss.core.personal.classes import PersonalClass

SURE: dict[PersonalClass, str] = {
    PersonalClass.NAME: """ap paterno, ap materno, ape paterno, ape materno, ape pat, ape mat,
        emftx, ansp partner, anspr partner, ansp, kontaktperson, nm pac, nm mae, nm pai, nm
        paciente, nom sal, nom salarie, nome paciente, nome funcionario, nome colaborador, nome
        trabalhador, nome empregado, nombre empleado, nombre trabajador, nombre titular, pax name,
        pax nm, pax names, passenger nm, paxname, def nm, defendant name, defendant nm, plaintiff
        name, arrestee name, inmate name, nombre alumno, nome aluno, nome dipendente, cognome nome,
        nom et prenom, nom prenom, nom prenoms, prenoms, nom agent, nom usuel, voter name, invnam,
        first name, given name, last name, family name, surname, sur name, middle name, maiden name,
        mothers maiden, mother maiden name, mothers maiden name, full name, fname, lname, mname,
        forename, christian name, birth name, preferred name, legal name of person, person name,
        contact name, contact person, employee name, patient name, student name, teacher name,
        passenger name, guest name, cardholder, cardholder name, card holder, card holder name,
        account holder, account holder name, holder name, beneficiary name, payee name, recipient
        name, signatory name, manager name, supervisor name, doctor name, physician name, driver
        name, candidate name, applicant name, member name, subscriber name, user full name, customer
        first name, customer last name, spouse name, father name, mother name, fathers name, mothers
        name, emergency contact, emergency contact name, next of kin, guardian name, parent name,
        player name, judge name, referee name, director name, patronymic, name first, name last,
        name given, name family, givenname, contact first name, insured name, vorname, nachname,
        familienname, geburtsname, rufname, ansprechpartner, zuname, prenom, nom de famille, nom
        famille, nom usage, nom complet, nom naissance, apellido, apellidos, primer apellido,
        segundo apellido, primer nombre, segundo nombre, nombre completo, nombres, nombre cliente,
        cognome, nome completo, sobrenome, apelido, primeiro nome, nome mae, nome pai, voornaam,
        achternaam, tussenvoegsel, imie, nazwisko, etunimi, sukunimi, fornavn, etternavn, efternavn,
        fornamn, efternamn, soyad, soyadi, ad soyad, jmeno, prijmeni, keresztnev, vezeteknev,
        xingming, shimei, nachn, vorna, name lst, namev, billing name, shipping name, billing detail
        name, billing address name, shipping address name, author name, committer name, commit
        author, sender name, nom jeune fille, nom de jeune fille, jeune fille, nom client, nom
        salarie, voorletters, roepnaam, geslachtsnaam, meisjesnaam, mellannamn, tilltalsnamn,
        etunimet, prenume, prezime, ime prezime, ime i prezime, priimek, priezvisko, eesnimi,
        perekonnanimi, uzvards, pavarde, soyisim, adi soyadi, familiya, imya, otchestvo, eponymo,
        seimei, shimei kana, namae, zhenshi xingming, seongmyeong, ho ten, ho va ten, nama lengkap,
        nama depan, nama belakang, nome cliente, nombre apellidos, nombre y apellidos, apellido
        paterno, apellido materno, first nm, last nm, middle nm, full nm, frst nm, lst nm, fst name,
        lst name, contact nm, cntct nm, emergency contact nm, emerg contact name, emergency contact
        full name, assistant name, contributor name, claimant name, debtor name, policyholder name,
        policy holder name, insured person, offender name, suspect name, victim name, witness name,
        officer name, pilot name, requester name, reporter name, enrollee name, landlord name,
        caller name, trainee name, facebook display name, twitter display name, linked in display
        name, linkedin display name, attending physician, treating doctor, surgeon name, salesman
        name, salesperson name, sales person name, kid name, child name, husband name, wife name,
        known as name, name of employee, name of patient, name of customer, name of person, name of
        contact, mother maiden nm, cust first name, cust last name, account holder nm, keeper name,
        registered keeper, second last name, chfnm, attending md, attending doctor, nom patient,
        nombre paciente, givn, surn""",
    PersonalClass.EMAIL: """ctce, pax email, correo e, correo contacto, mel, email, e mail, mail
        address, email address, e mail address, emailaddr, mail adresse, email id, e mail id,
        mailadresse, correo, correo electronico, courriel, adresse mail, adresse email, posta
        elettronica, emailaddress, smtp address, smtp addr, emails, email addresses, useremail,
        contact mail, mailaddr, emailadres, e mailadres, epost, e post, epostadress, epostadresse,
        sahkoposti, sahkopostiosoite, adres email, adres e mail, eposta, e posta, endereco email,
        email cliente, email client address, courrier electronique, alamat email, elektronska posta,
        eml addr, eml address, eml, e mail addr, email addr, personal email, work email, home email,
        private email, billing email, paypal email, mail id, contact email address, dianzi youxiang,
        youxiang, meru adoresu""",
    PersonalClass.PHONE: """a number, b number, a party number, b party number, calling msisdn,
        called msisdn, ctcm, pax phone, pax mobile, num telefono, nro telefono, numero contacto,
        calling number, called number, calling party, called party, caller no, dialed number,
        dialled number, phone, phone number, phones, phone no, telephone, telephone number, tel, tel
        no, tel nr, telno, telnr, mobile, mobile number, mobile no, mobile phone, cell, cell phone,
        cellphone, cell number, home phone, work phone, fax, fax number, msisdn, whatsapp, telefon,
        telefonnummer, telefon nr, handy, handynummer, mobilnummer, rufnummer, mobil, telefono,
        numero telefono, movil, celular, tel portable, numero de telephone, numero telephone, numero
        tel, cellulare, telefone, telemovel, telefoon, telefoonnummer, puhelin, telf, telfx,
        telephonenumber, phonenumber, caller number, callerid, ani, sms number, telecom, telecom
        value, tlf, tlfnr, tlf nr, telnummer, tel number, mobilnr, mobil nr, mobiltelefon, gsm nr,
        gsm number, nr telefonu, numer telefonu, telefon komorkowy, komorka, cislo telefonu,
        telefonni cislo, telefonne cislo, matkapuhelin, puhelinnumero, puhelinnro, cep telefonu, cep
        tel, denwa, denwa bango, keitai, keitai bango, shouji, shoujihao, shouji haoma, dianhua,
        nomor telepon, no telepon, nomor hp, dien thoai, so dien thoai, jeonhwa, jeonhwabeonho,
        hyudaepon, contact ph, cntct ph, home ph, hm ph, work ph, wk ph, cell ph, cell ph no, hm
        phone, hm phone nbr, phone nbr, phone num, ph no, ph number, phn, phn nbr, phn no, tel
        mobile, tel domicile, tel fixe, telephone fixe, telephone portable, tel privat, handy nr,
        handynr, mobile num, mob no, mobile nbr, contact number, contact no, pager, landline,
        daytime phone, evening phone, emergency phone, emergency contact phone, emerg contact ph,
        whatsapp number, telefoon nr, telefoonnr, tel privado, telefone celular, telemovel cliente,
        nr tel, numero cellulare, numero portable""",
    PersonalClass.ADDRESS: """address, addresses, street, street address, street name, street
        number, address line, addr, addr line, home address, mailing address, postal address,
        residence, residential address, shipping address, billing address, delivery address,
        house number, house no, apartment number, apt number, apartment, street line, strasse,
        str nr, hausnummer, haus nr, anschrift, adresse, postanschrift, adresszeile, direccion,
        calle, domicilio, indirizzo, civico, rue, voie, endereco, rua, morada, logradouro,
        straat, straatnaam, huisnummer, adres, ulica, gata, gatuadress, katuosoite, stras, ship
        address, ship street, bill street, mailing street, other street, permanent address,
        current address, suite number, house num, jusho, dizhi, zhuzhi, juso, alamat, dia chi,
        adresa, adresa bydliste, bydliste, adres zamieszkania, ulice, lakcim, sokak, ikametgah,
        osoite, bostadsadress, hemadress, gateadresse, vejnavn, huisnr, huis nr, hausnr, numero
        civico, adresse postale, adresse postal, numero rue, num voie, nom voie, complement
        adresse, calle numero, address ln, addr ln, res street address, residence address,
        street addr, str addr, home addr, mail addr, mailing addr, ulica nr, nr domu, nr
        mieszkania, cislo popisne, contributor street, domicile, domicilio fiscal, direccion
        cliente, direccion particular""",
    PersonalClass.BIRTH_DATE: """birth date, birthdate, date of birth, dob, birthday, birth day
        date, birth dt, born on, born at, birth datetime, birth timestamp, geburtsdatum,
        geburtstag, geb datum, gebdat, gbdat, date de naissance, date naissance, datenaissance,
        fecha nacimiento, fecha de nacimiento, nacimiento, data di nascita, data nascita, data
        nascimento, data de nascimento, geboortedatum, data urodzenia, fodselsdato,
        fodelsedatum, syntymaaika, dogum tarihi, patient dob, member dob, subscriber dob, date
        naiss, dat naiss, dt naiss, dt nascimento, dt nasc, data nasc, dat nasc, data ur, data
        urodz, datum narozeni, datum narodenia, datum rodjenja, datum rodenja, dan rojstva,
        datum rojstva, szuletesi datum, szul datum, data nasterii, syntymapaiva, syntymapvm,
        fodselsdag, fodelsedag, dogum tarih, dogum gunu, seinengappi, tanjobi, shengri,
        chusheng riqi, saengnyeonworil, ngay sinh, tanggal lahir, tgl lahir, fecha nac, fec
        nac, fec nacimiento, f nacimiento, geboorte datum, gebdatum, brth dt, brth date, birth
        dte, dob dt, bdate, bday, birthdt, date birth, geb dat, synnyinaika, nee le, birth
        day, birth yyyymmdd, birth ymd, birth dttm, birth ts, dob yyyymmdd, geb dt, birt
        date""",
    PersonalClass.DEATH_DATE: """dthdtc, dthdt, death date, date of death, deceased date, death
    datetime, date
        deceased, dod, deceased datetime, sterbedatum, todesdatum, date deces, date de deces,
        fecha defuncion, fecha muerte, deathdate, died on, died at, data zgonu, dt obito, data
        obito, data decesso, data morte, overlijdensdatum, dodsdato, dodsdatum, kuolinpaiva,
        death dt, deceased dt, dod dt, deceased ts, deceased timestamp, deat date""",
    PersonalClass.NATIONAL_ID: """num afiliacion ss, num afiliacion, numero afiliacion, no
        afiliacion, nro afiliado, numero afiliado, num afiliado, cns pac, cns paciente, cartao
        nacional saude, cartao sus, num cns, nu cns, pis, pis pasep, nis, rfc curp, nuss, num seg
        social, numero seguridad social, naf, cuil cuit, nif dni, dni nie, num ss, sv nummer nr,
        ssn, ssn number, social security, social security number, social security no, social
        insurance number, national id, national id number, nationalid, national insurance number,
        national insurance no, nino, national number, national identifier, identity number, identity
        card number, id card number, id card no, id card, government id, citizen id, citizenid,
        civil id, personal id number, personal identity number, personal identification number,
        sozialversicherungsnummer, sv nummer, sv nr, svnr, ausweisnummer, personalausweisnummer,
        personalausweis, numero securite sociale, nir, numero secu, dni, nif, nie, curp, cedula,
        cpf, rut, rg numero, codice fiscale, codicefiscale, bsn, pesel, rodne cislo, personnummer,
        fodselsnummer, cpr nummer, cpr number, hetu, tc kimlik, tckn, aadhaar, aadhar, aadhaar
        number, nric, hkid, mynumber, nhs number, nhs no, medicare number, medicaid number, medicare
        id, insee, social security nbr, ssno, perid, sin number, alien number, cod fiscale, codice
        fisc, num secu, num secu sociale, num securite sociale, numero de securite sociale, nss, dni
        nif, nif nie, numero dni, cuil, cedula identidad, cedula ciudadania, carnet identidad,
        documento identidad, doc identidad, bsn nummer, bsn nr, burgerservicenummer,
        rijksregisternummer, numero registre national, nr dowodu, dowod osobisty, nr pesel, numer
        pesel, rodne c, oib, jmbg, emso, egn, personnr, person nr, fodselsnr, cpr nr, cprnr,
        henkilotunnus, kennitala, isikukood, personas kods, asmens kodas, amka, tc no, tc kimlik no,
        tckimlik, tc kimlik numarasi, snils, teudat zehut, shenfenzheng, shenfenzheng hao,
        shenfenzhenghao, id card num, my number, kojin bango, jumin beonho, jumin deungnok beonho,
        resident registration number, resident number, nomor ktp, no ktp, nric fin, cccd, cmnd,
        voter id, voterid, voter number, voter reg num, voter registration number, voter reg number,
        epic number, emirates id, iqama, iqama number, ni number, ni no, nhs nbr, nhsno, soc sec
        num, soc sec no, soc sec nbr, social sec num, social security num, social security nr, ssn
        num, social insurance no, social insurance num, aadhaar no, aadhaar num, cedula no, ahv
        nummer, ahv nr, avs numero, sozialvers nr, sozialversicherungsnr, insz, niss, alien reg no,
        alien registration number, alien registration no, uscis number, social security last, social
        sec""",
    PersonalClass.TAX_ID: """tax id, taxid, tax identification number, tax number, tax no, tin,
        itin, tax payer id, taxpayer id, taxpayer number, steuer id, steuernummer, steuer nr,
        steuerid, steueridentifikationsnummer, numero fiscal, pan number, pan card, stcd,
        stceg, tax file number, tfn, cuit, steuer identnummer, steueridentnr, steuer
        identifikationsnummer, steuernr, pan no, pan num, afm, npwp, taxpayer identification
        number, tax payer number, tax ident, nit cliente""",
    PersonalClass.PASSPORT: """ppt no, pp no, docs ppt no, docs no, travel document number, travel
        doc no, travel doc number, passport, passport number, passport no, passport nr, passportno,
        passport id, reisepass, reisepassnummer, passnummer, pasaporte, numero pasaporte, passeport,
        numero passeport, passaporto, paspoort, visa number, passport num, passport nbr, num
        passeport, passeport no, pasaporte no, pass nr, passnr, pasport, huzhao, numero passaporto,
        nr paszportu, paszport, pasaport no, passi numero, visa no""",
    PersonalClass.DRIVING_LICENCE: """tacho card, tachograph card, driver card, driver card no,
        driver card number, fahrerkarte, fahrerkartennummer, carte conducteur, tarjeta conductor,
        driving licence, driving license, drivers license, drivers licence, driver license, driver
        licence, driver license number, drivers license number, driving licence number, dl number,
        fuehrerschein, fuhrerschein, fuehrerscheinnummer, fuhrerscheinnummer, permis de conduire,
        licencia de conducir, carnet conducir, patente guida, drivers, license number of driver,
        driver licence no, driver license no, driver lic, driver lic no, drivers lic, drivers lic
        no, drivers licence number, drivers license no, dl no, prawo jazdy, rijbewijs,
        rijbewijsnummer, korkort, ajokortti, ehliyet no, cnh, permis conduire, licencia conducir""",
    PersonalClass.LICENCE_PLATE: """license plate, licence plate, license plate number, number
        plate, plate number, plate no, licence plate number, kfz kennzeichen, autokennzeichen,
        nummernschild, immatriculation, matricula vehiculo, targa, kenteken, registration
        plate, vehicle registration number, car plate, reg plate, vehicle plate, plate num,
        plate nbr, license plate no, licence plate no, vrm, nr rejestracyjny, tablica
        rejestracyjna, plaka, spz, rendszam, registreringsnummer, placa vehiculo, kfz kz,
        vehicle reg no, vehicle registration no, vehicle registration mark""",
    PersonalClass.MEMBER_NUMBER: """library card, library card no, patron card, patron barcode,
        borrower card, ffn, ff no, ff num, ffp no, ffp number, ff number, loyalty no, ncid, voter
        reg no, reg no voter, persnr, num empleado, nro legajo, num matricula empleado, matricola
        dip, patienten nummer, patient nummer, patienten nr, versicherten nr, employee number,
        employee no, employee nr, emp no, emp num, empno, staff number, staff no, staff id number,
        badge number, badge no, personnel number, personnel no, payroll number, worker number,
        member number, member no, membership number, membership no, medical record number, medical
        record no, mrn, patient number, patient no, chart number, health plan number, insurance
        number, insurance member id, policy holder number, health card number, health insurance
        number, student number, student no, matriculation number, personalnummer, pers nr, persnr,
        pernr, mitarbeiternummer, matrikelnummer, versichertennummer, versicherungsnummer,
        matricule, numero matricule, numero empleado, numero socio, person source value, patient
        source value, legajo, employee code, loyalty number, loyalty card number, frequent flyer
        number, frequent flyer, npi, npi number, dea number, national provider identifier, matricola
        dipendente, matricola, staff code, employee num, employee nbr, empl no, empl nbr, emplid,
        worker code, mbi, hicn, beneficiary number, subscriber number, enrolment number, enrollment
        number, student num, member nbr, member num, patient nbr, badge num, medical rec no,
        hospital record number, health plan id, health insurance claim number, medicare beneficiary
        identifier, medicare beneficiary id, service member number""",
    PersonalClass.USERNAME: """last user, last logged on user, last logged in user, logged on user,
        username, user name, login, login id, login name, user login, userlogin, loginname, screen
        name, screenname, nickname, nick name, user handle, twitter handle, account username,
        benutzername, benutzer, anmeldename, nom utilisateur, nom d utilisateur, usuario, nombre
        usuario, nome utente, gebruikersnaam, uname, usnam, ernam, aenam, bname, cernam, crusr,
        chusr, samaccountname, user principal name, upn, logon name, logonname, network id, unix
        user, remote user, auth user, os user, db user, session user, aname, login user, kullanici
        adi, uzivatelske jmeno, nazwa uzytkownika, felhasznalonev, anvandarnamn, brukernavn,
        kayttajatunnus, yonghuming, discord username, discord handle, slack handle, slack username,
        gamertag, gamer tag, ldap uid, ad account, windows account, windows user, user nm, usr nm,
        usr name, user login name, login nm, reddit username, twitch username, telegram username,
        instagram username, twitter username, github login, steam name""",
    PersonalClass.SOCIAL_PROFILE: """linkedin, linkedin url, linkedin profile, linkedin id,
        facebook, facebook url, facebook profile, facebook id, twitter, twitter url, twitter
        profile, twitter id, instagram, instagram handle, skype, skype id, skype name, github,
        github username, github profile, xing, tiktok, snapchat, telegram, wechat, wechat id,
        line id, social profile, social media, social media address, social media url, social
        media profile, social handle, profile url, weixin, wechat no, qq number, kakao id,
        kakaotalk id, viber, linked in, linked in url, linked in profile, linked in profile
        url, linkedin profile url, facebook profile url, twitter profile url, facebook handle,
        github url, mastodon handle, bluesky handle, youtube handle""",
    PersonalClass.SECRET: """password, passwd, passwort, kennwort, pwd, passphrase, password
        hash, password salt, contrasena, mot de passe, motdepasse, senha, wachtwoord, parola,
        haslo, secret, client secret, secret key, secret access key, api key, apikey, api
        token, access token, refresh token, auth token, session token, bearer token, private
        key, encryption key, security answer, secret answer, recovery code, otp secret, totp
        secret, mfa secret, pin code card, passcode, pin number, credentials, user password,
        hashed password, encrypted password, password digest, reset token, auth key, security
        question answer, access key secret, bcode, pin hash, hashed pin, pass hash, passwd
        hash, pwd hash, password encrypted, passwordhash, mfa seed, totp seed, otp seed, otp
        code, one time password, session cookie, oauth token, oauth secret, oauth token secret,
        oauth access token, id token, jwt, jwt token, webhook secret, signing secret, signing
        key, shared secret, private key pem, ssh key, ssh private key, api secret, api key
        secret, api key hash, consumer secret, secret value, secret hash, db password,
        connection string, magic link, backup codes, backup code, recovery phrase, recovery
        codes, seed phrase, mnemonic phrase, keystore password, salasana, losenord,
        adgangskode, passord, jelszo, heslo, sifre, mima, kata sandi, mat khau, security pin,
        user pin, wifi password""",
    PersonalClass.IP_ADDRESS: """ip address, ipaddress, ip addr, ipaddr, client ip, remote ip,
        source ip, src ip, user ip, visitor ip, remote addr, remote address, ip adresse, ip4,
        ip6, ipv4, ipv6, ip, login ip, last login ip, forwarded for, x forwarded for, c ip,
        client address, client addr, signup ip, customer ip, sign in ip, ip opt, opt ip, ip
        signup, ip opt in, originating ip, caller ip, anonymous ip, browser ip, peer ip, real
        ip, x real ip, user ip address, client ip address, direccion ip, adresse ip, indirizzo
        ip, system ip address, registration ip, last ip, current ip, sign up ip""",
    PersonalClass.DEVICE: """imei, imsi, mac address, mac addr, iccid, macaddress, device
        serial number, device mac, idfa, gaid, advertising id, android id, idfv, udid, device
        udid, device imei, imei number, imei no, advertiser id, aaid, phone imei, meid,
        bluetooth address, bluetooth mac, wifi mac, user pseudo id, pseudo id, pseudo user
        id, full visitor id, visitor id, anonymous id, anonymous user id, cookie id, ga
        cookie, ga client id, ga cid, google analytics client id, tracking cookie, device
        fingerprint, browser fingerprint, mobile ad id, advertising identifier, ecid,
        experience cloud id, marketing cloud visitor id, mcvisid, distinct id, rdid,
        device advertising id, id visitor, visitor uuid, visitor key""",
    PersonalClass.IBAN: """iban, iban number, iban no, iban nr, bank iban, account iban, iban
        client, iban cliente, debtor iban, creditor iban, payer iban, kunden iban, client iban,
        customer iban, numero iban""",
    PersonalClass.BANK_ACCOUNT: """bank account, bank account number, bank account no,
        bankaccount, bank acct, bank acct number, kontonummer, konto nr, ktonr, bankverbindung,
        bankkonto, bankn, numero de cuenta, numero cuenta, cuenta bancaria, clabe, numero de
        compte, numero compte, rib, compte bancaire, conto corrente, numero conto, conta
        bancaria, rekeningnummer, bban, account number masked, deposit account number, direct
        deposit account, bank acct nbr, bank acct num, bank acct no, bank account num, bank
        account nbr, upi id, upi vpa, pix key, chave pix, nr konta, numer konta, cislo uctu,
        tilinumero, hesap no, checking account number, savings account number, girokonto,
        rekening nr, rekeningnr, no rekening, nomor rekening, cuenta corriente, nro cuenta, cbu""",
    PersonalClass.CARD_NUMBER: """credit card, credit card number, creditcard,
        creditcardnumber, credit card no, card number, card no, card num, cardnumber, cc
        number, ccnumber, cc num, ccnum, cc no, debit card, debit card number, payment card,
        payment card number, card pan, kreditkarte, kreditkartennummer, kartennummer, numero
        tarjeta, numero de tarjeta, tarjeta credito, numero carte, carte bancaire, numero
        carta, primary account number, ccins, ccnumber full, num tarjeta, nro tarjeta, tarjeta
        numero, numero carte bancaire, card nbr, cardnr, card nr, kaartnummer, kaartnr, numer
        karty, nr karty, kart no, kart numarasi, kortnummer, korttinumero, numero cartao,
        cartao numero, cartao credito, credit card num, credit card nbr, cc nbr, cc num full""",
    PersonalClass.CARD_CODE: """cvv, cvc, cvv2, cvc2, csc, cid code, cc cvc, cc cvv, card
        security code, card verification value, card verification code, security code card,
        card cvv, card cvc, pruefziffer karte, card pin, kartenpruefnummer, cvv code, cvc code,
        cvv no, cvv number, cvv num, cvc number, cvc no, cvv hash, card security number""",
    PersonalClass.PHOTO: """photo of person, avatar, avatar url, profile photo, profile
        picture, profile image, profile pic, portrait, selfie, headshot, face image, passport
        photo, passbild, foto perfil, photo identite, facebook photo url, twitter photo url,
        linked in photo url, remote photo url, employee photo, user photo, customer photo,
        student photo, patient photo, member photo, face photo, head shot, avatar image,
        profile photo url, profile image url, profile picture url""",
    PersonalClass.DOCUMENT: """resume, cv, curriculum vitae, lebenslauf, cover letter,
        motivation letter, curriculum, hoja de vida, anschreiben, signature image, reference
        letter, resume url, resume text, resume file, cv url, cv file, cover letter text,
        lettre motivation""",
    PersonalClass.BIOMETRIC: """biometric, biometrics, biometric template, biometric data,
        fingerprint template, fingerprint image, face encoding, face embedding, faceprint,
        voiceprint, retina scan, iris scan, dna sequence, dna profile, genome of person,
        genotype""",
    PersonalClass.HEALTH: """obito, in obito, cid princ, cid principal, cid 10, medical exam notes,
        medical exam result, jours maladie, nb jours maladie, jrs maladie, fehltage krank,
        krankheitstage, dias baja, dias incapacidad, incapacidad, incapacidades, sick days, sick
        hours, sick leave days, aeterm, aedecod, cmtrt, cmdecod, mhterm, mhdecod, lborres, vsorres,
        diffrem, diffmob, diffphys, diffsens, diffcare, diffeye, diffhear, abnormal flag, diagnosis
        of person, disability, disabilities, disability status, disabled status, handicap,
        behinderung, schwerbehinderung, grad der behinderung, discapacidad, blood type, blood group,
        blutgruppe, hiv status, hiv, pregnancy, pregnant, is pregnant, pregnancy status, allergy,
        allergies, medical condition, medical conditions, medical history, health condition, health
        status, health issues, chronic condition, mental health, comorbidity, smoking status,
        smoker, is smoker, alcohol use, substance use, vaccination status, immunization, cause of
        death, todesursache, krankheit, krankheiten, krankheitsgrund, enfermedad, maladie, sick
        leave reason, sickness reason, prescription, medications, medication, allergen, primary
        diagnosis, secondary diagnosis, admission diagnosis, discharge diagnosis, diagnosis code,
        diagnosis description, icd code, icd10, icd9, icd 10 code, icd 9 code, symptoms, medical
        notes, clinical notes, diagnose, diagnostico, bmi, tobacco use, alcohol consumption,
        drinking status, medical record, health notes, injury description, hospital diagnosis, dx
        code, dx desc, dx description, genetic test, genetic marker, covid status, covid test
        result, disability flag, disability flg, disability type, special needs, iep status,
        medicament, medicaments, choroba, sairaus, diagnos, diagnosi, malattia, invalidity,
        impairment, allergia, alergias, krankmeldung, antecedents medicaux, body mass index,
        disability cd, disability code, rozpoznanie, health problem, health problems, principal
        diagnosis, admitting diagnosis, admit diagnosis, diagnosis cd, diagnostic code, disability
        rating, disability indicator, disability ind, disability category, disability desc, has
        disability, schwerbehindert, invalidite, discapacitado, special education, sped, sped code,
        sped status, mental illness, signs of mental illness, suicide attempt, num pregnancies,
        problem list, hiv result, hiv test, vaccination type, vaccine received, comorbidities,
        preexisting condition, pre existing condition, is diabetic, substance abuse, drug use, med
        history, med hist, medical hist, past medical history""",
    PersonalClass.ETHNICITY: """hispan, hisp, racblk, ethnicity, ethnic group, ethnic origin,
    ethnic background,
        ethnic code, ethnic, racial group, race ethnicity, race code, race concept, race
        source, race description, ethnische herkunft, ethnie, etnia, etnicidad, raza, origine
        ethnique, origen etnico, hispanic latino, hispanic origin, tribe, caste, indigenous
        status, skin color, skin colour, hispanic, hispanic or latino, is hispanic, race desc,
        race id, race cd, ethnic grp, ethnic grp code, ethnic grp cd, ethnic group code, ethnic
        cd, ethnicity cd, cor raca, raca cor, narodnost, narodowosc, etnisk bakgrund, minority
        group, racial ethnic group, tribal affiliation, aboriginal status, eth cd, eth
        code, eth grp, eth desc, racial category, race category, race group, race eth,
        race ethn, hispanic ind, hispanic flag, hispanic indicator, latino flag, primary
        race, self reported race, ancestry, caste category, ethnicite""",
    PersonalClass.CITIZENSHIP: """citizenship, citizenship status, citizenship country,
        citizenship code, country of citizenship, citizen status, citizen code, citizen
        country, us citizen, is citizen, is us citizen, non citizen, immigration status,
        immigrant status, visa status, visa class, visa category, residence permit,
        residency permit, class of admission, green card, permanent resident, permanent
        resident status, alien status, refugee status, asylum status,
        staatsangehoerigkeit, staatsangehorigkeit, staatsbuergerschaft,
        staatsburgerschaft, ciudadania, cittadinanza, cidadania, citoyennete,
        staatsburgerschap, obywatelstwo, obcanstvi, medborgarskap, statsborgerskab,
        statsborgerskap, kansalaisuus, aufenthaltsstatus, aufenthaltstitel, titre sejour""",
    PersonalClass.RELIGION: """religion, religious, religious affiliation, religious belief,
        religious denomination, faith, konfession, kirchensteuer, kirchensteuermerkmal,
        konfession code, religione, religiao, religie, religious suffix, denomination of
        person, church tax, konfe, wyznanie, nabozenstvi, nabozenstvo, uskonto, trossamfund,
        agama, zongjiao, shukyo, church membership, kirchenzugehoerigkeit, confessione
        religiosa, kirchenaustritt, religious preference, religion code, relig, relig
        pref, godsdienst, religion name""",
    PersonalClass.POLITICS: """cotis syndicale, cotisation syndicale, cuota sindical, contribuicao
        sindical, contrib sindical, gewerkschaftsbeitrag, trattenuta sindacale, syndical, union dues
        amt, filiacion sindical, afil sindical, party aff, party cd affil, political affiliation,
        political party, party affiliation, political opinion, political views, voter party, union
        member, union membership, trade union, gewerkschaft, gewerkschaftsmitglied, afiliacion
        sindical, syndicat, voting intention, political leaning, pol affiliation, parteimitglied,
        parteimitgliedschaft, partido politico, party registration, registered party, union
        affiliation, union code, vote choice, union cd, union ind, union flag, union member flag,
        union member ind, union local, union dues, labor union, labour union, sindicato, vakbond,
        political party code, voter registration party, party enrollment""",
    PersonalClass.ORIENTATION: """sexual orientation, sexuality, sexuelle orientierung,
        orientacion sexual, orientation sexuelle, sex life, gender identity, transgender,
        sexual preference, lgbt, lgbtq, lgbtq status""",
    PersonalClass.MARITAL_STATUS: """situation fam, sit fam, sit familiale, est civil, edo civil,
        ecivil, fam stand, marital status, maritalstatus, marital, marital state, civil status,
        married, is married, familienstand, zivilstand, estado civil, etat civil, situation
        familiale, situation matrimoniale, stato civile, burgerlijke staat, stan cywilny, famst,
        marital desc, marital stat, marital cd, marital code, marital stat cd, maritaldesc, medeni
        hal, medeni hali, rodinny stav, siviilisaaty, civilstand, sivilstatus, csaladi allapot,
        relationship status, stare civila, bracno stanje, hunyin zhuangkuang, situation famille, mar
        status, mar stat, marst, mrtl stat, marital sts, estado matrimonial, etat matrimonial""",
    PersonalClass.MILITARY: """military service, military status, military rank, military
        branch, veteran status, veteran, is veteran, protected veteran, military, wehrdienst,
        servicio militar, service militaire, discharge type military, veteran flag, veteran
        flg, veteran stat, veteran cd, military service status, army service, askerlik
        durumu, vet ind, vet flag, vet status, vet stat, vet cd, veteran indicator,
        veteran ind, veteran code, armed forces status, wehrpflicht""",
    PersonalClass.CRIMINAL_RECORD: """chrg desc, chrg cd, chrg description, offense desc, offense
        charged, criminal record, criminal history, criminal conviction, prior convictions,
        conviction record, background check result, arrest record, fuehrungszeugnis, vorstrafen,
        antecedentes penales, casier judiciaire, felony conviction, prior arrests, prior offenses,
        prior offences, criminal charges, sex offender, offender status, parole status, probation
        status, convictions count, criminal background""",
    PersonalClass.INCOME: """sdo diario, sdo mensual, maas, brut maas, net maas, wealth rating,
        wealth score, net a payer, net paye, net payer, net imposable, brut mens, brut mensuel, brut
        annuel, salaire brut mensuel, sal base, salario mensal, salario liquido, total liquido,
        liquido a receber, liquido a percibir, total devengado, total devengos, ing anual, ing
        mensual, ingreso anual, ingresos anuales, ingreso familiar, ing familiar, renta anual,
        salario diario, salario dia, salario diario integrado, sdi, jornal, haber basico, vencimento
        base, total vencimentos, total proventos, remuneracao bruta, remuneracao liquida,
        retribuzione lorda, retribuzione mensile, paga base, netto in busta, netto busta, reddito
        lordo, bruttolohn, steuerbrutto, sv brutto, gesamtbrutto, auszahlungsbetrag, monatsbrutto,
        jahresbrutto, nettoverdienst, tariflohn, entgelt, brutoloon, nettoloon, bruto loon, netto
        loon, uurloon, maandsalaris, jaarsalaris, brutto lonn, arslonn, manedslonn, timelonn,
        wynagrodzenie brutto, placa zasadnicza, hruba mzda, cista mzda, bruttopalkka, revenu fiscal,
        revenu mensuel net, income band, income bracket, income range, income group, hh income,
        hhold income, inctot, incwage, ftotinc, hhincome, pincp, wagp, salary, salaries, base
        salary, annual salary, monthly salary, salary amount, gross salary, net salary, base pay,
        pay rate, hourly rate employee, hourly wage, wage, wages, annual income, yearly income,
        monthly income, household income, personal income, gross income, income amount, take home
        pay, bonus amount, annual bonus, gehalt, bruttogehalt, nettogehalt, jahresgehalt, lohn,
        einkommen, jahreseinkommen, salaire, salaire brut, salaire net, revenu annuel, salario,
        sueldo, stipendio, vencimento, remuneracion, remuneration, compensation amount, credit
        score, fico score, fico, net worth, bonitaet, schufa score, annual inc, stipendio lordo,
        stipendio netto, stipendio mensile, retribuzione, salario bruto, salario mensual, sueldo
        mensual, sueldo bruto, sueldo base, salaris, bruto salaris, monatsgehalt, grundgehalt,
        wynagrodzenie, pensja, mzda, fizetes, manadslon, palkka, maas tutari, gaji, xinzi, gongzi,
        nenshu, luong, total compensation, total base pay, base compensation, annual sal, annual
        compensation, salary amt, take home salary, salary usd, current salary, expected salary,
        ingreso mensual, ingresos mensuales, renta mensal, renda mensal, credit scr, ytd gross, ytd
        net, ytd earnings, ytd pay, ytd wages, year to date gross pay, year to date net pay, gross
        wages, net wages, gross earnings, total comp, total pay, total pay benefits, overtime pay,
        overtime paid, total overtime paid, total ot paid, regular gross paid, regular pay, wage
        rate, rate of pay, comp rate, comprate, compensation rate, annual rt, monthly rt, hourly rt,
        annual base pay, base comp, annual gross, annual pay, annual wage, annual earnings, monthly
        wage, weekly wage, adjusted gross income, gross annual income, family income, income
        bracket, credit history, ingresos, rendimento, rendimentos, renda, renda familiar, revenu
        mensuel, revenus, reddito, reddito annuo, inkomen, jaarinkomen, verdienst, monatslohn,
        stundenlohn, nettolohn, bruttolohn, salaire mensuel, salaire annuel, salaire base, salaire
        horaire, fico range, credit bureau score, ansal, sueldo neto, salario neto, salario liquido,
        salario base, remuneracao, household earn, compensation basis, frequency compensation""",
    PersonalClass.GENDER: """gender, gender code, sex, sex code, geschlecht, genero, sexo,
        genre, sesso, geslacht, plec, kon, gesch, biological sex, sex at birth, kjonn,
        sukupuoli, cinsiyet""",
    PersonalClass.POSTAL_CODE: """zip, zip code, zipcode, zip plus 4, postal code, postalcode,
        postcode, post code, plz, postleitzahl, codigo postal, code postal, cap code, cep,
        pstlz, pstl, postnummer, postnr, pincode, pin code, kod pocztowy, postinumero, eircode""",
}
"""Phrases that mean the class in most tables."""
