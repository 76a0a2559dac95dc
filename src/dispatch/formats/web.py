"""A page: the issue with room, all that the policies allow, readable without any script."""

import base64
import hashlib

from markupsafe import Markup

from dispatch.formats.fragments import Fragments
from dispatch.model import Issue, Publication


def render(issue: Issue, publication: Publication) -> bytes:
    """The issue as one HTML page in UTF-8.

    Its policy (CSP level 3) names the one style sheet in it by digest and allows nothing else that could act. Raises
    RenderError.
    """
    fragments = Fragments(issue, publication)
    style = fragments.render("web.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src https: http:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    page = fragments.render("web.html", {"style": Markup(style), "policy": policy})  # noqa: S704 - CSS of our own
    return page.encode()
