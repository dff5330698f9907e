#!/bin/sh
# Make the virtual environment $VENV and install the pinned packages of the files named into it.
# Copies of what was installed are kept there, so a second call compares them and is done.
set -eu
cd "$(dirname "$0")/.."
: "${VENV:=.venv}"

installed=yes
[ -x "$VENV/bin/python" ] || installed=no
copy_of() { # FILE
    echo "$VENV/.installed-${1##*/}"
}
for file; do
    cmp -s "$file" "$(copy_of "$file")" || installed=no
done
[ $installed = no ] || exit 0

python=''
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

echo "Installing the packages of $* into $VENV; the first time this takes a minute or two ..."
"$python" -m venv "$VENV"
pip() { "$VENV/bin/python" -m pip "$@" --quiet --quiet --disable-pip-version-check --no-cache-dir; }
for file; do
    rm -f "$(copy_of "$file")"
    pip install --requirement "$file"
    cp "$file" "$(copy_of "$file")"
done
