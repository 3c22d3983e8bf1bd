"""What values look like: patterns of single words whose digits are all 0, and of words that are one value together."""

from __future__ import annotations

import re

from triage.signature.spotted import Substitutions

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t|tember)?|Oct(?:ober)?|Nov(?:ember)?"
    r"|Dec(?:ember)?)"
)
_DAY = r"(?:(?:Mon|Tue|Tues|Wed|Wednes|Thu|Thur|Thurs|Fri|Sat|Satur|Sun)(?:day)?)"
_DOMAIN = (
    r"(?:com|org|net|edu|gov|info|biz|cloud|local|localdomain|internal|lan|arpa"
    r"|ai|ar|au|be|bg|br|by|ca|ch|cl|cn|co|cz|de|dk|ee|es|eu|fi|fr|gr|hk|hr|hu|ie|il|io|ir|it|jp|kr|kz|lt|lu|lv|mx|my|nl|nz|pe"
    r"|ph|pk|pl|pt|ro|ru|se|sg|si|sk|th|tr|tv|tw|ua|uk|us|uz|ve|vn|za)"
)
"""Top-level domains, without those that are words or the names of packages more often."""
CODED = "ORA|TNS|PLS|DPI|SP0|SP2|TS|CS|BC|MSB|NU|CA|IDE|SYSLIB|NETSDK|CLI|LNK|MC|AD|SQL|PGRST|ERR"
"""What the codes of databases and compilers begin with."""
FILE = (
    "py|pyx|js|jsx|mjs|cjs|ts|tsx|vue|go|rs|java|kt|scala|groovy|rb|php|c|cc|cpp|cxx|h|hpp|m|mm|cs|fs|vb|swift|ex|exs|erl|lua|sh"
    "|pl|pm|t|r|sql|yml|yaml|json|xml|html|feature|robot|log|txt|md|toml|cfg|ini"
)
_WEB = "https?|wss?|blob:https?|file|chrome-extension|moz-extension|webpack(?:-internal)?"
"""Schemes that say nothing; another one (``redis``, ``jdbc:mysql``) says who did not answer."""
_BEGIN_OF_URL = rf"(?:\b(?=[\w+.:-]{{2,25}}://)(?:{_WEB})://|(?<=[a-z0]{{2}}:)//)(?:[^\s'\"<>()\[\]{{}}@]*@)?"
_REST_OF_URL = r"(?:[^\s'\"<>)\]}:]|:(?![\ue000-\uf8ff]))*"
"""Up to a port that is told."""
_HOSTED = r"github\.com|gitlab\.com|bitbucket\.org|golang\.org|google\.golang\.org|gopkg\.in|(?:sigs\.)?k0s\.io|go\.uber\.org"
"""What the names of Go packages begin with, as folded."""
_SIZED = "u?int|b?float|complex|fp|bf|sha|SHA|md|MD|[iI][pP]v|arm|amd|crc|CRC|aes|AES|[RHEP]S"
"""What the names of types, hashes and the like begin with that end in a number."""
_CLASS = (
    r"\b(?:[A-Z][A-Za-z_]{0,60}[a-z](?:Error|Exception)|(?:Error|Exception)[A-Z][A-Za-z_]{0,60}[a-z])0{1,2}"
)
"""An exception whose name ends in a number, which is no value."""
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_CLOCK = r"00?:00(?::00(?:[.,]0+)?)?"
_ZONE = r"(?:Z(?:00:00)?|[+-]00(?::?00)?)"
_KEY_OF_ID = "|".join(
    rf"(?<={name}{sign})"
    for name in (
        "[iI][dD]",
        "[tT]oken",
        "[nN]once",
        "[hH]ash",
        "[uU]uid",
        "[gG]uid",
        "[tT]race",
        "[sS]ession",
    )
    for sign in ("=", ":", "[=:]['\"]", "['\"]:['\"]")
)
"""Stands before a value that is an id, whatever it looks like."""
_ID_OF = (
    "req|request|sess|session|trace|span|tx|txn|trx|ord|order|usr|user|cus|cust|customer|evt|event|inv|invoice|job|run|task|msg|conn|corr|tok"
    "|token|acct|account|pi|ch|sub|ref|tenant|pod|i|vol|subnet|sg|vpc|eni|ami|snap"
)
"""Stands before a dash and an id."""
_IPV4 = r"0{1,3}(?:\.0{1,3}){3}(?![\w.]*\w)"
_RANDOM = r"(?:(?=0[a-z0]*[A-Z])(?=0[A-Z0]*[a-z])|(?=[A-Za-z0]*[A-Za-z]0+[A-Za-z]+0))[A-Za-z0]{10,}"
"""What no name looks like: begins with a digit and has letters of both cases, or has digits in two places."""
_SHORT_RUN = r"(?>[A-Za-z0]*?[A-Z0][a-z]{1,2}(?=[A-Z0]))"
_OPAQUE = rf"(?=[A-Za-z]*0)(?=[A-Za-z0]*[A-Z]{{2}})(?={_SHORT_RUN * 3})[A-Za-z0]{{16,}}"
"""Nor this: long, with a digit and two capitals in a row, and the small letters in runs too short for words."""

