#!/bin/sh
# YOLOv8 over the pictures of a project: run_yolov8_pipeline.sh PROJECT [--install-deps] [options of the Python script]
# Works in an environment of its own, $VISTA_DATA_DIR/pipelines/yolo; nothing outside of it is written.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
case ${VISTA_DATA_DIR:-data} in
    /*) folder=$VISTA_DATA_DIR/pipelines/yolo ;;
    *) folder=$root/${VISTA_DATA_DIR:-data}/pipelines/yolo ;;
esac

install=''
for argument; do # --install-deps is ours; the rest goes on, in its order
    shift
    if [ "$argument" = --install-deps ]; then install=yes; else set -- "$@" "$argument"; fi
done
if [ -n "$install" ]; then
    mkdir -p "$folder"
    VENV=$folder/venv sh "$root/scripts/setup.sh" scripts/requirements-yolo.txt
    set -- "$@" --download
elif [ ! -x "$folder/venv/bin/python" ]; then
    echo "YOLO is not installed yet (torch takes gigabytes); let this script do it: add --install-deps." >&2
    exit 1
fi
VISTA_YOLO_DIR=$folder exec "$folder/venv/bin/python" "$root/scripts/yolov8_ml_pipeline.py" "$@"
