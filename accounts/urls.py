"""Pages about the person who is logged in."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views

urlpatterns = [
    path("login", views.LoginView.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("settings/password", views.PasswordView.as_view(), name="password"),
    path("settings/keys", views.api_keys, name="api-keys"),
    path("settings/keys/<int:key_id>/revoke", views.revoke_api_key, name="api-key-revoke"),
]
