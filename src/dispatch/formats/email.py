"""The HTML of a message: a skeleton in Jinja2 and MJML, the values filled in, the styles inlined.

The one user of mjml-python and of css-inline.
"""

import re
from collections.abc import Mapping

import css_inline
from mjml import mjml2html

from dispatch import derived, templates
from dispatch.errors import RenderError
from dispatch.formats.template_context import TemplateContext
from dispatch.language import Language
from dispatch.model import Contents, Publication

TEMPLATE = "email.mjml"
STYLE = "email.css"


def render(issue: Contents, publication: Publication, more: Mapping[str, object] | None = None) -> bytes:
    """Render the issue as responsive HTML mail, in UTF-8; ``more`` are values for the templates. Raises RenderError."""
    return render_mail(TemplateContext(issue, derived.name_recipient(publication, "")), TEMPLATE, more or {})


def render_mail(fragments: TemplateContext, template: str, more: Mapping[str, object]) -> bytes:
    """Render HTML mail from a template in MJML. Raises RenderError."""
    texts = templates.compile_templates(fragments.publication.templates)
    skeleton = texts.render_skeleton(template, {"framed": False, **fragments.template_values, **more})
    try:
        html = mjml2html(skeleton.text, disable_comments=True, fonts={})
    except ValueError as error:
        raise RenderError(
            f"MJML cannot read it: {error}",
            subject=f"templates/{template}",
            hint="Compare it with the default template of that name.",
        ) from error
    inliner = css_inline.CSSInliner(
        inline_style_tags=False,
        keep_style_tags=True,
        keep_link_tags=True,
        minify_css=True,
        load_remote_stylesheets=False,
        extra_css=texts.render_template(STYLE, fragments.template_values),
    )
    return (
        inliner.inline(templates.fill_skeleton(_wrap_in_landmark(html, fragments.language), skeleton)).encode() + b"\n"
    )


def _wrap_in_landmark(html: str, language: Language) -> str:
    """Put the body into a main landmark, to which screen readers can jump; MJML cannot make one."""
    main = f'<div role="main" lang="{language.code}" dir="{language.direction}">'
    return re.sub("<body[^<>]*>", lambda body: body[0] + main, html, count=1).replace("</body>", "</div></body>")
