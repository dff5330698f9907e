"""Files of annotations that people bring along, COCO's, on their way into completed analyses.

    coco.py      what the file says: pictures, classes, and the annotations of each picture, found but not yet read
    twice.py     what a file says twice: keys of an object, ids of annotations
    wire.py      one annotation of COCO's as the API would be sent it, or what is wrong with it
    matching.py  which picture of the project a picture of the file is
    parts.py     what a picture is sent, as bytes, and how much that may be
    report.py    what was taken and what was not, for people and programs
    store.py     the annotations of a picture become a completed analysis, through ingest.py, once

Only parts.py, store.py and what calls them know Django. docs/api-guide.md tells users about it.
"""
