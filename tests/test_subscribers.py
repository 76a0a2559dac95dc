"""Who gets the newsletter: lists from elsewhere, consent, and addresses that must never be written to."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import run_dispatch
from dispatch import config, files, subscribers
from dispatch.errors import DeliveryError
from dispatch.mail_addresses import fold_mailbox, parse_mailbox
from dispatch.model import ListedPerson, Publication, SubscriberState
from dispatch.subscribers import database, tables
from postgres_server import on_a_file, on_both

pytestmark = on_both

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)

# What each system gives out, as its documentation or a public importer of its files has the columns.
SUBSTACK = """email,active_subscription,expiry,plan,email_disabled,digest_enabled,created_at,first_payment_at
ann@paper.example,false,,other,false,true,2024-03-01T10:00:00.000Z,
bo@paper.example,true,,yearly,true,true,2024-03-02T10:00:00.000Z,
"""
GHOST = """id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels
64a,ann@paper.example,Ann Lee,,true,,,2024-03-01T10:00:00.000Z,,"press,harbour"
64b,bo@paper.example,,,false,,,2024-03-02T10:00:00.000Z,,
"""
BUTTONDOWN = """email,notes,metadata,tags,source,subscriber_type,creation_date,undeliverability_date,unsubscription_date
ann@paper.example,,{},"press, harbour",api,regular,2024-03-01,,
bo@paper.example,,{},,form,unsubscribed,2024-03-02,,2025-01-01
cy@paper.example,,{},,form,unactivated,2024-03-03,,
di@paper.example,,{},,form,regular,2024-03-04,2025-01-01,
"""
MAILCHIMP = """Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LAST_CHANGED,LEID,NOTES,TAGS
ann@paper.example,Ann,Lee,2,2024-03-01 10:00:00,2024-03-01 10:01:00,2024-03-02 10:00:00,1,,"press"
"""
MAILCHIMP_CLEANED = """Email Address,First Name,Last Name,CLEAN_TIME,CLEAN_CAMPAIGN_ID
bo@paper.example,Bo,,2025-01-01 10:00:00,7
"""
LISTMONK = """uuid,email,name,attributes,status,created_at,updated_at
a1,ann@paper.example,Ann Lee,{},enabled,2024-03-01T10:00:00Z,2024-03-01T10:00:00Z
b1,bo@paper.example,Bo,{},blocklisted,2024-03-02T10:00:00Z,2024-03-02T10:00:00Z
"""


@pytest.fixture
def wire(tmp_path: Path) -> Publication:
    config.create_publication(tmp_path, title="The Wire", url="https://wire.example", sender="W <desk@wire.example>")
    return config.load(tmp_path)


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a list into a file beside the publication's own."""

    def write(text: str) -> Path:
        (tmp_path / "list.csv").write_text(text, "utf-8")
        return tmp_path / "list.csv"

    return write


def states(publication: Publication) -> dict[str, str]:
    with subscribers.open_store(publication) as store:
        return {one.email.partition("@")[0]: one.state for one in store.list_subscribers()}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (SUBSTACK, {"ann": "active", "bo": "left"}),
        (GHOST, {"ann": "active", "bo": "left"}),
        (BUTTONDOWN, {"ann": "active", "bo": "left", "cy": "pending", "di": "suppressed"}),
        (MAILCHIMP, {"ann": "active"}),
        (MAILCHIMP_CLEANED, {"bo": "suppressed"}),
        (LISTMONK, {"ann": "active", "bo": "suppressed"}),
        ("ann@paper.example\nbo@paper.example\n", {"ann": "active", "bo": "active"}),
        ("\ufeffE-Mail;x\n", None),
        ('Subscriber,Note\n"Ann Lee <ann@paper.example>",x\n', {"ann": "active"}),
    ],
    ids=["substack", "ghost", "buttondown", "mailchimp", "cleaned", "listmonk", "lines", "semicolons", "brackets"],
)
def test_lists_of_other_systems(
    wire: Publication, put: Callable[[str], Path], text: str, wanted: dict[str, str] | None
) -> None:
    put(text)
    words = "subscriber", "import", "list.csv", "--confirmed", "Signed up at wire.example"
    ran = run_dispatch(wire.root, *words, code=0 if wanted else 1)
    if wanted is None:
        assert "no column of mail addresses" in ran.stderr
        return
    assert states(wire) == wanted
    assert ran.stdout == f"added {len(wanted)}, known 0\n"


