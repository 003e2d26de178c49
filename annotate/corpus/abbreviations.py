"""nupunkt's sentence tokenizer with abbreviations and sentence openers that can be answered for.

The model that comes with nupunkt was learnt from American court papers read by machine. Among its 5,900
abbreviations are *bed*, *all*, *gunpoint* and *holidays*, and a sentence that ends in one of them is not
ended. Kept are the list below, what has no vowel (*bldg*), and single letters with full stops
between them (*u.s*).
"""

import re
from functools import lru_cache

from nupunkt import PunktParameters, PunktSentenceTokenizer, load_default_model

_ABBREVIATIONS_LIST = """
mr mrs ms mx dr prof rev hon st messrs mme mlle mgr sr jr sra srta gen col lt capt cpt sgt maj cmdr adm
brig gov sen rep pres supt insp pvt cpl atty msgr fr hr dipl vs cf viz approx ca incl resp bzw vgl z.b
d.h u.a o.ä inc ltd co corp bros cos plc llc gmbh cie assoc assn dept univ inst govt dist div ave blvd rd
ln hwy mt ft sts bldg apt jan feb mar apr jun jul aug sep sept oct nov dec tue tues thu thur thurs fri
ph.d m.d esq etc al ibid cit eds repr avg u.s u.k u.n e.u d.c a.m p.m b.c a.d calif ariz fla ala okla
tenn tex minn wis conn colo nev neb kan oreg ont mich intl natl usw usf evtl ggf inkl allg geb gest jh
jhd febr märz okt dez janv févr juil déc ud uds vd vds dña env édit sigg dott ecc
"""
ABBREVIATIONS = frozenset(_ABBREVIATIONS_LIST.split())
# An abbreviation before a number, a word elsewhere ("He said no.").
_NUMBERING_LIST = """
no nos nr núm num nº vol vols p pp ch chap sec art arts fig figs eq eqs para paras ref refs abb kap bd
aufl pop pos tel ext op
"""
NUMBERING = frozenset(_NUMBERING_LIST.split())
# Function words: after an abbreviation that may end a sentence, a capital at one of them begins the next. None
# is a name ("George F. Will") or begins one ("K. Von Orne").
_OPENERS_LIST = """
the this that these those he she it they we you i his her its their our your my there here and but or nor
yet so if when while where why how what who which whose because since although though until unless once
after before during under over between among through without within despite according in on at for from
by with to as of about against some many most few several all both each every no none not nobody nothing
one another other others such only even still also then now later meanwhile however moreover therefore
thus instead indeed nevertheless finally yesterday today tomorrow is are was were do does did has have
had can could would should might must shall let a der die das ein eine er sie es wir ihr und aber auch im
am bei nach mit für auf dann dort hier doch les une il elle ils elles nous vous ce cette ces mais et dans
en pour selon puis una ella ellos pero y según por
"""
OPENERS = frozenset(_OPENERS_LIST.split())
_KEPT = re.compile(r"[b-df-hj-np-tv-xz]{2,}|[^\W\d_]{1,2}(?:\.[^\W\d_]{1,2})+|[^\W\d_]|\.\.\.")


@lru_cache(maxsize=1)
def tokenizer() -> PunktSentenceTokenizer:
    """Give nupunkt's tokenizer with the abbreviations and openers of this module."""
    learnt = load_default_model().parameters
    return PunktSentenceTokenizer(
        PunktParameters(
            abbrev_types={*ABBREVIATIONS, *filter(_KEPT.fullmatch, learnt.abbrev_types)},
            collocations=set(),
            sent_starters=set(OPENERS),
            ortho_context=learnt.ortho_context,
        )
    )


def is_abbreviation(word: str) -> bool:
    """Whether a word, without its full stop, is a known abbreviation or a single letter."""
    return len(word) == 1 or word.lower() in ABBREVIATIONS
