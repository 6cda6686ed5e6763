"""Lists words by which names of companies, shops and offices are told from names of persons.

Words that are as often surnames (Glass, Law, Church, Press) are left out.
"""

from lakegloss.core.words.lexicon import word_set

COMPANY_WORDS = word_set("""
inc inc. incorporated corp corp. corporation company co co. ltd ltd. limited llc llp lp plc gmbh ag
kg ohg ug gbr ev e.v. mbh sa s.a. sas sarl s.a.r.l. srl s.r.l. spa s.p.a. sl s.l. bv b.v. nv n.v.
ab as a/s aps oy oyj sp. z.o.o. kft zrt s.r.o. d.o.o. pty pte bhd sdn kk k.k. group holding
holdings international industries enterprises solutions services systems technologies technology
partners associates bank insurance university institute college school hospital clinic foundation
department ministry agency council trust association society club hotel restaurant store shop
market motors airlines energy foods pharma logistics consulting software media networks supply
timber hardware dairy paper lumber steel food farms garage motor autos tires tyres plumbing electric
electrical roofing construction constructions builders supplies trading traders imports exports
freight transport transports trucking haulage shipping express couriers cargo fisheries seafood
seafoods bakery bakeries catering cafe coffee pizza grill brewery brewing winery vineyards salon
fitness gym studio studios gallery publishing publishers printing digital labs laboratory
laboratories pharmacy medical dental veterinary resort suites apartments realty properties property
investments capital finance financial credit mutual fund funds ventures advisors advisory accounting
solicitors attorneys architects interiors furniture textiles textile apparel fashions footwear
jewelers jewellers electronics computers computing telecom telecoms wireless utilities petroleum
mining metals plastics chemicals packaging ceramics machinery equipment rentals rental leasing
cleaning laundry security staffing recruitment training academy nursery kindergarten ministries
museum theatre theater cinema library borough municipality authority hospice surgery brothers bros
sons associates collective cooperative coop co-op federation union committee charity charities
wholesale retail outlet warehouse depot manufacturing mfg engineering instruments devices robotics
dynamics aerospace aviation airways marine ports terminals lines carriers produce growers orchards
nurseries gardens landscaping pets kennels stables books records pictures entertainment productions
broadcasting radio television newspapers gazette tribune
handel handels bau transporte spedition autohaus werkstatt apotheke praxis kanzlei verlag
versicherung versicherungen sparkasse volksbank stadtwerke verein baeckerei metzgerei gasthaus
gasthof hausverwaltung immobilien technik elektro sanitär klinik klinikum gemeinde stadt
société societe ets établissements etablissements boulangerie pharmacie cabinet assurances
immobilier mairie hermanos construcciones talleres transportes panadería panaderia farmacia
clínica clinica seguros inmobiliaria ayuntamiento distribuciones suministros fratelli f.lli
officina trasporti ristorante pizzeria assicurazioni immobiliare comune irmãos comércio comercio
padaria oficina imobiliária prefeitura bouw bakkerij apotheek verzekeringen makelaars vastgoed
gemeente uslugi usługi hurtownia apteka przedsiębiorstwo przedsiebiorstwo zakład zaklad
ubezpieczenia sklep
""")
