"""Sites, members and teams in the admin, for whoever may manage them; everybody else does not see that they exist."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth import get_user_model, password_validation
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supportsite.sites import identity_page
from supportsite.sites.forms import CALLING, Abilities, SiteForm, TeamForm
from supportsite.sites.hours import DAYS
from supportsite.sites.login import LimitedAdminLogin
from supportsite.sites.login_admin import follow_roles
from supportsite.sites.models import Member, Site, Team
from supportsite.sites.owners import NEEDS_OWNER, is_last_owner, is_needed
from supportsite.sites.rights import RIGHTS, Right, Role

User = get_user_model()

# Here and not in `TandemAdminSite`: that is imported before there are models, which a form for logins needs.
admin.site.login_form = LimitedAdminLogin


def sites_with(request: HttpRequest, right: Right) -> models.QuerySet[Site]:
    """The sites on which the logged-in person has `right`; every site for a superuser."""
    if request.user.is_superuser:
        return Site.objects.all()
    roles = [role for role, rights in RIGHTS.items() if right in rights]
    return Site.objects.filter(members__user=request.user.pk, members__role__in=roles)


class OfSiteAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows of a site: seen and changed by those whom the table of rights lets, not by Django's permissions."""

    right = Right.MANAGE_SITE
    site_field = "site"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Rows of the sites on which one has the right."""
        return super().get_queryset(request).filter(**{f"{self.site_field}__in": sites_with(request, self.right)})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only one's own sites can be chosen."""
        if db_field.name == "site":
            kwargs["queryset"] = sites_with(request, self.right)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether there is anything here for them."""
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The list, or one row of a site of theirs."""
        return self._may(request) and (obj is None or self._is_theirs(request, obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for seeing."""
        return self.has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As for seeing."""
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for seeing."""
        return self.has_view_permission(request, obj)

    def _may(self, request: HttpRequest) -> bool:
        """Looked up once in a request: a page of the admin asks some sixty times, for its menu and each button."""
        known: dict[Right, bool] = request.__dict__.setdefault("_may", {})
        if self.right not in known:
            user = request.user
            known[self.right] = user.is_authenticated and user.is_active and sites_with(request, self.right).exists()
        return known[self.right]

    def _is_theirs(self, request: HttpRequest, obj: Any) -> bool:
        site_id = obj.pk if isinstance(obj, Site) else obj.site_id
        return sites_with(request, self.right).filter(pk=site_id).exists()


class PlainChoices(OfSiteAdmin):
    """Without Django's buttons beside a choice, to add or change what is chosen: they lead away from the page."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The choice alone."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


@admin.register(Site)
class SiteAdmin(OfSiteAdmin):
    """A site's settings. Sites are made by `manage.py create_site`, and removed by nobody here."""

    form = SiteForm
    site_field = "pk"
    list_display = ("name", "url", "locale", "key")
    readonly_fields = ("key", "assistant")
    change_form_template = "admin/sites/site/change_form.html"
    fieldsets = (
        (None, {"fields": ("name", "key", "url", "origins", "locale")}),
        (_("Widget"), {"fields": ("accent", "greeting")}),
        (
            _("When the assistant answers"),
            {
                "fields": (
                    "assistant", "accepted_wrong", "across_languages", "routing", "intents_by", "kindness",
                    "ask_people", "ask_minutes", "instructions",
                )
            },
        ),
        (
            _("To whom the assistant speaks"),
            {
                "fields": ("speaks_hours", "speaks_to", "speaks_pages", "speaks_languages", "speaks_share"),
                "description": _(
                    "Whoever is left out gets a person, and reads so. A conversation goes on as it began."
                ),
            },
        ),
        (_("Models and money"), {"fields": ("translates", "strong_quality", "budget_soft", "budget_hard")}),
        (_("What a third party does not see"), {"fields": ("order_numbers",)}),
        (_("When a person is called"), {"fields": CALLING}),
        (
            _("People and hours"),
            {
                "fields": (
                    "time_zone", *DAYS, "holidays", "promise_hours", "assignment", "capacity", "remind_after",
                    "widen_after", "unclaimed_after", "unclaimed_rule", "unclaimed_email", "away_after",
                    "release_after", "silent_assistant_hours", "silent_agent_hours",
                ),
                "description": _("A day without opening hours is closed; without any, somebody may always be there."),
            },
        ),
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        """With the page of the identity key."""
        shown = self.admin_site.admin_view(partial(identity_page.page, self))
        return [path("<int:pk>/identity/", shown, name="sites_site_identity"), *super().get_urls()]

    @admin.display(description=_("assistant"))
    def assistant(self, site: Site) -> str:
        """Whether it is paused, with the way to the brake."""
        state = gettext("Paused by %(name)s.") % {"name": site.paused_by} if site.paused_at else gettext("It answers.")
        change = gettext("Let it answer again") if site.paused_at else gettext("Pause the assistant")
        return format_html('{} <a href="{}">{}</a>', state, reverse("console:assistant"), change)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By the command only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A site takes every conversation with it."""
        return False


class MembershipForm(Abilities):
    """A member's part in a site, without their login: that opens sites of others too."""

    class Meta:
        model = Member
        fields = ("site", "name", "role", "capacity", "languages", "skills")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "site" in self.fields:
            self.fields["site"].disabled = True

    def clean_role(self) -> str:
        """A site keeps an owner."""
        role = self.cleaned_data["role"]
        if role != Role.OWNER and is_last_owner(self.instance):
            raise ValidationError(NEEDS_OWNER)
        return str(role)


class MemberForm(MembershipForm):
    """A member together with their login: owners never see the list of users."""

    username = forms.CharField(label=_("Username"), max_length=150)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False, help_text=_("For reminders."))
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        required=False,
        strip=False,
        help_text=_("Leave it empty to keep the one there is."),
    )
    active = forms.BooleanField(label=_("May log in"), required=False, initial=True)

    class Meta:
        model = Member
        fields = (
            "site", "username", "email", "password", "name", "role", "active", "capacity", "languages", "skills",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_new = self.instance.pk is None
        if not self.is_new:
            self.fields["username"].initial = self.instance.user.username
            self.fields["username"].disabled = True
            self.fields["email"].initial = self.instance.user.email
            self.fields["active"].initial = self.instance.user.is_active

    def clean_username(self) -> str:
        """A new member gets a new login: nobody else's is taken over."""
        username = self.cleaned_data["username"]
        if self.is_new and User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("This username is taken."))
        return str(username)

    def clean_password(self) -> str:
        """Good enough, and there for a new login."""
        password = self.cleaned_data["password"]
        if self.is_new and not password:
            raise ValidationError(_("A new login needs a password."))
        if password:
            password_validation.validate_password(password, None if self.is_new else self.instance.user)
        return str(password)

    def clean_active(self) -> bool:
        """One who may log in, on each of their sites: a login is one for all."""
        active = bool(self.cleaned_data["active"])
        if not active and not self.is_new and is_needed(self.instance.user):
            raise ValidationError(NEEDS_OWNER)
        return active


@admin.register(Member)
class MemberAdmin(OfSiteAdmin):
    """Who may do what on a site."""

    form = MemberForm
    list_display = ("name", "site", "role", "login", "may_log_in")
    list_filter = ("role",)
    list_select_related = ("site", "user")
    search_fields = ("name", "user__username")

    @admin.display(description=_("login"))
    def login(self, member: Member) -> str:
        """The username."""
        return str(member.user.get_username())

    @admin.display(description=_("may log in"), boolean=True)
    def may_log_in(self, member: Member) -> bool:
        """Whether the login is active."""
        return bool(member.user.is_active)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Not the login that also belongs to a site of others: its password is not theirs to set."""
        form = MembershipForm if obj is not None and self._is_of_others(request, obj) else self.form
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def _is_of_others(self, request: HttpRequest, member: Member) -> bool:
        if not isinstance(request.user, User) or request.user.is_superuser:
            return False
        return Member.objects.filter(user=member.user_id).exclude(site__in=sites_with(request, self.right)).exists()

    def has_change_permission(self, request: HttpRequest, obj: Member | None = None) -> bool:
        """Not a superuser, but for one."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or request.user.is_superuser or not obj.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who leaves is not allowed to log in; what they wrote stays theirs."""
        return False

    def save_model(self, request: HttpRequest, obj: Member, form: Any, change: bool) -> None:
        """Store the login where it is theirs to change, then the member."""
        if not isinstance(form, MemberForm):
            super().save_model(request, obj, form, change)
            follow_roles(obj.user)
            return
        user = obj.user if change else User(username=form.cleaned_data["username"])
        if form.cleaned_data["password"]:
            user.set_password(form.cleaned_data["password"])
        user.is_active = form.cleaned_data["active"]
        user.email = form.cleaned_data["email"]
        user.save()
        obj.user = user
        super().save_model(request, obj, form, change)
        follow_roles(user)


@admin.register(Team)
class TeamAdmin(OfSiteAdmin):
    """Members who share a queue."""

    form = TeamForm
    list_display = ("name", "site")
    filter_horizontal = ("members",)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only members of one's own sites can be chosen."""
        kwargs["queryset"] = Member.objects.filter(site__in=sites_with(request, self.right)).select_related("site")
        return super().formfield_for_manytomany(db_field, request, **kwargs)
