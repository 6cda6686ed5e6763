"""Tells contacts and addresses of organisations and machines from those of persons."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from lakegloss.core.words.lexicon import word_set

ORGANISATIONS = word_set("""
district regional headoffice ward saal hall raum room theatre theater kasse schalter
boxoffice practice praxis surgery apotheke laboratory labor stadium gym studio kiosk till brand
support pickuppoint
desk frontdesk reception lobby
rest restaurante ristorante
main org orgs organization organisation company firm firma corp store shop outlet supplier vendor
seller
merchant contractor subcontractor manufacturer distributor retailer dealer publisher employer
institution school college university campus hospital clinic pharmacy facility branch hq
headquarters switchboard hotline helpline helpdesk callcenter restaurant hotel property venue
station depot warehouse plant site airport bank agency department dept bureau ministry municipality
council lief lieferant lieferanten lieferer kreditor filiale zentrale betrieb werk niederlassung
dienststelle behoerde amt proveedor empresa tienda sucursal centro organo entidad organismo
ayuntamiento fournisseur entreprise societe magasin agence etablissement etab mairie siege
fornecedor loja filial prefeitura orgao unidade fornitore azienda ditta negozio sede ente comune
prov vend vndr vendr prop contr subcontr oficina ofic suc agcy agencia shipper consignor
carrier corp inst fac emplr mfr mfg whse remit dealer dlr wholesaler lessor franchise firm sede
entity charity foundation church parish provider officina kantoor biuro bureau centre center
dock terminal hub yard port premises publisher mrch merch mrchnt acquirer issuer
bot team repo project leverancier bedrijf winkel vestiging dostawca sklep oddzial urzad
""")
"""Words before a phone, a mailbox or an account that make it one of an organisation."""
_MAYBE_ORGANISATIONS = word_set("office business general central corporate public toll free")
_PEOPLE_THERE = word_set("""
contact contacts person manager owner rep representative director principal ceo agent employee user
emergency kontakt ansprechpartner contacto responsable resp referente contato customer patient
student guest member
""")


def is_of_organisation(words: Sequence[str], *, about_person: bool) -> bool:
    """Whether the words before a phrase name an organisation, and nobody in it.

    Where rows are persons, `main` and `office` still mean that person's phones.
    """
    if not _PEOPLE_THERE.isdisjoint(words):
        return False
    if not ORGANISATIONS.isdisjoint(words):
        return True
    return not about_person and not _MAYBE_ORGANISATIONS.isdisjoint(words)


# Mailboxes that many people read

_ROLES = word_set("""
care pro hi bookings booking guestservices concierge desk studio
info contact support sales admin security office help helpdesk service billing accounts
accounting hr jobs careers press media noreply postmaster webmaster hostmaster abuse team hello
enquiries inquiries mail kontakt contacto contato privacy legal soc cert csirt cirt irt it
infosec cyber cybersecurity vulnerability marketing orders reservations booking feedback
notifications reply disclosure vdp incident operations ops no desk customer customers
procurement purchasing purchase tenders tender bids bid contracts contract finance invoices invoice
ap ar frontdesk reception dispatch warehouse logistics shipping returns newsletter news events
membership registrar library communications compliance dpo gdpr complaints claims quotes rfp rfq
vendors suppliers supplier partners partner integrations devops developers engineering builds
releases maintainers discussion discuss list lists users announce alerts alert monitoring noc store
shop manager frontoffice backoffice secretary secretariat mayor cityhall clerk permits planning
contratacion contratos contrato compras compra perfil licita licitacion licitaciones proveedores
facturacion facturas factura secretaria registro administracion alcaldia tesoreria atencion cliente
clientes ventas comercial soporte rrhh empleo prensa consultas buzon portal transparencia concursos
adquisiciones abastecimiento suministros obras pedidos reservas gerencia recepcion oficina
achats achat marches marche commandes commande comptabilite facturation mairie accueil secretariat
direction communication recrutement commercial presse courrier appels boutique
einkauf vergabe vergabestelle beschaffung rechnung rechnungen buchhaltung verkauf vertrieb
verwaltung rathaus stadt gemeinde poststelle bewerbung zentrale empfang kundenservice kundendienst
datenschutz redaktion anfrage bestellung bestellungen versand lager sekretariat auftrag technik
ufficio protocollo gare appalti acquisti segreteria amministrazione comune urp vendite fatture pec
ordini assistenza clienti
licitacao licitacoes financeiro faturamento vendas suporte atendimento ouvidoria prefeitura
inkoop aanbesteding verkoop administratie klantenservice gemeente bestellingen facturen
biuro zamowienia przetargi ksiegowosc urzad sprzedaz zakupy kancelaria
""")
_STEMS = (
    "secur", "info", "admin", "contact", "support", "cyber", "vuln", "contrat", "licit", "compra",
    "vergabe", "einkauf", "factur", "procure", "purchas", "tender", "noreply", "donotreply",
    "perfil", "customerservice", "customercare",
)  # fmt: skip


def is_role_mailbox(value: str) -> bool:
    """Whether an address is the mailbox of a role and not of a person: `purchasing@`."""
    parts = re.split(r"[._+-]", value.partition("@")[0].lower())
    return any(p.rstrip("0123456789") in _ROLES for p in parts) or parts[0].startswith(_STEMS)


# Machines

INFRASTRUCTURE = word_set("""
s
server host subnet dns gateway router destination dst dest node network cidr internal range srv svr
svc nodes peer virtual
version cluster pod nat upstream backend mgmt management mgt ilo idrac ipmi bmc vip loopback switch
nameserver ns resolver balancer lb listen bind iface interface firewall fw target nexthop hop
""")
"""Words beside an IP address that make it one of a machine."""
_MACHINES = word_set("""
hostname rack vlan firmware kernel cpu cpus vcpu vcpus ram hypervisor ami datacenter uptime snmp
fqdn vendor os chassis nic uplink hypervisors host hostnm fw mgmt iface kubelet node pod bios asset
cores patched subnet gateway cidr proto sn serial switch router zone cluster rpm vib vibration
temp hum humidity pressure sensor sensors plc hz
""")
_THEIR_USERS = word_set("""
user username login owner assigned employee customer client visitor session useragent ua request
email
""")


def is_of_machines(words: AbstractSet[str], *, of_persons: bool) -> bool:
    """Whether the words of the columns beside describe machines that belong to nobody.

    Two such columns are enough where nothing beside speaks of persons, else it takes four.
    """
    own = len(words & _MACHINES)
    return own >= 4 or (own >= 2 and words.isdisjoint(_THEIR_USERS) and not of_persons)


_VEHICLES = word_set("""
axles gantry lane lanes carriageway
veh vehicle vehicles vin odo odometer mileage engine axle tire tyre gearbox transmission brake
chassis parking citation violation toll make model truck trailer fuel vessel hull aircraft tail
locomotive wagon
""")


WORDS_OF_MACHINES = _MACHINES | _THEIR_USERS | _VEHICLES
"""All words by which the columns beside tell of machines and vehicles."""


def is_of_vehicles(words: AbstractSet[str]) -> bool:
    """Whether the words of the columns beside are of vehicles: their `condition` is no illness."""
    return len(words & _VEHICLES) >= 2
