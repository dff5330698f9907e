#!/bin/sh
# The COCO detector of the npm package `human` over the pictures of a project: run_human_pipeline.sh PROJECT [options]
# Needs Node 20. Its packages go into node_modules beside it when they are not there yet.
set -eu
human=$(cd "$(dirname "$0")/pipelines/human" && pwd)
if ! command -v npm >/dev/null; then
    echo "This pipeline needs Node 20 or newer with npm; install them (on Debian: apt-get install nodejs npm)." >&2
    exit 1
fi
if ! cmp -s "$human/package-lock.json" "$human/node_modules/.installed-package-lock.json"; then
    echo "Installing the packages of $human ..." >&2
    npm ci --prefix "$human" --loglevel=error --no-fund --no-audit >&2
    cp "$human/package-lock.json" "$human/node_modules/.installed-package-lock.json"
fi
exec node "$human/pipeline.mjs" "$@"
