"""`manage.py create_site NAME URL`: a real site, its owner's login, and the line for its pages."""

import argparse
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from supportsite import owner
from supportsite.sites.models import Site


class Command(BaseCommand):
    """Works beside a running server as well as before the first start."""

    help = "Make a site with its owner's login; prints the password (once) and the line for the site's pages."
    requires_system_checks: list[Any] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Name, address and login."""
        parser.add_argument("name", help="what customers see, such as “Northpine”")
        parser.add_argument("url", help="the website's address, such as https://www.example.com")
        parser.add_argument("--username", default="owner", help="the owner's login (owner)")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from the first line of the input"
        )
        parser.add_argument("--locale", default="en", help="the site's language (en)")
        parser.add_argument(
            "--origin", action="append", default=[], help="a further address whose pages may show the widget"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, and say what to do with it."""
        if Site._meta.db_table not in connection.introspection.table_names():
            call_command("migrate", verbosity=0, interactive=False)
        try:
            made = owner.create_site(
                name=options["name"],
                url=options["url"],
                username=options["username"],
                password=_given_password() if options["password_stdin"] else "",
                locale=options["locale"],
                origins=options["origin"],
            )
        except owner.CannotMake as fault:
            raise CommandError(str(fault), returncode=2) from None
        self._tell(made, hidden=options["password_stdin"])

    def _tell(self, made: owner.Made, *, hidden: bool) -> None:
        address = settings.TANDEM.public_url
        password = "the one you gave" if hidden else f"{made.password}  (shown only now)"
        self.stdout.write(f"site      {made.site.name}  {made.site.key}")
        self.stdout.write(f"pages of  {', '.join(made.site.origins)}")
        self.stdout.write(f"login     {made.owner.user.get_username()}")
        self.stdout.write(f"password  {password}")
        self.stdout.write(f"console   {address}/console/")
        self.stdout.write(f"admin     {address}/admin/")
        self.stdout.write(f"\nPut this line into your pages, before </body>:\n{made.snippet}")
        if not settings.TANDEM.url:
            self.stderr.write("TANDEM_URL is not set, so this line works on this machine only. See docs/install.md.")


def _given_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise CommandError("--password-stdin needs the password in the first line of the input.", returncode=2)
    return password