WORD = re.compile(
    rf"""
      (?P<jwt>\beyJ[\w-]{{5,}}\.[\w-]{{5,}}(?:\.[\w-]*)?)
    | (?P<uuid>\b[0a-fA-F]{{8}}-[0a-fA-F]{{4}}-[0a-fA-F]{{4}}-[0a-fA-F]{{4}}-[0a-fA-F]{{12}}\b)
    | (?P<trace>\b00-[0a-f]{{32}}-[0a-f]{{16}}-00\b|\b0-[0a-f]{{8}}-[0a-f]{{24}}\b)
    | (?P<time>\b0000[-/.]00?[-/.]00?(?:[T_]{_CLOCK}{_ZONE}?|[T_]00[-.]00(?:[-.]00(?:[.,]0+)?)?Z?)?(?![\w-])
        |\b0{{8}}T0{{6}}(?:\.0+)?(?:Z|[+-]0{{4}})?(?!\w)|\b0000年00?月(?:00?日)?|\b00?[-/]{_MONTH}[-/](?:0000|00)(?::{_CLOCK})?(?!\w)
        |\b00?:00:00(?:[.,]0+)?{_ZONE}?(?![\w:])|(?<![\w:.])00?:00(?:{_ZONE}|[ap]m|[AP]M)(?![\w:])
        |(?<![\w:.])00?[/.]00?[/.](?:0000|00)(?![\w./])|\b(?:GMT|UTC)[+-]00?(?::?00)?\b)
    | (?P<url_port>{_BEGIN_OF_URL}(?:\[[0a-fA-F:.]+\]|[\w.-]+):0{{2,5}}(?!\w){_REST_OF_URL})
    | (?P<url>{_BEGIN_OF_URL}(?:\[[0a-fA-F:.]+\]|[^\s'"<>)\]}}]){_REST_OF_URL}|(?<=:[\ue000-\uf8ff])[/?\#][^\s'"<>)\]}}]*
        |\bdata:[^\s;,]*;base00,[\w+/=-]+|\barn:aws[\w-]*:[^\s'",)]+)
    | (?P<email>\b[\w.+-]{{1,64}}@(?:(?:[\w-]+\.)+[A-Za-z]{{2,}}|[A-Za-z]+\.[a-z])\b)
    | (?P<ip>(?<![\w.])(?:::[fF]{{4}}:)?0{{1,3}}(?:\.0{{1,3}}){{3}}(?![\w.]*\w)|\[(?:[0a-fA-F:]*::[0a-fA-F:.]*|(?:[0a-fA-F]{{1,4}}:){{7}}[0a-fA-F]{{1,4}})\]
        |(?<![\w:])(?:[0a-fA-F]{{1,4}}:){{7}}[0a-fA-F]{{1,4}}(?![\w:])|(?<![\w:])(?:[0a-f]{{1,4}}:){{1,6}}:[0a-f:]{{0,20}}(?![\w:])
        |(?<![\w:])::0(?=:(?:0{{2,5}}(?![\w:])|[\ue000-\uf8ff]))|(?<![\w:])::(?=[a-f:]*0)[0a-f:]{{1,30}}(?![\w:])|(?<!\S)::(?!\S))(?P<ip_port>:0{{1,5}}\b)?
    | (?P<mac>(?<![\w:])(?:[0a-fA-F]{{2}}[:-]){{5,}}[0a-fA-F]{{2}}(?![\w:]))
    | (?P<hex>\b0x[0a-fA-F]+\b|\b(?=[a-f]*0)(?=[0a-f]*[a-f])[0a-f]{{7,}}\b|\b(?=[A-F]*0)(?=[A-F]*[A-F])[0A-F]{{8,}}\b
        |\b(?:[a-f]{{8}}|[a-f]{{16}}|[a-f]{{32}}|[A-F]{{8}}|[A-F]{{16}})\b|(?<=\w@)(?=[a-f]*0)[0a-f]{{4,16}}\b(?![.-]\w))
    | (?P<code>(?<=SQLSTATE\[)\w{{5}}(?=\])|(?<=SQLSTATE:)\w{{5}}\b|\b(?:{CODED})-?0{{3,6}}[A-Z]?\b|(?<=\[)E0000(?=\])|\bE000(?:00)?\b)
    | (?P<kept>\bs0[an]?(?=://)|\bHTTPS?/0(?:\.0)?\b|{_CLASS}(?=[:(]|$)|\b[Uu][Tt][Ff]-?00?\b|\b(?:{_SIZED})0{{1,3}}(?:_0{{1,3}})?(?:_t)?\b|(?<![\w.@/:$-])(?:{_HOSTED})(?:/[\w.~-]+)+|(?<![\w.])@[\w.-]+/[\w.-]+(?=@)|\b(?:[A-Z]\w*\.)+[a-z_]\w*[?!]?/0\b
        |(?<![\w.@/:$-])(?:[a-z]\w*/){{2,}}[A-Z]\w*(?:[$]\w+)*(?![\w./-])|(?<![\w.@/:$-])(?:[\w.@+-]+/)+[\w@+-]+\.\w{{1,5}}(?=::\w))
    | (?P<host>(?<![\w.@/:$-])(?:{_LABEL}\.){{2,}}{_DOMAIN}\b(?![\w.-]*\w)|(?<![\w.@/:$-])(?:{_LABEL}\.)+(?:com|org|net|edu|gov|local|internal|{_DOMAIN}(?=:0{{2,5}}\b))\b(?![\w-]|\.\w))(?P<host_port>:0{{2,5}}\b)?
    | (?P<name>(?<![\w.@/:$-])(?:localhost|{_LABEL}(?:\.(?!(?:{FILE}):){_LABEL})+))(?P<name_port>:0{{2,5}}(?![\w:.]*\w))
    | (?P<dur>\b0+(?:\.0+)?(?:ms|µs|us|ns|s|secs?|mins?|m|h)\b(?:0+(?:\.0+)?(?:ms|s|m)\b)*)
    | (?P<size>\b0+(?:\.0+)?(?:[KMGT]i?B|[KMGT]i|bytes?|[kKMG]b)\b)
    | (?P<path>(?<![\w.<])(?:[A-Za-z]:)?(?:[\\/]+[\w.@+~%-]+){{2,}}[\\/]*(?:\?[\w=&%.+-]+)?|(?<![\w/])(?![\w.-]+/{_IPV4})(?:[\w.@+-]+/){{1,}}[\w@+-]+\.\w{{1,5}}\b|(?<![\w/])(?:[\w.@+-]+/){{3,}}[\w@+-]+/?|(?<![\w\\])(?:[\w.@-]+\\){{1,}}[\w@.-]*\w\.\w{{1,5}}\b)(?P<pathline>:0+(?::0+)?)?
    | (?P<version>\bv?0+\.0+\.0+(?:[.-]\w+)*\b|\bv?0+(?:\.0+)*\.[xX*](?!\w))
    | (?P<id>(?<=[=:'"])(?:{_KEY_OF_ID})(?=[A-Za-z_-]*0)[\w-]+
        |(?<![\w+/])(?=[\w+/]*[a-z])(?=[\w+/]*[A-Z])(?:(?=\w*[+/])[A-Za-z0+/]{{12,}}={{1,2}}|[A-Za-z0+/]{{12,}}==|(?=[a-zA-Z+/]*0)(?:[A-Za-z0+/]{{32,}}|[A-Za-z0+/]{{16,}}=(?=$|[,.;)\]}}])))(?![\w=])
        |\b(?=[A-Za-z0]*[A-Za-z]0+[A-Za-z]+0)[A-Za-z0]{{8,}}\b|\b(?=[A-Z]*0)(?=0*[A-Z])[A-Z0]{{16,}}\b|(?<![\w-])(?![a-z]+(?:_[a-z]+)*_{_RANDOM}(?![\w-]))(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[A-Za-z_-]*0[0_-]*[A-Za-z][A-Za-z_-]*0)[A-Za-z0][\w-]{{18,}}[A-Za-z0]\b
        |(?<=-)(?=[a-f]*0)(?=0*[a-f])[0a-f]{{6}}\b(?!-)|(?<=-)(?=[a-z]*0+[a-z]+0)[a-z0]{{6,}}\b|(?<=-)(?=[bcdfghj-np-tv-xz]*0)[bcdfghj-np-tv-xz0]{{5}}\b(?!-)|(?<=-[bcdf0]{{8}}-)[a-z0]{{5}}\b|(?<=-[bcdf0]{{9}}-)[a-z0]{{5}}\b|(?<=-[bcdf0]{{10}}-)[a-z0]{{5}}\b
        |\b(?:{_ID_OF})[_-](?=[A-Za-z]*0)[A-Za-z0]{{3,}}\b|(?<![\w.@/-])[a-z]{{3}}(?>0{{3,}})(?![\w.-]*\w)
        |(?<=[a-z]_){_RANDOM}\b|(?<=[a-z]_){_OPAQUE}\b|(?<=[a-z]_)(?=0|[a-f]+0+[a-f])(?=0*[a-f])[0a-f]{{6,}}\b|(?<=\bcss-)(?=[a-z]*0)[a-z0]{{5,8}}\b
        |\btmp(?=[a-z_]*0)[a-z0_]{{8}}\b|\btmp\.[A-Za-z0]{{6,12}}\b|(?<=-)(?=[A-Za-z_]*0)\w{{8}}(?=\.(?:m?js|css|map)\b)
        |(?<=[A-Z]{{3}}-)(?=[A-Z]*0)(?=0*[A-Z])[A-Z0]{{7}}\b)
    | (?P<num>(?<![\w])[-+]?0+(?:[.,]0+)*(?:[eE][-+]?0+)?%?(?!\w)|(?<=[a-zA-Z_-])0+(?=_|\b)(?!\.[a-zA-Z])|(?<=[a-z]-)0+(?=(?:\.[\w-]+){{1,5}}/{_IPV4})|(?<=[$]Proxy)0+|(?<=Accessor)0+|\b0+(?=[a-zA-Z_]))
    """,
    re.VERBOSE,
)
"""The first alternative that matches at a place wins; ``kept`` is no value."""
VALUE_LIKE = re.compile(
    r"[0/\\@.]|==|^::$|\[::|arn:|data:|\b(?:[a-f]{8,32}|[A-F]{8,32})\b|[a-fA-F]{2}[:-][a-fA-F]{2}[:-][a-fA-F]{2}[:-]"
)
"""What every value has in it."""
NAMES = {
    "pathline": "path", "mac": "hex", "trace": "hex",
    "url_port": "url>:<port", "ip_port": "ip>:<port", "host_port": "host>:<port", "name_port": "host>:<port",
}  # fmt: skip
"""What values are called that aren't called like their group."""

