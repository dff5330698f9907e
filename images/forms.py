"""Forms of the pages."""

from django import forms
from django.contrib.auth.models import Group

from images.models import Project


class ProjectForm(forms.ModelForm):
    """A new project; only staff see it."""

    group = forms.ModelChoiceField(
        Group.objects.order_by("name"), empty_label="Choose a group", help_text="Its members see the project."
    )

    class Meta:
        model = Project
        fields = ["name", "description", "group"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
