"""A visitor is identified: which log is theirs, on every device (docs/log.md, "Who and what"; docs/identity.md)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from chat.customer_rows import Customer
from chat.identity import Claims
from chat.models import Handler, Visitor
from supportsite.sites.models import Site


class Moved(Exception):
    """What a customer asks for belongs into another log of theirs: that of `visitor_id`."""

    def __init__(self, visitor_id: str) -> None:
        super().__init__("the customer's log is another visitor's")
        self.visitor_id = visitor_id


@dataclass(frozen=True)
class Home:
    """Where an identified visitor reads and writes: `here`.

    `home` is the customer's one log. It is another one while a case that was open before goes on, on this device.
    `before`: whose log this device had, where that is another one than `here`. `taken`: from now on this visitor's log
    opens with the identity only. `stays`: the browser's token is no other customer's.
    """

    here: str
    home: str
    before: str = ""
    taken: bool = False
    stays: bool = True


def known_home(*, site: Site, claims: Claims, visitor_id: str) -> Home | None:
    """The same as `identify` says, where nothing has to be written for it; else None."""
    customer, visitor = _rows(site, claims, visitor_id)
    if customer is None:
        return None if _has_log(visitor) else _unmade(site, claims, visitor)
    is_new = visitor is not None and visitor.customer_id is None and _has_log(visitor)
    return None if is_new or customer.claims != claims else _home(customer, visitor)


def identify(*, site: Site, claims: Claims, visitor_id: str, now: datetime) -> Home:
    """The owner's server says that `visitor_id`, who may have no row, is this customer."""
    with transaction.atomic():
        # Another tab may say at this moment that it is somebody else.
        Visitor.objects.select_for_update(no_key=True).filter(site=site, public_id=visitor_id).first()
        customer, visitor = _rows(site, claims, visitor_id)
        is_new = visitor is not None and visitor.customer_id is None and _has_log(visitor)
        if customer is None and visitor is not None and is_new:
            customer = make_customer(site=site, claims=claims, home=visitor, now=now)
        elif customer is None:
            return _unmade(site, claims, visitor)
        else:
            _tell(customer, claims, now)
            if visitor is not None and is_new:
                visitor.customer, visitor.email = customer, visitor.email or claims.email
                visitor.save(update_fields=["customer", "email"])
        return _home(customer, visitor, taken=is_new)


def make_customer(*, site: Site, claims: Claims, home: Visitor, now: datetime) -> Customer:
    """The row of a customer whose log is this visitor's; letters go to the address that was vouched for."""
    told = {"name": claims.name, "email": claims.email, "value": claims.value}
    made = {"made_at": now, "told_at": now}
    customer = Customer.objects.create(site=site, external_id=claims.id, home=home, **told, **made)
    home.customer = customer
    home.email = home.email or claims.email
    home.save(update_fields=["customer", "email"])
    return customer


def home_of(site: Site, claims: Claims) -> str | None:
    """Whose log is the customer's; None where they have none yet."""
    found = Customer.objects.filter(site=site, external_id=claims.id).values_list("home__public_id", flat=True)
    return found.first()


def _rows(site: Site, claims: Claims, visitor_id: str) -> tuple[Customer | None, Visitor | None]:
    customer = Customer.objects.select_related("home").filter(site=site, external_id=claims.id).first()
    visitors = Visitor.objects.select_related("conversation", "customer")
    return customer, visitors.filter(site=site, public_id=visitor_id).first()


def _has_log(visitor: Visitor | None) -> bool:
    """Whether it is an unknown visitor's, who wrote something."""
    return visitor is not None and visitor.customer_id is None and hasattr(visitor, "conversation")


def _unmade(site: Site, claims: Claims, visitor: Visitor | None) -> Home:
    """A customer without a log: every device names it the same way, so the first word on any of them makes it."""
    named = salted_hmac("tandem.customer", f"{site.key}\0{claims.id}", algorithm="sha256").hexdigest()[:32]
    return Home(named, named, stays=_is_free(visitor))


def _is_free(visitor: Visitor | None) -> bool:
    return visitor is None or visitor.customer_id is None


def _home(customer: Customer, visitor: Visitor | None, *, taken: bool = False) -> Home:
    home = customer.home.public_id
    if visitor is None or visitor.customer_id != customer.pk:
        return Home(home, home, stays=_is_free(visitor))
    here = home if visitor.conversation.handler == Handler.CLOSED else visitor.public_id
    return Home(here, home, "" if visitor.public_id == here else visitor.public_id, taken)


def _tell(customer: Customer, claims: Claims, now: datetime) -> None:
    """What the owner's server says now counts; an address that is another one goes where letters go."""
    if customer.claims == claims:
        return
    if claims.email != customer.email:
        Visitor.objects.filter(customer=customer, email=customer.email).update(email=claims.email)
    told = {"name": claims.name, "email": claims.email, "value": claims.value, "told_at": now}
    Customer.objects.filter(pk=customer.pk).update(**told)
