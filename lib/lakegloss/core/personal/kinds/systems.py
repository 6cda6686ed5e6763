"""Lists the personal fields of well-known systems and surveys, and the fields that mark them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lakegloss.core.personal.classes import PersonalClass
from lakegloss.core.words.lexicon import word_set

P = PersonalClass


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A system whose fields have fixed names.

    Attributes:
        marks: names of fields by which a table of the system is known, three together.
        fields: the class of each personal field, by its name in capitals.
    """

    marks: frozenset[str]
    fields: Mapping[str, PersonalClass]


def _fields(lists: Mapping[PersonalClass, str]) -> dict[str, PersonalClass]:
    return {field: kind for kind, text in lists.items() for field in text.split()}


SYSTEMS: tuple[System, ...] = (
    System(  # Public Use Microdata of the American Community Survey
        marks=word_set("""
        SERIALNO SPORDER PUMA PWGTP WGTP AGEP ADJINC ADJHSG SCHL SCH SCHG COW WKHP POBP POWPUMA
        MIGPUMA RELP RELSHIPP RT JWMNP JWTR ESR WKW OCCP INDP NAICSP SOCP POVPIP
        """),
        fields=_fields(
            {
                P.CITIZENSHIP: "CIT CITWP",
                P.HEALTH: "DIS DEAR DEYE DDRS DOUT DPHY DREM DRAT DRATX",
                P.MARITAL_STATUS: "MAR MARHD MARHM MARHT MARHW MARHYP MSP",
                P.MILITARY: """MIL MLPA MLPB MLPCD MLPE MLPFG MLPH MLPHI MLPI MLPIK MLPJ MLPJKL MLPK
                VPS""",
                P.INCOME: "PINCP WAGP SEMP INTP RETP SSP SSIP PAP OIP PERNP HINCP FINCP",
                P.ETHNICITY: """RAC1P RAC2P RAC2P05 RAC2P12 RAC2P19 RAC3P RAC3P05 RAC3P12 RACAIAN
                RACASN RACBLK RACNH RACNHPI RACNUM RACPI RACSOR RACWHT HISP ANC1P ANC2P ANC1P05
                ANC2P05""",
            }
        ),
    ),
    System(  # IPUMS: census and survey microdata of many countries
        marks=word_set("""
        SERIAL CBSERIAL PERNUM PERWT HHWT GQ PUMA STATEFIP STATEICP COUNTYFIP EDUC EDUCD OCC OCC2010
        IND IND1990 EMPSTAT EMPSTATD CLASSWKR CLASSWKRD SAMPLE METRO STRATA CLUSTER RELATE RELATED
        ASECWT CPSID CPSIDP WTFINL BPL BPLD FAMSIZE NCHILD UHRSWORK DEGFIELD ASECWTH
        """),
        fields=_fields(
            {
                P.ETHNICITY: """RACE RACED HISPAN HISPAND RACAMIND RACASIAN RACBLK RACPACIS RACWHT
                ANCESTR1 ANCESTR1D ANCESTR2 TRIBE TRIBED RACNUM""",
                P.MARITAL_STATUS: "MARST MARSTD MARRNO MARRINYR DIVINYR WIDINYR",
                P.CITIZENSHIP: "CITIZEN CITIZEND YRNATUR",
                P.MILITARY: "VETSTAT VETSTATD VETDISAB VET01LTR VET90X01",
                P.HEALTH: """DIFFREM DIFFPHYS DIFFMOB DIFFCARE DIFFSENS DIFFEYE DIFFHEAR DISABWRK
                HEALTH QUITSICK DISABWRK""",
                P.INCOME: """INCTOT INCWAGE INCWELFR INCSS INCSUPP INCINVST INCRETIR INCEARN FTOTINC
                HHINCOME INCBUS00 INCOTHER INCBUS INCFARM EARNWEEK HOURWAGE FAMINC""",
                P.RELIGION: "RELIGION RELIGIOND",
                P.POLITICS: "UNION",
            }
        ),
    ),
    System(  # Current Population Survey
        marks=word_set("""
        HRHHID HRHHID2 HRYEAR4 HRMONTH GESTFIPS GTCBSA PULINENO PERRP PRTAGE PEEDUCA PESEX PWSSWGT
        PWCMPWGT PEMLR PREMPNOT PEHRUSL1
        """),
        fields=_fields(
            {
                P.ETHNICITY: "PTDTRACE PRDTRACE PEHSPNON PRDTHSP PRHSPNON",
                P.MARITAL_STATUS: "PEMARITL PRMARSTA",
                P.CITIZENSHIP: "PRCITSHP",
                P.MILITARY: "PEAFEVER PEAFNOW PEAFWHN1 PRVETYRS",
                P.HEALTH: "PRDISFLG PEDISEAR PEDISEYE PEDISREM PEDISPHY PEDISDRS PEDISOUT",
                P.INCOME: "HEFAMINC HUFAMINC PTERNWA PTERNHLY PRERNWA PRERNHLY PEERNLAB",
                P.POLITICS: "PEERNCOV",
            }
        ),
    ),
    System(  # Behavioral Risk Factor Surveillance System
        marks=word_set("""
        _STATE _PSU _STSTR _STRWT _LLCPWT SEQNO IDATE IMONTH IDAY IYEAR DISPCODE FMONTH CTELENUM
        CTELENM1 PVTRESD1 PVTRESD3 STATERE1 HHADULT _AGEG5YR _AGE80 EDUCA EMPLOY1 RENTHOM1
        """),
        fields=_fields(
            {
                P.ETHNICITY: "_RACE _RACE1 _RACEG21 _RACEGR3 _RACEGR4 _IMPRACE _PRACE1 _HISPANC",
                P.MARITAL_STATUS: "MARITAL",
                P.MILITARY: "VETERAN VETERAN3",
                P.INCOME: "INCOME INCOME2 INCOME3 _INCOMG _INCOMG1",
                P.HEALTH: """GENHLTH PHYSHLTH MENTHLTH POORHLTH _RFHLTH BPHIGH4 BPHIGH6 BPMEDS
                TOLDHI2 TOLDHI3 CVDINFR4 CVDCRHD4 CVDSTRK3 ASTHMA3 ASTHNOW CHCSCNCR CHCSCNC1
                CHCOCNCR CHCOCNC1 CHCCOPD1 CHCCOPD2 CHCCOPD3 HAVARTH3 HAVARTH4 HAVARTH5 ADDEPEV2
                ADDEPEV3 CHCKIDNY CHCKDNY1 CHCKDNY2 DIABETE3 DIABETE4 DIABAGE3 DIABAGE4 SMOKE100
                SMOKDAY2 _SMOKER3 ALCDAY5 AVEDRNK2 AVEDRNK3 DRNK3GE5 HIVTST6 HIVTST7 HIVRISK5
                PREGNANT WEIGHT2 _BMI5 _BMI5CAT BLIND DEAF DECIDE DIFFWALK DIFFDRES DIFFALON
                FLUSHOT6 FLUSHOT7 _RFSMOK3 _RFDRHV5 _MENT14D _PHYS14D""",
            }
        ),
    ),
    System(  # National Health and Nutrition Examination Survey
        marks=word_set("""
        SEQN SDDSRVYR RIDSTATR RIAGENDR RIDAGEYR RIDAGEMN RIDEXMON DMDEDUC2 DMDHHSIZ DMDFMSIZ
        WTINT2YR WTMEC2YR SDMVPSU SDMVSTRA SIALANG
        """),
        fields=_fields(
            {
                P.ETHNICITY: "RIDRETH1 RIDRETH2 RIDRETH3",
                P.MARITAL_STATUS: "DMDMARTL DMDMARTZ",
                P.CITIZENSHIP: "DMDCITZN",
                P.MILITARY: "DMQMILIZ DMQADFC",
                P.INCOME: "INDHHIN2 INDFMIN2 INDFMPIR INDHHINC",
                P.HEALTH: """RIDEXPRG BMXWT BMXHT BMXBMI BMXWAIST BPXSY1 BPXSY2 BPXDI1 BPXDI2 BPXPLS
                LBXGH LBXTC LBXGLU LBDHDD LBXTR DIQ010 DIQ050 BPQ020 MCQ010 MCQ160B MCQ160C MCQ220
                SMQ020 SMQ040 ALQ101 DPQ020 HUQ010""",
            }
        ),
    ),
    System(  # DATASUS: hospital stays, deaths, births and notified diseases of Brazil
        marks=word_set("""
        N_AIH NU_AIH NUM_AIH ANO_CMPT MES_CMPT UF_ZI MUNIC_RES MUNIC_MOV ESPEC CGC_HOSP CNES CO_CNES
        CODMUNRES CODMUNOCOR CODMUNNASC CODESTAB CO_MUN_RES COD_IDADE DIAS_PERM VAL_TOT VL_TOT
        NU_NOTIFIC DT_NOTIFIC SG_UF_NOT SG_UF ID_MUNICIP ID_UNIDADE ID_REGIONA ID_MN_RESI CS_SEXO
        NU_IDADE_N SEM_NOT COMPETENCIA TIPOBITO LOCOCOR
        """),
        fields=_fields(
            {
                P.ETHNICITY: "RACACOR RACA_COR RACACORMAE CS_RACA ETNIA ID_ETNIA",
                P.MARITAL_STATUS: "ESTCIV ESTCIVMAE",
                P.BIRTH_DATE: "NASC DTNASC DT_NASC",
                P.DEATH_DATE: "DTOBITO DT_OBITO",
                P.NAME: "NM_PACIENT NM_MAE_PAC NOME NOMEMAE NOMEPAI",
                P.NATIONAL_ID: "ID_CNS_SUS CNS_PAC CNS NUM_CNS NU_CNS CO_CNS_PAC AP_CNSPCN",
                P.ADDRESS: "NM_LOGRADO ENDRES NU_NUMERO NM_COMPLEM",
                P.PHONE: "NU_TELEFON",
                P.HEALTH: """CAUSABAS CAUSABAS_O LINHAA LINHAB LINHAC LINHAD LINHAII ATESTADO
                    DIAG_PRINC DIAG_SECUN DIAGSEC1 DIAGSEC2 DIAGSEC3 DIAG_PRIN CID_PRINC CID_SEC
                    CID_MORTE CID_ASSO CID_NOTIF PROC_REA PROC_REALIZ PROC_SOLIC MORTE IN_OBITO
                    ID_AGRAVO CLASSI_FIN EVOLUCAO CS_GESTANT DT_SIN_PRI DT_INTERNA DT_INTER DT_SAIDA
                    FEBRE TOSSE DISPNEIA HOSPITAL UTI VACINA VACINA_COV PUERPERA CARDIOPATI DIABETES
                    OBESIDADE IDANOMAL APGAR1 APGAR5 PESO GESTACAO GRAVIDEZ PARTO ANTRAUMA""",
            }
        ),
    ),
    System(  # Clinical trials in CDISC SDTM
        marks=word_set("""
        STUDYID DOMAIN USUBJID SUBJID SITEID ARM ARMCD ACTARM VISITNUM VISIT EPOCH RFSTDTC RFENDTC
        AESEQ CMSEQ MHSEQ LBSEQ VSSEQ DSSEQ QSSEQ
        """),
        fields=_fields(
            {
                P.ETHNICITY: "RACE ETHNIC",
                P.BIRTH_DATE: "BRTHDTC BRTHDT",
                P.DEATH_DATE: "DTHDTC",
                P.MEMBER_NUMBER: "USUBJID",
                P.HEALTH: """AETERM AEDECOD AELLT AEBODSYS AESEV AESER AEOUT CMTRT CMDECOD CMINDC
                    CMDOSE MHTERM MHDECOD MHBODSYS LBORRES LBSTRESN LBSTRESC LBTEST LBTESTCD VSORRES
                    VSSTRESN VSTEST VSTESTCD QSORRES QSSTRESN EGORRES PEORRES SUTRT SUDOSE DTHFL""",
            }
        ),
    ),
    System(  # Infotypes of personnel administration in SAP
        marks=word_set("""
        MANDT PERNR INFTY SUBTY OBJPS SPRPS BEGDA ENDDA SEQNR AEDTM PREAS FAMSA TRFAR TRFGB TRFGR
        TRFST
        """),
        fields=_fields(
            {
                P.NAME: "NACHN VORNA NAME2 RUFNM FANAM FAVOR FGBNA EMFTX NAMZU CNAME ENAME SNAME",
                P.BIRTH_DATE: "GBDAT FGBDT GBPAS",
                P.HEALTH: "SBGRU SBPRO SCHWB UNTKZ ARTUN",
                P.ETHNICITY: "RACKY ETHEG ETHNI",
                P.MILITARY: "VETS1 MILSA",
                P.RELIGION: "KONFE",
                P.MARITAL_STATUS: "FAMST",
                P.BANK_ACCOUNT: "BANKN",
                P.NATIONAL_ID: "PERID ICNUM",
                P.ADDRESS: "STRAS LOCAT ADR03 ADR04",
                P.PHONE: "TELNR NUM01 NUM02",
                P.INCOME: "TRFGR TRFST TRFAR ANSAL BETRG "
                + " ".join(f"BET{n:02}" for n in range(1, 41)),
            }
        ),
    ),
    System(  # Address book and employee master of JD Edwards
        marks=word_set("""
        ABAN8 ABALKY ABALPH ABAT1 ABMCU ABSIC ABTAX ABTAXC ABLNGP ABUSER ABPID ABJOBN ABUPMJ ABUPMT
        WWAN8 WWIDLN WWMLNM WPAN8 WPIDLN WPPHTP WPAR1 WPPH1 ALAN8 ALADD1 ALADDZ ALCTY1 ALADDS EAAN8
        YAAN8 YAALPH YAPAST YAPFRQ YAHMCO YAHMCU YAMCU YAJBCD YAJBST YAEEOJ YAUN YADST YADSI
        """),
        fields=_fields(
            {
                P.NAME: "WWMLNM WWALPH WWGNNM WWMDNM WWSRNM YAALPH",
                P.PHONE: "WPPH1",
                P.EMAIL: "EAEMAL",
                P.ADDRESS: "ALADD1 ALADD2 ALADD3 ALADD4",
                P.POSTAL_CODE: "ALADDZ",
                P.NATIONAL_ID: "YASSN",
                P.MEMBER_NUMBER: "YAOEMP",
                P.BIRTH_DATE: "YADOB",
                P.GENDER: "YASEX",
                P.MARITAL_STATUS: "YAMSTX YAMSTI",
                P.ETHNICITY: "YAEEOM",
                P.INCOME: "YASAL YAPSAL YALSAL YASALN YAPHRT YAPPRT YAHRTN",
                P.HEALTH: "YASMKR",
                P.USERNAME: "ABUSER WWUSER WPUSER ALUSER YAUSER",
            }
        ),
    ),
    System(  # Hospital Episode Statistics of England
        marks=word_set("""
        EPIKEY EPISTART EPIEND EPIORDER EPISTAT EPITYPE SPELBGIN SPELEND ADMIMETH ADMISORC DISMETH
        DISDEST PROCODE PROCODE3 TRETSPEF MAINSPEF STARTAGE ADMIDATE DISDATE FYEAR
        """),
        fields=_fields(
            {
                P.ETHNICITY: "ETHNOS ETHRAW",
                P.NATIONAL_ID: "NEWNHSNO NHSNO",
                P.BIRTH_DATE: "DOB MYDOB",
                P.HEALTH: "ADMIDATE DISDATE CAUSE HRG DIAG DIAG_01 DIAG_02 OPERTN OPERTN_01",
            }
        ),
    ),
)


def field_names() -> Iterator[str]:
    """All names that a mark or a field of the systems has."""
    for system in SYSTEMS:
        yield from system.marks
        yield from system.fields
