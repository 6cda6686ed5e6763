"""Lists words that tell little by themselves in the names of tables and columns.

Each question has its own list: a word that says nothing about a table's subject may still tell a
column from its neighbours.
"""

from lakegloss.core.words.lexicon import word_set

# In names of columns.

ID_WORDS = frozenset({"id", "key", "uuid", "guid", "sk", "pk", "oid"})
KEY_WORDS = ID_WORDS | {"code", "no", "nr", "num", "nbr", "number", "cd", "ref"}
"""Last words of a key's name; `ID_WORDS` mean identifier, the others may be plain codes."""

_ATTRIBUTES = KEY_WORDS | word_set("""
name type status value date year month day hour week quarter time line seq sequence position rank
count total amount flag level group category description text title label version size
""")
NAMELESS_KEYS = _ATTRIBUTES | word_set("minute second timestamp row index idx")
"""A key whose name has only these words has no name that other tables could use for it."""
IN_ANY_TABLE = _ATTRIBUTES | word_set("""
comment note notes state class kind grade priority mode unit region source target quantity qty
price rate score active start end begin first last created updated email phone city address url
file path message reason result data content body parent length weight
""")
"""Words of columns that mean something else in each table."""

# In names of tables.

_LAYERS = word_set("dim fact fct stg staging tbl src raw bronze silver gold vw view")
BEFORE_KEYED_ENTITY = _LAYERS | word_set("table ref lkp lookup v master mst d f t")
"""Words before the noun for a table's rows that names of keys leave out (dim_customer)."""
BEFORE_ENTITY = _LAYERS | word_set("stage int facts mart dwh dw ods tmp base l0 l1 l2")
"""Words before the noun for a table's rows that comments leave out."""
AFTER_ENTITY = word_set("data table tables info view dataset list master")
"""Words after the noun for a table's rows (order_info)."""
OF_COPIES = word_set("""
copy backup bak snapshot snap archive archived hist history old new prev previous current latest
tmp temp test staging stage stg raw clean cleaned full delta incremental daily weekly monthly
yearly part partition v q fy
""")
"""Words that tell copies, snapshots and parts of one table apart."""
NOT_THE_HEAD = word_set("""
data table tbl dim fact list info master detail details raw stg stage staging history hist current
all v view record records sample test base main extract export src bronze silver gold account
accounts log logs row rows
""")
"""Words that do not tell whether a table is about persons or about things."""
NOT_THE_SUBJECT = word_set("""
data table tbl dim fct fact facts info of the and by for to in on a at is no per with main rpt
report reports agg default dev prod dbo public
""")
"""Words of a table's name that a comment may have without speaking of that table."""

# In comments.

FOR_ANY_ROW = word_set("""
record row entry table value column field version dataset relation observation data instance
""")
"""Nouns that a comment may use for a row of any table ("this record")."""
