# ruff: noqa: RUF001 - quotation marks and dashes of many languages
"""Calls to the reader: to subscribe, consent, share, follow, install, write, or give.

A sentence of the text must never be taken for one. So a call counts only where it reports nothing: it has no
quotation marks, but around the name of a button, no past tense, and no "said".
"""

import re

from annotate.corpus.furniture.patterns import any_of, whole

_SAID = (
    (
        "said",
        "says",
        "(?<!to )say",
        "told",
        "tells",
        "(?<!to )tell",
        "asked",
        "warned",
        "wrote",
        "writes",
        "added",
    ),
    ("replied", "shouted", "claim(?:s|ed)", "according", "was", "were", "had", "did", "would"),
    ("sagten?", "sagt", "erklärte", "wurden?", "war(?:en)?"),
    ("dit", "déclaré", "était", "fueron", "dijo", "según"),
)
_REPORTS = re.compile(rf"\b{any_of(*_SAID)}\b|[\"“”„«»‘]", re.IGNORECASE)
_BUTTON = re.compile(
    r"\b((?:click|press|tap|select)(?:ing)?(?: on)?) [\"“‘'][\w ]{1,20}[\"”’']", re.IGNORECASE
)
_SITES = any_of(
    (
        "facebook",
        "twitter",
        "x",
        "instagram",
        "telegram",
        "youtube",
        "tiktok",
        "whatsapp",
        "linkedin",
        "mastodon",
        "bluesky",
    ),
    (
        "threads",
        "reddit",
        "pinterest",
        "google news",
        "signal",
        "rss",
        "flipboard",
        "e-?mail",
        "social media",
    ),
)
_OFFERS = any_of(
    (
        "newsletters?",
        "news",
        "updates?",
        "e-?mails?",
        "inbox",
        "alerts?",
        "briefings?",
        "mailing list",
        "channel",
        "podcast",
    ),
    (
        "free",
        "today",
        "now",
        "here",
        "edition",
        "stories",
        "journalism",
        "access",
        "a (?:day|week|month|year)",
        "reading",
        "feed",
    ),
)

