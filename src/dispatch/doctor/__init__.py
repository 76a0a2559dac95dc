"""Look at the world that a publication sends into, as facts: its store, its mail server, its names, its pages.

    names      what name servers say of a domain; what a received message says of its signatures
    machines   the store, the mail server, the pages by which readers leave

What is wrong with them says ``checks.sending``, which looks at nothing.
"""

from dispatch.doctor.machines import look_at_rounds, look_at_server, look_at_store, look_at_way_back
from dispatch.doctor.names import find_domain, look_at_domain, read_signatures

__all__ = [
    "find_domain",
    "look_at_domain",
    "look_at_rounds",
    "look_at_server",
    "look_at_store",
    "look_at_way_back",
    "read_signatures",
]
