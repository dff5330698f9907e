"""The twin's addresses."""

from django.urls import path

from benchmarks.textbook import views

urlpatterns = [
    path("analyses/<uuid:analysis_id>/status", views.StatusView.as_view()),
    path("analyses/<uuid:analysis_id>/annotations:bulk", views.SubmitView.as_view()),
    path("analyses/<uuid:analysis_id>/annotations", views.AnnotationsView.as_view()),
    path("analyses/<uuid:analysis_id>/export", views.ExportView.as_view()),
]