HOLE = "<(?:jwt|uuid|hex|time|url|email|ip|port|code|host|name|dur|size|path|version|id|num|str|user)>"
"""What stands for a value in a template."""

_NO_USER = (
    "a|an|and|the|this|that|is|was|in|on|of|to|by|at|or|not|no|has|had|with|who|which|unknown|input|inputs|profile|profiles|service|data|action"
    "|actions|request|requests|account|accounts|session|sessions|login|logins|authentication|registration|creation|group|groups|role"
    "|roles|agent|token|tokens|permission|permissions|settings|id|ids|name|names|info|details|response|event|events|code|space|list"
    "|table|type|confirmation|approval|password|email|address|management|model|store|controller|entity|object|context|feedback"
    "|search|lookup|query|update|deletion|interaction|mode|from|credentials|operation|state"
)
"""What stands behind the word ``user`` and is no user's name."""
_USER = rf"['\"]?(?!(?:{_NO_USER})\b)[\w.@$\\-]*\w['\"]?"

_TELLING_KEYS = (
    "err|error|errors|msg|message|reason|cause|code|status|state|phase|level|lvl|severity|type|kind|class|exception|method|op|operation|action"
    "|event|result|outcome|desc|description|signal|category|name|title|text|role|cmd|command|query|sql|rpc|verb|expected|actual|got|want"
    "|table|column|field|param|parameter|arg|argument|option|property|attribute|key|module|package|plugin|library|function|func"
    "|service|component|provider|feature|variable|detail|details"
)
"""Keys whose quoted values say what went wrong, or where."""

