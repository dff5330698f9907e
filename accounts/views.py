"""Pages about the person who is logged in: login, password and API keys."""

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.messages.views import SuccessMessageMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import ApiKeyForm, LoginForm
from accounts.models import ApiKey


class LoginView(auth_views.LoginView):
    """Login by e-mail; who is logged in already, by session or proxy, goes straight on."""

    authentication_form = LoginForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:
        """Where to go afterwards, which is never this page again."""
        url = super().get_redirect_url()
        return "" if url.partition("?")[0] == resolve_url("login") else url


class PasswordView(SuccessMessageMixin, auth_views.PasswordChangeView):
    """Change your own password; other sessions of yours end."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("projects")
    success_message = "Your password is changed."


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def api_keys(request: HttpRequest) -> HttpResponse:
    """List your keys, or make one: its secret is in this one answer and nowhere else."""
    form = ApiKeyForm(request.POST or None)
    secret = None
    if request.method == "POST" and form.is_valid():
        _, secret = ApiKey.objects.issue(request.user, form.cleaned_data["name"], form.expires_at)
        form = ApiKeyForm()
    context = {"form": form, "secret": secret, "keys": request.user.api_keys.all()}
    return render(request, "accounts/api_keys.html", context)


@login_required
@require_POST
def revoke_api_key(request: HttpRequest, key_id: int) -> HttpResponse:
    """Refuse one of your own keys from now on."""
    key = get_object_or_404(ApiKey, pk=key_id, user=request.user)
    key.revoke()
    messages.success(request, f"{key} is revoked.")
    return redirect("api-keys")
