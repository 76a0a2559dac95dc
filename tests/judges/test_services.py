"""What is pasted into a mail service comes out as it was, through the very engine that the service has."""

import json
import os
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import nouns
from addresses import PERSONAL
from conftest import NODE_MODULES
from dispatch import fetch
from dispatch.deliver.handing_over import make_service_mail
from dispatch.deliver.listmonk import Listmonk
from dispatch.formats import email
from dispatch.formats import text as plain_text
from formats import reading
from formats.test_addresses import ARTICLES, NAMES, secure
from formats.test_hand_over import ABOUT, ISSUE, fit_issue, hand_over

SERVICES = nouns.ROOT / "tests" / "data" / "services"
TITLE = "{{ .Subscriber.Email }}, {{{{x}}}} and https://a.example/@TrackLink <b>"


def run(*command: str | Path, given: str) -> str:
    env = {**os.environ, "NODE_PATH": str(NODE_MODULES)}
    done = subprocess.run(command, input=given.encode(), capture_output=True, env=env)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@cache
def run_listmonk() -> dict[str, Any]:
    """What a reader gets of the very campaign that is handed over."""
    publication = replace(nouns.publication(), title=f"The Wire {TITLE}")
    mail = make_service_mail(replace(ISSUE, title=TITLE), publication, "listmonk")
    adapter = Listmonk(account=fetch.Account(url="", authorization="", user_agent=""), lists=(1,))
    campaign = json.dumps(adapter.describe_campaign(mail, None))
    found: dict[str, Any] = json.loads(run("go", "run", SERVICES / "listmonk.go", given=campaign))
    return found


@cache
def render_at(service: str) -> str:
    """What is left of a mail when the service has rendered it."""
    if service == "listmonk":
        return str(run_listmonk()["body"])
    return run("node", SERVICES / "ghost.js", given=hand_over(service))


through = pytest.mark.parametrize(
    "service",
    [
        pytest.param("listmonk", marks=pytest.mark.needs("go")),
        pytest.param("ghost", marks=pytest.mark.needs("node", "npm:cheerio", "npm:juice")),
    ],
)


@through
def test_every_address_and_every_word_comes_through(service: str) -> None:
    shown = reading.mail(render_at(service).encode())[1:]
    for name, address in PERSONAL.items():
        article, one = ARTICLES[name], shown[NAMES[name]]
        assert one.url == one.read == article.url
        assert one.people == [address, article.source.url, address]
        assert one.images == [secure(article.url)]
    plain = reading.document(email.render(fit_issue(service), nouns.publication())).root
    assert reading.words(reading.document(render_at(service)).root).count(ABOUT) == reading.words(plain).count(ABOUT)


@pytest.mark.needs("go")
def test_listmonk_leaves_the_document_and_the_text_as_they_are() -> None:
    publication = replace(nouns.publication(), title=f"The Wire {TITLE}")
    issue = replace(fit_issue("listmonk"), title=TITLE)
    slots = {
        "https://wire.example/issues/defence/": "https://lists.example/campaign/1/2",
        nouns.MAILING.unsubscribe[0]: "https://lists.example/subscription/1/2",
    }
    made = run_listmonk()
    plain = email.render(issue, publication).decode()
    for old, new in slots.items():
        plain = plain.replace(f'"{old.replace("&", "&amp;")}"', f'"{new}"')
    assert made["body"].replace("&#123;", "{").replace("&#64;", "@") == plain
    text = plain_text.render(issue, publication).decode()
    slots["\n".join(nouns.MAILING.unsubscribe)] = slots.pop(nouns.MAILING.unsubscribe[0])
    for old, new in slots.items():
        text = text.replace(f"\n{old}\n", f"\n{new}\n")
    assert made["altbody"] == text
    assert made["altbody"].count(ABOUT) >= 1


@pytest.mark.needs("go")
def test_listmonk_leaves_the_subject_and_the_headers_as_they_are() -> None:
    made = run_listmonk()
    assert made["subject"] == TITLE
    headers = {name: value for one in made["headers"] for name, value in one.items()}
    assert headers["List-Id"].startswith(f'"The Wire {TITLE}" <')
