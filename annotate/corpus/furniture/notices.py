# ruff: noqa: RUF001 - quotation marks and dashes of many languages
"""Labels, buttons, menus and notices of a page: lines that address nobody and report nothing."""

import re

from annotate.corpus.furniture.patterns import any_of, whole

RIGHTS = (
    (
        r"(?:.{0,80}\W)?(?:all rights reserved|alle rechte vorbehalten|tous droits réservés"
        r"|todos los derechos reservados)\W?(?:.{0,60})"
    ),
    r"(?:copyright\s?)?©\s?.{0,100}",
    r"(?:copyright\s?)?\(c\)\s?\d{4}\b.{0,100}",
    r"copyright\s(?:\d{4}|by)\b.{0,100}",
    r"(?:the )?(?:views|opinions)(?: and opinions| and views)? expressed (?:in|here|by|on)\b.*",
    (
        r"this (?:material|article|content) (?:may not be|is protected by|is subject to)\b.*\b"
        r"(?:published|reproduced|copyright)\b.*"
    ),
    r"reproduction (?:in whole or in part )?(?:without permission )?is (?:strictly )?prohibited\b.{0,80}",
    r"(?:this site is protected by recaptcha\b|our standards: the\b|this site uses akismet\b).*",
    (
        r"(?:we reserve the right to|we do not accept responsibility for"
        r"|we are not responsible for the content of)\b.*"
    ),
)
# Labels over lists of links; what stands after a colon is a link.
LINK_LABELS = any_of(
    (
        "also (?:read|see|on)",
        "see also",
        "read (?:also|more|next|this)",
        "further reading",
        "what to read next",
    ),
    (r"more (?:on this (?:story|topic)|stories|news|top stories|like this)", r"more from [\w .'’-]{2,40}"),
    ("related(?: (?:articles?|stories|story|posts?|content|news|topics|coverage|links?|reading|video))?",),
    (
        "recommended(?: for you| stories| reading| articles)?",
        "(?:most|also) (?:read|popular|viewed|shared|watched|recent)",
    ),
    (
        "trending(?: now| stories)?",
        "up next",
        "don['’]t miss",
        "must[- ]reads?",
        "editors?['’]?s? (?:picks?|choice)",
    ),
    (
        "latest (?:news|stories|headlines|videos?)",
        "popular (?:stories|posts|now)",
        "top stories",
        "in pictures",
    ),
    ("in this (?:article|story)", "explore more(?: on these topics)?", "around the web", "topics", "tags"),
    ("you (?:may|might) also (?:like|be interested in)",),
    ("lesen sie (?:auch|mehr)", "mehr zum thema", "das könnte sie auch interessieren", "meistgelesen"),
    ("à lire aussi", "lire aussi", "lire la suite", "sur le même sujet", "les plus lus"),
    ("lea también", "lee también", "leer más", "te puede interesar", "más noticias", "noticias relacionadas"),
)
_LINKS = (
    rf"{LINK_LABELS}(?:\s?[:>»→|]\s?\S.*|\W{{0,3}})",
    (
        r"(?:read|see|watch|listen|learn)(?: more| also| next| too)?(?: (?:about|on"
        r"|from) [\w ]{2,30})?\s?[:>»→|](?!\s?(?-i:[a-z])).*"
    ),
    r"(?:read|see|view|watch|load|show|hide|learn) (?:more|all|less|original)(?:\W.{0,3})?",
    r"(?:read|see|view|watch) (?:the )?(?:full|original) (?:article|story|report|video)(?:\W.{0,3})?",
    r"(?:next|previous) (?:page|article|story|post)(?:\W.{0,3})?",
    r"(?:view (?:gallery|slideshow|all photos)|play video|watch (?:live|now))(?:\W.{0,3})?",
    (
        r"(?:read|view|see) the (?:full|original|whole|complete) (?:article|story|report|post|piece"
        r"|version)(?: (?:here|on|at)\b.{0,60})?\W?"
    ),
    r"(?:read|find out|learn) more (?:in|about|on) (?:our|the|your|how we|how to|how your)\b.{0,80}",
)
_ADVERTISEMENTS = (
    (
        r"(?:advertisements?|ads?|sponsored(?: content| by .{2,40})?|paid (?:content|post|partnership)"
        r"|promoted(?: content)?|remove ads)\W{0,3}"
    ),
    (
        r"(?:advertisement\W{1,3})?(?:the )?(?:story|article|post) continues (?:below|after)(?: "
        r"(?:this |the )?(?:advertisement|ad))?\W{0,3}"
    ),
    (
        r"(?:scroll to continue(?: with content)?|continue reading(?: the main story)?|skip (?:to "
        r"(?:main )?content|advertisement|ad|navigation|past .{2,40}))\W{0,3}"
    ),
    r"(?:anzeige|werbung|publicité|publicidad|anuncio)\W{0,3}",
)
_BUTTONS = (
    (
        r"(?:menu|search|home(?:page)?|close|submit|save|help|faq|next|previous|more|loading|like"
        r"|report|reply|back to top|go to top|got it|no thanks|not now|dismiss)\W{0,3}"
    ),
    (
        r"(?:share|share this(?: \w+)?|tweet|pin it|e-?mail|e-?mail this article|print(?: this)?"
        r"(?: article| page)?|copy link|link copied|copied|listen(?: to (?:this )?(?:article"
        r"|story))?)\W{0,3}"
    ),
    r"(?:facebook|twitter|whatsapp|linkedin|reddit|telegram|pinterest|flipboard|newsletters?)\W{0,3}",
    r"(?:teilen|drucken|merken|partager|imprimer|compartir|imprimir)\W{0,3}",
    r"(?:my account|switch edition|sign out|log out)\W{0,3}",
)
_FOOT = (
    (
        r"(?:privacy policy|terms(?: of (?:use|service)| and conditions| & conditions)?|cookie "
        r"(?:policy|settings|notice|preferences)|privacy (?:settings|notice))\W{0,3}"
    ),
    (
        r"(?:contact(?: us)?|about(?: us)?|disclaimer|site ?map|advertise(?: with us)?|careers"
        r"|accessibility|reuse this content|do not sell my (?:personal )?(?:data|information))\W{0,3}"
    ),
    r"(?:impressum|datenschutz|imprint|mentions légales|aviso legal|política de privacidad)\W{0,3}",
    r"(?:this |the )?page (?:was )?last (?:updated|modified|reviewed|changed)\b.{0,100}",
    r"this (?:article|story|page) is (?:more than|over) \w+ (?:years?|months?) old\W?",
    (
        r"(?:[•*]\s?)?this (?:article|story|headline|page|post) was (?:amended|corrected|updated|edited) on "
        r"(?:\w+,? )?(?:\d{1,2} \w+|\w+\.? \d{1,2}),? \d{4}"
        r"(?:,? (?:to|because|after|following)\b.{0,160}\b(?:correct\w*|clarif\w+|spell\w*|misspel\w+|nam\w+|"
        r"typo\w*|errors?|mistakes?|details?|earlier version|headline|caption|quotes?|links?)\b.{0,160})?\W{0,3}"
    ),
    (
        r"this (?:article|story|content) is (?:for|only available to|available only to|exclusive to) "
        r"(?:\w+ )?(?:subscribers|members)\b.{0,40}"
    ),
    r"you have (?:\d+|one|two|three|no|reached your)\b.{0,30}\b(?:articles?|stories)\b.{0,40}",
)
_COMMENTS = (
    (
        r"(?:(?:view|show|hide|read|see|sort|all|load) )?(?:\d+ |the |all |more )?comments?(?: \(\d+\)"
        r"| policy| section| guidelines)?\W{0,3}"
    ),
    r"(?:kommentare|commentaires|comentarios)\W{0,3}",
    r"comments are (?:closed|disabled|off|moderated|turned off)\b.{0,60}",
    r"(?:no|be the first to) comments?(?: yet)?\W{0,3}",
    r"no comments? (?:yet|so far)\W?",
    r"(?:guidelines|comment policy|house rules): .{0,80}\b(?:civil|on topic|profanity|respectful)\b.*",
    r"article comments\W?",
    r"(?:\d+ )?characters? (?:available|left|remaining)\W?|\d+\s?/\s?\d+ characters?",
    r"required fields are marked\b.{0,10}",
    r"(?:name|e-?mail|comment|website)(?: \(?required\)?)?\s?\*",
    r"cancel reply",
    r"post comment",
    r"leave a reply cancel reply",
    r"save my name, e-?mail\b.{0,100}",
    (
        r"notify me (?:of|when|about|by) (?:new |follow-?up |someone )?"
        r"(?:comments?|posts?|repl\w+|e-?mail)\b.{0,100}"
    ),
    r"learn how your comment data is processed\W?",
    r"(?:your )?(?:e-?mail|email) address will not be (?:published|shared|made public)\b.{0,60}",
    r"to have your avatar appear\b.*|you must be logged in to\b.{0,60}|log in to (?:comment|reply)\W?",
)
_COUNTS = (
    (
        r"(?:comments?|shares?|replies|likes|views|reads|kommentare|commentaires"
        r"|comentarios)\s?[:(]?\s?\d[\d,.]*[km]?\)?"
    ),
    r"\d[\d,.]*[km]? (?:comments?|shares?|replies|likes|views|reads|kommentare|commentaires|comentarios)",
    r"\d{1,3} (?:of|/) \d{1,3}",
    (
        r"(?:tags?|tagged|filed under|categor(?:y|ies)|keywords|topics|schlagwörter|étiquettes"
        r"|etiquetas)(?: (?:with|in|as))?:.{0,200}"
    ),
    r"(?:approx\.? |about )?\d{1,3}[ -]min(?:ute)?s?(?: read(?:ing time)?)?",
    r"(?:estimated )?(?:reading time|read time|lesezeit|temps de lecture|tiempo de lectura)\b.{0,30}",
)
_ADDRESSES = (
    (
        r"(?:(?:via|source|visit|web(?:site)?|link|url|tel|phone|e-?mail|contact|twitter)\W{1,3})?"
        r"(?:https?://\S+|www\.\S+\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+)\W{0,2}"
    ),
    r"@\w+|(?:#\w+\s?)+",
)
_ERRORS = (
    (
        r"(?:please )?(?:check your (?:inbox|e-?mail|spam)|try again(?: later)?"
        r"|enter a valid e-?mail)\b.{0,80}"
    ),
    r"(?:something went wrong|an error (?:has )?occurred)\b.{0,60}",
    (
        r"(?:javascript (?:is|must be|needs to be)|your browser (?:does not|doesn['’]t|is)"
        r"|you need to enable javascript|this video (?:is|can)(?:not| not)? ?(?:be )?(?:unavailable"
        r"|played|available))\b.{0,120}"
    ),
    (
        r"to (?:play|view|watch|see|listen to) this (?:video|content|audio|page)\b.{0,20}\b(?:enable"
        r"|install|download|browser|javascript)\b.{0,80}"
    ),
    (
        r"thank(?:s| you) for (?:registering|subscribing|signing up|reading|your (?:support"
        r"|subscription|registration|patience))\b.{0,80}"
    ),
)
_NOTICE = whole(RIGHTS, _LINKS, _ADVERTISEMENTS, _BUTTONS, _FOOT, _COMMENTS, _COUNTS, _ADDRESSES, _ERRORS)
_LABEL = re.compile(rf"{LINK_LABELS}\W{{0,3}}", re.IGNORECASE)

