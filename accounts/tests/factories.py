"""Test data: people and their keys."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import ApiKey, User

PASSWORD = "a-password-of-the-tests"


class UserFactory(DjangoModelFactory):
    """Somebody without groups; `groups=[…]` puts them into some."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence("person{}@example.com".format)
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def groups(self, create: bool, groups: Any, **kwargs: Any) -> None:
        if groups:
            self.groups.set(groups)


class StaffFactory(UserFactory):
    email = factory.Sequence("staff{}@example.com".format)
    is_staff = True


class SuperuserFactory(StaffFactory):
    email = factory.Sequence("root{}@example.com".format)
    is_superuser = True


class ApiKeyFactory(DjangoModelFactory):
    """An issued key; its attribute `secret` is what a script would send."""

    class Meta:
        model = ApiKey

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence("script {}".format)

    @classmethod
    def _create(cls, model_class: type[ApiKey], *args: Any, **kwargs: Any) -> ApiKey:
        key, secret = model_class.objects.issue(kwargs.pop("user"), kwargs.pop("name"))
        for field, value in kwargs.items():
            setattr(key, field, value)
        key.save()
        key.secret = secret
        return key
