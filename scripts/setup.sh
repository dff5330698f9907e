#!/bin/sh
# Make the virtual environment $VENV and install the pinned packages of the file named by $1 into it.
# A copy of what was installed is kept there, so a second call compares two files and is done.
set -eu
cd "$(dirname "$0")/.."
requirements=$1
: "${VENV:=.venv}"
installed=$VENV/.installed-$requirements

wanted() { cat requirements.txt "$requirements"; }

if [ -x "$VENV/bin/python" ] && wanted | cmp -s - "$installed"; then
    exit 0
fi

python=
for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "VISTA needs Python 3.11 or newer; install it, or name it: make run PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "$python cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2
    exit 1
fi

rm -f "$installed"
echo "Installing the packages of $requirements into $VENV; the first time this takes a minute or two ..."
"$python" -m venv "$VENV"
"$VENV/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --no-cache-dir --requirement "$requirements"
wanted >"$installed"