_RULE = re.compile(r"[-=_*~·•⁂#.+—–\s]{2,}|[*⁂•·|]|\[\s?\]")
_DURATION = re.compile(
    r"(?:(?:watch|listen|play|video|audio|duration)\W{1,3})?\d{1,2}(?::[0-5]\d){1,2}", re.IGNORECASE
)
_CRUMBS = re.compile(
    r"(?:home(?:page)?|start(?:seite)?|accueil|inicio)\s?(?:[>›»/→|][\w&'’ -]{1,40}){1,6}",
    re.IGNORECASE,
)
_MENU = re.compile(r"[\w&'’@. -]{1,30}(?:[|·•›»>][\w&'’@. -]{1,30}){1,12}")
_MENU_WORDS = (
    (
        "terms",
        "privacy",
        "cookies?",
        "contact",
        "about",
        "help",
        "home",
        "sitemap",
        r"advertis\w+",
        "careers",
        "log ?in",
    ),
    ("sign in", "subscribe", "share", "newsletters?", "rss", "facebook", "twitter", "e-?mail", "print"),
    ("imprint", "impressum", "datenschutz", "agb", "kontakt"),
    ("mentions légales", "confidentialité", "aviso legal", "privacidad", "contacto"),
)
_MENU_WORD = re.compile(rf"\b{any_of(*_MENU_WORDS)}\b", re.IGNORECASE)


def is_notice(line: str) -> bool:
    """Whether a line is a label, a button, a menu, a notice of rights, a count, an address or a rule."""
    if any(form.fullmatch(line) for form in (_NOTICE, _RULE, _CRUMBS, _DURATION)):
        return True
    return bool(_MENU.fullmatch(line)) and len(_MENU_WORD.findall(line)) > 1


def is_link_label(line: str) -> bool:
    """Whether a line stands over links to other pages: "Related articles"."""
    return bool(_LABEL.fullmatch(line))


def is_duration(line: str) -> bool:
    """Whether a line is the length of a recording: "01:14"."""
    return bool(_DURATION.fullmatch(line))
