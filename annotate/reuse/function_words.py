"""Words that carry grammar, not matter: two texts that share them share nothing.

The closed classes of English (articles, pronouns, prepositions, conjunctions, auxiliaries, particles: Quirk
et al. 1985, A Comprehensive Grammar of the English Language, 2.39-2.40) and the verbs and adverbs with which
any report is told. Other languages have no list: there, only rarity tells what matters.
"""

_ENGLISH = """
a an the this that these those such
i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her
hers herself it its itself they them their theirs themselves one ones oneself
who whom whose which what whatever whoever when where why how whether
someone somebody something anyone anybody anything everyone everybody everything nobody none
all any both each either neither every few many more most much other others another some several own same
about above across after against along amid among around as at before behind below beneath beside besides
between beyond by despite down during except for from in inside into like near of off on onto out outside
over per since than through throughout till to toward towards under until up upon via with within without
and but or nor so yet if because although though while whereas unless once
am is are was were be been being do does did doing done have has had having can could may might must shall
should will would ought cannot
not no yes too very also just only even still then there here now again ever never quite rather almost
however therefore thus moreover meanwhile already
aren't can't couldn't didn't doesn't don't hadn't hasn't haven't he'd he'll he's i'd i'll i'm i've isn't it's
let's mustn't shan't she'd she'll she's shouldn't that's there's they'd they'll they're they've wasn't we'd
we'll we're we've weren't what's who's won't wouldn't you'd you'll you're you've
said say says saying tell tells told
"""

FUNCTION_WORDS: dict[str, frozenset[str]] = {"english": frozenset(_ENGLISH.split())}
