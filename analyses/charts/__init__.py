"""Charts as numbers: what a template needs to draw one as SVG, with axes, legend, points and the table of its values.

axes.py   a quantity along one edge: its ticks, and where a value lies
plot.py   lines with points over two axes: series in, paths and places out
bars.py   parts of a whole as one bar

Nothing here knows what the numbers mean, and nothing knows HTML.
"""

from analyses.charts.axes import Axis
from analyses.charts.bars import Stretch, stretches
from analyses.charts.plot import Chart, Point, Series

__all__ = ["Axis", "Chart", "Point", "Series", "Stretch", "stretches"]
