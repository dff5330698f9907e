"""Files of annotations that people bring along, COCO's, on their way into completed analyses.

    coco.py      what the file says: pictures, classes, and the annotations of each picture, found but not yet read
    wire.py      one annotation of COCO's as the API would be sent it, or what is wrong with it
    matching.py  which picture of the project a picture of the file is
    report.py    what was taken and what was not, for people and programs
    store.py     the annotations of a picture become a completed analysis, through ingest.py, once

Only store.py and what calls it know Django. docs/api-guide.md tells users about it.
"""
