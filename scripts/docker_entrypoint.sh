#!/bin/sh
# In the container: fill in the secrets that were not given, bring the database up to date, then run the command.
set -eu
cd "$(dirname "$0")/.."

umask 027
mkdir -p "$VISTA_DATA_DIR/tmp"
export TMPDIR="$VISTA_DATA_DIR/tmp"

# `.env` is a link into the volume: written once, and what the environment gives wins.
python -m vista.envfile
python manage.py migrate --verbosity 0
python manage.py ensure_admin
exec "$@"
