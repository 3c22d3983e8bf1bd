"""The processes that a Dask scheduler has, wherever they are: for more than one machine can read."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Iterable, Sequence
from concurrent.futures import CancelledError, Future, wait
from time import monotonic
from typing import Any

from triage import __version__
from triage.intake.tasks import Parcel, Taken, VersionError, packed, take
from triage.model import TriageError
from triage.rules import Rule
from triage.sources.workers import deadly

try:
    import dask
    from distributed import Client
    from distributed.core import rpc
    from distributed.scheduler import KilledWorker
    from distributed.security import Security
except ImportError:
    raise TriageError("--scheduler needs Dask, which is not installed: pip install 'triage[dask]'") from None

_ANSWER = 3.0
"""Seconds that a scheduler has to answer."""
_GONE = 30.0
"""Seconds that all workers may be gone: whoever watches over them starts them again."""


class SchedulerError(TriageError):
    """A scheduler that cannot be used: names its address and what to do."""


class Remote:
    """Workers of a scheduler. What they need travels with each task: they may have no file of
    this machine, and may come and go. Dask itself asks another one where one is lost.

    Raises:
        SchedulerError: ``address`` is none, nothing answers there, it has no workers, or one of another version.
    """

    worth = 0.0

    def __init__(self, address: str, rules: Iterable[Rule]) -> None:
        self._address = address
        self._rules = packed(rules)
        _quiet()
        self.width = _threads(address)
        try:
            self._client = Client(address, timeout=_ANSWER, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, TypeError) as error:
            raise _unreachable(address, error) from None
        self._loop: asyncio.AbstractEventLoop = self._client.loop.asyncio_loop  # type: ignore[union-attr]

    def submit(self, parcels: Sequence[Parcel]) -> Future[list[Taken]]:
        # Not by Dask's executor: it breaks on an answer whose worker is lost while the answer is fetched.
        task = self._client.submit(take, __version__, self._rules, list(parcels), pure=False)
        return asyncio.run_coroutine_threadsafe(self._answer(task), self._loop)

    async def _answer(self, task: Any) -> list[Taken]:
        answers: list[list[Taken]] = await self._client.gather([task], asynchronous=True)  # type: ignore[no-untyped-call]
        return answers[0]

    def result(self, parcels: Sequence[Parcel], asked: Future[list[Taken]]) -> list[Taken]:
        try:
            return self._waited(asked)
        except KilledWorker:
            # Dask tried it several times, and several workers were lost: it may be one of the parcels.
            if len(parcels) == 1:
                return [deadly(parcels[0])]
            return [self.result([parcel], self.submit([parcel]))[0] for parcel in parcels]
        except VersionError as error:
            raise SchedulerError(f"{self._address}: a worker {error}") from None
        except ModuleNotFoundError as error:
            raise SchedulerError(_not_installed(self._address, f"a worker ({error})")) from None
        except CancelledError:
            raise self._lost() from None

    def _waited(self, asked: Future[list[Taken]]) -> list[Taken]:
        seen = monotonic()
        while not wait([asked], timeout=1).done:
            if self._client.status != "running":
                raise self._lost()
            if self._client.nthreads():  # type: ignore[no-untyped-call]
                seen = monotonic()
            elif monotonic() - seen > _GONE:
                raise SchedulerError(f"{self._address}: all workers are gone; start others and ingest again")
        return asked.result()

    def _lost(self) -> SchedulerError:
        return SchedulerError(
            f"{self._address}: the connection to the scheduler is lost; what was finished is kept: ingest again"
        )

    def close(self) -> None:
        self._client.close(timeout=1)  # type: ignore[no-untyped-call]


def _threads(address: str) -> int:
    """How many tasks the workers at ``address`` do at once, if all of them are of this version."""
    try:
        about, versions = asyncio.run(_asked(address))
    except (OSError, ValueError, TypeError) as error:
        raise _unreachable(address, error) from None
    if about.get("type") != "Scheduler":
        raise SchedulerError(
            f"{address}: a {about.get('type', 'stranger')}, no scheduler; name that of 'dask scheduler'"
        )
    if not about["total_threads"]:
        raise SchedulerError(f"{address}: has no workers; start some with 'dask worker {address}'")
    for worker, has in sorted(versions.items()):
        version = has.get("packages", {}).get("triage")
        if version is None:
            raise SchedulerError(_not_installed(address, f"its worker {worker}"))
        if version != __version__:
            raise SchedulerError(
                f"{address}: its worker {worker} has triage {version}, this is {__version__}; install the same on both"
            )
    return int(about["total_threads"])


async def _asked(address: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """What a scheduler tells of itself, and its workers of what is installed.

    A client would wait for a server that says nothing, and for a name that nobody knows, for ever.
    """
    secured = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    async with rpc(address, connection_args=secured) as scheduler:  # type: ignore[no-untyped-call]
        about = await asyncio.wait_for(scheduler.identity(), _ANSWER)
        asking = {"op": "versions", "packages": ["triage"]}
        answers = scheduler.broadcast(msg=asking, on_error="ignore") if about.get("workers") else None
        return about, (await asyncio.wait_for(answers, 3 * _ANSWER)) if answers is not None else {}


def _unreachable(address: str, error: Exception) -> SchedulerError:
    why = str(error) or f"no scheduler answers within {_ANSWER:g} s"
    return SchedulerError(f"{address}: {why}; check the address (tcp://HOST:PORT) and that it is running")


def _not_installed(address: str, who: str) -> str:
    return f"{address}: {who} has no triage; install triage {__version__} where the workers are"


def _quiet() -> None:
    """What goes wrong is told in one line here; Dask's own lines would stand between those of the program."""
    for name in ("distributed", "distributed.client", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    warnings.filterwarnings("ignore", module=r"distributed\.")
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"})
