"""Pages of projects; the page of one project shows analyses and lives in analyses/urls.py."""

from django.urls import path

from images import views

urlpatterns = [
    path("", views.projects, name="projects"),
    path("projects/new", views.new_project, name="new-project"),
    path("projects/<uuid:project_id>/upload", views.upload_images, name="upload-images"),
]
