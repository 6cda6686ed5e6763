"""Lists words of tables and columns that tell whether a table describes people or things."""

from lakegloss.core.words.lexicon import word_set

METADATA_TAILS = word_set("""
cmte committee
cnpj cif siret siren ein fein
comment comments company organization organisation business reason bounced bounce style promotion
event last type types status check checked verified verification valid validated validity format
source label domain template subject rate ratio length len size version policy preference
preferences pref optin optout opt consent sent flag indicator count counts cnt total sum avg
average mean median min max pct percent share rank index idx city town state province country
region county district code id ids key sk fk pk uuid guid guids title prefix suffix salutation
initial role date time timestamp at on datetime expiry expires expiration exp month year quarter
last4 brand network fingerprint digits identifier pop population households prevalence incidence
cases deaths births allowed enabled required provided missing exists present changed updated
modified scope store rotation method mode kind category class group level language lang locale zone
timezone carrier provider line1type usage purpose attempts limit unit currency frequency grade band
step bin bic swift issuer
""")
"""Words after a phrase that make it a fact about the thing, not the thing itself."""

COUNTING_HEADS = word_set("""
verified count num number nb nbr cnt n total sum avg average mean median min max pct percent share
ratio rate per has is was can should last4 days hours minutes months years anzahl missing invalid
valid estimated standard county tract neighborhood neighbourhood area national regional
""")
"""Words before a phrase that make it a count, a mean or a flag."""

SENSITIVE_TAILS_KEPT = word_set("""
flag flg indicator yn result rslt
type types status code id concept source value title category class group level kind description
suffix date label key
""")
"""Words after a phrase that keep a sensitive class: a religion's code tells the religion."""

