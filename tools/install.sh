#!/bin/sh
# Make the virtual environment and install the locked requirements and the program itself.
# Usage: tools/install.sh VENV LOCKFILE
set -eu
venv=$1
lock=$2
python=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }

if ! command -v "$python" >/dev/null 2>&1; then
    say "make: $python is missing. On Debian: apt-get install python3 python3-venv"
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    say "make: $python is $("$python" --version 2>&1); 3.11 or newer is needed. Name another one: make PYTHON=python3.12 demo"
    exit 1
fi
if [ ! -x "$venv/bin/python" ]; then
    if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        say "make: the module venv is missing. On Debian: apt-get install python3-venv"
        exit 1
    fi
    say "making $venv"
    "$python" -m venv "$venv"
fi
say "installing $lock (a minute the first time)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$lock" 2>&1 |
    grep -v "^WARNING: Location" >&2 || true
# The build needs hatchling, and pip makes it a place of its own; the requirements were installed above.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --editable . 2>&1 |
    grep -v "^WARNING: Location" >&2 || true
"$venv/bin/python" -c 'import cityloop, django, granian' || {
    say "make: the installation is incomplete; see the messages above, then: make clean install"
    exit 1
}
"$venv/bin/python" -m cityloop.kernel.ui.messages >/dev/null
