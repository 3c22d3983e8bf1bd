"""Where the CI shows a run: what its report says about that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

_MOST = 2_000
"""Characters of an address that browsers take."""

_NAMES = (
    "joburl",
    "jobweburl",
    "taskurl",
    "buildurl",
    "buildweburl",
    "runurl",
    "workflowurl",
    "pipelineurl",
    "ciurl",
    "url",
)
"""How such properties end, as ``CI_JOB_URL``, ``BUILD_URL``, ``buildUrl``: the nearest to the failure first."""


def ci_page(properties: Iterable[tuple[str, str]], source: str = "") -> str | None:
    """The address of the page of a run, by what its report names and by where it was read; None where nothing says it.

    GitLab, Jenkins, Buildkite, CircleCI, Travis and CTRF name the address itself; GitHub Actions and Azure its parts.

    >>> ci_page([("CI_PIPELINE_URL", "https://ci.example/p/1"), ("CI_JOB_URL", "https://ci.example/j/2")])
    'https://ci.example/j/2'
    """
    named = {re.sub(r"[^a-z0-9]", "", name.lower()): value.strip() for name, value in properties}
    told = [
        value for end in _NAMES for name, value in named.items() if name.endswith(end) and _is_about_ci(name)
    ]
    return next((address for address in (*told, *_made(named), source) if is_page(address)), None)


def is_page(address: str) -> bool:
    """Whether ``address`` is one that a browser may be given: whole, of a page, and nothing but an address."""
    if not address.isprintable() or " " in address or len(address) > _MOST:
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def _is_about_ci(name: str) -> bool:
    """A bare ``url`` is most often that of what was tested."""
    return bool(re.search(r"job|task|build|run|workflow|pipeline|^ci", name))


def _made(named: dict[str, str]) -> Iterable[str]:
    repository, run = named.get("githubrepository", ""), named.get("githubrunid", "")
    if re.fullmatch(r"[\w.-]+/[\w.-]+", repository) and run.isdigit():
        yield f"{named.get('githubserverurl', 'https://github.com').rstrip('/')}/{repository}/actions/runs/{run}"
    server = named.get("systemteamfoundationcollectionuri", "")
    project, build = named.get("systemteamproject", ""), named.get("buildbuildid", "")
    if server and project and build.isdigit():
        yield f"{server.rstrip('/')}/{quote(project)}/_build/results?buildId={build}"
