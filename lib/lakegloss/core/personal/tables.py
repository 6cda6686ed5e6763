"""Lists words of tables and columns that tell whether a table describes people or things."""

from lakegloss.core.words.lexicon import word_set

METADATA_TAILS = word_set("""
comment comments company organization organisation business reason bounced bounce style promotion
event last type types status check checked verified verification valid validated validity format
source label domain template subject rate ratio length len size version policy preference
preferences pref optin optout opt consent sent flag indicator count counts cnt total sum avg
average mean median min max pct percent share rank index idx city town state province country
region county district code id ids key sk fk pk uuid guid guids title prefix suffix salutation
initial role date time timestamp at on datetime expiry expires expiration exp month year quarter
last4 brand network fingerprint digits allowed enabled required provided missing exists present
changed updated modified method mode kind category class group level language lang locale zone
timezone carrier provider line1type usage purpose attempts limit unit currency frequency grade band
step bin bic swift issuer
""")
"""Words after a phrase that make it a fact about the thing, not the thing itself."""

COUNTING_HEADS = word_set("""
verified count num number nb nbr cnt n total sum avg average mean median min max pct percent share
ratio rate per has is was can should last4 days hours minutes months years anzahl missing invalid
valid estimated standard
""")
"""Words before a phrase that make it a count, a mean or a flag."""

SENSITIVE_TAILS_KEPT = word_set("""
type types status code id concept source value title category class group level kind description
suffix date label key
""")
"""Words after a phrase that keep a sensitive class: a religion's code tells the religion."""

PERSON_TABLES = word_set("""
person persons people individual individuals customer customers client clients employee employees
emp emps staff worker workers user users member members contact contacts candidate candidates
applicant applicants patient patients student students pupil pupils teacher teachers professor
faculty driver drivers passenger passengers guest guests visitor visitors subscriber subscribers
buyer buyers prospect prospects lead leads owner owners tenant tenants borrower borrowers donor
donors voter voters volunteer volunteers participant participants respondent respondents
beneficiary beneficiaries insured claimants physician physicians doctor doctors practitioner
practitioners nurse nurses player players athlete athletes referee referees judge judges politician
politicians author authors plaintiff plaintiffs defendant defendants attorney attorneys lawyer
lawyers coach coaches umpire honoree nominee agent agents salesperson manager managers cardholder
cardholders accountholder personnel payroll hr profile profiles identity identities consumer
consumers household inmate inmates arrests citizen citizens resident residents attendee attendees
instructor instructors actor actors claimant contributor contributors debtor debtors policyholder
policyholders requester requesters enrollee enrollees trainee trainees intern interns veteran
veterans prisoner prisoners offender offenders suspect suspects victim victims witness witnesses
musician musicians singer singers guardian guardians salarie klient klienci klientai kund kunder
asiakas asiakkaat musteri musteriler zakaznik zakaznici pelanggan karyawan pessoa pessoas
funcionario funcionarios trabajador trabajadores cittadino assistito assistiti dependent dependents
spouse relative relatives caller callers registrant registrants resume resumes subject subjects
biographical bio personal personen kunde kunden mitarbeiter patienten benutzer schueler studenten
cliente clientes empleado empleados paciente pacientes usuario usuarios persona personas alumno
alumnos employe employes utilisateur utilisateurs personne personnes dipendente dipendenti klant
klanten medewerker medewerkers pa0002 pa0006 knvk usr21 adrp usr02 signup signups crew cast winner
winners laureate laureates
""")
THING_TABLES = word_set("""
cell cells sheet sheets spreadsheet spreadsheets battery batteries
product products item items article articles sku skus category categories subcategory subcategories
department departments dept organization organizations organisation organisations org orgs company
companies business businesses vendor vendors supplier suppliers reseller resellers dealer dealers
distributor distributors retailer retailers merchant merchants street streets road roads building
buildings store stores shop shops branch branches warehouse warehouses plant plants stadium
stadiums venue venues school schools university universities college colleges hospital hospitals
clinic clinics airport airports airline airlines carrier carriers agency agencies domain domains
institution institutions bank banks facility facilities site sites station stations stop stops
brand brands team teams league leagues country countries city cities region regions state states
county counties event events project projects campaign campaigns course courses restaurant
restaurants hotel hotels property properties building buildings asset assets equipment machine
machines device devices sensor sensors vehicle vehicles plane planes aircraft model models service
services server servers host hosts group groups role roles permission permissions tag tags status
statuses type types currency currencies unit units species plot plots material materials part parts
provider providers office offices merchant merchants partner partners manufacturer manufacturers
publisher publishers publication publications book books movie movies film films song songs game
games match matches schedule schedules route routes trip trips job jobs position positions metric
metrics weather tournament tournaments competition competitions concept concepts vocabulary code
codes lookup lieferant lieferanten firma firmen produkt produkte artikel lfa1 t001 t001w mara makt
producto productos proveedor proveedores empresa empresas produit produits fournisseur fournisseurs
""")
NEUTRAL_COLUMNS = word_set("""
value values val text string str data field col column attr attribute c f v x content contents
entry item input info detail id key no num number label name names person who by contact details
raw unknown other misc
""")
"""Names that say nothing about a column's values, so only the values can."""

CLINICAL_TABLES = word_set("""
condition conditions diagnosis diagnoses drug drugs medication medications procedure procedures
observation observations measurement measurements allergy allergies lab labs immunization
immunizations prescription prescriptions symptom symptoms vitals vaccination vaccinations death
deaths encounter encounters careplan careplans treatment treatments admission admissions disease
diseases specimen surgery surgeries pathology
""")
CLINICAL_COLUMNS = word_set("""
condition diagnosis diagnoses icd icd9 icd10 drug medication procedure observation measurement
allergy cause reason symptom finding dose dosage sig indication reaction severity result value
description reasoncode reasondescription code comorbidity treatment route lab test specimen vaccine
""")
PATIENT_KEYS = word_set("person patient subject member beneficiary participant animal insured")

NAME_HEADS = word_set("""
provider detail details address full display local legal preferred billing shipping ship bill to
primary secondary formal complete common public business real own original current former previous
old new home
""")
INCOME_TAILS = word_set("""
amount amt usd eur gbp local currency annual annually yearly monthly hourly weekly gross net year
month week hour band range bracket grade level total base value in
""")

BANK_WORDS = word_set("bank banking account accounts deposit deposits giro konto cuenta compte")
PAY_WORDS = word_set("pay payroll salary salaries wage wages compensation")
COMPANY_SIBLINGS = word_set("""
industry industrycode numberofemployees annualrevenue companysize brsch naics naicscode sic siccode
ticker legalform duns dunsnumber legalname tradename tradingname
""")
CARD_SIBLINGS = word_set("expmonth expyear last4 cvc cvv cvccheck cvv2 expirydate cardtype funding")
