"""Lists phrases for personal data in French, Spanish, Italian and Portuguese.

They are written as those in `phrases`: separated by commas, compared without blanks.
"""

from collections.abc import Mapping

from lakegloss.core.personal.classes import PersonalClass

P = PersonalClass

SURE: Mapping[PersonalClass, str] = {
    P.NAME: """
        nom etu, nom eleve, nom pat, nom assure, nom locataire, nom medecin, nom pere, nom mere,
        nom resp, nom responsable, nom contact, nom titulaire, nom benef, nom usager, nom
        adherent, prenom etu, prenom eleve, prenom pat, prenom usage, pren, prenom client, pers
        confiance, personne confiance, pers contact, personne a prevenir, pers a prevenir,
        medecin traitant, medecin resp, tuteur legal, representant legal, conjoint nom, nombre
        alum, nombre paciente, nombre cli, nombre socio, nombre prof, nombre emp, nombre ben,
        nombre conyuge, nombre medico, nombre responsable, nom ape, nomape, ape nom, apenom,
        apyn, apell, apell nombre, ap nombre, primer ap, segundo ap, ap uno, ap dos, nombre
        madre tutor, tutor legal, contacto emergencia, pers contacto, persona contacto, medico
        tratante, medico cabecera, medico responsable, jefe inmediato, jefe directo, nome paz,
        nome paziente, nome cliente, nome alunno, nome studente, nome padre, nome madre, nome
        coniuge, nome tutore, nome medico, cogn, cogn paz, cognome paz, cognome cliente,
        nominativo paz, medico base, medico curante, medico richiedente, persona contatto,
        contatto emergenza, intestatario, caregiver, nome alu, nome pac, nome func, nome cli,
        nome assoc, nome conjuge, nome prof, nome resp, nm cliente, nm aluno, nm resp, nm
        social, nm conjuge, contato emergencia, pessoa contato, medico resp, responsavel legal,
        encarregado educacao, pers conf, pers de confiance, personne de confiance
    """,
    P.PHONE: """
        tel port, tel portab, tel gsm, tel dom, tel domic, tel fix, tel perso, tel pro, tel bur,
        tel bureau, tel mere, tel pere, tel urgence, num port, num portable, no portable, no
        tel, mobile perso, port perso, tel casa, tel movil, tel mov, tel cel, tel trab, tel
        trabajo, tel part, tel particular, tel emerg, tel emergencia, tel urgencia, telf movil,
        telf casa, telf contacto, tfno contacto, tfno fijo, tfno movil, fono, fono contacto,
        celu, cel contacto, num cel, num celular, nro celular, tel cell, tel cellulare, tel
        abit, tel abitazione, tel uff, tel ufficio, tel fisso, num cell, numero cell, recapito
        tel, recapito telefonico, cell paz, fone, fone cel, fone res, fone com, fone contato,
        telef, telef contato, celular contato, tel res, tel com, tel contato, nr celular, nr
        fone, nr telemovel, tlm, telem
    """,
    P.EMAIL: """
        mel perso, mel pro, mel etu, mail perso, mail pro, mail etu, courriel perso, adr mel,
        adr mail, adr courriel, corr elec, correo elec, correo elect, correo per, correo
        personal, correo inst, email contacto, posta elett, mail paz, email contato, correio
        eletronico
    """,
    P.ADDRESS: """
        adr fixe, adr perso, adr postale, adr domicile, adr ligne, adresse fixe, adresse
        domicile, num et rue, no et rue, numero et voie, libelle voie, lib voie, nom rue, adr
        rue, domicilio part, domicilio particular, dir part, dir casa, calle num, calle y
        numero, calle nro, dom calle, dom particular, via numero, via e numero, res via, via
        res, indirizzo res, ind res, indirizzo dom, residenza via, via civico, dom via, num civ,
        nr civico, end res, end residencial, endereco res, ender, rua numero, rua e numero, nm
        logradouro, ds logradouro, logr, morada fiscal, morada res, num porta
    """,
    P.BIRTH_DATE: """
        date naiss, dnaiss, d naiss, dt naissance, naiss, ne e le, ddn, jour naiss, date naiss
        enfant, f nacim, fec nacim, fch nac, fch nacim, fecha nacim, fnacim, f nto, dia
        nacimiento, data nasc paz, dt nascita, dta nascita, dnasc, d nasc, dt nascim, data
        nascim, nascim, dn paciente
    """,
    P.DEATH_DATE: """
        date dec, date deces pat, dt deces, ddc, dcd le, fecha deceso, fec deceso, f deceso, f
        defuncion, data dec, dt decesso, data decesso paz, dt obito pac, data falec
    """,
    P.NATIONAL_ID: """
        no secu, num insee, nir assure, nir pat, nss assure, dni pasaporte, dni num, dni cif,
        nif cliente, dni cliente, dni alumno, num documento ident, cod fisc, codfisc, cf paz,
        codice fisc paz, c fiscale, cf cliente, cpf cliente, cpf aluno, cpf pac, cpf resp, nr
        cpf, num cpf, cpf cnpj pf, nr rg, identidade, nr identidade, bi cidadao, num bi, nr cc
        cidadao, carta cidadao, num ss, nr ss, no ss, cpf morador, cpf titular, rg morador, rut
        pac, rut paciente, rut cliente, rut alumno, rut trabajador
    """,
    P.PASSPORT: """
        num pass, no passeport, pasap, num pasap, nro pasaporte, num passap, nr passaporte
    """,
    P.DRIVING_LICENCE: """
        permis conduire, num permis, no permis conduire, permis no, lic conducir, licencia
        conducir, num licencia conducir, carnet conducir, permiso conducir, patente guida, num
        patente, nr patente, cnh, nr cnh, num cnh, carta conducao, carta habilitacao
    """,
    P.MEMBER_NUMBER: """
        num etu, no etu, num etud, num eleve, no eleve, id national eleve, num agent, num
        salarie, mat paie, matricule agent, num assure soc, num pat, no patient, num patient,
        num usager, num lecteur, carte lecteur, num adh, num licence joueur, num licencie, num
        alum, num alumno, nro alumno, no control, num control, num emp, no emp, nro emp, num
        empleado, cod emp, cod alumno, nro legajo, legajo, num pac, nro paciente, num paciente,
        num exp paciente, nro afiliado obra social, num carnet, num lector, cod paz, codice paz,
        codice paziente, id paz nosologico, nosologico, num tessera, matr dip, matricola dip,
        matr stud, matricola studente, cod dip, cod dipendente, mat func, matr func, nr func,
        cod func, num func, mat aluno, nr aluno, num aluno, cod aluno, num utente, nr utente,
        utente num, cod pac, nr socio, num associado, cod associado, cartao utente, num
        electeur, no electeur, nro elector, num elector, cod contrib, cod contribuente, cod
        contribuyente, num contribuable, num contribuinte, nr contribuinte, nr eleitor, num
        eleitor
    """,
    P.IBAN: "rib client, iban titulaire",
    P.BANK_ACCOUNT: """
        cta bancaria, cuenta bancaria, cta clabe, clabe, clabe interb, cbu, cta cbu, cci cuenta,
        conto corrente, conta corrente, conta bancaria, nib, compte bancaire
    """,
    P.MARITAL_STATUS: """
        sit fam, situation fam, sit matri, etat civ, edo civil, edo civ, est civil, estado civ,
        stato civ, stato civile, est civ, situacao conjugal, vedovo, vedova, viudo, viuda,
        viuvo, viuva, veuf, veuve, divorziato, casado, casada, sposato, sposata, celibe, nubile
    """,
    P.CITIZENSHIP: """
        titre sejour, titre de sejour, num titre sejour, permiso residencia, tipo residencia,
        situacion migratoria, calidad migratoria, permesso soggiorno, cittadinanza, ciudadania,
        citoyennete, cidadania, autorizacao residencia, titulo residencia
    """,
    P.ETHNICITY: """
        pueblo indigena, pueblo originario, etnia alumno, etnia paciente, autoidentificacion
        etnica, grupo etnico, raca cor pac, cor pele, origine ethnique, gruppo etnico,
        pertenencia etnica
    """,
    P.RELIGION: """
        culte, confession, religion alumno, religione, religiao, religion prof
    """,
    P.HEALTH: """
        handicap etu, rqth, taux invalidite, taux incapacite, invalidite, maladies, pb sante,
        probleme sante, problemes sante, antecedents med, antecedents medicaux, traitement en
        cours, allergie, allergies pat, groupe sanguin, grp sanguin, gpe sanguin, grossesse,
        enceinte, fumeur, motif arret, motif hosp, motif hospitalisation, motif admission, diag
        ppal, diag principal, acte ccam, actes ccam, etat sante, grado discap, grado
        discapacidad, tipo discapacidad, discap, minusvalia, enfermedades, enfermedad cronica,
        padecimiento, padecimientos, alergias, alergia, medicacion, grupo sang, grupo sanguineo,
        gpo sanguineo, gpo sang, tipo sangre, tipo sang, factor rh, embarazo, embarazada,
        gestante, fumador, motivo baja medica, motivo incapacidad, diag egreso, diag ingreso, dx
        ppal, invalidita, perc invalidita, grado invalidita, disabilita, allergia, allergie paz,
        terapia in corso, gruppo sang, gruppo sanguigno, gravidanza, fumatore, diagnosi ing,
        diagnosi dim, diagnosi princ, esenzione, cod esenzione, motivo ricovero, deficiencia,
        tipo deficiencia, pcd, doencas, doenca cronica, comorbidade, comorbidades, tipo
        sanguineo, fator rh, gravida, gravidez, fumante, tabagista, queixa principal, hipotese
        diagnostica, cid principal, cid secundario, mode sortie, mode entree hosp, motif sortie
        hosp, motif arret maladie, motif consult, motivo alta medica, tipo alta medica, motivo
        egreso, motivo licencia medica, modo dimissione, modalita dimissione, tipo dimissione,
        motivo malattia, tipo saida hospital, motivo internacao, motivo atestado, cid atestado,
        presion art, presion arterial, tension art, tension arterielle, pression arterielle,
        pressione art, pressione arteriosa, pressao art, pressao arterial, glucemia, glicemia,
        glycemie, posologie, posologia, medoc, medocs, ald, ald code, affection longue duree,
        ordonnance, motivo atencion, motivo cita, motivo consulta, motivo visita, motif rdv,
        motif visite, discap pct, discapacidad pct, porc discapacidad, porcentaje discapacidad,
        pct discapacidad, invalidita pct, taux handicap, malattie pregresse, anamnesi
    """,
    P.INCOME: """
        sal brut mens, sal net mens, rev annuel, rev mensuel, rev fiscal, rfr, revenu mens,
        revenus mens, revenu foyer, ressources mens, ressources annuelles, quotient familial,
        sueldo mens, sueldo mensual, sueldo bruto, sueldo nominal, sal diario, salario diario,
        sdi, salario int, ingreso mens, ingreso mensual, ingresos mens, ingresos mensuales,
        ingreso familiar, ingresos familiares, stip lordo, stip netto, stipendio lordo,
        stipendio netto, stipendio mens, reddito, reddito annuo, reddito fam, renda, renda fam,
        renda familiar, renda mensal, renda mens, renda per capita, sal base, sal bruto, sal
        liq, salario liq, salario bruto, rend anual, rendimento anual, rendimento mensal, isee
        valore, valore isee, pension mensual, pension importe, importe pension, montant pension,
        montant rsa, montant apl, montant aah, beneficio valor, valor beneficio, bolsa familia
        valor, subsidio importe
    """,
    P.POLITICS: """
        syndicat, adherent syndicat, sindicato, afiliacion sindical, afiliado sindicato,
        sindacato, iscritto sindacato, filiacao sindical, sindicalizado, partido afiliacion
    """,
    P.CRIMINAL_RECORD: """
        casier judiciaire, infraction penale, condamnations, antecedentes penales, antecedentes
        policiales, delito imputado, condena, condenas, precedenti penali, casellario, reato,
        condanna, antecedentes criminais, crime imputado, condenacao
    """,
    P.DOCUMENT: """
        firma path, firma imagen, firma escaneada, imagen firma, assinatura, assinatura img,
        signature scan, scan cni, copia dni, scan dni, scan documento, copia documento identita
    """,
    P.BIOMETRIC: """
        biometria, biometria hash, huella, huella dactilar, huella digital, dactilar, impronta
        digitale, impronte, impressao digital, empreinte digitale, empreinte doigt
    """,
    P.PHOTO: """
        foto rosto, foto rostro, foto cara, foto carnet, foto viso, foto tessera, photo
        identite, foto perfil
    """,
}
IN_PERSON_TABLES: Mapping[PersonalClass, str] = {
    P.NAME: """
        conjoint, conyuge, coniuge, conjuge, madre, padre, mae, mere, pere, titulaire,
        locataire, inquilino, responsable legal
    """,
    P.HEALTH: """
        sante, salud, salute, saude, maladie, enfermedad, malattia, doenca, discapacidad,
        diagnosi, terapia, farmaco, farmaci, medicament, medicaments, medicamento, medicamentos,
        vaccin, vaccins, vaccino, vacuna, vacunas, vacina, vacinas, tabac, patologia, patologie,
        remedio, remedios, traitement, traitements, tratamiento
    """,
    P.INCOME: """
        revenu, revenus, ingresos, ingreso mensual neto, salaire, sueldo, stipendio, qf
    """,
    P.BANK_ACCOUNT: """
        num compte, no compte, num cuenta, num conto, nr conto, num conta, nr conta, num cta,
        nro cta
    """,
    P.IBAN: "rib",
    P.CRIMINAL_RECORD: "peine",
}
