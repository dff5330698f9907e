"""Forms of the pages."""

from django import forms

from images.models import Project


class ProjectForm(forms.ModelForm):
    """A new project; only staff see it."""

    class Meta:
        model = Project
        fields = ["name", "description", "group"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
