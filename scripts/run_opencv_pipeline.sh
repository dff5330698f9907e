#!/bin/sh
# OpenCV's faces, people and saliency over the pictures of a project: run_opencv_pipeline.sh PROJECT [options]
# Works in an environment of its own, $VISTA_DATA_DIR/pipelines/opencv, which it makes when it is not there.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
case ${VISTA_DATA_DIR:-data} in
    /*) folder=$VISTA_DATA_DIR/pipelines/opencv ;;
    *) folder=$root/${VISTA_DATA_DIR:-data}/pipelines/opencv ;;
esac
mkdir -p "$folder"
VENV=$folder/venv sh "$root/scripts/setup.sh" scripts/requirements-opencv.txt
exec "$folder/venv/bin/python" "$root/scripts/opencv_pipeline.py" "$@"
