"""Logins in the admin, for superusers; owners see members instead."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import Member
from .owners import NEEDS_OWNER, is_needed
from .rights import RIGHTS, Right, Role

IN_ADMIN = frozenset({Right.EDIT_ARTICLES, Right.PUBLISH, Right.MANAGE_SITE})


def follow_roles(user: User) -> None:
    """Into the admin may a superuser, and who has something to do there on any of their sites."""
    roles = Member.objects.filter(user=user).values_list("role", flat=True)
    user.is_staff = user.is_superuser or any(IN_ADMIN & RIGHTS[Role(role)] for role in roles)
    user.save(update_fields=["is_staff"])


class LoginForm(UserChangeForm):  # type: ignore[type-arg]
    """A login and whether it works."""

    def clean_is_active(self) -> bool:
        """As for a member: a site keeps an owner who may log in."""
        active = bool(self.cleaned_data["is_active"])
        if not active and is_needed(self.instance):
            raise ValidationError(NEEDS_OWNER)
        return active


admin.site.unregister(User)  # importing Django's own has registered it


@admin.register(User)
class LoginAdmin(UserAdmin):  # type: ignore[type-arg]
    """Django's, without its permissions: what a person may do stands in the table of rights."""

    form = LoginForm
    fieldsets = (
        (None, {"fields": ("username", "password", "email")}),
        (_("May log in"), {"fields": ("is_active", "is_superuser")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who leaves is not allowed to log in; what they wrote stays theirs."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Store it, and let it into the admin by its roles."""
        super().save_model(request, obj, form, change)
        follow_roles(obj)