def test_a_list_brings_names_tags_and_dates(wire: Publication) -> None:
    with subscribers.open_store(wire) as store:
        for text in (MAILCHIMP, GHOST):
            store.import_people(subscribers.read_listed(text.splitlines(True)), NOW, how="list", otherwise="active")
        ann = store.require("ANN@Paper.example")
        assert (ann.name, ann.tags, ann.since.date().isoformat()) == ("Ann Lee", ("press",), "2024-03-01")


def test_nobody_becomes_more_than_they_are(wire: Publication, put: Callable[[str], Path]) -> None:
    run = run_dispatch
    put("email\n" + "".join(f"{name}@paper.example\n" for name in ("ann", "bo", "cy", "di")))
    run(wire.root, "subscriber", "import", "list.csv", "--confirmed", "At the fair")
    run(wire.root, "subscriber", "remove", "ann@paper.example")
    run(wire.root, "suppression", "add", "bo@paper.example", "new@paper.example")
    run(wire.root, "subscriber", "forget", "cy@paper.example", "--yes")
    with (wire.root / "list.csv").open("a") as file:
        file.write("NEW@paper.example\nno address\n")
    again = run(
        wire.root, "subscriber", "import", "list.csv", "--confirmed", "At the fair", "--state", "active", code=1
    )
    assert again.stdout == "added 0, known 1, 1 stay left, 1 stay suppressed, suppressed 2, refused 1\n"
    assert "line 7: “no address”" in again.stderr
    assert states(wire) == {"ann": "left", "bo": "suppressed", "di": "active"}
    # A list that says that somebody has left is believed.
    put("email,status\ndi@paper.example,unsubscribed\n")
    run(wire.root, "subscriber", "import", "list.csv")
    assert states(wire)["di"] == "left"


def test_an_import_is_tried_and_undone(wire: Publication, put: Callable[[str], Path]) -> None:
    put("email\nann@paper.example\nbo@paper.example\n")
    tried = run_dispatch(wire.root, "subscriber", "import", "list.csv", "--dry-run", "--json")
    assert json.loads(tried.stdout) | {"added": 2, "batch": 0, "dry_run": True} == json.loads(tried.stdout)
    assert states(wire) == {}
    done = run_dispatch(wire.root, "subscriber", "import", "list.csv", "--confirmed", "yes")
    batch = done.stderr.partition("dispatch subscriber import --undo ")[2].split()[0]
    assert batch in ("1", "2")  # PostgreSQL does not give a number twice, and one was tried
    run_dispatch(wire.root, "subscriber", "remove", "bo@paper.example")
    undone = run_dispatch(wire.root, "subscriber", "import", "--undo", batch)
    assert undone.stderr == "removed 1; 1 stay, of whom more is known by now\n"
    assert states(wire) == {"bo": "left"}
    assert "there is no import 9" in run_dispatch(wire.root, "subscriber", "import", "--undo", "9", code=1).stderr


def test_what_is_known_of_somebody_is_told_and_erased(wire: Publication) -> None:
    run = run_dispatch
    run(
        wire.root,
        "subscriber",
        "add",
        "Ann@paper.example",
        "--name",
        "Ann",
        "--tag",
        "press",
        "--confirmed",
        "By phone",
    )
    run(wire.root, "subscriber", "tag", "ann@PAPER.example", "harbour", "--remove", "press")
    shown = json.loads(run(wire.root, "subscriber", "show", "ann@paper.example", "--json").stdout)
    assert (shown["email"], shown["name"], shown["tags"]) == ("Ann@paper.example", "Ann", "harbour")
    assert [(one["what"], one["words"]) for one in shown["consents"]] == [("confirmed", "By phone")]
    run(wire.root, "subscriber", "forget", "ann@paper.example", "--yes")
    with closing(sqlite3.connect(wire.root / database.DATABASE.file)) as file:
        assert "paper" not in "\n".join(file.iterdump())
    refused = run(wire.root, "subscriber", "add", "ann@paper.example", "--confirmed", "Again", code=1)
    assert "must not be written to (erased)" in refused.stderr
    run(wire.root, "suppression", "remove", "ann@paper.example")
    run(wire.root, "subscriber", "add", "ann@paper.example", "--confirmed", "Again")
    assert states(wire) == {"ann": "active"}


