"""All sources of one call into the store, in the order in which they were named.

What takes little time is read here: how long the first few take says how long the rest will. If that is long,
the sources are sent to other processes (``workers.py``), a few ahead of what is stored. They are stored here and in
their order, so that nothing depends on who was ready first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from hashlib import sha256
from time import monotonic

from triage.ingest import IngestError, Source, reader_for, told
from triage.ingest.archives import Found
from triage.intake import Batch, Signer, batches
from triage.intake.tasks import Parcel, Taken
from triage.rules import Engine
from triage.sources.baseline import Baselines, beside_passing
from triage.sources.watching import Reading, watched
from triage.sources.workers import Workers
from triage.store import Store
from triage.store.bare_names import known_tests
from triage.store.bequest import replacing
from triage.store.ingest import Ingested, known_run, next_batch, store

EACH = 2 << 10
"""Bytes that a source counts beside its own: thousands of tiny ones are work too, and are not to wait without end."""
HELD = 64 << 20
"""Bytes of a source that may be sent: a larger one is read here, as a stream."""
_AT_ONCE = 8 << 20
"""Bytes of a source that is read to its end before anything of it is stored: nobody else can write while it is."""
_TASK = 256 << 10
"""Work of one task: small sources go together."""
_AHEAD = 3
"""Tasks on their way for each that is worked on."""
_MOST_AHEAD = 128 << 20
"""Bytes of the sources on their way."""
_WAITING = 32 << 20
"""Work that waits at most while it is not known whether to send it: members of archives may be held in memory."""
_TRIED = 256 << 10
"""Work that is read here to see how long it takes."""
_LARGE = 2 << 20
"""Work of a source that is too much to be tried with."""
_SLOW = 4 << 20
"""Work a second where nothing was tried: between that of reports full of failures and that of logs."""


@dataclass(slots=True)
class _Task:
    """Some sources that another process reads."""

    parcels: list[Parcel] = field(default_factory=list)
    work: int = 0
    asked: Future[list[Taken]] | None = None
    answer: dict[int, Taken] | None = None


@dataclass(slots=True)
class _Entry:
    """A source whose turn will come."""

    source: Source
    size: int
    """Bytes, as far as they are known before; else 0."""
    digest: str = ""
    task: _Task | None = None
    """Who reads it; it is read here where there is none."""
    place: int = 0
    """Of its answer in that of the task."""

    @property
    def work(self) -> int:
        return EACH + self.size


def take_all(
    db: Store,
    found: Iterable[Found],
    engine: Engine,
    progress: Callable[[Reading], None],
    workers: Workers,
    instead_of: Mapping[str, Sequence[int]] | None = None,
) -> Iterator[Ingested | IngestError]:
    """What became of each of ``found``, in their order; those that retell what others hold come last.

    ``instead_of`` has the runs that were read before of a source (or an archive), which what it says now replaces.
    """
    return _Taking(db, engine, progress, workers, instead_of or {}).all(found)


class _Taking:
    def __init__(
        self, db: Store, engine: Engine, progress: Callable[[Reading], None], workers: Workers,
        instead_of: Mapping[str, Sequence[int]],
    ) -> None:  # fmt: skip
        self._db, self._progress, self._workers = db, progress, workers
        self._batch = next_batch(db)
        self._replaced = {name: runs for name, runs in instead_of.items() if runs}
        self._signer = Signer(engine)
        self._baselines = Baselines(db)
        self._queue: deque[_Entry | IngestError] = deque()
        self._sending = workers.worth == 0
        self._waiting = self._largest = 0
        """Work of all that is in the queue, and the most of one; until sources are sent."""
        self._is_warm, self._done, self._spent = False, 0, 0.0
        """Whether something was read here; the work that was done here behind it, and its seconds: with the first much is loaded."""
        self._open = _Task()
        self._tasks = self._ahead = 0
        """Tasks that were asked for and not answered yet, and the bytes of their sources."""
        self._hearsay: list[_Entry] = []
        self._is_end = False

    def all(self, found: Iterable[Found]) -> Iterator[Ingested | IngestError]:
        for item in found:
            try:
                if isinstance(item, IngestError):
                    raise item
                with told(item):
                    entry = _Entry(item, item.size or 0)
            except IngestError as error:
                self._queue.append(error)
                continue
            self._queue.append(entry)
            if self._sending:
                yield from self._sent(entry)
                continue
            self._waiting += entry.work
            self._largest = max(self._largest, entry.work)
            yield from self._tried(_WAITING)
        yield from self._tried(0)
        self._ask()
        while self._queue:
            yield from self._next()
        self._is_end = True
        self._queue += self._hearsay
        while self._queue:
            yield from self._next()

    def _tried(self, most: int) -> Iterator[Ingested | IngestError]:
        """Read here until no more than ``most`` waits, or it pays to send all that waits."""
        while self._queue and not self._sending and self._waiting > most:
            first = self._queue[0]
            if isinstance(first, IngestError):
                yield from self._next()
            elif self._pays(first):
                self._sending = True
                for waiting in tuple(self._queue):
                    yield from self._sent(waiting)
            else:
                began, self._waiting = monotonic(), self._waiting - first.work
                results = list(self._next())
                if self._is_warm:
                    self._spent += monotonic() - began
                    self._done += first.work
                self._is_warm = True
                yield from results

    def _pays(self, first: _Entry) -> bool:
        """Whether reading what waits takes long enough; beside the largest: one source alone has nobody to be read beside."""
        is_known = self._done >= _TRIED
        if not is_known and first.work <= _LARGE:
            return False
        seconds, work = (self._spent, self._done) if is_known else (1.0, _SLOW)
        takes = max(0, self._waiting - self._largest) * seconds / work
        return takes > self._workers.worth / 4 and self._spent + takes > self._workers.worth

    def _sent(self, entry: _Entry | IngestError) -> Iterator[Ingested | IngestError]:
        """Send it; what was answered, where too much is on its way."""
        self._send(entry)
        while self._tasks >= self._workers.width * _AHEAD or self._ahead > _MOST_AHEAD:
            yield from self._next()

    def _send(self, entry: _Entry | IngestError) -> None:
        if isinstance(entry, IngestError) or (data := self._held(entry)) is None:
            return
        entry.digest = sha256(data).hexdigest()
        if self._known(entry) is not None:
            return
        task = entry.task = self._open
        entry.place = len(task.parcels)
        task.parcels.append(Parcel(entry.source.name, data, tuple(entry.source.notes)))
        task.work += EACH + len(data)
        if task.work >= _TASK:
            self._ask()

    def _held(self, entry: _Entry) -> bytes | None:
        if entry.size > HELD:
            return None
        try:
            with told(entry.source), entry.source.open() as stream:
                data = stream.read(HELD + 1)
        except IngestError:
            return None  # it is told when its turn comes
        return data if len(data) <= HELD else None

    def _ask(self) -> None:
        if task := self._open if self._open.parcels else None:
            task.asked = self._workers.submit(task.parcels)
            self._open = _Task()
            self._tasks += 1
            self._ahead += task.work

    def _next(self) -> Iterator[Ingested | IngestError]:
        """The result of the next in the queue; none yet of one that is put off."""
        entry = self._queue.popleft()
        try:
            if isinstance(entry, IngestError):
                raise entry
            done = self._read_here(entry) if entry.task is None else self._answered(entry, entry.task)
        except IngestError as error:
            yield error
        else:
            if done is None:
                entry.task = None
                self._hearsay.append(entry)
            else:
                yield done

    def _read_here(self, entry: _Entry) -> Ingested | None:
        reader = reader_for(entry.source)
        if reader.hearsay and not self._is_end:
            return None
        source = watched(entry.source, self._progress)
        with told(source):
            entry.digest = entry.digest or source.digest()
        rows = batches(source, reader, self._signer, known_tests(self._db, reader, self._batch))
        return self._store(entry, reader.name, rows)

    def _answered(self, entry: _Entry, task: _Task) -> Ingested | None:
        reading = Reading(entry.source.name, entry.source.size, step="reading")
        self._progress(reading)
        if task is self._open:
            self._ask()
        if task.answer is None:
            assert task.asked is not None
            task.answer = dict(enumerate(self._workers.result(task.parcels, task.asked)))
            task.parcels.clear()
            self._tasks -= 1
            self._ahead -= task.work
        taken = task.answer.pop(entry.place)
        if isinstance(taken, IngestError):
            raise taken
        done = self._store(entry, taken.format, taken.batches()) if taken else None
        reading.done = entry.size
        self._progress(reading)
        return done

    def _store(self, entry: _Entry, format_: str, rows: Iterable[Batch]) -> Ingested:
        name = entry.source.name
        known, of = self._known(entry), name.partition("!")[0]
        if known is not None and of not in self._replaced:
            return known
        if known is None and format_ == "log" and (passing := self._baselines.of(name)) is not None:
            rows = beside_passing(rows, passing)
        if known is None and (entry.source.size or _AT_ONCE + 1) <= _AT_ONCE:
            rows = list(rows)
        with self._db.atomic():
            known = known or self._known(entry)  # another program may have read the same meanwhile
            with replacing(self._db, self._replaced.get(of, ())):
                done = known or store(self._db, name, format_, entry.digest, self._batch, rows)
        self._replaced.pop(of, None)
        self._baselines.add(done.run_id)
        return done

    def _known(self, entry: _Entry) -> Ingested | None:
        """What its bytes became before, unless that is what they replace."""
        known = known_run(self._db, entry.source.name, entry.digest)
        replaced = self._replaced.get(entry.source.name.partition("!")[0], ())
        return known if known is None or known.run_id not in replaced else None
