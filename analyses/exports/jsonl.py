"""JSON Lines: one annotation a line, in the shape of the API, with the analysis and the picture it belongs to."""

from collections.abc import Iterator

from django.db.models import QuerySet

from analyses.exports import json
from analyses.exports.described import as_text
from analyses.exports.rows import can_copy, copied, fetched, snapshot, with_picture
from analyses.exports.selection import Selection
from analyses.exports.spelling import OF_ANALYSIS, OF_PICTURE, TABLE, created_at, dashed
from analyses.exports.walk import Stretch, stretches
from analyses.exports.written import Written
from analyses.models import Analysis, Annotation
from images.models import Image

BEHIND = ',"analysis_id":"%s","image_id":"%s","filename":%s,"model_name":%s,"model_version":%s,"created_at":"'
ITEM = json.BEGINNING + '%s","annotation_type":"%s","class_name":%s,"confidence":%s,"data":%s%s%s"}\n'
# The last of them is the same for a whole analysis, and the time goes behind it.
COLUMNS = [
    *json.COLUMNS,
    f"""',"analysis_id":"' || {TABLE}.analysis_id || '","image_id":"' || {OF_ANALYSIS}.image_id || '","filename":'""",
    f"to_json({OF_PICTURE}.filename)",
    """',"model_name":'""",
    f"to_json({OF_ANALYSIS}.model_name)",
    """',"model_version":'""",
    f"to_json({OF_ANALYSIS}.model_version)",
]


def pieces(selection: Selection, written: Written) -> Iterator[bytes]:
    """The lines; nothing at all where there are no annotations."""
    with snapshot():
        for stretch in stretches(selection):
            if stretch.analyses:
                for block, count in rows(selection.annotations(stretch.ids()), stretch):
                    written.annotations += count
                    yield block


def rows(annotations: QuerySet[Annotation], stretch: Stretch) -> Iterator[tuple[bytes, int]]:
    """Whole lines and how many they are."""
    if can_copy():
        ended = json.with_times if len(stretch.analyses) == 1 else json.with_each_time
        for block, count in copied(with_picture(annotations), COLUMNS, json.OPTIONS):
            yield ended(json.bare(block), b"\n") + b"\n", count
        return
    behind = {analysis_id.replace("-", ""): its(*both) for analysis_id, both in stretch.of().items()}
    for tuples in fetched(annotations, [f"{TABLE}.{name}" for name in (*json.FIELDS, "analysis_id")]):
        lines = [
            ITEM
            % (
                *(dashed(id_), kind, json.quoted(class_name), "null" if confidence is None else confidence),
                *(data, behind[analysis_id], created_at(id_[:12])),
            )
            for id_, kind, class_name, confidence, data, analysis_id in tuples
        ]
        yield "".join(lines).encode(), len(lines)


def its(analysis: Analysis, picture: Image) -> str:
    """What all annotations of the analysis have behind their own."""
    names = (picture.filename, analysis.model_name, analysis.model_version)
    return BEHIND % (analysis.pk, picture.pk, *map(as_text, names))