@on_a_file
def test_no_byte_of_what_was_erased_is_left_whoever_else_has_it_open(wire: Publication) -> None:
    with subscribers.open_store(wire) as store:  # with it open, SQLite keeps its log of all writes
        people = (ListedPerson(line=n, email=f"reader{n}@paper.example", tags=("press",)) for n in range(500))
        store.import_people(people, NOW, how="list")
        run_dispatch(wire.root, "subscriber", "forget", "reader77@paper.example", "--yes")
        held = {path.name: path.read_bytes() for path in (wire.root / files.OWN).iterdir()}
        assert any(b"reader78@" in body for body in held.values())
        assert [name for name, body in held.items() if b"reader77@" in body] == []


def test_who_has_left_returns_when_they_ask(wire: Publication) -> None:
    for words in (["add", "--confirmed", "a"], ["remove"], ["add", "--confirmed", "b"]):
        run_dispatch(wire.root, "subscriber", words[0], "ann@paper.example", *words[1:])
    with subscribers.open_store(wire) as store:
        consents = store.list_consents(store.require("ann@paper.example"))
    assert [(one.what, one.words) for one in consents] == [("confirmed", "a"), ("left", ""), ("confirmed", "b")]


@on_a_file
def test_an_export_comes_back_as_it_was(wire: Publication, put: Callable[[str], Path]) -> None:
    put(BUTTONDOWN + "+x@paper.example,,{},=cmd,,regular,2024-03-01,,\n")
    run_dispatch(wire.root, "subscriber", "import", "list.csv", "--confirmed", "yes")
    before = run_dispatch(wire.root, "subscriber", "export", "--output", "list.csv")
    assert before.stdout == "list.csv\n"
    assert os.name == "nt" or stat.S_IMODE((wire.root / "list.csv").stat().st_mode) == 0o600
    assert "\n+x@paper.example,,active,,'=cmd,2024" in (wire.root / "list.csv").read_text("utf-8")
    was = states(wire)
    (wire.root / database.DATABASE.file).unlink()
    run_dispatch(wire.root, "subscriber", "import", "list.csv")
    assert states(wire) == was


@on_a_file
@pytest.mark.skipif(os.name == "nt", reason="rights are other ones there")
def test_nobody_else_may_read_it(wire: Publication) -> None:
    with subscribers.open_store(wire) as store:
        store.suppress(["ann@paper.example"], NOW)
        held = [path for path in (wire.root / files.OWN).iterdir() if path.name.startswith(("subscribers", "keys"))]
        assert {stat.S_IMODE(path.stat().st_mode) for path in held} == {0o600}
        assert len(held) > 2


@on_a_file
def test_a_lost_key_and_a_later_version_are_told(wire: Publication) -> None:
    with subscribers.open_store(wire) as store:
        store.suppress(["ann@paper.example"], NOW)
    (wire.root / database.KEYS).write_text("nothing\n", "utf-8")
    assert "keys: holds no key" in run_dispatch(wire.root, "suppression", "add", "bo@paper.example", code=1).stderr
    with closing(sqlite3.connect(wire.root / database.DATABASE.file)) as file:
        file.execute("PRAGMA user_version = 99")
    assert "a later dispatch" in run_dispatch(wire.root, "subscriber", "list", code=1).stderr
    (wire.root / database.DATABASE.file).write_bytes(b"no database, but long enough to be taken for one" * 100)
    assert "subscribers.sqlite: is damaged" in run_dispatch(wire.root, "subscriber", "list", code=1).stderr


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Ann.Lee+x@Paper.Example", "ann.lee+x@paper.example"),
        (" ann@bücher.example ", "ann@xn--bcher-kva.example"),
        ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("o'neil@paper.example", "o'neil@paper.example"),
    ],
)
def test_the_same_mailbox(written: str, same: str) -> None:
    assert fold_mailbox(parse_mailbox(written)) == same


NO_ADDRESSES = ["", "ann", "ann@paper", "a@b@c.example", "ann@paper.test", ".ann@paper.example", "a..b@paper.example"]
NO_ADDRESSES += [
    "ann@-paper.example",
    "a" * 65 + "@paper.example",
    "ann@paper.example\nBcc: x@y.example",
    "a b@c.example",
]


