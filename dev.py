#!/usr/bin/env python3
"""Set up and run the project with nothing but Python 3.11+ and git.

    python3 dev.py triage [ARGS...]   run the program (installs it first)
    python3 dev.py test [ARGS...]     run the tests (installs the tools first)
    python3 dev.py run TOOL [ARGS...] run a tool of the virtual environment (ruff, mypy, lint-imports ...)

Everything is installed into ``.venv`` beside this file, once for each state of ``pyproject.toml``.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")


def fail(text: str) -> None:
    print(f"dev.py: {text}", file=sys.stderr)
    sys.exit(2)


def install(dev: bool) -> None:
    """Make ``.venv`` fit ``pyproject.toml``; quick when it does already."""
    stamp = VENV / ("installed-dev" if dev else "installed")
    state = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamps = [stamp, VENV / "installed-dev"]
    if any(path.is_file() and path.read_text() == state for path in stamps):
        return
    if not (BIN / ("python.exe" if os.name == "nt" else "python")).exists():
        print("creating .venv", file=sys.stderr)
        try:
            venv.create(VENV, with_pip=True)
        except (OSError, subprocess.CalledProcessError) as error:
            fail(f"cannot create .venv ({error}); on Debian and Ubuntu install the package python3-venv")
    print("installing into .venv (once)", file=sys.stderr)
    pip = [str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    wanted = ["--editable", str(ROOT)]
    if dev:
        import tomllib

        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
        wanted += project["dependency-groups"]["dev"]
    if subprocess.run([*pip, *wanted], cwd=ROOT).returncode:
        fail("the installation failed, see above; is there a network, and a package index in reach?")
    stamp.write_text(state)


def main(args: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036  (whoever starts this may have an older one)
        fail(f"needs Python 3.11 or newer, this is {sys.version.split()[0]}")
    if not args or args[0] not in ("triage", "test", "run") or (args[0] == "run" and len(args) < 2):
        print(__doc__, file=sys.stderr)
        return 2
    verb, rest = args[0], args[1:]
    install(dev=verb != "triage")
    if verb == "triage":
        command = [str(BIN / "triage"), *rest]
    elif verb == "test":
        command = [str(BIN / "python"), "-m", "pytest", *rest]
    else:
        command = [str(BIN / rest[0]), *rest[1:]]
    if verb == "triage" and os.name != "nt":
        os.execv(command[0], command)
    # What one process of many compiled, the others need not.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(command, cwd=None if verb == "triage" else ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
