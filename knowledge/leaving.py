"""What leaves for a model of the owner's choice: whoever keeps a ledger opens a row before it does.

The ledger is above this package: it says at the start how it books, and who searches for a conversation books by that.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

# Of (model, texts): what surrounds the call.
Leaving = Callable[[str, Sequence[str]], AbstractContextManager[None]]
OfSite = Callable[[int], Leaving]


def _unbooked(site_id: int) -> Leaving:
    """Where nobody keeps a ledger."""
    return lambda model, texts: nullcontext()


_of_site: OfSite = _unbooked


def book_by(of_site: OfSite) -> None:
    """How the calls of a site are booked that are made for no conversation."""
    global _of_site
    _of_site = of_site


def of_site(site_id: int) -> Leaving:
    """What surrounds a site's calls that are made for no conversation."""
    return _of_site(site_id)
