"""The admin pages of analyses: what they show, and that they load no annotations."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from analyses.models import Analysis, ReferenceMark
from analyses.tests.factories import BOX, AllowedModelFactory, AnalysisFactory, add_annotations


@pytest.fixture
def admin(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("admin@example.org"))
    return client


def test_the_list_of_models_shows_the_environment(admin: Client) -> None:
    AllowedModelFactory(name="yolo_v8", is_active=False)
    page = admin.get("/admin/analyses/allowedmodel/").content.decode()
    assert "resnet50" in page
    assert "switched off below" in page


def test_the_list_of_analyses_takes_a_constant_number_of_queries(
    admin: Client, django_assert_max_num_queries: Any
) -> None:
    AnalysisFactory.create_batch(20)
    with django_assert_max_num_queries(10):
        assert admin.get("/admin/analyses/analysis/").status_code == 200


@pytest.mark.parametrize("query", ["q=yolo", "status__exact=queued", "q=not-an-id"])
def test_the_list_can_be_searched(admin: Client, query: str) -> None:
    AnalysisFactory()
    assert admin.get(f"/admin/analyses/analysis/?{query}").status_code == 200


@pytest.mark.parametrize("page", ["change", "delete"])
def test_no_page_loads_annotations(
    admin: Client, analysis: Analysis, django_assert_max_num_queries: Any, page: str
) -> None:
    add_annotations(analysis, *[BOX] * 10)
    with django_assert_max_num_queries(20) as captured:
        assert admin.get(f"/admin/analyses/analysis/{analysis.pk}/{page}/").status_code == 200
    assert not [q["sql"] for q in captured if "analyses_annotation" in q["sql"]]


def test_the_cancel_action(admin: Client, analysis: Analysis) -> None:
    admin.post("/admin/analyses/analysis/", {"action": "cancel", "_selected_action": [str(analysis.pk)]})
    analysis.refresh_from_db()
    assert analysis.status == "cancelled"


def test_the_cancel_action_says_what_it_could_not_do(admin: Client, analysis: Analysis) -> None:
    analysis.move_to("failed")
    data = {"action": "cancel", "_selected_action": [str(analysis.pk)]}
    page = admin.post("/admin/analyses/analysis/", data, follow=True).content.decode()
    assert "cannot become cancelled" in page


def test_an_analysis_is_not_rewritten(admin: Client, analysis: Analysis) -> None:
    admin.post(f"/admin/analyses/analysis/{analysis.pk}/change/", {"model_name": "other"})
    analysis.refresh_from_db()
    assert analysis.model_name == "yolo_v8"


# --- references -------------------------------------------------------------------------------------------
def test_a_model_is_marked_in_the_admin(admin: Client, analysis: Analysis) -> None:
    data = {
        "project": str(analysis.image.project_id),
        "analysis": "",
        "model_name": "yolo_v8",
        "model_version": "",
    }
    admin.post("/admin/analyses/referencemark/add/", data)
    mark = ReferenceMark.objects.get()
    assert (str(mark), str(mark.created_by)) == ("yolo_v8, any version", "admin@example.org")
    assert "yolo_v8, any version" in admin.get("/admin/analyses/referencemark/").content.decode()


def test_a_mark_of_nothing_is_refused_in_the_admin(admin: Client, analysis: Analysis) -> None:
    data = {"project": str(analysis.image.project_id), "analysis": "", "model_name": "", "model_version": ""}
    page = admin.post("/admin/analyses/referencemark/add/", data).content.decode()
    assert "Name either an analysis or a model." in page
