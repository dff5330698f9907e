"""Comparing models across a project, as pages.

pages.py     the two views: the report, and the pictures behind each of its numbers
choice.py    what is asked for, what there is to choose from, what is usual
shown.py     the report as the templates show it, from:
figures.py   the few numbers at the top, each with its denominator
tables.py    a row a class, sorted
curves.py    the charts, which analyses/charts/ turns into paths
matrix.py    confusion of classes
behind.py    the pictures behind a number
links.py     where every number leads
numbers.py   how numbers are written
"""