@pytest.mark.parametrize("written", NO_ADDRESSES)
def test_what_is_no_address(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_mailbox(written)


STATES: tuple[SubscriberState, ...] = ("pending", "active", "left", "suppressed")
Rows = list[tuple[str, SubscriberState | None]]
LISTED = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from([*STATES, None])), max_size=8)


@on_a_file
@given(lists=st.lists(LISTED, max_size=4))
def test_no_order_of_imports_revives_anybody(lists: list[Rows], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("store")
    config.create_publication(folder, title="W", url="https://wire.example", sender="W <desk@wire.example>")
    gone: set[str] = set()
    with subscribers.open_store(config.load(folder)) as store:
        for rows in lists:
            people = [ListedPerson(line=1, email=f"{name}@paper.example", state=state) for name, state in rows]
            store.import_people(people, NOW, how="list", otherwise="active")
            now = {one.email[0]: one.state for one in store.list_subscribers()}
            assert all(now[name] in ("left", "suppressed") for name in gone)
            gone |= {name for name, state in now.items() if state in ("left", "suppressed")}


def test_a_broken_list_changes_nothing(wire: Publication) -> None:
    with subscribers.open_store(wire) as store:
        with pytest.raises(DeliveryError, match="line 3"):
            store.import_people(subscribers.read_listed(["email\n", "ann@paper.example\n", "b\0\n"]), NOW, how="list")
        assert list(store.list_subscribers()) == []


@on_a_file
def test_a_store_of_before_gets_the_new_tables_and_keeps_everybody(wire: Publication) -> None:
    files.make_own_folder(wire.root, error=DeliveryError)
    with closing(sqlite3.connect(wire.root / database.DATABASE.file)) as old:
        for statement in tables.MIGRATIONS[0].split(";\n"):
            old.execute(statement)
        old.execute("INSERT INTO subscriber VALUES (1, x'01', '', 'a@b.example', 'a@b.example', '', 'active', '', 0)")
        old.execute("INSERT INTO consent VALUES (1, 0, 'confirmed', 'x', 0, 0)")
        old.execute("PRAGMA user_version = 1")
        old.commit()
    with subscribers.open_store(wire) as store:
        assert [one.what for one in store.list_consents(store.require("a@b.example"))] == ["confirmed"]
        store.remove("a@b.example", NOW)
        assert len(store.list_consents(store.require("a@b.example"))) == 2


def test_keys_are_read_in_order_and_a_damaged_one_is_told(wire: Publication) -> None:
    first = database.read_keys(wire.root) if files.make_own_folder(wire.root, error=DeliveryError) else ()
    path = wire.root / database.KEYS
    path.write_text(path.read_text() + "ab" * 32 + "\n")
    assert database.read_keys(wire.root) == (*first, b"\xab" * 32)
    assert database.read_key(wire.root) == first[0]
    path.write_text("abc\n")
    with pytest.raises(DeliveryError, match="holds no key"):
        database.read_keys(wire.root)
    path.write_text("ab\n")
    with pytest.raises(DeliveryError, match="holds no key"):
        database.read_keys(wire.root)


@on_a_file
def test_two_connections_of_a_process_lose_nothing_to_another_process(wire: Publication) -> None:
    """A second connection must not give up the locks of the first: others would delete the log that it writes into."""
    run_dispatch(wire.root, "subscriber", "add", "ann@paper.example", "--confirmed", "x")
    command = [sys.executable, "-m", "dispatch", "subscriber", "add", "bo@paper.example", "--confirmed", "x"]
    with database.DATABASE.open_connection(wire.root) as first:
        first.execute("SELECT count(*) FROM subscriber").fetchone()
        with database.DATABASE.open_connection(wire.root) as second:
            second.execute("SELECT count(*) FROM subscriber").fetchone()
        subprocess.run(command, cwd=wire.root, check=True)
        assert (wire.root / f"{database.DATABASE.file}-wal").exists()
        with database.DATABASE.begin_transaction(first):
            first.execute("INSERT INTO words (text) VALUES ('what the first has written')")
    with database.DATABASE.open_connection(wire.root) as found:
        assert found.execute("SELECT text FROM words WHERE text LIKE 'what the first%'").fetchone()
        assert found.execute("SELECT count(*) FROM subscriber").fetchone() == (2,)
        assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)