_NEWSLETTERS = (
    (
        r"(?:please |to |you can |(?:do you )?(?:want|like) to )?(?:sign[ -]?up|subscribe|register"
        rf"|join)\b(?=.*\b{_OFFERS}\b).*"
    ),
    (
        r"(?:subscribe|sign[ -]?up|sign in|log in|register|donate|join)(?: (?:now|today|here|free"
        r"|for free|us|to continue))?"
    ),
    r"already (?:a subscriber|a member|have an account|registered|subscribed)\b.*",
    r"(?:subscribe|register|log in|sign in) to (?:continue|read|unlock|comment|access|post)\b.*",
    (
        r"(?:get|receive)\b.*\b(?:newsletters?|(?:to|in) your (?:inbox|e-?mail)|alerts|to your phone"
        r"|news updates|e-?mail updates)\b.*"
    ),
    (
        r"(?:get|receive) (?:the|our|all the|your) (?:latest|top|best|daily|morning|day['’]s"
        r"|biggest)\b.*\b(?:news|stories|headlines|coverage)\b.*"
    ),
    r"(?:get|start|enjoy) (?:unlimited|full|free|instant) access\b.*",
    r"get the news (?:faster|first|as it happens)",
    r".*\b(?:delivered|sent|straight|direct(?:ly)?) (?:\w+ )?to your (?:inbox|e-?mail|phone)\b.*",
    r"(?:enter|type|submit) your (?:e-?mail|name|zip)\b.*",
    r"stay (?:informed|up[ -]to[ -]date|in touch|connected|tuned)\b[^,]{0,60}",
    (
        r"(?:never|don['’]t) miss (?:a|an|our|out on our|the latest) (?:story|update|news|article"
        r"|issue|post|stories|newsletter)\b.*"
    ),
)
_CONSENT = (
    (
        r"by (?:submitting|signing|subscribing|clicking|continuing|using|entering|providing|registering"
        r"|joining|checking|ticking)\b"
        r".*\b(?:you|i)\b.*\b(?:agree|consent|accept|acknowledge|confirm|opt)\b.*"
    ),
    r"i (?:agree|consent|have read)\b.*\b(?:terms|privacy|policy|e-?mails?|conditions|newsletters?)\b.*",
    r"(?:this|our) (?:web ?site|site|page)\b.*\bcookies?\b.*",
    (
        r"we(?: and our (?:\w+ )?partners)?(?: also)? (?:use|store|set|place) (?:\w+ ){0,3}cookies?"
        r"(?: (?:and|to|on|for|that|or|so|in order)\b.*)?"
    ),
    (
        r"(?:you can )?(?:accept|reject|allow|manage|decline|change|set)(?: all| your)?(?: \w+)? "
        r"(?:cookies?(?: settings| preferences)?|preferences|settings|consent)(?: (?:at any time|here"
        r"|below|in|by)\b.*)?"
    ),
    (
        r"(?:we and our partners|we|our partners) (?:use|store|process|collect|share|access)\b.*\b"
        r"(?:personal (?:data|information)|your (?:data|device|consent|browser)|information on (?:a"
        r"|your) device)\b.*"
    ),
    r"(?:we have|we['’]ve) updated our (?:privacy|terms|cookie)\b.*",
    (
        r"(?:for more information|to (?:find out|learn) more),? (?:please )?(?:see|read|visit|view"
        r"|check) our\b.*"
    ),
    r"(?:please )?(?:see|read|view|review|consult|visit) our (?:\w+ )?(?:privacy|cookie|terms)\b.*",
    r"(?:wir|diese (?:web)?seite|unsere (?:web)?seite) (?:verwende[nt]|nutz(?:en|t)) cookies\b.*",
    r"(?:nous utilisons|ce site utilise) des cookies\b.*",
    r"(?:utilizamos|usamos|este sitio (?:usa|utiliza)) cookies\b.*",
)
_SHARING = (
    (
        r"(?:please )?(?:share|post|tweet|send)(?: (?:this|the|it|on|via|by|with|article|story|page"
        rf"|post|to|your|friends|and|or|{_SITES}|a))*"
    ),
    (
        r"(?:please )?(?:follow|like|find|join|visit|watch|add|connect with)(?: and \w+)? (?:us|me"
        rf"|@\w+|our \w+|the \w+|[\w ]{{2,30}}) (?:on|at|via) {_SITES}\b.*"
    ),
    r"follow (?:us|@\w+|our \w+|for more)\b.*",
    r"(?:check|follow) (?:out )?our (?:newsletters?|channel|podcast|page|social)\b.*",
    r"(?:click|tap|press) (?:here|this link|on the link|the link|the button|below|to)\b.*",
    (
        r"(?:\d\W{1,2})?(?:tap|click|press|select) (?:in|on|the) (?:your |the )?(?:navigation bar|menu"
        r"|share (?:button|icon)|icon|button|bell|browser|add to home screen)\b.*"
    ),
    (
        r"(?:\d\W{1,2})?(?:tap|click|press|select) (?:to )?[\"“]?(?:add to home ?screen|allow|install"
        r"|subscribe|accept)\b.*"
    ),
)
_APPS = (
    r"(?:download|get|install|try|open) (?:our|the)(?: [\w.&'’-]+){0,4} apps?\b[^,]{0,60}",
    r".*\bavailable (?:now )?(?:on|in|from) the (?:app store|google play)\b.*",
    r"(?:turn on|enable|allow|get|receive) (?:\w+ ){0,3}(?:push )?notifications?\b[^,]{0,60}",
    r"add (?:us|this site|\w+) to (?:your )?home ?screen\b.*",
    (
        r"please (?:enable|turn on|disable|allow|update your|upgrade your) (?:javascript|cookies"
        r"|ad ?block\w*|browser)\b.*"
    ),
)
_EDITORS = (
    (
        r"(?:have|got) (?:a|any|an) (?:tip|story|correction|question|comment|opinion|news tip)s?\b.*\b"
        r"(?:us|contact|e-?mail|editors?|here|know)\b.*"
    ),
    (
        r"(?:write|e-?mail|contact|send)\b.{0,40}\b(?:us at|letters to|tips to|corrections to"
        r"|the author at|the editor at|to us|us)\b[^,]{0,60}@.*"
    ),
    r"(?:leave|post|add|write|submit) (?:a|your) (?:comment|reply|response)s?\b[^,]{0,30}",
    r"join the (?:conversation|discussion)\b[^,]{0,40}",
    r"(?:did|have) you (?:find|found|spot|spotted|notice|see) (?:an? )?(?:error|mistake|typo)\b.*",
    r"(?:report|suggest) (?:an? )?(?:error|typo|correction)\b[^,]{0,60}",
    (
        r"(?:what do you think|let us know|tell us what you think|share your (?:thoughts|story|views"
        r"|experience))\b.*\b(?:comments?|below|us|e-?mail|here)\b.*"
    ),
)
_GERMAN = (
    r"(?:jetzt |hier )?(?:abonnieren|anmelden|spenden|registrieren)(?: sie)?\b.{0,80}",
    r"(?:abonnieren|folgen|unterstützen|teilen|spenden) sie\b.*|newsletter (?:abonnieren|bestellen)\b.*",
)
_FRENCH = (
    r"(?:abonnez|inscrivez|connectez)-vous\b.*",
    r"(?:suivez|soutenez|partagez)(?:-nous| cet| notre| l['’])\b.*",
    r"partager (?:sur|cet article)\b.*|cliquez ici\b.*",
)
_SPANISH = (
    r"(?:suscríbete|suscríbase|regístrate|inscríbete)\b.*",
    r"(?:síganos|síguenos|comparte|compartir|apoya)(?: en| este| esta| nuestro)\b.*",
    r"(?:haga clic|clique) (?:aquí|aqui)\b.*",
)
_CALL = whole(_NEWSLETTERS, _CONSENT, _SHARING, _APPS, _EDITORS, _GERMAN, _FRENCH, _SPANISH)


def is_call(line: str) -> bool:
    """Whether a line calls upon the reader, and reports nothing."""
    bare = _BUTTON.sub(r"\1 it", line).rstrip(" .!?:»→>")
    return bool(_CALL.fullmatch(bare)) and not reports(bare)


def reports(line: str) -> bool:
    """Whether a line quotes, or tells what somebody said or what has been."""
    return bool(_REPORTS.search(line))
