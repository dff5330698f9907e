"""The pages that compare models across a project."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from accounts.models import User
from analyses.comparison import gate
from analyses.models import Analysis, Job, ReferenceMark
from analyses.reports import asking, overlaps
from analyses.tests.report_projects import A, B, C, analysed, box, picture, tiny, top
from analyses.views.comparison import behind
from images.models import Image, Project
from images.tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db
AB = {"a": "yolo@1", "b": "resnet@2"}
ABC = AB | {"c": "third@3"}
Look = Callable[..., str]


@pytest.fixture
def project() -> Project:
    return tiny()


@pytest.fixture
def client_of(db: None) -> Callable[[Project], Client]:
    def log_in(project: Project) -> Client:
        user = User.objects.create_user("one@example.org")
        user.groups.add(project.group)
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def look(project: Project, client_of: Any) -> Look:
    """`look(a=…)`: the text of the page, tags become spaces; `look.html` and `look.status` of the last one."""
    client = client_of(project)

    def load(page: str = "compare", /, **query: str) -> str:
        answer = client.get(reverse(page, args=[project.pk]), query)
        load.status, load.html = answer.status_code, answer.content.decode()
        return text_of(load.html)

    return load


def text_of(html: str) -> str:
    shown = re.sub(r"(?s)<(template|option|title|desc|script).*?</\1>", "", html.partition("<main")[2])
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def chosen(html: str) -> dict[str, str]:
    """What the form says."""
    said = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"', re.sub(r"\s+", " ", html)))
    for name, options in re.findall(r'(?s)<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', html):
        picked = re.search(r'<option value="([^"]*)"\s+selected', options)
        said[name] = picked[1] if picked else re.findall(r'value="([^"]*)"', options)[0]
    return said


def links(html: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', html)]


def link_of(html: str, text: str, after: str = "") -> dict[str, str]:
    """The query of the first link with this text, after some other text."""
    found = re.search(
        rf'href="([^"]+)"[^>]*>\s*{re.escape(text)}\s*</a>', html.partition(after)[2] if after else html
    )
    assert found, f"no link {text}"
    return dict(parse_qsl(urlsplit(found[1].replace("&amp;", "&")).query, keep_blank_values=True))


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


def rows_of(html: str, id_: str) -> list[str]:
    """The names of the rows of a table."""
    table = html.partition(f'id="{id_}"')[2].partition("</table>")[0]
    return [
        re.sub(r"<[^>]+>", "", row).strip() for row in re.findall(r'(?s)<th scope="row">(.*?)</th>', table)
    ]


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


# --- the pictures -----------------------------------------------------------------------------------------
def test_the_worst_come_first(look: Look) -> None:
    look(**AB)
    assert re.findall(r'class="tile__link"[^>]*title="(\w+)\.jpg"', re.sub(r"\s+", " ", look.html)) == [
        "street",
        "yard",
        "sky",
    ]


def test_a_picture_opens_with_both_analyses_and_the_verdicts(look: Look, project: Project) -> None:
    look(**AB, threshold_a="0.3", iou="0.4")
    street = project.images.get(filename="street.jpg")
    a, b = (street.analyses.get(model_name=name) for name in ("yolo", "resnet"))
    link = next(link for link in links(look.html) if link.startswith(reverse("image", args=[street.pk])))
    assert unquote(urlsplit(link).fragment).split("&") == [
        f"a={a.pk},{b.pk}",
        "th=yolo 1*0.3,resnet 2*0",
        f"pair={a.pk}*yolo 1,{b.pk}*resnet 2",
        "iou=0.4",
        "by=verdict",
        "tab=compare",
        "o=",
    ]


def test_both_are_drawn_over_the_thumbnail_as_they_were_cut(look: Look, project: Project) -> None:
    look(**AB, threshold_a="0.3")
    street = project.images.get(filename="street.jpg")
    a, b = (street.analyses.get(model_name=name).pk for name in ("yolo", "resnet"))
    drawings = [
        source.replace("&amp;", "&")
        for source in re.findall(r'class="tile__overlay"\s+src="([^"]+)"', look.html)
    ]
    assert drawings[:2] == [
        f"{reverse('overlay', args=[a])}?line=a&threshold=0.3",
        f"{reverse('overlay', args=[b])}?line=b&threshold=0",
    ]


def test_files_have_the_same_parameters(look: Look) -> None:
    look(**AB, iou="0.4")
    query = link_of(re.sub(r"(?s)<svg.*?</svg>", "", look.html), "CSV")
    assert (query["a"], query["iou"], query["format"]) == ("yolo@1", "0.4", "csv")


def test_names_are_text(look: Look, project: Project) -> None:
    image = picture(project, "<b>.jpg")
    analysed(image, A, box(0, "<script>alert(1)</script>"))
    analysed(image, B)
    look(**AB)
    assert "<script>alert" not in look.html
    assert "<b>.jpg" not in look.html


def test_nothing_is_styled_or_scripted_inline(look: Look) -> None:
    look(**ABC)
    assert re.findall(r'\sstyle="|<style|\son\w+="|<script(?![^>]*src=)', look.html) == []


# --- states -----------------------------------------------------------------------------------------------
@pytest.fixture
def bare(client_of: Any) -> tuple[Project, Client]:
    """A project with a picture that nobody has analysed."""
    project = ProjectFactory()
    picture(project, "one.jpg")
    return project, client_of(project)


def page_of(bare: tuple[Project, Client], page: str = "compare") -> str:
    answer = bare[1].get(reverse(page, args=[bare[0].pk]))
    assert answer.status_code == 200
    return text_of(answer.content.decode())


@pytest.mark.parametrize(
    ("page", "said"), [("compare", "No analyses yet"), ("compare-pictures", "cannot be shown")]
)
def test_without_analyses_there_is_nothing_to_compare(bare: Any, page: str, said: str) -> None:
    assert said in page_of(bare, page)


def test_with_one_model_there_is_nothing_to_compare(bare: Any) -> None:
    analysed(bare[0].images.get(), A)
    assert "Only one model so far yolo 1 has processed 1 picture." in page_of(bare)


def test_nothing_in_common_is_said_with_the_coverage(bare: Any) -> None:
    analysed(bare[0].images.get(), A, box(0))
    analysed(picture(bare[0], "two.jpg"), B, box(0))
    text = page_of(bare)
    assert "Nothing in common" in text
    assert "Only A: resnet 2 1 of 2 pictures Only B: yolo 1 1 of 2 pictures" in text


def test_two_that_found_nothing_have_nothing_to_draw(bare: Any) -> None:
    for model in (A, B):
        analysed(bare[0].images.get(), model)
    text = page_of(bare)
    assert "They disagree on none of 1 picture." in text
    assert "Curves" not in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"iou": "7"}, "IoU must be a number above 0, at most 1."),
        ({"threshold_b": "x"}, "Threshold B must be a number from 0 to 1."),
        ({"b": "yolo@1"}, "The models must differ: one is named twice."),
        ({"b": "nobody@1"}, "Model B names nobody 1, which has no analysis in this project."),
    ],
)
def test_what_cannot_be_compared_is_said_and_kept(look: Look, query: dict[str, str], said: str) -> None:
    assert said in look(**AB | query)
    assert look.status == 400
    assert query.items() <= chosen(look.html).items()


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every project is too large for a request."""
    monkeypatch.setattr(asking, "AT_ONCE", 0)


