"""The admin of people, their API keys and their groups."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.models import ApiKey, User

POWERS = ["is_staff", "is_superuser", "user_permissions"]


class UserCreationForm(AdminUserCreationForm):
    """Django's own, by e-mail."""

    class Meta:
        model = User
        fields = ["email"]


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """People; groups open projects to them. Only superusers hand out powers."""

    add_form = UserCreationForm
    list_display = ["email", "first_name", "last_name", "group_names", "is_active", "is_staff", "last_login"]
    search_fields = ["email", "first_name", "last_name"]
    ordering = ["email"]
    fieldsets = [
        (None, {"fields": ["email", "password", "first_name", "last_name"]}),
        ("What they may see and do", {"fields": ["is_active", "groups", *POWERS]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["email", "usable_password", "password1", "password2"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="groups")
    def group_names(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.readonly_fields + ([] if request.user.is_superuser else POWERS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _is_below(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_below(request, obj)


def _is_below(request: HttpRequest, user: User | None) -> bool:
    """Nobody but a superuser lays hands on a superuser."""
    return request.user.is_superuser or user is None or not user.is_superuser


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    """Keys are made, renamed and revoked; their rows stay, so that it can be seen who used what."""

    list_display = ["name", "user", "prefix", "state", "expires_at", "last_used_at", "created_at"]
    list_filter = ["revoked_at", "expires_at", "last_used_at"]
    search_fields = ["name", "prefix", "user__email"]
    autocomplete_fields = ["user"]
    actions = ["revoke"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        told = ["prefix", "state", "created_at", "last_used_at", "revoked_at"]
        return ["user", "name", "expires_at"] + (told if obj else [])

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [field for field in self.get_fields(request, obj) if field != "name"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if not request.user.is_superuser:  # a key of a superuser would lend their powers
            kwargs["queryset"] = User.objects.filter(is_superuser=False)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if change:
            return super().save_model(request, obj, form, change)
        key, secret = ApiKey.objects.issue(obj.user, obj.name, obj.expires_at)
        obj.pk, obj.prefix = key.pk, key.prefix  # for the admin's log and its own message
        told = format_html("The key is <code>{}</code>. Copy it now; it is not shown again.", secret)
        self.message_user(request, told, messages.WARNING)
        return None

    @admin.action(description="Revoke the selected API keys", permissions=["change"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        active = [key for key in keys if not key.revoked_at]
        for key in active:
            key.revoke()
            self.log_change(request, key, "Revoked.")
        self.message_user(request, f"{len(active)} API key(s) revoked.", messages.SUCCESS)


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    """A group's members see its projects; people are put into groups on their own page."""

    list_display = ["name", "member_count", "project_names"]
    fields = ["name", "members", "project_names", "permissions"]
    readonly_fields = ["members", "project_names"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        counted = super().get_queryset(request).annotate(member_count=Count("user"))
        return counted.prefetch_related("projects")

    @admin.display(description="members", ordering="member_count")
    def member_count(self, group: Group) -> int:
        return group.member_count

    @admin.display(description="projects")
    def project_names(self, group: Group) -> str:
        return ", ".join(project.name for project in group.projects.all()) or "none"

    @admin.display(description="members")
    def members(self, group: Group) -> SafeString | str:
        people = group.user_set.order_by("email") if group.pk else []
        links = ((reverse("admin:accounts_user_change", args=[user.pk]), user.email) for user in people)
        return format_html_join(", ", '<a href="{}">{}</a>', links) or "none"


# --- the way in -------------------------------------------------------------------------------------------
def _login(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """The site's own login page instead of the admin's second one; staff come back to where they wanted to go."""
    wanted = request.GET.get("next") or reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(wanted, settings.LOGIN_URL)
    if not admin.site.has_permission(request):
        raise PermissionDenied
    return redirect("admin:index")


admin.site.login = _login
admin.site.site_header = admin.site.site_title = "VISTA administration"
