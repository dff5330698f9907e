"""Two to four models compared across a project: the sums of comparison/ over all its pictures, kept as a document.

document.py    the report: every field, its unit and its denominator (start here)
asked.py       query parameters -> what is asked for
sources.py     which analyses go in: of each picture the newest completed one of every side
gather.py      their rows, many pictures a query
contents.py    one side of one picture as columns
overlaps.py    which objects of two sides match: boxes, masks, keypoints
pairing.py     peers paired in all pictures at many thresholds at once
peering.py     what that amounts to: counts, classes, curve, grid
measuring.py   models against a reference: AP, curves, calibration
cells.py       how often one says this where the other says that, picture by picture
seeing.py      three or four models: seen by how many
heatmaps.py    the files of heatmaps as numbers
listing.py     the pictures behind every number
compute.py     all of it together; knows no database
build.py       a report of a project from first to last, and its key
"""
