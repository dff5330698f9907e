"""Callers for the tests: a member of the project, a stranger, staff, each with a session."""

import pytest
from django.test import Client

from accounts.models import User
from images.models import Project
from images.tests.factories import ProjectFactory


@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory(name="Street scenes", description="Crossings at noon.", group__name="traffic team")


def logged_in(email: str, **fields: object) -> Client:
    client = Client()
    client.user = User.objects.create_user(email, "password", **fields)
    client.force_login(client.user)
    return client


@pytest.fixture
def member(project: Project) -> Client:
    """The client of a user who sees the project."""
    client = logged_in("member@example.org")
    client.user.groups.add(project.group)
    return client


@pytest.fixture
def stranger(db: None) -> Client:
    return logged_in("stranger@example.org")


@pytest.fixture
def staff(db: None) -> Client:
    return logged_in("staff@example.org", is_staff=True)
