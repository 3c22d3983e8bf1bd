"""Templates to groups by what a whole set of messages shows: where words vary freely, there is a hole.

Words of one place vary freely if more than ``MEANT`` different ones stand there in messages that are otherwise equal.
Four words are four causes until more is known, and in a short sentence any word is one: two causes in one group hide one
of them, and one cause in two groups is seen at once.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from triage.signature.kinds import HOLE
from triage.signature.normalize import codes_in

MEANT = 4
"""Different words in one place of otherwise equal messages that are told apart: more are values of a hole."""
_CONSTANT = 4
"""Words that must be equal: where nearly all of a message varies it is no sentence with a hole."""

_GLUED = re.compile(rf"([\w@#$*~.+%&/\\-]*){HOLE}(?:(?:[\w@#$*~.+%&/\\-]|:(?!\d))*{HOLE})*[\w@#$*~+%&/\\-]*")
_LETTERS = re.compile(r"[A-Za-z]{2,}")
_QUOTES = str.maketrans(dict.fromkeys('"`\u2018\u2019\u201c\u201d', "'"))
_DOTS = re.compile(r"\.{2,}|\u2026")
_ASIDE = re.compile(r"<v> ?\((?:<v>)?\)|<(?=<v>)")
_SET = re.compile(r"\{([^{}]*)\}")
_SAYS_NOTHING = re.compile(
    r"^(?:(?:(?:Uncaught (?:\(in promise\) )?)?(?i:error)|thrown|Uncaught): (?=\S+ \S)|(?:Uncaught|Unhandled) (?:\(in promise\) )?(?=[A-Z]\w*(?:Error|Exception)\b))"
)
"""What runtimes put before what was said."""
_END = " .!\u2026"
_DIGIT = re.compile(r"\d")
_TOKEN = re.compile(r"[\w@#$*~./\\+%&-]+")
_WORD = re.compile(
    r"'[^'\s]*(?: (?:[>+~] [^'\s]|[.#\[])[^'\s]*)*'|[\w@#$*~./\\+%&-]*<v>|[\w@#$*~./\\+%&-]+|[^\s\w]"
)
_TELLS = re.compile(r"[A-Za-z]{2,}(?:ed|ing)|[A-Z][A-Z_]{2,}")
_PLURAL = re.compile(r"(?<=[a-z]{3})(?:ies|es|(?<!s)s|y|e)$")
"""What tells one from many of a thing that is counted."""
_VALUE = "<v>"

_Row = tuple[str, ...]


def words_of(template: str) -> _Row:
    """The words of a template, all values alike, a list of values one value.

    >>> words_of("ask <ip> to delete blk_<num> blk_<num>.")
    ('ask', '<v>', 'to', 'delete', '<v>')
    """
    parts = _DOTS.sub(" ... ", template.translate(_QUOTES).rstrip(_END)).split(" ")
    # The whole text at once would take three times as long.
    said = " ".join([_GLUED.sub(_glued, part) if "<" in part else part for part in parts])
    said = _SET.sub(_in_order, _ASIDE.sub(_VALUE, said.replace("'<v>'", _VALUE).replace("<v>,)", "<v>)")))
    row: list[str] = []
    for word in _WORD.findall(_SAYS_NOTHING.sub("", said)):
        if row and row[-1] == _VALUE:
            word = _PLURAL.sub("", word)  # "1 retry", "3 retries"
        elif row[-2:] == [word, ","] and word.endswith(_VALUE):
            row.pop()
            continue
        if not word.endswith(_VALUE) or row[-1:] != [word]:
            row.append(word)
    return tuple(row)


def _glued(found: re.Match[str]) -> str:
    """A value with what is glued to it; of that, a name before it counts: one of several words, or one that ends in the
    number or its offset (``cart-service-<num>``, ``sqlite<num>``, ``kfree+<hex>``, but not ``blk_<num>``)."""
    if found[1].rstrip("/").isdigit():
        return found[1]  # a port that is told, and what was asked for there
    if found[1].endswith("/") and found[0].startswith("<ip>", len(found[1])):
        return f"{found[1][:-1]}{_VALUE}"  # a host that was looked up, as Java writes it
    words = list(_LETTERS.finditer(found[1]))
    if len(words) > 1 or (words and len(words[0][0]) > 2 and words[0].end() == len(found[1].rstrip("@+"))):
        return f"{found[1][: words[-1].end()]}{_VALUE}"
    return _VALUE


def _in_order(found: re.Match[str]) -> str:
    """Sets and dictionaries are written in any order."""
    return f"{{{', '.join(sorted(part.strip() for part in found[1].split(',')))}}}"


def canonical(template: str) -> str:
    """The words of a template in one line: equal for templates that differ in kinds of values alone, or in the end of
    the sentence. What failures are known by for ever: it depends on nothing else that was ever seen.

    >>> canonical("lease <uuid> is gone.") == canonical("lease <num> is gone")
    True
    """
    return " ".join(words_of(template))


def partition(templates: Iterable[str]) -> list[list[str]]:
    """The templates in groups of one cause each; neither their order nor that of the groups' members counts."""
    alike: defaultdict[tuple[int, frozenset[str]], defaultdict[_Row, list[str]]] = defaultdict(
        lambda: defaultdict(list)
    )
    written: dict[_Row, _Row] = {}
    for template in sorted(set(templates)):
        row = words_of(template)
        row = written.setdefault(tuple(map(_uncased, row)), row)
        # A digit that was not masked means something, or belongs to a name.
        said = " ".join(row)
        codes = codes_in(said)
        if _DIGIT.search(said):
            codes |= frozenset(filter(_DIGIT.search, row))
        alike[len(row), codes][row].append(template)
    groups: list[list[str]] = []
    for rows in alike.values():
        with_holes = _settled(set(rows)) if len(rows) > MEANT else {row: row for row in rows}
        one: defaultdict[_Row, list[str]] = defaultdict(list)
        for row, opened in with_holes.items():
            one[opened] += rows[row]
        groups += one.values()
    return groups


