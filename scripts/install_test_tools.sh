#!/bin/sh
# What the tests need beside Python packages: Chromium for pages, Node for JavaScript, curl for its own calls.
# Root on a Debian-like system installs them; elsewhere one line says what is left out, and CI=true accepts none.
set -eu

has_chromium() {
    [ -n "${CHROMIUM:-}" ] || command -v chromium || command -v chromium-browser || command -v google-chrome
}
has_node() {
    command -v node
}
has_curl() {
    command -v curl
}
need() { # FUNCTION PACKAGE WHAT-IS-LEFT-OUT
    "$1" >/dev/null && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing $2 from the system's packages ..."
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update -qq && apt-get install -qq --yes --no-install-recommends "$2"; } >/dev/null || true
        "$1" >/dev/null && return
    fi
    echo "$2 is missing, so $3 are left out; install $2 to run them."
    [ "${CI:-}" != true ]
}

need has_chromium chromium "the browser tests"
need has_node nodejs "the JavaScript tests"
need has_curl curl "the tests of curl's calls"
