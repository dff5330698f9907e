"""Forms of the pages that show analyses."""

from django import forms

from analyses.imports.store import FIRST_VERSION, LONGEST_NAME, Options
from analyses.imports.wire import ONE
from analyses.models.allowed import GROUND_TRUTH


class MarkForm(forms.Form):
    """A model that becomes a reference."""

    model_name = forms.CharField(
        label="Model",
        max_length=LONGEST_NAME,
        strip=False,
        widget=forms.TextInput({"list": "known-models", "autocomplete": "off"}),
    )
    model_version = forms.CharField(
        label="Version",
        max_length=LONGEST_NAME,
        strip=False,
        required=False,
        help_text="Empty: every version.",
    )


class ImportForm(forms.Form):
    """A COCO file, and what is to become of it."""

    file = forms.FileField(
        label="COCO file", allow_empty_file=True, widget=forms.FileInput({"accept": ".json"})
    )
    categories = forms.FileField(
        label="Categories",
        required=False,
        widget=forms.FileInput({"accept": ".json"}),
        help_text="For a list of results: a COCO file, or a list of categories.",
    )
    model_name = forms.CharField(
        label="Model",
        max_length=LONGEST_NAME,
        strip=False,
        initial=GROUND_TRUTH,
        help_text="Who says so. Any other name than this one must be allowed by an admin.",
    )
    model_version = forms.CharField(
        label="Version", max_length=LONGEST_NAME, strip=False, initial=FIRST_VERSION
    )
    is_reference = forms.BooleanField(
        label="Mark as reference",
        required=False,
        initial=True,
        help_text="Models are then measured against it.",
    )
    shapes = forms.ChoiceField(
        label="Shapes",
        choices=[
            (ONE, "One an object"),
            ("boxes", "Boxes"),
            ("masks", "Masks and polygons"),
            ("keypoints", "Poses"),
            ("all", "All, each an annotation of its own"),
        ],
        initial=ONE,
        help_text="One an object: its pose, mask or box, the first that it has. Boxes: exactly as the file has them.",
    )
    scale = forms.BooleanField(
        label="Fit to pictures of another size",
        required=False,
        help_text="Otherwise pictures whose size differs from the file's are left out.",
    )
    dry_run = forms.BooleanField(
        label="Only check", required=False, help_text="Reads everything, reports, stores nothing."
    )

    def options(self) -> Options:
        """What was chosen; the form is valid."""
        names = ("model_name", "model_version", "is_reference", "shapes", "scale", "dry_run")
        return Options(**{name: self.cleaned_data[name] for name in names})