_TOLD = "true|false|null|nil|none|undefined|nan|object|string|number|boolean|bool|function|array|int|integer|str|float|list|dict|symbol"
"""Quoted words that are no values: which of them was there is what a comparison tells."""
_DATA = "(?:{})".format(
    "|".join(
        rf"{quote}(?!(?i:{_TOLD}){quote}|[A-Z_]+{quote})(?=[^{quote}\n\w]*\w)[^{quote}\n\ue000-\uf8ff]*{quote}"
        for quote in "'\""
    )
)
"""What someone entered or a program computed, in quotes; without the private characters that stand for codes."""
_COMPARED = rf"(?:{_DATA}|<(?!(?i:{_TOLD})>|[A-Z_]+>)[^<>\n\ue000-\uf8ff]+>)"
_FILE_OF_DATA = (
    "xlsx?|csv|tsv|pdf|docx?|pptx?|odt|png|jpe?g|gif|webp|bmp|zip|gz|mp[<a-z]+|wav|mov|avi|parquet|avro|orc"
)

_CALLED_BY_ID = (
    "[Rr]un|[Jj]ob|[Rr]eq|[Rr]equest|[Ss]ession|[Tt]ask|[Bb]uild|[Oo]rder|[Ii]nvoice|[Tt]ransaction|[Mm]essage|[Tt]oken|[Aa]ccount|[Bb]atch|[Tt]race"
    "|ID|[Ii]d"
)
"""Stands before the id of a thing."""
_OF_MONTH = rf"(?:{_MONTH} <num>(?:st|nd|rd|th)?|<num>(?:st|nd|rd|th)?[ -]{_MONTH})"

