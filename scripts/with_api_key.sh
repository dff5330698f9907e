#!/bin/sh
# Run a command with API_KEY set: the environment's or .env's, else a new one of the admin, good for a day.
# PORT says where `make run` serves, unless BASE_URL does.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
if [ -z "${API_KEY:-}" ] && ! grep -qs '^API_KEY=.' "$root/.env"; then
    API_KEY=$(
        cd "$root"
        "${VENV:-.venv}/bin/python" manage.py create_api_key admin@example.com --name "make pipeline" --expires-days 1 |
            tail -n 1
    )
    export API_KEY
fi
if [ -z "${BASE_URL:-}" ] && [ -n "${PORT:-}" ]; then
    export BASE_URL="http://localhost:$PORT"
fi
exec "$@"