def work() -> None:
    for job in Job.objects.filter(status="waiting"):
        asking.jobs.perform.func(str(job.pk))


@pytest.mark.usefixtures("large")
def test_a_report_in_the_making_shows_its_job(look: Look) -> None:
    assert "made in the background" in look(**AB)
    assert f'data-job="{Job.objects.get().pk}"' in look.html


@pytest.mark.usefixtures("large")
def test_a_report_that_was_made_is_shown(look: Look) -> None:
    look(**AB)
    work()
    assert "Object agreement 0.750" in look(**AB)
    assert "data-job=" not in look.html


@pytest.mark.usefixtures("large")
def test_an_older_report_is_shown_as_such(look: Look, project: Project) -> None:
    look(**AB)
    work()
    analysed(project.images.get(filename="alone.jpg"), B, box(0))
    text = look(**AB)
    assert "Computed from older results; a new one is being made." in text
    assert "Object agreement 0.750" in text
    assert f'data-job="{Job.objects.get(status="waiting").pk}"' in look.html


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(("page", "status"), [("compare", 409), ("compare-pictures", 400)])
def test_a_failure_is_told(look: Look, page: str, status: int) -> None:
    look(**AB)
    Job.objects.update(status="failed", error_message="Too dense.", finished_at=timezone.now())
    assert "These models could not be compared: Too dense." in look(page, **AB)
    assert look.status == status


