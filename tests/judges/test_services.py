"""What is pasted into a mail service comes out as it was, through the very engine that the service has."""

import os
import subprocess
from functools import cache

import pytest

import nouns
from addresses import PERSONAL
from conftest import NODE_MODULES
from dispatch.formats import email
from dispatch.formats import text as plain_text
from formats import reading
from formats.test_addresses import ARTICLES, NAMES, secure
from formats.test_hand_over import ABOUT, fit_issue, hand_over

SERVICES = nouns.ROOT / "tests" / "data" / "services"
RUN = {"listmonk": ("go", "run", SERVICES / "listmonk.go"), "ghost": ("node", SERVICES / "ghost.js")}


@cache
def run(service: str, format: str = "email") -> str:  # noqa: A002
    """What is left of an edition when the service has rendered it."""
    env = {**os.environ, "NODE_PATH": str(NODE_MODULES)}
    done = subprocess.run(RUN[service], input=hand_over(service, format).encode(), capture_output=True, env=env)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


through = pytest.mark.parametrize(
    "service",
    [
        pytest.param("listmonk", marks=pytest.mark.needs("go")),
        pytest.param("ghost", marks=pytest.mark.needs("node", "npm:cheerio", "npm:juice")),
    ],
)


@through
def test_every_address_and_every_word_comes_through(service: str) -> None:
    shown = reading.mail(run(service).encode())[1:]
    for name, address in PERSONAL.items():
        article, one = ARTICLES[name], shown[NAMES[name]]
        assert one.url == one.read == article.url
        assert one.people == [address, article.source.url, address]
        assert one.images == [secure(article.url)]
    plain = reading.document(email.render(fit_issue(service), nouns.publication())).root
    assert reading.words(reading.document(run(service)).root).count(ABOUT) == reading.words(plain).count(ABOUT)


@pytest.mark.needs("go")
def test_listmonk_leaves_the_document_and_the_text_as_they_are() -> None:
    slots = {
        "https://wire.example/issues/defence/": "https://lists.example/campaign/1/2",
        nouns.MAILING.unsubscribe[0].replace("&", "&amp;"): "https://lists.example/subscription/1/2",
    }
    plain = email.render(fit_issue("listmonk"), nouns.publication()).decode()
    for old, new in slots.items():
        plain = plain.replace(f'"{old}"', f'"{new}"')
    assert run("listmonk").replace("&#123;", "{").replace("&#64;", "@") == plain
    text = plain_text.render(fit_issue("listmonk"), nouns.publication()).decode()
    assert len(run("listmonk", "text").split("\n")) == len(text.split("\n")) - 1
    assert run("listmonk", "text").count(ABOUT) == text.count(ABOUT) >= 1
