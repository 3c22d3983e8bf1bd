"""What a code is: where a number names what went wrong, by what stands around it.

A code stands behind a word that announces one (``exit code 137``, ``alert number 40``), directly behind the name of an
exception or a program (``Win32Exception (5)``, ``curl: (28)``, ``RequestError(429, "...")``), first in a pair with the words
for it (``(2003, "Can't connect")``, ``(111: Connection refused)``), or beside another code (``SQLSTATE[HY000] [2002]``).
A number that counts has the thing counted behind it; an id is long, or has the name of a thing before it.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from triage.signature.kinds import CODED, FILE
from triage.signature.spotted import Spotted

_PHRASES = "|".join(re.escape(status.phrase) for status in HTTPStatus if status.value >= 300)
_PORTS = (
    "389|636|1433|1521|1883|2049|2181|2375|2379|3306|3389|4222|4317|4318|4444|5432|5671|5672|6379|6443|7687|8123|8500|8883|9042|9092"
    "|9200|9300|11211|15672|26257|26379|27017|50051|61616"
)
"""Of services that others depend on: which one cannot be reached is the cause."""
_LOW_PORTS = "21|22|25|53|80|88|110|143|443|445|465|587|993"
"""Of such services too, but the number of a line as often, and every host has some of them: told on this machine, and
where the words for what went wrong stand right behind the address."""
_ANNOUNCED = r"""
      (?:\b(?:[Ee](?i:xit(?:ed)?(?:[\ _-]?code|[\ _-]?status|\ with(?:\ (?:code|status))?|\ \(status:|\ value)?)
          |[Ss](?i:ig(?:nal|(?=[\ :=])))|[Ee](?i:rr(?:no|num))|(?i:(?:(?:status|error|err|ret|return|exit|fault|result|response|reason|reply|sub|sql)[\ _-]?)?code)|non-zero\ exit\ status
          |(?:rc|RC)(?<![.-]..)(?=[\ :=(\["'])|retval|ierr|iostat|errorlevel|ERRORLEVEL|LASTEXITCODE|WinError|os\ error|SCODE|Custom|(?:[Ee]rror|[Aa]lert|[Ff]ault|[Tt]rap|[Rr]eason|[Ee]xception|[Ss]tatus)\ (?:[Nn]umber|[Nn]o\.?))
        |_code|_CODE|(?<=[a-z])Code|\]\ Error|(?<=\w)(?:Error|Exception)(?=\[))[\ :=\[("']{0,3}(?:-?NUMBER|LETTERS_DIGITS)
    | \b(?:(?:[Ee]rror|[Ee]rr|[Rr]eturned|ret|[Ff]ailed|(?:OS)?[Ss]tatus|[Rr]esult)[\ :=(]{1,3}-NUMBER|ERROR\ NUMBER(?=\ \()
        |[Ee]rror\ NUMBER(?=[:,])|status=NUMBER/|(?i:sql\ ?state)[\ :=(\[]{1,3}STATE(?:\]\ \[FEW(?=\])|\]:\ [A-Z][\w\ ]{3,60}:\ FEW)?
        |(?:HRESULT|NTST[A]TUS|[Cc]ode|[Ss]tatus|[Rr]esult|[Ee]rror|[Ee]xception)[\ :=(]{0,3}(?:HEX|SHORT)
        |[Ss]tatus["']?[:=]\ ?["']?TWO|Msg\ FEW(?=,)|[Rr]eason[=(]FEW(?!\ [a-z])|[Ee]rr(?:or)?(?:=|["']:\ ?)-?FEW
        |(?:exited|terminated|closed|crashed|aborted|killed|died|disconnected)(?:\ \(FEW(?=\))|(?::|\ with)\ FEW(?!\ [a-z])))
    | (?:\b[Ee]|(?<=[a-z])E)rror\ FEW(?=[)\];]|\ \(|\.?$|\.\ |\ (?:occurred|has|was|from|while|when|during|on|in|at|for)\b)"""
"""Behind a word that announces a code."""
_BEHIND_A_NAME = r"""
      (?:(?<=\w)(?:Error|Exception|Err)|\b[Ee]rror)(?<!KeyError)(?<!IndexError)(?<!ValueError)(?<!AssertionError)\ ?\(-?FEW(?=\))
    | (?<=[\w>)\]]):\ \(FEW\)(?=\ ?[A-Za-z])
    | ^\(FEW\)(?=[A-Za-z])
    | (?:(?<=\w)(?:Error|Exception|Err)|\b[Ee]rror)\ ?\(-?LONG(?=,\ )"""
"""In parentheses behind the name of an exception or a program."""
_WITH_WORDS = r"""
      (?:^|(?<=[\w>)\]])[:=]\ )\(-?LONG(?=,\ [bu]?["'][^"']*\ )
    | (?:^|(?<=\ ))[(\[]FEW(?=:\ [A-Z])
    | \{:?error,\ ?-?FEW(?=\})
    | \(LONG\)(?=\ \(SQL)
    | [(\[]WIDE(?=[)\]])
    | \[FEW_LETTERS\]$"""
"""First in a pair with the words for it, or in brackets where nothing but a code has its shape."""
_NOT_MANY = r"(?!\ (?!(?:as|is|was|has|this|its|across|always|unless|status)\b)[a-z]+s\b)"
"""Behind a number that counts stands what is counted: ``got 200 rows``."""
_COMPARED = r"""
      (?P<compared>\b(?:assert\ NUMBER\ (?:==|!=|in|<|>|<=|>=)\ \(?NUMBER|AssertionError:\ NUMBER\ [!=]=\ NUMBER
        |[Ee]xpected:?\ ?[<\[]?NUMBER[>\]]?,?\ (?:but\ (?:was|got|found):?|to\ (?:be|equal|eql|deeply\ equal)|got:?|actual:?)\ ?[<\[]?NUMBER))"""
_STATUS = (
    r"""
      (?P<status>(?:(?:\b|_|(?<=[a-z])(?=S))(?:HTTP(?:/[^\s"]+)?"?[_-]?|[Hh]ttp|SMTP|HttpStatus\.|[Ss]tatus(?:[ _-]?[Cc]ode)?(?:\ of|_)?|ST[A]TUS(?:[ _-]?CODE)?|code|rejected|(?:fails|failed|rejected)\ with(?:\ an?)?|response(?:\ for\ \S+)?|Error\(|[Ee]rror:?|ERROR:?|[Ee]xception:|error_\w+:|[Ss]erver\ response:?|[Rr]esponse\ \[|[Ff]ailed\ \[|success:|Expected:|Received:|[Ff]ailed(?:\ \(|:)
            |(?:METHODS)\ \S+(?:\ HTTP/\S+|:)?(?:\ -|\ \()?(?=\ ))|[-=]>|→)[\ :='"<]{0,4}STATUS
        |\b(?:(?:[Gg]ot|GOT|[Rr]eceived|[Rr]eturned|answered|replied|responded)(?:\ with)?(?:\ an?)?|was)[\ :='"<]{0,4}STATUSNOT_MANY|\bwhere\ STATUS\ =\ \S*status
        |(?<![:.\d])(?<!\bline\ )STATUS(?:(?::|\ on|\ for|\ from)\ (?:/|https?:|<(?:path|url)>)|\ \(?(?:PHRASES|Client\ Error|Server\ Error|(?:(?:on|for|from)\ )?(?:METHODS)\ ))
        |(?=[<1-5])(?:^|(?<=[:(]\ )|(?<=\()|(?<=\ba\ )|(?<=\bwith\ )|(?<=\bgot\ )|(?<=\bthe\ ))STATUS\ (?:(?:response|reply|error|status)\b(?![=:])|(?:was\ |is\ )?(?:returned|received)\b))
    """.replace("NOT_MANY", _NOT_MANY)
    .replace("PHRASES", _PHRASES)
    .replace("METHODS", "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS")
)
_SPEAKERS = rf"""{_COMPARED}
    | (?P<code>{_ANNOUNCED}|{_BEHIND_A_NAME}|{_WITH_WORDS})
    | (?P<lettered>(?:^[\[(]?|PLACE:\ |\b(?:[Ee]rror|ERROR|[Ww]arning|WARNING|[Rr]ule)(?:\ \[?|\[))LETTERED|(?<=\w)(?:Error|Exception|Fault):\ [\[(]?ONE_LETTERED)
    |{_STATUS}"""
_NAMES_WHAT = r"(?:[Mm]odule|[Pp]ackage|[Rr]esolve|[Ii]mport|[Pp]lugin|[Ll]ibrary|[Ff]atal\ error:)\ ['\"`]?"
"""Stands before the name of what is missing; a name has slashes too, but does not begin where a file system does."""


def _filled(**shapes: str) -> str:
    """The speakers, with what numbers look like put in."""
    names = "|".join(rf"(?<![A-Z_]){name}(?![A-Z_])" for name in shapes)
    return re.sub(names, lambda found: shapes[found[0]], _SPEAKERS)


_MAY_BEGIN = r"(?=[^a-z\s,'\"]|(?<![a-z])[a-z])"
"""Nothing that means something begins within a word of small letters: most places are passed over at once."""
MAY_MEAN = Spotted(
    _MAY_BEGIN
    + "(?:"
    + _filled(
        STATUS="<num>",
        NUMBER="<num>",
        FEW="<num>",
        LONG="<num>",
        TWO="<num>",
        FEW_LETTERS="[A-Z]{1,3}<num>",
        HEX="<hex>",
        SHORT="<hex>",
        WIDE="<hex>",
        STATE=r"[<>\w]+",
        PLACE=">",
        LETTERS_DIGITS="[A-Z]{1,8}-?<(?:num|code)>",
        LETTERED=r"(?:[A-Z]{1,8}-?<(?:num|code)>(?=[:\])]|\ [^\d<]|$)|-?<(?:num|code)>(?=[:\])]|\ [^\d<(]|$))",
        ONE_LETTERED="[A-Z]{1,8}<(?:num|code)>",
    )
    .replace("-<num>", "<num>")
    .replace("-?<num>", "<num>")
    + r"""
    | (?P<port>(?:(?<=[\w>\]])|(?<!\S)):(?=<(?:num|port)>)|\b[Pp]ort[\ :=]{1,2}<num>)
    | (?P<coded><code>|(?<=[\[('"])(?:<num>[A-Z]{1,2}<num>|[A-Z]{1,3}<num>)[\])'":,]|(?:^|:\ )<num>\ \([\w<>]{3,20}\):)"""
    + rf"| (?P<named>\b{_NAMES_WHAT}[.@]{{0,3}}<path>))"
)
"""Where a skeleton holds a number that may mean something."""
_NO_CODE = (
    "zip|post|postal|promo|promotion|coupon|voucher|discount|gift|verification|confirmation|activation|invite|invitation|referral"
    "|country|area|sort|branch|bar|qr|login|otp|one-time|tracking|product|item"
)
"""What has a code that is a value: it names a thing, and nothing that went wrong."""
_IN_FILE = "".join(rf"(?<!\.{suffix}:)" for suffix in FILE.split("|"))
_NOT_IN_IP = "".join(rf"(?<!:[0-9a-fA-F]{{{size}}}:)" for size in (1, 2, 3, 4))
_HOST = rf"{_NOT_IN_IP}(?:(?<=[A-Za-z_\]\s]:)|(?<=[A-Za-z-]\d:)|(?<=[A-Za-z-]\d\d:)){_IN_FILE}"
_ADDRESS = (
    rf"(?:\b\d{{1,3}}(?:\.\d{{1,3}}){{3}}|(?<![\w:])::1|\]|\.(?!(?:{FILE}):)[A-Za-z][\w-]{{1,20}}|(?<!\S))"
)
MEANT = Spotted(
    _MAY_BEGIN
    + "(?:"
    + _filled(
        STATUS=r"(?<!\d)(?<!\d\.)[1-5]\d\d(?![\d.,]*\d)",
        NUMBER=r"\d+\b",
        FEW=r"\d{1,5}\b(?![.,:/-]\d)",
        LONG=r"\d{1,10}\b",
        TWO=r"\d{1,2}\b(?![.,:/-]\d|\ of\b)",
        FEW_LETTERS=r"[A-Z]{1,3}\d{3,4}",
        HEX=r"0x[0-9a-fA-F]{8}\b",
        SHORT=r"0x[0-9a-fA-F]{1,4}\b",
        WIDE=r"0x(?:80|[cC]0)[0-9a-fA-F]{6}\b",
        STATE=r"\w{5}\b",
        PLACE=r"\d",
        LETTERS_DIGITS=r"[A-Z]{1,8}-?\d{2,6}\b",
        LETTERED=r"[A-Z]{1,8}(?:\d{3,4}(?=\ [^\d]|$)|\d{3,6}(?=[:\])])|-\d{3}(?=:)|-0\d{2,4}\b)",
        ONE_LETTERED=r"[A-Z](?:\d{4}(?=\ [^\d]|$)|[A-Z]{0,7}\d{3,6}(?=[:\])]))",
    )
    + rf"""
    | (?P<value>\bfrom\ \S+\ port\ \d+|(?i:\b(?:{_NO_CODE})[\ _-]?code))
    | (?P<port>(?::(?=\d){_HOST}|{_ADDRESS}:|\b[Pp]ort[\ :=]{{1,2}})(?:{_PORTS})(?![\w@]|[:.][\da-fA-F])
        |(?:(?:\blocalhost|\b127(?:\.\d{{1,3}}){{3}}|(?<![\w:])::1\]?|(?<!\S)):|\b[Pp]ort[\ :=]{{1,2}})(?:{_LOW_PORTS})(?![\w@]|[:.][\da-fA-F])
        |{_ADDRESS}:(?:{_LOW_PORTS})(?=:\ |\.?$))
    | (?P<coded>\bSQLSTATE[:\[]\w{{5}}\b
        |(?:(?<=[\[('"])(?:\d\d[PSKN]\d\d|\d[A-Z]{{1,2}}\d{{2,3}}(?<=\w{{5}})|(?:HY|IM|XX)\d{{3}}|HYT\d\d)(?=[\])'":,]))
        |(?:^|(?<=:\ ))\d{{4,6}}\ \(\w{{5}}\)(?=:)
        |\b(?:{CODED})-?\d{{3,6}}[A-Z]?\b|\[E\d{{4}}(?=\])|\bE(?:\d{{5}}|[45]\d\d)\b)
    | \b{_NAMES_WHAT}(?P<named>[\w@.-]+(?:/[\w@.+-]+)+\b(?!:\d))
    )"""
)
_TOLD_PORT = re.compile(rf"(?:^|[:=])(?:{_PORTS}|{_LOW_PORTS})(?![\w@]|[:.][\da-fA-F])")
_TELLING = re.compile(rf"(?<!\d)(?<!\d\.)[1-5]\d\d(?![\d.,]*\d)|{_TOLD_PORT.pattern}")
"""What a number is that may be a status or a port."""
_LETTERED = re.compile(r"[A-Z]|-\d")
NUMBER = re.compile(r"(?<=SQLSTATE[:\[])\w{5}|(?<=S[Tt][Aa][Tt][Ee] )\w{5}|0x[0-9a-fA-F]{1,8}|\d+")


def told_port(word: str) -> str:
    """What of ``word`` may mean something where only ports do."""
    return "".join(_TOLD_PORT.findall(word))


def told(word: str) -> str:
    """``word`` if it may have a status or a port, else nothing."""
    return word if _TELLING.search(word) else ""


def told_lettered(word: str) -> str:
    """``word`` if it may be a code of a compiler, which has a capital letter or a sign, or what ``told`` says."""
    return word if _LETTERED.search(word) else told(word)