def test_what_is_too_much_to_compare_is_said(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlaps, "FEW", 0)
    monkeypatch.setattr(gate, "MOST", 0)
    assert "In street.jpg more than 0 pairs overlap. Ask for a higher iou." in look(**AB)
    assert look.status == 400


@pytest.mark.parametrize("page", ["compare", "compare-pictures"])
def test_strangers_cannot_tell_it_from_nothing(stranger_client: Client, project: Project, page: str) -> None:
    assert stranger_client.get(reverse(page, args=[project.pk])).status_code == 404


@pytest.mark.parametrize("page", ["compare", "compare-pictures"])
def test_without_the_feature_there_is_no_page(look: Look, settings: Any, page: str) -> None:
    settings.ML_ANALYSIS_ENABLED = False
    look(page)
    assert look.status == 404


# --- the pictures behind a number -------------------------------------------------------------------------
def tiles(html: str) -> list[str]:
    return re.findall(r'class="tile__link"[^>]*title="(\w+)\.jpg"', re.sub(r"\s+", " ", html))


@pytest.mark.parametrize(
    ("query", "title", "wanted"),
    [
        ({}, "All compared pictures 3 of 3", ["street", "yard", "sky"]),
        ({"verdict": "a_only"}, "Objects that only A saw, and not B 1 in 1 of 3", ["street"]),
        ({"class": "dog"}, "Objects of one class: dog 4 in 2 of 3", ["street", "yard"]),
        ({"class_a": "horse", "class_b": "zebra"}, "A says horse where B says zebra 1 in 1 of 3", ["street"]),
        ({"class_a": "", "class_b": "dog"}, "A says nothing where B says dog 1 in 1 of 3", ["yard"]),
        ({"threshold": "0.65"}, "Disagreement, both from 0.65 2 in 2 of 3", ["street", "yard"]),
        ({"first_a": "garden", "first_b": "farm"}, "A puts garden first, B farm 1 in 1 of 3", ["yard"]),
        ({"empty": "a"}, "A has processed them and found nothing 1 in 1 of 3", ["sky"]),
        ({"only": "a"}, "Only A has processed them 1 of 3", ["alone"]),
        (
            {"reference": "a", "verdict": "false_positive", "class": "zebra"},
            "Wrong detections of B: zebra 1 in 1 of 3",
            ["street"],
        ),
        (
            {"reference": "a", "score_from": "0.3", "score_to": "0.4"},
            "Detections of B with a score from 0.3 to 0.4 1 in 1 of 3",
            ["yard"],
        ),
    ],
    ids=str,
)
def test_the_pictures_behind_a_number(
    look: Look, query: dict[str, str], title: str, wanted: list[str]
) -> None:
    assert title in look("compare-pictures", **AB | query)
    assert tiles(look.html) == wanted


