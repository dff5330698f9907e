"""The login form, and the form that makes an API key."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone

from accounts.models import ApiKey

LONGEST_LIFE = timedelta(days=3650)


class LoginForm(AuthenticationForm):
    """E-mail and password; one sentence whatever is wrong, so that nobody learns who has an account."""

    username = forms.EmailField(
        label="E-mail address",
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    error_messages = {"invalid_login": "The e-mail address and the password do not belong together."}

    def get_invalid_login_error(self) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages["invalid_login"], code="invalid_login")


class ApiKeyForm(forms.ModelForm):
    """A name, and the last day on which the key is good."""

    expires_on = forms.DateField(
        label="Good until",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="The last day (UTC); empty: until you revoke it.",
    )

    class Meta:
        model = ApiKey
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_on"].widget.attrs["min"] = timezone.now().date().isoformat()

    def clean_expires_on(self) -> date | None:
        day = self.cleaned_data["expires_on"]
        today = timezone.now().date()
        if day and not today <= day <= today + LONGEST_LIFE:
            raise forms.ValidationError("Choose a day from today on, within the next ten years.")
        return day

    @property
    def expires_at(self) -> datetime | None:
        """The last second (UTC) of the last day, or None."""
        day = self.cleaned_data["expires_on"]
        return day and datetime.combine(day, time(23, 59, 59), tzinfo=UTC)
