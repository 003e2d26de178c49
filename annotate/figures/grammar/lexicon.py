"""The words of the grammar: numbers, scales, units, currencies and what ends a noun phrase."""

from unicodedata import numeric


def words(text: str) -> frozenset[str]:
    """The words of a list, with spaces between them."""
    return frozenset(text.split())


def _pairs(text: str) -> dict[str, str]:
    """Words and what they stand for, "km:kilometre", a low line for a space in it."""
    return {
        word: meant.replace("_", " ") for word, _, meant in (pair.partition(":") for pair in text.split())
    }


DIGIT_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0,
    "lakh": 1e5, "crore": 1e7, "mn": 1e6, "mln": 1e6, "bn": 1e9, "tn": 1e12, "trn": 1e12,
}  # fmt: skip
SCALE_LETTERS = {"k": 1e3, "m": 1e6, "b": 1e9}  # 500k, £30m, $2B: only where they touch the number
PLURAL_SCALES = {
    "tens": 10.0, "dozens": 12.0, "scores": 20.0, "hundreds": 1e2, "thousands": 1e3, "lakhs": 1e5,
    "crores": 1e7, "millions": 1e6, "billions": 1e9, "trillions": 1e12,
}  # fmt: skip
SOME_SCALES = words("several few many")  # several dozen, a few hundred
FRACTION_NAMES = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "hundredth": 100, "thousandth": 1000,
}  # fmt: skip
FRACTION_PLURALS = {name + "s": value for name, value in FRACTION_NAMES.items() if not name.startswith("hal")}
ORDINALS = words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth sixtieth "
    "seventieth eightieth ninetieth hundredth thousandth millionth"
)
VULGAR = {mark: numeric(mark) for mark in "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
DASHES = frozenset("-‐‑‒–—−~")  # noqa: RUF001 - these very characters
HYPHENS = frozenset("-‐‑")  # noqa: RUF001 - these very characters

SIGNS = _pairs("$:USD £:GBP €:EUR ¥:JPY ₹:INR ₽:RUB ₩:KRW ₺:TRY ₴:UAH ₦:NGN ₱:PHP ₪:ILS ฿:THB ₫:VND")
SIGN_PREFIXES = _pairs("us:USD u.s.:USD a:AUD au:AUD c:CAD ca:CAD hk:HKD nz:NZD s:SGD nt:TWD r:BRL")
CODES = words(
    "USD EUR GBP CHF CNY RMB JPY INR RUB AUD CAD NZD HKD SGD SEK NOK DKK PLN CZK HUF TRY UAH ZAR BRL MXN KRW ILS"
)
CURRENCY_NAMES = _pairs(
    "dollar:USD euro:EUR yuan:CNY renminbi:CNY yen:JPY rupee:INR rouble:RUB ruble:RUB baht:THB "
    "naira:NGN hryvnia:UAH lira:TRY zloty:PLN shekel:ILS rand:ZAR"
)
DOLLARS_OF = _pairs(
    "us:USD u.s.:USD american:USD australian:AUD canadian:CAD singapore:SGD taiwan:TWD jamaican:JMD "
    "zealand:NZD kong:HKD"
)

PERIODS = _pairs(
    "second:second minute:minute hour:hour day:day week:week fortnight:fortnight month:month "
    "quarter:quarter year:year decade:decade century:century night:night annum:year hr:hour min:minute "
    "sec:second yr:year evening:evening morning:morning semester:semester season:season h:hour"
)
PERIOD_ADVERBS = _pairs(
    "annually:year yearly:year daily:day weekly:week monthly:month hourly:hour nightly:night "
    "quarterly:quarter"
)
DURATIONS = words("second minute hour day week fortnight month year decade century night weekend semester")
MEASURES = _pairs(
    "km:kilometre kms:kilometre kilometre:kilometre kilometer:kilometre mile:mile mi:mile metre:metre "
    "meter:metre cm:centimetre mm:millimetre centimetre:centimetre centimeter:centimetre "
    "millimetre:millimetre millimeter:millimetre foot:foot ft:foot inch:inch yard:yard kg:kilogram "
    "kgs:kilogram kilo:kilogram kilogram:kilogram kilogramme:kilogram gram:gram gramme:gram g:gram "
    "mg:milligram milligram:milligram tonne:tonne ton:ton ounce:ounce oz:ounce lb:pound lbs:pound "
    "pound:pound litre:litre liter:litre ml:millilitre millilitre:millilitre milliliter:millilitre "
    "gallon:gallon barrel:barrel hectare:hectare ha:hectare acre:acre degree:degree watt:watt "
    "kilowatt:kilowatt megawatt:megawatt gigawatt:gigawatt kw:kilowatt mw:megawatt gw:gigawatt "
    "kwh:kilowatt-hour mwh:megawatt-hour gwh:gigawatt-hour gb:gigabyte mb:megabyte tb:terabyte "
    "gigabyte:gigabyte megabyte:megabyte terabyte:terabyte volt:volt hz:hertz knot:knot calorie:calorie "
    "decibel:decibel db:decibel kb:kilobyte m²:square_metre m³:cubic_metre km²:square_kilometre m:metre "
    "hr:hour hrs:hour min:minute mins:minute secs:second yrs:year yr:year cent:cent pence:penny "
    "megaton:megaton µg:microgram microgram:microgram"
)
SPEEDS = {
    "mph": ("mile", "hour"),
    "kph": ("kilometre", "hour"),
    "kmh": ("kilometre", "hour"),
    "rpm": ("revolution", "minute"),
    "bpd": ("barrel", "day"),
}
SQUARES = {"sq": "square", "square": "square", "cubic": "cubic", "cu": "cubic", "nautical": "nautical"}

MONTHS = words(
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
WEEKDAYS = words(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun"
)

# A number behind one of these names a thing ("Ward No. 3", "page 4"), in capitals or not.
NUMBERED = words(
    "no nos number nr ward article articles section sections chapter chapters page pages p pp paragraph "
    "paragraphs para paras vol volume figure fig table tables room route highway motorway interstate channel "
    "flight resolution unit version footnote note notes appendix annex clause rule question item step phase "
    "phases stage level grade type category tier zone gate block building platform bus line case apartment "
    "apt suite box exhibit schedule verse psalm act scene part book season episode round game week chapter "
    "camp cell court district precinct sector boeing airbus apollo windows iphone android covid group team "
    "class mark division brigade regiment battalion protocol amendment title proposition form area bridge "
    "floor generation size top pillar reactor factory plant mine pit shaft"
)
NUMBERED_IF_BARE = words(
    "number figure act part book season group team class unit line case court game round note area item week size "
    "form mark top box plant mine floor building title bridge camp cell pit factory district division flight "
    "question bus step gate block table map law game match lot kilometre kilometer km mile"
)  # in lower case, these name a thing only if no noun follows ("in case 40 people come")
NAMED_BEHIND = words(
    "street road avenue lane boulevard drive square terrace crescent place office st rd ave blvd court way "
    "commandments eyes gorges pillars"
)
IDENTIFIERS = words(
    "isbn issn doi id tel phone fax code zip postcode ref reference version room extension ext"
)

STOPS = words(
    "a an the this that these those my your his her its our their of in on at by to from with without into onto "
    "for as than and or but nor so yet if when while where who whom whose which what how why because since "
    "until till after before between among amid against about above across along around behind below beneath "
    "beside besides beyond despite down during except inside near off out outside over past per through "
    "throughout toward towards under up upon via within is are was were be been being am do does did has have "
    "had having will would shall should can could may might must not no n't it he she they we you i him them us "
    "me there here then also too just only even still already now ago later earlier instead altogether each "
    "every all any both either neither such more less fewer most many much own said say says told tell tells "
    "went go goes gone came come left leave took take taken gave give given made make makes saw see seen knew "
    "know found find got get gets put ran run runs became become began begin kept keep held lost won sent paid "
    "met led fell fall rose rise grew grow stood stand sat set cut hit died survived remained remain happened "
    "occurred arrived vanished disappeared worked lived live lie lay vs versus including plus minus alone apart "
    "away together again once twice perhaps however therefore thus meanwhile nearly almost approximately roughly "
    "according compared times percent per cent didn didn't doesn't don't aren't weren't wasn't isn't haven't "
    "hadn't couldn't can't won't wouldn't yesterday today tomorrow respectively"
)
PASS_OVER = words("such more other additional further extra different new of")
PREPOSITIONS = words("in on at by to from with of for under over near inside outside across among during")
BE = words("is are was were had have has died survived remained escaped vanished disappeared fled came went")

IRREGULAR = _pairs(
    "people:people persons:person men:man women:woman children:child feet:foot teeth:tooth mice:mouse "
    "geese:goose oxen:ox policemen:policeman firemen:fireman fishermen:fisherman servicemen:serviceman "
    "businessmen:businessman countrymen:countryman gunmen:gunman lawmakers:lawmaker "
    "congressmen:congressman policewomen:policewoman grandchildren:grandchild "
    "schoolchildren:schoolchild lives:life wives:wife knives:knife leaves:leaf wolves:wolf halves:half "
    "thieves:thief shelves:shelf loaves:loaf calves:calf crises:crisis analyses:analysis "
    "hypotheses:hypothesis diagnoses:diagnosis bases:base buses:bus viruses:virus campuses:campus "
    "bonuses:bonus viri:virus movies:movie cookies:cookie ties:tie criteria:criterion "
    "phenomena:phenomenon species:species series:series aircraft:aircraft sheep:sheep fish:fish "
    "staff:staff police:police personnel:personnel cattle:cattle troops:troop crew:crew "
    "livestock:livestock youth:youth swine:swine deer:deer dead:dead wounded:wounded injured:injured "
    "missing:missing homeless:homeless unemployed:unemployed sick:sick alumni:alumnus cacti:cactus "
    "refugees:refugee heroes:hero potatoes:potato tomatoes:tomato volcanoes:volcano echoes:echo "
    "tornadoes:tornado mosquitoes:mosquito vetoes:veto horsepower:horsepower euros:euro roes:roe "
    "shoes:shoe toes:toe yuan:yuan yen:yen renminbi:renminbi baht:baht rand:rand data:data media:media "
    "axes:axe taxis:taxi skis:ski emissaries:emissary gases:gas headquarters:headquarters "
    "barracks:barracks passersby:passerby offspring:offspring pounds:pound inches:inch "
    "centuries:century yes:yes"
)
ALONE = words("dead wounded injured missing homeless unemployed sick youth")  # nouns only if no noun follows
NOT_PLURAL = words(
    "was has is this thus always perhaps across its his hers ours theirs yes less besides towards afterwards "
    "news politics physics mathematics economics does goes says as us gas bus plus vs minus previous various "
    "series' whereas upstairs overseas sometimes else's nowadays indoors outdoors regardless unless alas "
    "religious christmas texas paris atlas kansas illinois comes makes means takes gets gives shows seems appears "
    "remains follows stands includes refers represents suggests exceeds covers becomes tells belongs holds reads "
    "brings puts leads keeps wants needs states' has it's that's there's who's what's he's she's let's perhaps "
    "congress princess address progress process access success business illness witness loss mass class cross "
    "press glass congress' thus pancreas lens canvas chaos diabetes rabies herpes measles whereabouts"
)
PLURAL_MODIFIERS = words(
    "sports arms sales rights news operations systems communications savings goods customs services weapons "
    "drugs"
)
HYPHEN_BLOCKED = words(
    "way star time dimensional sided faced off on off old piece handed party pronged tier class track edged "
    "state olds up down in out to and by for one size third thirds legged eyed headed digit letter bit "
    "wheeler ply stroke door fold"
)
ALLOWED_AFTER_ONE = frozenset(
    {"week", "month", "year", "hour", "minute", "decade", "century", "mile", "kilometre", "metre", "tonne"}
    | {"ton", "kilogram", "hectare", "acre", "litre", "percent", "foot", "inch", "cent"}
)
PERSONS = words(
    "people person patient prisoner man woman child boy girl adult detainee inmate worker soldier officer guard "
    "victim refugee migrant resident citizen civilian practitioner believer member student teacher pupil nurse "
    "doctor surgeon physician witness protester demonstrator activist journalist reporter employee passenger "
    "driver tourist voter villager farmer fighter militant rebel troop policeman gunman donor recipient "
    "survivor casualty fatality death dead wounded injured missing homeless unemployed captive hostage suspect "
    "defendant official lawmaker youth baby infant mother father parent addict follower individual human life "
    "son daughter brother sister soul body corpse evacuee deportee personnel staff crew miner fisherman"
)
DEATHS = words("death dead fatality body corpse")
SYNONYMS = _pairs(
    "lorry:truck dead:death fatality:death person:people men:man automobile:car aeroplane:plane "
    "airplane:plane aircraft:plane inmate:prisoner detainee:prisoner physician:doctor home:house "
    "assassination:murder individual:people human:people worker:employee blast:explosion cop:policeman"
)
