"""What the page that compares models across a project says, and where its numbers lead."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils.html import escape

from analyses.models import ReferenceMark
from analyses.tests.comparison_pages import AB, ABC, Look, chosen, link_of, links, rows_of
from analyses.tests.report_projects import A, analysed, box, tiny
from images.models import Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return tiny()


@pytest.fixture
def look(project: Project) -> Look:
    return Look(project)


# --- what is compared -------------------------------------------------------------------------------------
def test_without_a_choice_the_two_with_the_most_in_common_are_compared(look: Look) -> None:
    look()
    said = chosen(look.html)
    assert {said["a"], said["b"]} == {"yolo@1", "resnet@2"}


def test_who_names_the_same_classes_goes_before_who_does_not(look: Look, project: Project) -> None:
    for image in project.images.all():
        analysed(image, ("other", "1"), box(0, "bicycle"))
        analysed(image, ("heat", "1"))
    look()
    said = chosen(look.html)
    assert {said["a"], said["b"]} == {"yolo@1", "resnet@2"}


def test_without_a_choice_weak_detections_are_left_out(look: Look) -> None:
    look()
    said = chosen(look.html)
    assert [said["threshold_a"], said["threshold_b"]] == ["0.3", "0.3"]


def test_what_is_marked_as_reference_goes_first(look: Look, project: Project) -> None:
    ReferenceMark.objects.mark_model(project, *A, None)
    look()
    said = chosen(look.html)
    assert (said["a"], said["b"], said["reference"]) == ("marked", "resnet@2", "a")


def test_ground_truth_is_the_reference(look: Look, project: Project) -> None:
    for image in project.images.all():
        analysed(image, ("ground_truth", "1"), box(0))
        analysed(image, ("detector", "1"), box(0))  # before it by name, and with the most in common
    look()
    said = chosen(look.html)
    assert (said["a"], said["reference"], said["threshold_a"]) == ("ground_truth@1", "a", "0")


def test_a_chosen_model_stays_and_the_other_is_found(look: Look) -> None:
    look(b="third@3")
    assert chosen(look.html)["b"] == "third@3"


def test_the_form_keeps_what_was_chosen(look: Look) -> None:
    asked = ABC | {
        "threshold_a": "0.25",
        "threshold_c": "0.5",
        "iou": "0.3",
        "types": "boxes",
        "reference": "a",
        "class_agnostic": "true",
    }
    look(**asked)
    assert asked.items() <= chosen(look.html).items()


def test_the_sentence_says_what_was_compared(look: Look) -> None:
    text = look(**AB, threshold_a="0.5", iou="0.4")
    assert "A yolo 1 from score 0.5: 3 of 4 objects B resnet 2 from score 0: 4 of 4 objects" in text
    assert "over the 3 of 5 pictures that both have processed, pairs by IoU of bounds of at least 0.4" in text


# --- what it says -----------------------------------------------------------------------------------------
def test_verdicts_have_their_denominators(look: Look) -> None:
    text = look(**AB)
    assert (
        "= agree 2 of 3 pairs ≠ class differs 1 of 3 pairs A A only 1 of 4 objects of A B B only 1 of" in text
    )


def test_a_verdict_leads_to_its_pictures(look: Look) -> None:
    look(**AB)
    assert link_of(look.html, "2", "agree")["verdict"] == "agree"


def test_agreement_says_what_it_is_made_of(look: Look) -> None:
    assert "Object agreement 0.750 2 × 3 pairs of 4 + 4 objects" in look(**AB)


def test_nothing_to_say_is_a_dash_with_its_reason_and_not_0(look: Look) -> None:
    text = look(a="yolo@1", b="third@3", threshold_a="1", threshold_b="1")
    assert "Mean IoU – over 0 pairs" in text
    assert f'title="{escape("There is no pair to say it of.")}">–</abbr>' in look.html


def test_coverage_tells_nothing_found_from_not_processed(look: Look) -> None:
    text = look(**AB)
    assert "Both have processed it 3 of 5 pictures Only A: yolo 1 1 of 5 pictures" in text
    assert "Neither 1 of 5 pictures A has processed, and found nothing on, 1 of 3 compared pictures." in text


def test_coverage_tells_what_still_runs(look: Look) -> None:
    assert "B: the analysis of 1 picture still waits or runs." in look(**AB)


def test_what_is_covered_leads_to_its_pictures(look: Look) -> None:
    look(**AB)
    assert link_of(look.html, "1", "Only A: yolo 1")["only"] == "a"


def test_classes_come_with_the_fullest_first(look: Look) -> None:
    look(**AB)
    assert rows_of(look.html, "classes") == ["dog", "horse", "zebra"]


@pytest.mark.parametrize(
    ("sort", "wanted"),
    [
        ("class", ["dog", "horse", "zebra"]),
        ("-class", ["zebra", "horse", "dog"]),
        ("objects_a", ["zebra", "horse", "dog"]),
        ("-objects_b", ["dog", "zebra", "horse"]),
        ("mean_iou", ["dog", "horse", "zebra"]),
        ("rubbish", ["dog", "horse", "zebra"]),
    ],
)
def test_a_column_sorts_the_classes(look: Look, sort: str, wanted: list[str]) -> None:
    look(**AB, sort=sort)
    assert rows_of(look.html, "classes") == wanted


def test_a_head_says_how_its_column_is_sorted_and_turns_it(look: Look) -> None:
    look(**AB, sort="-agree")
    assert look.html.count('aria-sort="descending"') == 1
    assert link_of(look.html, "= Agree")["sort"] == "agree"


def test_a_class_and_a_verdict_lead_to_their_pictures(look: Look) -> None:
    look(**AB)
    row = look.html.partition('id="classes"')[2].partition("horse</a>")[2].partition("</tr>")[0]
    queries = [dict(parse_qsl(urlsplit(link).query)) for link in links(row)]
    assert [(query.get("verdict"), query["class"]) for query in queries] == [
        ("class_differs", "horse"),
        (None, "horse"),
    ]


def test_a_cell_of_the_confusion_leads_to_its_pictures(look: Look) -> None:
    look(**AB)
    title = "A: horse; B: zebra – 1 time in 1 picture"
    assert title in look.html
    link = re.search(rf'href="([^"]+)"\s+title="{title}"', look.html)
    assert link
    query = dict(parse_qsl(urlsplit(link[1].replace("&amp;", "&")).query))
    assert (query["class_a"], query["class_b"]) == ("horse", "zebra")


def test_charts_are_pictures_with_a_name_and_a_table(look: Look) -> None:
    look(**AB)
    charts = re.findall(r'(?s)<figure class="chart"\s+id="([\w-]+)">(.*?)</figure>', look.html)
    assert [id_ for id_, _ in charts] == ["agreement", "verdicts"]
    for id_, chart in charts:
        assert re.search(
            rf'role="img"\s+aria-labelledby="{id_}-title"\s+aria-describedby="{id_}-described"', chart
        )
        assert f'<title id="{id_}-title">' in chart
        assert "<details" in chart
        assert chart.count('<th scope="row">') == 21


def test_a_point_of_a_curve_leads_to_its_pictures(look: Look) -> None:
    look(**AB)
    assert link_of(look.html, "0.65", "<details")["threshold"] == "0.65"


def test_the_legend_tells_lines_apart_without_colour(look: Look) -> None:
    look(**AB)
    legend = look.html.partition('id="verdicts"')[2].partition("</ul>")[0]
    signs = re.findall(r'class="line__sign"\s+d="([^"]+)"', legend)
    assert len(signs) == len(set(signs)) == 4


def test_better_thresholds_are_offered(look: Look) -> None:
    look(**AB)
    query = link_of(look.html, "compare so")
    assert (query["threshold_a"], query["threshold_b"]) == ("0.5", "0.4")


# --- against a reference ----------------------------------------------------------------------------------
def test_a_model_is_measured_against_a_reference(look: Look) -> None:
    text = look(**AB, reference="a")
    assert "= right 2 of 4 detections + wrong 2 of 4 detections − missed 2 of 4 objects of A" in text
    assert "Precision 0.500 2 right of 4 detections Recall 0.500 2 found of 4 objects of A" in text


def test_a_reference_has_curves_of_its_own(look: Look) -> None:
    look(**AB, reference="a")
    ids = re.findall(r'<figure class="chart"\s+id="([\w-]+)">', look.html)
    assert ids == ["precision-recall", "over-threshold-b", "calibration", "ap-by-iou"]


def test_a_class_that_the_reference_lacks_has_no_recall(look: Look) -> None:
    look(**AB, reference="a")
    row = look.html.partition('id="classes-b"')[2].partition("zebra</a>")[2].partition("</tr>")[0]
    assert 'title="The reference has no such object."' in row


@pytest.mark.parametrize(
    ("column", "verdict"), [(0, None), (1, "false_positive"), (2, "false_negative"), (3, None)]
)
def test_a_point_of_a_curve_leads_to_what_keeps_it_low(look: Look, column: int, verdict: str | None) -> None:
    look(**AB, reference="a")
    row = look.html.partition('id="over-threshold-b"')[2].partition("<tbody>")[2].partition("</tr>")[0]
    query = dict(parse_qsl(urlsplit(links(row)[column]).query))
    assert (query["threshold"], query.get("verdict")) == ("0.3", verdict)


def test_a_bin_of_the_calibration_leads_to_its_pictures(look: Look) -> None:
    look(**AB, reference="a")
    query = link_of(look.html, "B, 0.6 to 0.7")
    assert (query["score_from"], query["score_to"]) == ("0.6", "0.7")


def test_every_model_is_measured(look: Look) -> None:
    look(**ABC, reference="a")
    assert rows_of(look.html, "models") == ["B resnet 2", "C third 3"]
    row = look.html.partition('id="models"')[2].partition("C third 3")[2].partition("</tr>")[0]
    queries = [dict(parse_qsl(urlsplit(link).query)) for link in links(row)]
    assert [(query["of"], query["verdict"]) for query in queries] == [
        ("c", "true_positive"),
        ("c", "false_negative"),
    ]


def test_the_best_model_is_found_by_sorting(look: Look) -> None:
    look(**ABC, reference="a", sort="-precision")
    assert rows_of(look.html, "models") == ["C third 3", "B resnet 2"]


# --- three models, whole pictures -------------------------------------------------------------------------
def test_three_are_compared_two_by_two(look: Look) -> None:
    look(**ABC)
    query = link_of(look.html, "0.667", 'id="pairs"')
    assert {query["a"], query["b"]} == {"yolo@1", "third@3"}
    assert "c" not in {name for name, value in query.items() if value}


def test_three_say_what_was_seen_by_how_many(look: Look) -> None:
    text = look(**ABC)
    assert "by 1 of 3 by 2 of 3 by all 3 all classes" in text


def test_classes_of_whole_pictures_are_compared(look: Look) -> None:
    text = look(**AB)
    assert "Same class first 0.500 1 of 2 pictures that both have classified" in text
