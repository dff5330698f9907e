"""Two to four models compared across a project: the sums of comparison/ over all its pictures, kept as a document.

document.py   the report: every field, its unit and its denominator (start here)
"""
