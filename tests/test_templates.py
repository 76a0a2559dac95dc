"""Templates: what they may not reach, what they say when they are wrong, and the tokens that MJML sees."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup, escape

import nouns
from dispatch import templates
from dispatch.errors import RenderError
from thorough import scale

TAKEOVERS = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ ''|attr('__class__') }}",
    "{{ ('{0.__class__}').format(1) }}",
    "{{ ('{0.__class__}'|safe).format(1) }}",
    "{{ '%s'.__mod__.__self__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.system('true') }}",
    "{{ lipsum.__globals__ }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ say.__globals__ }}",
    "{{ say.__func__.__globals__ }}",
    "{{ byline.__self__ }}",
    "{{ language._words }}",
    "{{ publication.root.parent }}",
    "{{ publication.root.joinpath('/etc/hostname').read_text() }}",
    "{{ (publication.root / '/etc/hostname').read_text() }}",
    "{{ publication['root']['read_text']() }}",
    "{{ publication.root|attr('exists') }}",
    "{{ publication.root.touch() }}",
    "{{ publication.templates.update({'a': 'b'}) }}",
    "{{ publication.templates.clear() }}",
    "{% set publication.title = 'x' %}",
    "{{ [].append(1) }}",
    "{{ open('/etc/hostname') }}",
    "{{ import('os') }}",
    "{% import 'os' as os %}",
    "{% include '/etc/hostname' %}",
    "{% include '../dispatch.toml' %}",
    "{% for i in range(10000000) %}{% endfor %}",
]


@pytest.mark.parametrize("template", TAKEOVERS)
def test_a_hostile_template_reaches_nothing(template: str) -> None:
    hostile = nouns.publication(templates=nouns.TEMPLATES | {"entry.html": template})
    with pytest.raises(RenderError):
        nouns.body("json", nouns.issue(nouns.article()), hostile)


@pytest.mark.parametrize(
    ("template", "text", "place"),
    [
        ("entry.html", "a\nb\n{{ nothing }}", "templates/entry.html:3"),
        ("entry.html", "a\n{{ article.nothing }}", "templates/entry.html:2"),
        ("entry.html", "\n\n\n{% if %}", "templates/entry.html:4"),
        ("entry.html", "a\n{{ article.title", "templates/entry.html:2"),
        ("web-article.html", "a\n\n{{ nothing.at.all }}", "templates/web-article.html:3"),
        ("email-words.mjml", "a\n{% endif %}", "templates/email-words.mjml:2"),
        ("email-words.mjml", "\n{{ 1 / 0 }}", "templates/email-words.mjml:2"),
        ("email.txt", "{{ article.key }}", "templates/email.txt:1"),
    ],
)
def test_a_wrong_template_is_named_with_its_line(template: str, text: str, place: str) -> None:
    wrong = nouns.publication(templates=nouns.TEMPLATES | {template: text})
    with pytest.raises(RenderError) as caught:
        nouns.bodies(nouns.issue(nouns.article()), wrong)
    (fault,) = caught.value.faults
    assert str(fault.place) == place
    assert fault.hint


def test_a_missing_template_is_named() -> None:
    texts = {name: text for name, text in nouns.TEMPLATES.items() if name != "email-words.mjml"}
    with pytest.raises(RenderError, match=r"email-words\.mjml") as caught:
        nouns.body("email", nouns.issue(nouns.article()), nouns.publication(templates=texts))
    assert caught.value.faults[0].place.file.startswith("templates/email")


JINJA = "{{7*7}} {{ 7 * '7' }} {% raw %} {# gone #} {% for x in y %} ${7*7} <%= 7*7 %>"


def test_text_is_never_a_template() -> None:
    article = nouns.rich(title=JINJA, dek=JINJA, note=JINJA, content=f"<p>{escape(JINJA)}</p>", license=JINJA)
    for format, octets in nouns.bodies(nouns.issue(article, title=JINJA)).items():  # noqa: A001
        assert octets.count(b"{{7*7}}") >= 4 or format == "eml", format
        assert b"49" not in re.sub(rb"sha256-\S+", b"", octets), format
        assert b"7777777" not in octets, format


def fill(text: str, values: dict[str, object]) -> str:
    skeleton = templates.compile_templates({"a.mjml": text}).render_skeleton("a.mjml", values)
    assert skeleton.text.isascii()
    return templates.fill_skeleton(skeleton.text, skeleton)


HOSTILE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["xq0qx", "xq1qx", "xqxqx", "x", "xq", "qx", "0", "\\", "\\g<0>", "\\1", "{{ a }}", "<p", "&amp;"]),
)


@settings(max_examples=scale(100))
@given(HOSTILE, HOSTILE, HOSTILE)
def test_tokens_give_back_what_they_stand_for(a: str, b: str, c: str) -> None:
    text = """{% macro both(x, y) %}{{ x }}{{ y }}{% endmacro %}
    {%- set kept %}{{ b }}|{{ c }}{% endset -%}
    {{ a }}{{ b }}{{ c }}|<i title="{{ a }}">{{ both(b, c) }}</i>|{{ kept }}|{{ both(both(a, b), c) }}|{{ a ~ b }}"""
    ea, eb, ec = map(escape, (a, b, c))
    assert fill(text, {"a": a, "b": b, "c": c}) == (
        f'{ea}{eb}{ec}|<i title="{ea}">{eb}{ec}</i>|{eb}|{ec}|{ea}{eb}{ec}|{escape(a + b)}'
    )


def test_markup_that_looks_like_a_token_stays() -> None:
    content = Markup("<p>xq0qx xq1qx \\u{a0} <b title='xq2qx'>1 &lt; 2</b></p>")
    assert fill("{{ a }}{{ a|safe }}{{ b }}", {"a": content, "b": "xq0qx & co"}) == f"{content}{content}xq0qx &amp; co"


def test_a_mail_whose_every_word_looks_like_a_token() -> None:
    words = "xq0qx xq1qx xq2qx xq9999qx"
    article = nouns.rich(title=words, dek="", note=words, content=f"<p>{words}.</p>")
    markup = nouns.body("email", nouns.issue(article, title=words, preheader=words)).decode()
    assert markup.count(words) >= 8


def test_a_value_that_vanishes_is_an_error() -> None:
    texts = nouns.TEMPLATES | {
        "email-section.mjml": '<mj-text unknown="{{ section.title }}">{{ section.articles[0].key }}</mj-text>'
    }
    lost = nouns.Section(title="Straße & Co", articles=(nouns.article(),))
    with pytest.raises(RenderError, match="Straße"):
        nouns.body("email", nouns.issue(sections=(lost,)), nouns.publication(templates=texts))


def test_mjml_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(RenderError, match="MJML"):
        nouns.body("email", nouns.issue(), nouns.publication(templates=nouns.TEMPLATES | {"email.mjml": "<mjml><mj-"}))