def opened(group: Collection[str]) -> dict[str, str]:
    """Each template of one group, with a hole where their words vary freely.

    >>> opened(["no mailbox for ann", "no mailbox for bob"])
    {'no mailbox for ann': 'no mailbox for <word>', 'no mailbox for bob': 'no mailbox for <word>'}
    """
    rows = {template: words_of(template) for template in group}
    free = [
        at for at, words in enumerate(zip(*rows.values(), strict=True)) if len(set(map(_uncased, words))) > 1
    ]
    return {template: _opened(template, row, free) for template, row in rows.items()}


def _opened(template: str, row: _Row, free: Iterable[int]) -> str:
    bare = [word.strip("'").lower() for word in row]
    values = [at for at, word in enumerate(bare) if word.endswith(_VALUE)]
    glued = list(_GLUED.finditer(template))
    places: list[re.Match[str]] = []
    for at in free:
        if at not in values:
            said = (place for place in _TOKEN.finditer(template) if bare[at] in _bare(place[0]))
            places += list(said)[bare[:at].count(bare[at]) :][:1]
        elif len(glued) == len(values):  # a list of values is one word
            place = glued[values.index(at)]
            # What is a value and nothing else says already of which kind.
            places += [place] * (place[0].count("<") > 1 or bool(place[1]))
    for place in sorted(places, key=lambda place: -place.start()):
        end = place.start() + len(place[0].rstrip(_END))
        template = f"{template[: place.start()]}<word>{template[end:]}"
    return template


def _bare(word: str) -> tuple[str, str]:
    """A word as a row may have it: behind a value without its plural."""
    word = word.rstrip(_END).lower()
    return word, _PLURAL.sub("", word)


def _settled(rows: set[_Row]) -> dict[_Row, _Row]:
    """Each of ``rows``, equally long, with the holes that all of them show."""
    now = {row: row for row in rows}
    while True:
        found = set(now.values())
        marks = _varying(found) or _varying_together(found)
        if not marks:
            return now
        opened = {
            row: tuple(_VALUE if at in places else word for at, word in enumerate(row))
            for row, places in marks.items()
        }
        now = {row: opened.get(found, found) for row, found in now.items()}


def _varying(rows: set[_Row]) -> dict[_Row, set[int]]:
    """The places of words in ``rows`` that vary freely."""
    marks: defaultdict[_Row, set[int]] = defaultdict(set)
    for at in range(len(next(iter(rows)))):
        equal: defaultdict[_Row, list[_Row]] = defaultdict(list)
        for row in rows:
            equal[row[:at] + row[at + 1 :]].append(row)
        for rest, found in equal.items():
            if (
                len(found) > 1
                and _is_free({row[at] for row in found})
                and sum(map(_is_word, rest)) >= _CONSTANT
            ):
                for row in found:
                    if row[at] != _VALUE:
                        marks[row].add(at)
    return marks


def _varying_together(rows: set[_Row]) -> dict[_Row, set[int]]:
    """The places that vary freely in messages that differ in several: no two of them are equal but for one.

    A value that stands beside more than ``MEANT`` others is found by these; all others stand in few messages, which
    tells them from the words of the sentence.
    """
    if len(rows) <= MEANT:
        return {}
    columns = [Counter(words) for words in zip(*rows, strict=True)]
    alike: defaultdict[_Row, list[_Row]] = defaultdict(list)
    for row in rows:
        sentence = tuple(
            word if counts[word] > MEANT and word != _VALUE else ""
            for word, counts in zip(row, columns, strict=True)
        )
        alike[sentence].append(row)
    marks: dict[_Row, set[int]] = {}
    for sentence, found in alike.items():
        free = {
            at
            for at, words in enumerate(zip(*found, strict=True))
            if not sentence[at] and (len(set(words)) > 1 or words[0] != _VALUE)
        }
        if (
            len(free) > 1
            and _are_many(found, free, sum(map(_is_word, sentence)))
            and all(_is_free({row[at] for row in found}) for at in free)
        ):
            for row in found:
                if places := {at for at in free if row[at] != _VALUE}:
                    marks[row] = places
    return marks


def _are_many(rows: list[_Row], free: set[int], shared: int) -> bool:
    """Whether ``rows`` that share so many words are enough to call what varies in all of ``free`` values: what is quoted is
    a name, other words may be what the sentence says, of which some causes differ in two."""
    bare = sum(not all(row[at].startswith("'") or row[at] == _VALUE for row in rows) for at in free)
    return len(rows) > (MEANT if bare < 2 else MEANT**2) and shared >= _CONSTANT + 2 * max(0, bare - 1)


def _is_free(words: set[str]) -> bool:
    """Whether these words of one place are values: some are known to be, or they are many and not all say what happened
    or what state something is in (``opened``, ``closing``, ``PENDING``)."""
    return _VALUE in words or (len(words) > MEANT and not all(map(_TELLS.fullmatch, words)))


def _uncased(word: str) -> str:
    """A word whose letters' case says nothing; that of a quoted name or of an element's id does."""
    return word if word.startswith(("'", "#")) else word.lower()


def _is_word(word: str) -> bool:
    return word != _VALUE and any(map(str.isalpha, word))