PERSON_TABLES = word_set("""
patienter ansatte elever medlemmar medlemmer anstallda tyontekijat jasenet potilaat oppilaat
calisanlar ogrenciler hastalar uyeler dolgozok betegek tanulok ugyfelek angajati elevi membri
zamestnanci zaci klienti siswa pasien anggota nasabah pegawai zaposleni ucenici radnici
clienten foyers foyer pensioni pensionati personel shain sejours residents
person persons people individual individuals customer customers client clients employee employees
emp emps staff worker workers user users member members contact contacts candidate candidates
applicant applicants patient patients student students pupil pupils teacher teachers professor
faculty driver drivers passenger passengers guest guests visitor visitors subscriber subscribers
buyer buyers prospect prospects lead leads owner owners tenant tenants borrower borrowers donor
donors voter voters volunteer volunteers participant participants respondent respondents
etudiant etudiants eleve eleves abonne abonnes abbonati abbonato anagrafica anagrafe habitante
habitantes adherent adherents assure assures membre membres licencie licencies agent ouvriers
ouvrier
familiares asegurados afiliados afiliado socio socios colaborador colaboradores pacjent pacjenci
pracownik pracownicy uczen uczniowie studenci studente studenti paziente pazienti iscritti elettori
servidor servidores segurado segurados contribuintes eleitores aluno alunos crianca aposentados
versicherte versicherter mitglied mitglieder bewerber angestellte personalstamm lehrer schuelerinnen
patientin klantenkaart leerling leerlingen werknemer werknemers leden inwoners verzekerden
kontrahenci
passagers voyageurs salaries locataires beneficiaires bewohner einwohner mieter spender teilnehmer
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
spouse relative relatives caller callers registrant registrants resume resumes subject subjects mbr
mbrs bene stu pax empl cust custs cand president presidents governor governors senator senators
legislator legislators congressmen mayor mayors minister ministers justices executives directors
trustee trustees nominee nominees roster rosters squad squads lineup lineups jockey jockeys rider
riders pilot pilots fighters golfers wrestlers skaters cyclists astronauts cosmonauts contestants
contestant celebrities writers poets painters composers scientists alumni fellows detainee
detainees shooting shootings salaries biographical bio personal personen kunde kunden mitarbeiter
patienten benutzer schueler studenten cliente clientes empleado empleados paciente pacientes
usuario usuarios persona personas alumno alumnos employe employes utilisateur utilisateurs personne
personnes dipendente dipendenti klant klanten medewerker medewerkers pa0002 pa0006 knvk usr21 adrp
usr02 signup signups crew cast winner winners laureate laureates
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
firmware releases release package packages build builds sensors readings inventory inventories
node nodes rules catalog catalogs catalogue lines styles sneakers perfumes wines vessel vessels ship
ships storm storms hurricanes planets stars genes proteins compounds chemicals
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

AGGREGATES = word_set("""
stats statistics stat counts summary summaries agg aggregate aggregates aggregated totals rates
census acs prevalence population populations indicators tabulation tabulations crosstab estimates
projections
""")
"""Words of tables whose rows are groups of people: counts, rates and means of them."""
COUNTED = word_set("""
total totals count counts cnt pop population rate rates pct percent percentage tot proportion mean
avg
average median prevalence incidence births deaths cases households share ratio perc
""")
COUNTING = word_set("num n number no nb cnt")
"""Words that count before a noun (`n_births`) and number a thing after one (`room_no`)."""
LOOKUPS = word_set("""
weights formulary formularies descriptions terminology tariff tariffs chargemaster pricelist icd10
hcpcs cpt loinc snomed rxnorm atc mesh codelists lookup lookups lkp lkup ref reference references
dict dictionary codes codelist codeset valueset
xwalk crosswalk mapping mappings vocabulary types categories glossary enum enums codebook
""")
"""Words of tables that only explain codes."""
EXPLAINING = word_set("""
code codes cd id key value val name label description desc text short long display definition
meaning sort order sequence seq valid from to start end date active is billable version ver icd
chapter group category parent level system source concept vocabulary class domain type
standard invalid reason diagnosis procedure drug race ethnicity gender sex religion marital status
""")
"""Words of which all columns of such a table are made."""
CONTESTS = word_set("""
circuit driver drivers lap laps horse horses jockey track season round grid finish podium runner
runners distance heat constructor winner winners sprint regatta marathon bib swim bike
""")
"""Words beside which a race is a contest."""
TRAITS = word_set("""
age sex gender race ethnicity raceethnicity marital maritalstatus married occupation education
educationlevel dependents children height weight smoker income nativecountry relationship
jobrole jobtitle job bmi religion citizenship birthyear party armed
""")
"""Columns of which three together describe single persons."""
LIVES = word_set(
    "birthyear yearofbirth yob deathyear yearofdeath ageatdeath birthplace placeofbirth"
)
TRAFFIC = word_set("""
request method status bytes useragent referer referrer url uri path ident authuser remoteuser
remotelogname httpmethod httpversion responsecode requesturi requestmethod timetaken page
httpstatus statuscode responsesize sessionid
""")
"""Columns beside which a host is the visitor of a web server."""

CLINICAL_TABLES = word_set("""
obs
cancer tumor oncology maternity deliveries obstetrics neonatal nicu ems ambulance nursing hospice
rehab psychiatry psychology radiology imaging dialysis transplant sejour sejours hospitalisations
historias clinica zorg saude sante salud vacinas vacunas vaccins impfungen pflege wound cardiology
ophthalmology audiology wearables adverse trial trials pharmacy rx fills dental claimlines problem
problems vital appointment appointments linelist covid outbreak telehealth hl7 vaccine vaccines
patient patients paciente pacientes patienten ehr emr icu inpatient outpatient clinical triage
condition conditions diagnosis diagnoses drug drugs medication medications procedure procedures
observation observations measurement measurements allergy allergies lab labs immunization
immunizations prescription prescriptions symptom symptoms vitals vaccination vaccinations death
deaths encounter encounters careplan careplans treatment treatments admission admissions disease
diseases specimen surgery surgeries pathology ordonnance ordonnances rdv cita citas consulta
consultas consultation consultations atendimento atendimentos internacao internacoes receita
receitas receta recetas ricovero ricoveri ricetta ricette visite wizyta wizyty hospitalizacje
hospitalizacja recepta recepty behandlungen rezepte befunde opnames recepten dentist ordination
urgencias urgences emergencias przychodnia ambulatorio poliklinik krankenhaus hopital clinique
poradnia ordinace patientenakte
""")
CLINICAL_MARKS = word_set("""
apgar gravida edd histology tumor chemo gcs ipp ccam ghm vacina vacuna impfstoff alergias
allergies_connues resident dx diag dgns diagnosis diagnoses icd icd9 icd10 drg ndc npi hcpcs cpt
mrn patient admit admission admsn discharge dischg dschrg dsch encounter physician attending
prescriber allergies allergy medication prcdr procedure px loinc snomed triage symptom symptoms
vitals systolic diastolic bmi specimen obx obr cdt vaccine contraindication dosage paciente
patienten hauptdiagnose smoking comorbidity glucose insulin pregnancies cholesterol chol trestbps
thalach restecg hba1c hemoglobin creatinine platelets ejection hypertension stroke diabetes copd
chf esrd asthma depression arthritis ckd hiv cancer pulse spo2 sbp dbp illness onset hosp
hospitalized intubated medico medica medecin prescripteur lekarz lekarza arzt hausarzt kinderarzt
zahnarzt huisarts dentist dentista diagnostico diagnosi rozpoznanie cid10 cie10 cim10 posologie
posologia paziente pacjent pacjenta pacjenci pacient pacienta patientin ordonnance receta ricetta
recepta pac paz allergie allergia
""")
"""Words of columns that show, two or three together, that the rows are of patients."""
CERTAIN_MARKS = word_set("""
dx dgns icd icd9 icd10 drg ndc npi hcpcs cpt mrn patient prcdr bmi systolic diastolic glucose
loinc snomed physician attending obx patienten hauptdiagnose cholesterol chol trestbps hba1c
creatinine esrd chf copd paciente paziente pacjent pacjenta pacient pacienta patientin pac paz
""")
"""Those of them that things do not have."""
CODES_OF_CARE = word_set("npi hcpcs cpt ndc drg physician prescriber px procedure")
"""Marks that lists of prices and of providers have without any patient."""
CLINICAL_EVENTS = word_set("""
edd lmp delivery admit admitted admission admissions admsn discharge discharged dischg service svc
dos visit encounter onset procedure surgery diagnosis diagnosed dx treatment exposure condition
measurement observation specimen collection collected arrival presentation fill filled dispense
dispensed prescribed prescription vaccination immunization test result exam examination operation
injury symptom symptoms death birth thru through transplant biopsy relapse recovery illness note
notes admin administered administration dose due next internacao alta ingreso aufnahme entlassung
sortie opname ontslag ricovero dimissione dimesso accesso visita consulta consultation
hospitalisation entree internamento atendimento saida intervento prelievo opnamedatum ontslagdatum
przyjecia przyjecie wypis wypisu wizyta wizyty zabieg zabiegu cirugia egreso urgencia aufn entl
behandlungsdatum inskrivning utskrivning innleggelse utskrivelse delivr delivrance atencion
atendido seen recall vista visto wizytacji porada porady zwolnienie prelevement intervention
operacao operacion
""")
"""Words that make a date in a clinical table the date of something that a patient went through."""
EVENT_BOUNDS = word_set(
    "clm claim start stop end begin date time datetime timestamp dt from to at on day"
)
OFFICE_DATES = word_set("""
sistema system sys carga registro grabacion modif modificacion actualizacion maj saisie
paid payment created updated modified load loaded inserted insert valid enrollment enrolment
eligibility period processed received submitted posted adjudicated extract extracted run batch
etl effective expiration expiry expires cutoff last version file print printed billing billed
""")
"""Words that make a date one of the office, not of the patient."""
CARE_COLUMNS = word_set("""
indication histology stage chemo chemotherapy radiation radiotherapy delivery gestation
gestational edd lmp complication complications adl directive dnr gravida para parity fetal
neonatal newborn gcs meds med actes acte ccam ops hx menstrual hrv resting hospitalised ventilator
oxygenation sedation anesthesia suture wound lesion metastasis er pr her2 receptor biomarker
mutation karyotype viral cd4 psa inr tsh a1c ldl alt ast crp esr troponin ejection lvef fev1 nyha
asa braden morse fall phq gad mmse moca edss fibrosis dx dgns diag diagnosis diagnoses icd px proc
prcdr procedure hcpcs cpt ndc drg hr systolic diastolic bp pulse spo2 heart respiratory weight
height bmi glucose hba1c tumor tumour complaint smoking allergies allergy medication medications
drug findings triage prognosis comorbidity comorbidities symptom symptoms condition conditions
disease treatment vaccine dosage dose sig reaction severity test abnormal analyte result obx
contraindication hauptdiagnose diagnose comorbid cdt trestbps chol fbs restecg thalach thal exang
pregnancies insulin platelets sodium hdl triglycerides egfr wbc rbc hematocrit albumin bilirubin
sbp dbp oxygen apgar esrd chf copd asthma cancer stroke diabetes alzheimers depression arthritis
osteoporosis ckd hiv hepatitis problem tooth quadrant deferral hb hemoglobin biopsy diet stool
urine mood sleep appetite fio etco pain observation measurement snomed loinc rxnorm cholesterol
creatinine genotype hypertension hospitalized icu intubated died outcome alcoholism hipertension
handcap handicap presion tension blutdruck bloeddruk pressao pressione cisnienie hartslag pouls
pulso polso tetno glucemia glicemia glycemie blutzucker posologie posologia dosierung dosering
dawkowanie medoc medocs sintomas symptome symptomes sintomi objawy befund esito referto
antecedents anamnese anamnesi wywiad laudo parecer exame examen esame badanie cirugia chirurgie
intervento zabieg xray radiografia radiographie roentgen ecg ekg rezept receta ricetta recepta
ordonnance xrays ultrasound ecografia echographie tac ct mri irm rmn vacuna vacina vaccin vaccino
szczepienie impfung medicamento medicament farmaco remedio lek leki terapia therapie therapy
tratamiento tratamento traitement trattamento leczenie motivo motif
""")
"""Words of columns that tell a patient's health wherever patients are."""
CLINICAL_NOTES = word_set(
    "note notes narrative text hpi assessment plan impression findings remarks"
)
CLINICAL_COLUMNS = word_set("""
condition diagnosis diagnoses icd icd9 icd10 drug medication procedure observation measurement
allergy cause reason symptom finding dose dosage sig indication reaction severity result value
description reasoncode reasondescription code comorbidity treatment route lab test specimen vaccine
""")

NAME_HEADS = word_set("""
provider detail details address full display local legal preferred billing shipping ship bill to
primary secondary formal complete common public business real own original current former previous
old new home
""")
INCOME_TAILS = word_set("""
decl declared stated reported verified verif est estimated self paid rng bnd brkt reference ref
fiscal amount amt usd eur gbp local annual annually yearly monthly hourly weekly gross net year
month week hour band range last low high from to of pay s k thousands score min max bracket grade
level total base line box value in brutto netto lordo lorda bruto brut brute neto liquido mensual
anual diario mensuel annuel mensile annuo monat jahr zasadnicza valore valor importe montant wert
kwota hodnota bedrag betrag
""")

BANK_WORDS = word_set("bank banking account accounts deposit deposits giro konto cuenta compte")
PAY_WORDS = word_set("""
pensioni pension pensions umowy kadry bordro
pay payroll salary salaries wage wages compensation payslip payslips garnishment garnishments
fiches fiche recibos abrechnung entgeltnachweis zarobki paie paies bulletin bulletins
remuneration nomina nominas sueldo sueldos salario salarios haberes liquidacion gehalt gehaelter
lohn loehne lohnabrechnung entgelt entgeltabrechnung folha holerite vencimentos contracheque
cedolino cedolini stipendi stipendio retribuzioni loonstrook verloning salaris lonn lon palkka
wynagrodzenia
""")
COMPANY_SIBLINGS = word_set("""
industry industrycode numberofemployees annualrevenue companysize brsch naics naicscode sic siccode
ticker legalform duns dunsnumber legalname tradename tradingname
""")
PREMISES_SIBLINGS = word_set("""
facilityname hospitalname schoolname dbaname agencyname storename restaurantname businessname
stationname sitename venuename branchname instnm institutionname unitid dba
""")
"""Columns of tables of places where people work, and of no others than these."""
CARD_SIBLINGS = word_set("expmonth expyear last4 cvc cvv cvccheck cvv2 expirydate cardtype funding")

# People by what they do

ROLES = word_set("""
officiant oficiante celebrant celebrante pastor priest rabbi imam vicar curate deacon pfarrer
padrino madrina padrinho madrinha parrain marraine geschaed geschaedigter gutachter verletzter
tripulante tripulantes marinero maquinista grumete timonel contramaestre capt purser verzorger
verzorgers leader bosun stoker anaesthetist anesthesiologist obstetrician honoree honouree
chaperone escort interp godfather godmother opiekun wychowawca begeleider profissional profesional
professionnel defendeur defenderesse klaeger beklagter pflegekraft treas secy watcher watchers
cosigner jefe jefa superieur vorgesetzter vorgesetzte leidinggevende superviseur capo responsabile
referente encarregado encarregada chefia encargado kierownik szef przelozony przelozona nadrizeny
chef declarant declarants infractor contribuable conjoint alunno alunna alunni genitore genitori
tutore crew crewmember eater diner shopper pensionato pensionista segurado cidadao ciudadano
citoyen dependentes filhos hijos enfants kinder erziehungsberechtigte erziehungsberechtigter
clientnaam medic adjuster adjustor appraiser surveyor underwriter handler broker proctor lecturer
dean headteacher principal headmaster preparer drafter counsellor counselor therapist midwife
optometrist pharmacist chaplain paramedic lifeguard ranger firefighter constable bailiff
magistrate clerk stenographer translator conductor steward stewardess dispatcher groundskeeper
janitor custodian foreman forewoman shipmaster skipper helmsman farmer grower breeder beekeeper
angler hunter trapper observer recorder determiner sampler taxonomist botanist surgeon anesthetist
radiologist pathologist cardiologist dermatologist psychiatrist author authors writer writers
director directors producer producers composer lyricist singer songwriter actor actors actress
performer choreographer editor editors illustrator photographer journalist reporter columnist
presenter narrator speaker professor instructor instructors teacher teachers tutor chancellor
superintendent advisor adviser supervisor manager managers boss owner founder founders cofounder
ceo cfo cto chairman chairperson chair president secretary treasurer governor mayor senator
congressman delegate councilmember councillor minister ambassador judge justice attorney attorneys
lawyer counsel prosecutor defendant plaintiff petitioner respondent victim victims suspect
offender dependents children siblings parents obligor obligee payor witnesses godparents patron
invitee mate inmate officer detective sheriff captain pilot copilot driver drivers rider jockey
trainer coach player players athlete pitcher batter catcher goalkeeper goalie scorer striker
quarterback qb referee umpire winner loser champion opponent finalist nominee candidate candidates
cand incumbent challenger contestant applicant borrower coborrower guarantor tenant landlord
renter buyer seller customer client cust contact cntct requester requestor assignee assignees
reviewer reviewers approver submitter committer maintainer contributor contributors creator
uploader commenter poster recipient sender payee payer beneficiary insured policyholder subscriber
member mbr patient physician doctor dr md nurse pcp prescriber attending practitioner dentist
caregiver guardian parent mother father spouse husband wife child sibling kin witness notary
interpreter employee emp staff worker technician tech engineer inspector assessor auditor operator
rep representative salesperson salesman consultant recruiter interviewer coordinator assistant
volunteer donor sponsor investigator pi copi researcher scientist inventor inventors student stu
pupil tchr holder cardholder accountholder signatory signer executor trustee passenger pax guest
guests visitor attendee participant subject registrant enrollee voter citizen resident dependent
claimant debtor creditor lobbyist endorser endorsee commentator person people designer designers
architect artist artists agent agents registrar commissioner chief deputy pac mae pai madre padre
mere pere conyuge titular titulaire intestatario resp gestor gestora encargada tecnico tutora
apoderado cajero cajera caissier caissiere kassierer kassiererin cashier cashiers barista
bartender waiter waitress stylist realtor opener picker packer courier vendeur vendeuse venditore
verkaeufer verkaufer bearbeiter besteller empfaenger absender inhaber eigentuemer
geschaeftsfuehrer projektleiter pruefer erfasser disponent techniker monteur lehrer schueler
patientin versicherter antragsteller halter mieter vermieter kontaktperson ansppartner
ansprpartner infirmier infirmiere medica dottore dirigente firmatario avvocato abogado abogada
avocat juez juge giudice procurador notario notaire demandante demandado imputado prevenu reu
redacteur alcalde maire sindaco prefeito vereador diputado depute deputado concejal chofer piloto
motorista chauffeur autista operario operatore trabajador trabalhador colaborador colaboradora
beneficiario beneficiaire assure asegurado heredero solicitante demandeur candidato eleve etudiant
estudiante studente proprietaire propietario proprietario inquilino locataire huurder bestuurder
verantwoordelijke behandelaar huisarts leraar kierowca pracownik pacjent lekarz klient kontrahent
drv sal crewchief umpires stewards arrestee lienholder decedent deceased alias aliases aka grantor
grantee mentor caller motm mvp potm treating consignee lead scout host cast starring protege
laureate user users lessee lessor purchaser examiner official officials moderator organizer
vocalist musician curator lobbyists illustrators examiners engineers hausarzt betreuer goalscorer
scorers publicist nanny carer legislator kunde kundin mitarbeiter sachbearbeiter ansprechpartner
arzt fahrer autor vertreter leiter spieler auteur realisateur conducteur joueur medecin salarie
employe responsable cliente paciente medico empleado funcionario jugador jogador vendedor aluno
alumno profesor autore paziente dipendente klant medewerker contactpersoon visitante visiteur
visitatore besucher bezoeker consulent consultent sorgeberechtigt sorgeberechtigte abholberechtigt
abholberechtigte prescripteur prescriptor kinderarzt zahnarzt aerztin arts lekarka lekar pediatra
pediatre berater zeuge testigo temoin testimone swiadek vendedora verkoper sprzedawca prodejce
monitor moniteur entrenador entraineur allenatore treinador trener instr acompanante
accompagnateur accompagnatore acompanhante tuteur voogd poreczyciel fiador garante avaliste
""")
MAY_BE_COMPANIES = word_set("""
crew declarant diner shopper medic handler broker conductor recorder sampler observer grower
breeder surveyor underwriter dispatcher custodian consignee determiner treating translator owner
customer client cust buyer seller agent agents operator sponsor recipient sender payee payer
contact host lead winner loser opponent creditor artist artists user users holder tenant landlord
rep representative donor subject lessee lessor purchaser plaintiff defendant petitioner respondent
principal cast chair chief tech staff cliente kunde klant member champion contributor contributors
creator poster person people guest guests titular titulaire intestatario inhaber eigentuemer
halter empfaenger absender beneficiario beneficiaire demandante demandado mieter vermieter gestor
gestora resp picker packer courier opener proprietaire propietario proprietario inquilino
locataire huurder klient kontrahent grantor grantee besteller sal solicitante lienholder alias
aliases aka skipper vendeur vendedor venditore verkoper monitor garante visitante besucher berater
""")
"""Roles that companies, teams or machines play, too: there the values must look like names."""
ACCOUNT_ROLES = word_set("""
watcher watchers sender actor participant invitee mentioned author committer assignee assignees
reviewer reviewers reporter requester requestor submitter commenter uploader poster maintainer
creator approver picker packer cashier clerk technician inspector dispatcher preparer
""")
ACTS_BY = word_set("""
reg regd upd crt cre mod chg ins del appr chk auth verif recd rcvd ent enrolled added banned
unbanned suspended flagged moderated granted revoked acted impersonated
trained built deployed merged pushed triggered launched started stopped tagged curated labeled
labelled annotated scored graded taught led hosted organized organised nominated endorsed seconded
drafted filed witnessed recommended supervised assisted driven piloted flown delivered picked packed
shipped scanned counted weighed calibrated tested maintained repaired serviced installed
commissioned received returned refunded voided overridden locked unlocked published archived
restored exported reconciled audited countersigned acknowledged escalated investigated interviewed
sampled seen treated triaged screened admitted discharged dispensed vaccinated
reported closed assigned approved submitted requested reviewed authored prepared signed verified
opened resolved uploaded owned invited referred ordered performed entered edited deleted posted
written taken collected recorded examined prescribed administered authorised authorized cancelled
canceled raised logged handled managed confirmed issued registered directed created updated
modified changed inserted released rejected hired interviewed checked inspected drawn booked sold
served
""")
NAMES_OF_OTHERS = word_set("""
bldg capela capilla chapel iglesia kirche church parish
room hall ward bus library locker plaza tower mk mdl acft aircraft plane suite wing
wh whse warehouse depot
creative campaign ad audience segment asset banner slogan headline tagline keyword query phrase
title product products brand team teams street road avenue school college university venue city
town village municipality county state province region country nation place location station stop
stadium arena company organization organisation org employer vendor supplier manufacturer maker
merchant store shop restaurant hotel model make item book song film movie show album track ship
vessel boat horse dog cat pet animal breed sire dam collection series species genus taxon category
type event project program programme site building park hospital clinic airport publisher journal
newspaper label character constructor club league conference division department group family
community district neighborhood neighbourhood area zone address campus route line river lake
mountain island hurricane storm comet planet theater theatre church dish recipe cocktail wine
variety cultivar flavor color colour collection case lawsuit act law bill award prize cup trophy
scholarship foundation fund committee pac band orchestra studio network channel podcast game
console server host cluster house fqdn domain caption artikel produkt strasse ort stadt verein
firma ville rue ciudad calle
equipo empresa tienda citta description desc text note notes comment comments body content message
subject reason category
""")
"""Words of columns that may hold names, though not of people."""
NAME_WORDS = word_set(
    "neve nev adi isim ismi nume numele jmeno nimet nama "
    "nomes noms nombres nomi namen imie prenom voornaam display disp namn navn naam nimi nazwa"
    " name nm names fullname nom nombre nome naam full last"
    " first lastname"
)

SCHEMAS = word_set("""
dental pharma clinic clinics trials blood covid vaccination ehr emr lab labs clinical hospital
patient patients medical health pharmacy payroll salary salaries
wages pay payslips nomina nominas paie lohn gehalt
""")
"""Words of schemas that tell what their tables are about."""
UNIONS = word_set("union unions gewerkschaft syndicat sindicato sindacato vakbond zwiazek steward")
