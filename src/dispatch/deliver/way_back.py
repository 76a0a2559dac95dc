"""Whether the way to leave, which stands in every mail, leads to this store: asked before anything is sent.

Who sends from a copy, while the pages that people leave by are another store's, sends to those who have left. The
server that answers at the public address signs a number that was never used before with the key of its store.
"""

import secrets
from collections.abc import Sequence

from dispatch import derived, tokens
from dispatch.errors import DeliveryError, GatherError
from dispatch.fetch import Client
from dispatch.model import Publication

_SECONDS = 20.0


def require_way_back(publication: Publication, keys: Sequence[bytes]) -> str:
    """Require that the pages at the public address are this store's; return where, or empty when there are none.

    Raises DeliveryError.
    """
    pages = derived.find_subscription_pages(publication)
    if not pages:
        return ""
    nonce = secrets.token_hex(16)
    client = Client(user_agent=derived.make_user_agent(publication), allow_private=True, seconds=_SECONDS)
    address = f"{pages}here?nonce={nonce}"
    hint = "Start dispatch's pages there, on this machine and in this folder: readers leave by them."
    try:
        answer = client.get(address)
    except GatherError as error:
        raise DeliveryError(f"does not answer: {error.what}", address=pages, hint=hint) from error
    signature = answer.document.body.decode("ascii", "replace").strip()
    if answer.status != 200:
        raise DeliveryError(f"answers with status {answer.status}", address=pages, hint=hint)
    if not tokens.is_signed(nonce, signature, "here", keys):
        hint = "Send from where these pages are served: only that store knows who has left."
        raise DeliveryError("is not served from this store", address=pages, hint=hint)
    return pages