@pytest.mark.parametrize(
    "query", [{"verdict": "sideways"}, {"class": "cow"}, {"threshold": "0.33"}, {"only": "d"}]
)
def test_a_number_that_is_none_is_refused(look: Look, query: dict[str, str]) -> None:
    text = look("compare-pictures", **AB | query)
    assert look.status == 400
    assert next(iter(query)) in text


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "9" * 30])
def test_a_page_that_is_none_is_refused(look: Look, page: str) -> None:
    look("compare-pictures", **AB, page=page)
    assert look.status == 400


def test_pages_go_on_and_back(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(behind, "PICTURES_A_PAGE", 2)
    look("compare-pictures", **AB)
    first, onward = tiles(look.html), link_of(re.sub(r"(?s)<svg.*?</svg>", "", look.html), "Next")
    look("compare-pictures", **onward)
    assert (first, tiles(look.html)) == (["street", "yard"], ["sky"])
    assert link_of(re.sub(r"(?s)<svg.*?</svg>", "", look.html), "Previous")["page"] == "1"


def test_a_class_is_drawn_and_opened_alone(look: Look) -> None:
    look("compare-pictures", **AB, **{"class": "dog", "verdict": "a_only"})
    assert "&class_name=dog" in look.html.replace("&amp;", "&")
    assert any(link.endswith("&only=dog") for link in links(look.html))


def test_a_cell_draws_the_class_of_each_side(look: Look) -> None:
    look("compare-pictures", **AB, class_a="horse", class_b="zebra")
    drawings = re.findall(r'class="tile__overlay"\s+src="[^"]+class_name=(\w+)', look.html)
    assert drawings == ["horse", "zebra"]
    assert any(link.endswith("&only=horse,zebra") for link in links(look.html))


def test_of_a_class_that_differs_both_are_drawn(look: Look) -> None:
    look("compare-pictures", **AB, **{"class": "horse", "verdict": "class_differs"})
    assert tiles(look.html) == ["street"]
    assert "class_name=" not in look.html
    assert "only=" not in look.html


def test_another_threshold_is_taken_along(look: Look) -> None:
    look("compare-pictures", **AB, threshold="0.65")
    assert any("th=yolo%201*0.65,resnet%202*0.65" in link for link in links(look.html))


def test_the_pictures_as_csv_are_the_same_ones(look: Look) -> None:
    look("compare-pictures", **AB, verdict="a_only")
    query = link_of(re.sub(r"(?s)<svg.*?</svg>", "", look.html), "CSV")
    assert (query["verdict"], query["format"]) == ("a_only", "csv")


# --- the way there, and what it costs ---------------------------------------------------------------------
def test_the_project_leads_to_its_comparison(look: Look, project: Project) -> None:
    look("project")
    assert reverse("compare", args=[project.pk]) in links(look.html)


def test_a_project_with_one_model_leads_to_none(bare: Any) -> None:
    analysed(bare[0].images.get(), A)
    assert "Compare models" not in page_of(bare, "project")


def more(project: Project) -> None:
    for number in range(10):
        image: Image = picture(project, f"more {number}.jpg")
        for model in (A, B, C):
            analysed(image, model, *(box(20 * place) for place in range(5)), top("town"))


@pytest.mark.parametrize(
    ("page", "query", "count"),
    [
        (
            "compare",
            ABC | {"reference": "a"},
            7,
        ),  # session, user, project, versions, marks, analyses, annotations
        ("compare", {}, 9),  # and for what is usual: what was processed, classes
        ("compare-pictures", AB | {"verdict": "agree"}, 7),
    ],
    ids=str,
)
def test_a_page_asks_a_constant_number_of_queries(
    look: Look, project: Project, page: str, query: dict[str, str], count: int
) -> None:
    more(project)
    assert Analysis.objects.count() > 30
    with CaptureQueriesContext(connection) as queries:
        look(page, **query)
    assert look.status == 200
    assert len(queries) == count
