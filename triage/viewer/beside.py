"""The same place in the log of a run that passed, and what differs around it, values aside."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher

from triage.ingest.logs.passing import key_of, keys_of, mask
from triage.viewer.log_file import LogFile
from triage.viewer.search import pieces, plain_lines

CONTEXT = 80
"""Lines before and behind the place that are looked for in the other log."""
AROUND = 400
"""Lines before and behind it that are compared."""
_MOST = 2_000
"""Times that a line may stand in the other log and still say where one is."""
_LONGEST = 2_000
"""Characters of a line that are compared."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Two stretches of lines, compared; lines are known by their offsets."""

    first: int
    last: int
    """The lines of the failed log that were compared, both included."""
    pairs: tuple[tuple[int, int], ...]
    """Lines that say the same, in order: of the failed log, and of the other."""
    only_here: frozenset[int]
    only_there: frozenset[int]

    def counterpart(self, start: int) -> int | None:
        """The line of the other log that stands beside the one that begins at ``start``: the same, or the one before."""
        at = bisect_right(self.pairs, start, key=lambda pair: pair[0])
        return self.pairs[max(0, at - 1)][1] if self.pairs else None


def compare(
    log: LogFile, start: int, passing: LogFile, told: Callable[[int], bool] = lambda at: True
) -> Beside | None:
    """What stands around the line at ``start``, beside the same place of ``passing``; None where nothing there is like it.

    ``told`` gets how far ``passing`` was searched, and says whether to go on.
    """
    while passing.index.count_on():
        if not told(0):
            return None
    place = _place(_masks(log, _stretch(log, start, CONTEXT)), start, passing, told)
    if place is None:
        return None
    here = _masks(log, _stretch(log, start, AROUND))
    there = _masks(passing, _stretch(passing, place, AROUND))
    matcher = SequenceMatcher(None, [said for _, said in here], [said for _, said in there], autojunk=False)
    pairs = [
        (here[block.a + n][0], there[block.b + n][0])
        for block in matcher.get_matching_blocks()
        for n in range(block.size)
    ]
    return Beside(
        here[0][0],
        here[-1][0],
        tuple(pairs),
        frozenset(at for at, _ in here).difference(at for at, _ in pairs),
        frozenset(at for at, _ in there).difference(at for _, at in pairs),
    )


def _stretch(log: LogFile, start: int, lines: int) -> list[int]:
    """Where up to ``lines`` lines before the one at ``start``, itself, and as many behind it begin."""
    found = [start]
    while len(found) <= lines and (before := log.before(found[-1])) is not None:
        found.append(before)
    found.reverse()
    most = len(found) + lines
    while len(found) < most and (after := log.after(found[-1])) is not None:
        found.append(after)
    return found


def _masks(log: LogFile, starts: list[int]) -> list[tuple[int, str]]:
    return [(at, mask(log.said(log.line(at, 0, _LONGEST).text))) for at in starts]


def _place(
    context: list[tuple[int, str]], start: int, passing: LogFile, told: Callable[[int], bool]
) -> int | None:
    """The line of ``passing`` that stands where ``start`` stands among the lines ``context``, as the most of the rarest of
    these say."""
    at = next(number for number, (begin, _) in enumerate(context) if begin == start)
    wanted: defaultdict[bytes, list[int]] = defaultdict(list)
    for number, (_, said) in enumerate(context):
        if key := key_of(said):
            wanted[key].append(number)
    met = _met(set(wanted), passing, told)
    # Each line that is met says where the place should be, and counts the less the more often it is met.
    votes = sorted(
        (line - number + at, 1.0 / (len(lines) * len(wanted[key])), line, number)
        for key, lines in met.items()
        for line in lines
        for number in wanted[key]
    )
    best, begin, weight = (0.0, 0, 0), 0, 0.0
    for end, vote in enumerate(votes):
        weight += vote[1]
        while vote[0] - votes[begin][0] > CONTEXT:
            weight -= votes[begin][1]
            begin += 1
        best = max(best, (weight, begin, end + 1))
    near = votes[best[1] : best[2]]
    if not near:
        return None
    # The place itself may not be there: what is nearest before it is.
    _, _, line, number = min(near, key=lambda vote: (abs(vote[3] - at), vote[3] > at))
    return passing.index.offset(max(0, line))


def _met(wanted: set[bytes], passing: LogFile, told: Callable[[int], bool]) -> dict[bytes, list[int]]:
    """At which lines of ``passing``, counted from 0, those with a key that is ``wanted`` stand."""
    met: defaultdict[bytes, list[int]] = defaultdict(list)
    number = 0
    for at, _, raw, _ in pieces(passing, 0, passing.size):
        if not wanted or not told(at):
            break
        keys = keys_of(plain_lines(raw, passing.encoding, at)[0].removesuffix(b"\n"))
        if not wanted.isdisjoint(keys):
            for line, key in enumerate(keys, number):
                if key in wanted:
                    met[key].append(line)
            for key in [key for key in met if len(met[key]) > _MOST]:
                wanted.discard(key)
                del met[key]
        number += len(keys)
    return met
