#!/bin/sh
# Prepare `.env`, the database, the admin and the static files, serve on the loopback interface with a worker for
# background work beside it, and replay the demo once the server answers. `make run` calls this; Ctrl-C or SIGTERM stops everything it started.
set -eu
cd "$(dirname "$0")/.."
: "${VENV:=.venv}"
python=$VENV/bin/python
server='' worker='' replay=''

stop() { # STATUS
    trap '' INT TERM
    for process in $replay $worker $server; do kill "$process" 2>/dev/null || true; done
    wait
    exit "$1"
}
trap 'stop 0' INT TERM

work() {
    child=''
    trap 'kill "$child" 2>/dev/null; wait; exit 0' INT TERM
    while :; do
        "$python" manage.py work &
        child=$!
        wait "$child" || true
        sleep 5
    done
}

umask 027
"$python" -m vista.envfile

# The environment wins over .env, and .env over the defaults given here.
settings=$("$python" - <<'END'
from shlex import quote
from vista.settings import DATA_DIR, STATIC_ROOT, env

port = env.int("PORT", default=8000)
values = {
    "PORT": port,
    "VISTA_BASE_URL": env.str("VISTA_BASE_URL", default=f"http://localhost:{port}"),
    "VISTA_LOG_LEVEL": env.str("VISTA_LOG_LEVEL", default="WARNING"),
    "VISTA_DATA_DIR": DATA_DIR,
    "VISTA_STATIC_ROOT": STATIC_ROOT,
    "VISTA_DEMO": env.bool("VISTA_DEMO", default=True),
    "TMPDIR": DATA_DIR / "tmp",
}
for name, value in values.items():
    print(f"export {name}={quote(str(value))}")
END
)
eval "$settings"
mkdir -p "$TMPDIR"

if ! "$python" -c "import socket; socket.create_server(('127.0.0.1', $PORT))" 2>/dev/null; then
    echo "Port $PORT is taken or may not be used; choose another one: make run PORT=8001" >&2
    exit 1
fi

"$python" manage.py migrate --verbosity 0
"$python" manage.py ensure_admin

# Collecting takes seconds, so it is left out when no source is newer than its result.
collected=$VISTA_STATIC_ROOT/staticfiles.json
newer() { find static vista/storage vista/settings.py "$VENV/.installed-requirements.txt" -newer "$collected" -print -quit; }
if [ ! -e "$collected" ] || [ -n "$(newer)" ]; then
    echo "Collecting the static files ..."
    "$python" manage.py collectstatic --no-input --clear --verbosity 0
fi

echo "VISTA is at $VISTA_BASE_URL; Ctrl-C stops it."
"$VENV/bin/gunicorn" --config gunicorn.conf.py vista.wsgi:application &
server=$!
work & # and again, should it die
worker=$!

if [ "$VISTA_DEMO" = True ]; then
    export no_proxy="localhost,${no_proxy:-${NO_PROXY:-}}" # a proxy would look for localhost at home
    "$python" manage.py replay_demo --base-url "http://localhost:$PORT" &
    replay=$!
    wait "$replay" || true # it has said what went wrong; the server runs on
    replay=''
fi
status=0
wait "$server" || status=$?
stop "$status"