JOINED = Substitutions(
    (
        (r"((?:[(\[]|, )SQL: ).*[)\]]$", r"\1<str>"),
        (
            rf"(?<![\w<])(?:(?:{_DAY},? )?{_OF_MONTH},?(?:[ -]<num>)?,? <time>(?: [A-Z]{{3,4}}\b)?(?: <num>)?"
            rf"|{_DAY},? {_OF_MONTH}(?:,? <num>)?(?:,? <num>:<num>)?|{_OF_MONTH},? <num>(?: <num>:<num>)?|{_DAY},? <time>)",
            "<time>",
        ),
        (
            r"\bdatetime\.(?:datetime|date|time)\(<num>(?:, <num>)*(?:, tzinfo=[\w.]+)?\)",
            "<time>",
        ),
        (r"<num>:<num> (?:[AP]M|[ap]m)\b", "<time>"),
        (
            r"<time>(?:,? <time>)?(?: [AaPp][Mm]\b)?(?: (?:UTC|GMT|[A-Z]{1,3}[SD]T|CET)\b)?(?:,? <time>)?"
            r"(?: \((?:UTC|GMT|[A-Z]{1,3}[SD]T|[A-Z][\w ]{1,30} Time)\))?",
            "<time>",
        ),
        (r"<time>, ?<time>", "<time>"),
        (
            r"<?<num> (?:ms|µs|us|ns|s|secs?|seconds?|min|mins|minutes?|h|hours?|milliseconds?|MILLISECONDS)\b(?!/)"
            r"(?:,? <num> (?:ms|s|secs?|seconds?|mins?|minutes?)\b)*",
            "<dur>",
        ),
        (r"<num>\.? (?:[KMGT]i?B|bytes?|[kKMG]b|B)\b(?!/(?!s\b))", "<size>"),
        (r"<size> \(<size>\)", "<size>"),
        (
            rf"\b((?:[Ff]or|[Bb]y|[Aa]s|[Ff]rom|[Ii]nvalid|[Ii]llegal|[Uu]nknown) user )(?:{_USER}|\S+(?= from <))|\b([Uu]ser ){_USER}"
            r"(?= (?:logged|signed|from|does not exist|not found|already exists|has no|cannot|could not|may not)\b)",
            r"\1\2<user>",
        ),
        (
            rf"\b([Ee]xpected:? ?){_COMPARED}([,;.]? (?:to (?:deeply |deep |strictly |loosely )?(?:equal|eql|be|match|contain|include)|to be equal to"
            rf"|(?:[Bb]ut )?(?:was|got|found)|[Bb]ut: was|[Aa]ctual|[Rr]eceived)[ :]{{1,3}}){_COMPARED}",
            r"\1<str>\2<str>",
        ),
        (rf"{_DATA}( [!=]==? ){_DATA}", r"<str>\1<str>"),
        (
            rf"{_DATA}( is (?:not (?:of type|a valid|one of|a multiple of)|too (?:short|long))\b)",
            r"<str>\1",
        ),
        (rf"(?<= -){_DATA} \+{_DATA}", "<str> +<str>"),
        (
            rf"\b((?:[Ii]nput string|[Ll]iteral for [^'\"\n]{{1,30}}|string to \w+|[Pp]ars(?:e|ing)|for (?:type|enum) [\w ]{{1,40}}|[Tt]ext|[Tt]ime data"
            rf"|(?:[Ii]nvalid|[Uu]nparseable|[Uu]nknown|[Ii]ncorrect) (?:\w+ )?(?:value|date|number|input|json|email|url|format)|[Vv]alue|column [\w.]+(?=:)):? ){_DATA}",
            r"\1<str>",
        ),
        (
            r"\b((?:WHERE|AND|OR|SET|ON|where|and|or|set) [\w.`\"]+ ?(?:=|<>|!=|[<>]=?|I?LIKE) ?)'[^'\n]*'",
            r"\1<str>",
        ),
        (
            r"\b((?:IN|VALUES|in|values) ?)\((?:<[a-z]+>|'[^'()]*'|NULL)(?:, ?(?:<[a-z]+>|'[^'()]*'|NULL))*\)",
            r"\1<str>",
        ),
        (
            r"(?<![\w>])(?:(?:<num>[a-fA-F]?|[a-fA-F]<num>|[a-fA-F]{2}) ){4,}(?:<num>[a-fA-F]?|[a-fA-F]<num>|[a-fA-F]{2})(?![\w<])",
            "<hex>",
        ),
        (
            rf"\b((?:{_CALLED_BY_ID}):? )(?:[A-Za-z]{{1,4}}<num>|(?=[A-Za-z]*\d[A-Za-z\d]*[A-Za-z])[A-Za-z\d]{{8,}})(?![\w.-])",
            r"\1<id>",
        ),
        (r"\b((?:password|publickey) for )(?!invalid )\S+(?= from <)", r"\1<user>"),
        (r"(?<!\w)((?:request|req|trace|span|session|correlation|transaction|txn)=)[\w.-]+", r"\1<id>"),
        (r"\b([Uu]ser(?:[Nn]ame)? )(?:'[^'\n]+'|\"[^\"\n]+\")", r"\1<user>"),
        (r"(?<=\w=)\{[^{}]{0,300}(?:\{[^{}]{0,300}\}[^{}]{0,300}){0,9}\}", "<str>"),
        (r"(['\"])/(?=\w)[^'\"]{2,300}\1", r"\1<path>\1"),
        (r"(['\"])[A-Za-z]:\\[^'\"]{2,300}\1", r"\1<path>\1"),
        (rf"(['\"])[^'\"/\\]{{1,80}}\.(?:{_FILE_OF_DATA})\1", r"\1<path>\1"),
        (
            rf"(?<![\w\[@.-])((?!(?i:\w*?(?:{_TELLING_KEYS}))=)[A-Za-z_]\w*=)(['\"])[^'\"]{{0,80}}\2",
            r"\1\2<str>\2",
        ),
        (
            rf"(?<![\w\[@.-])((?!\w*?(?:{_TELLING_KEYS}|ok|success)=)[A-Za-z_]\w*=)(?:[Tt]rue|[Ff]alse)\b(?!=)",
            r"\1<str>",
        ),
        (
            r"""(['"]\w*(?:[iI][dD]|[tT]oken|[nN]once|[hH]ash|[sS]ession)['"]: ?)(['"])[^'"]{1,80}\2""",
            r"\1\2<id>\2",
        ),
    )
)
"""Words of a skeleton that are one value, and the hole that they make."""
