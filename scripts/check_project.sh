#!/bin/sh
# Django's own checks of the project as it would be deployed; `make lint` runs this.
set -eu
cd "$(dirname "$0")/.."
: "${VENV:=.venv}"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export VISTA_DATA_DIR="$folder" DATABASE_URL="sqlite:///$folder/vista.sqlite3" S3_BUCKET=
export DEBUG=false VISTA_BASE_URL=https://vista.example.org
export SECRET_KEY=a-key-of-more-than-fifty-characters-for-this-check-alone
export ML_CALLBACK_HMAC_SECRET=a-secret-for-this-check-alone

set -x
"$VENV/bin/python" -W error::DeprecationWarning manage.py makemigrations --check --dry-run
"$VENV/bin/python" manage.py check --deploy --fail-level WARNING
"$VENV/bin/python" manage.py spectacular --validate --fail-on-warn --file "$folder/schema.yaml"
