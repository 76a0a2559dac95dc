"""PostgreSQL as the database of the subscribers: what is different from a file, and what is said when it fails."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from commands import run_dispatch
from deliver.desks import NOW, make_wire, open_desk, send
from dispatch import config, subscribers
from dispatch.databases import SqlConnection
from dispatch.errors import DeliveryError
from dispatch.model import Publication
from dispatch.subscribers import moving
from dispatch.subscribers.database import DATABASE
from dispatch.subscribers.postgres import open_server
from dispatch.subscribers.tables import MIGRATIONS
from mail_sink import DROP, MailSink, mail_sink
from postgres_server import Server, on_a_server

SECRET = "pass-word-7"


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    config.create_publication(tmp_path, title="The Wire", url="https://wire.example", sender="W <desk@wire.example>")
    return tmp_path


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"postgresql://ann:{SECRET}@127.0.0.1:1/wire", "cannot be reached: "),
        (f"postgresql://ann:{SECRET}@127.0.0.1:1/wire?sslmod=x", "is no address of a PostgreSQL database"),
        (f"host=127.0.0.1 password={SECRET} port 1", "is no address of a PostgreSQL database"),
    ],
)
@pytest.mark.parametrize("words", ["subscriber list", "suppression list", "deliveries", "work --once"])
def test_a_server_that_is_not_there_is_told_without_its_password(
    wire: Path, monkeypatch: pytest.MonkeyPatch, address: str, said: str, words: str
) -> None:
    with (wire / "dispatch.toml").open("a") as file:
        file.write('\n[delivery]\nsmtp = "smtp://127.0.0.1:1"\n')
    monkeypatch.setenv("DISPATCH_STORE", address)
    ran = run_dispatch(wire, *words.split(), code=1)
    assert f"Error: DISPATCH_STORE: {said}" in ran.stderr
    assert SECRET not in ran.output


def test_a_mail_that_comes_back_while_the_server_is_away_comes_again(wire: Path) -> None:
    environment = os.environ | {"DISPATCH_STORE": "postgresql://127.0.0.1:1/wire"}
    words = [sys.executable, "-m", "dispatch", "bounces", "-"]
    ran = subprocess.run(words, cwd=wire, env=environment, input=b"From: x@y.example\n\n", capture_output=True)
    assert ran.returncode == 75, ran.stderr


def test_without_psycopg_it_says_how_to_get_it(wire: Path) -> None:
    environment = os.environ | {"DISPATCH_STORE": f"postgresql://ann:{SECRET}@127.0.0.1:1/wire"}
    program = "import sys; sys.modules['psycopg'] = None; from dispatch.cli import main; main(['subscriber', 'list'])"
    ran = subprocess.run([sys.executable, "-c", program], cwd=wire, env=environment, capture_output=True, text=True)
    assert ran.returncode == 1
    assert "pipx inject dispatch-newsletter 'psycopg[binary]'" in ran.stderr
    assert SECRET not in ran.stderr


@on_a_server
def test_a_machine_without_the_keys_of_the_store_is_refused(tmp_path: Path) -> None:
    make_wire(tmp_path / "one", 1)
    other = tmp_path / "two"
    config.create_publication(other, title="The Wire", url="https://wire.example", sender="W <desk@wire.example>")
    with pytest.raises(DeliveryError, match="is missing on this machine"), open_desk(config.load(other)):
        pass
    (other / ".dispatch" / "keys").write_text(f"{'ab' * 32}\n")
    with pytest.raises(DeliveryError, match="not those with which this store was begun"), open_desk(config.load(other)):
        pass
    shutil.copy(tmp_path / "one" / ".dispatch" / "keys", other / ".dispatch" / "keys")
    with open_desk(config.load(other)) as outbound:
        assert outbound.count_active() == 1


@on_a_server
def test_a_copy_in_another_database_is_refused_until_somebody_means_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: Server
) -> None:
    wire = make_wire(tmp_path, 2)
    with mail_sink() as sink:
        send(wire, sink.url)
    monkeypatch.setenv("DISPATCH_STORE", postgres_server.copy_database())
    with pytest.raises(DeliveryError, match="was used on another machine"), open_desk(wire):
        pass
    with open_desk(wire, takes_over=True):
        pass
    with open_desk(wire):
        pass


@on_a_server
def test_what_others_say_may_have_any_character_and_any_length(tmp_path: Path) -> None:
    wire, words = make_wire(tmp_path, 0), "".join(map(chr, range(0x21, 0x2100)))
    with subscribers.open_store(wire) as store:
        store.add("ann@paper.example", NOW, words=words)
        store.add("bo@paper.example", NOW, words=words)
        store.add("cy@paper.example", NOW, words="what? 100 %s\0")
        assert [one.words for one in store.list_consents(store.require("bo@paper.example"))] == [words]
        assert (
            store.list_consents(store.require("cy@paper.example"))[0].words == "what? 100 %s\N{REPLACEMENT CHARACTER}"
        )


@on_a_server
def test_who_writes_waits_for_another_and_says_so_at_last(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 1)
    with DATABASE.open_connection(wire.root) as one, psycopg.connect(os.environ["DISPATCH_STORE"]) as other:
        other.execute("SELECT pg_advisory_xact_lock(7235441202855961448)")
        one.execute("SET lock_timeout = 50")
        with pytest.raises(DeliveryError, match="is in use by another dispatch"), DATABASE.begin_transaction(one):
            pass


@on_a_server
def test_every_write_is_on_the_disk_whatever_the_server_is_set_to(tmp_path: Path, postgres_server: Server) -> None:
    postgres_server.run("ALTER DATABASE postgres SET synchronous_commit = off")
    try:
        with DATABASE.open_connection(make_wire(tmp_path, 0).root) as connection:
            assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
    finally:
        postgres_server.run("ALTER DATABASE postgres RESET synchronous_commit")


@on_a_server
def test_who_sleeps_in_a_write_does_not_keep_others_from_theirs(tmp_path: Path) -> None:
    root = make_wire(tmp_path, 1).root
    with DATABASE.open_connection(root) as other, pytest.raises(DeliveryError, match="this process slept too long"):
        sleep_in_a_write(root, other)


def sleep_in_a_write(root: Path, other: SqlConnection) -> None:
    """Nothing comes for longer than a write may take, and another goes on."""
    with DATABASE.open_connection(root) as one:
        assert one.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("15s",)
        assert one.execute("SHOW lock_timeout").fetchone() == ("30s",)
        one.execute("SET idle_in_transaction_session_timeout = 20")
        with DATABASE.begin_transaction(one):
            one.execute("UPDATE subscriber SET name = 'x'")
            with DATABASE.begin_transaction(other):
                assert other.execute("SELECT name FROM subscriber").fetchone() == ("",)


def fill_file(root: Path, sink: MailSink) -> Publication:
    """A store in a file, with something in every corner."""
    wire = make_wire(root, 12, connections=1)
    sink.fault = lambda at, _to, count: DROP if at == "accepted" and count == 4 else ""
    assert send(wire, sink.url).states == {"accepted": 11, "unknown": 1}
    with subscribers.open_store(wire) as store:
        store.tag("reader-1@paper.example", add=["press", "\N{SNOWMAN} \\N\t"])
        store.remove("reader-2@paper.example", NOW)
        store.forget("reader-3@paper.example", NOW)
        store.suppress(["reader-5@paper.example"], NOW)
        store.add("last@paper.example", NOW, words="She said: 'yes'\0")
        store.forget("last@paper.example", NOW)
    return wire


@pytest.mark.needs("postgresql:")
def test_all_of_a_file_moves_to_postgresql_and_goes_on_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: Server
) -> None:
    address = postgres_server.empty_store()
    with mail_sink() as sink:
        wire = fill_file(tmp_path, sink)
        before = run_dispatch(tmp_path, "subscriber", "list", "--json").stdout
        doubts = run_dispatch(tmp_path, "deliveries", "--json").stdout
        moved = run_dispatch(tmp_path, "subscriber", "move", address, "--yes")
        assert "subscriber: 11\n" in moved.stdout
        assert "delivery: 12\n" in moved.stdout
        for words in (
            "subscriber list",
            "subscriber add x@paper.example --confirmed x",
            f"subscriber move {address} --yes",
        ):
            assert "was moved" in run_dispatch(tmp_path, *words.split(), code=1).stderr
        with pytest.raises(DeliveryError, match="was moved to PostgreSQL at"):
            send(wire, sink.url)
        monkeypatch.setenv("DISPATCH_STORE", address)
        assert run_dispatch(tmp_path, "subscriber", "list", "--json").stdout == before
        assert run_dispatch(tmp_path, "deliveries", "--json").stdout == doubts
        assert send(wire, sink.url).states == {"accepted": 11, "unknown": 1}
        assert len(sink.taken) == 12
        with subscribers.open_store(wire) as store:
            assert store.add("new@paper.example", NOW, words="She said: 'yes'").number > 13
        octets = (tmp_path / ".dispatch" / "subscribers.sqlite").read_bytes()
        assert address.encode() not in octets
    monkeypatch.delenv("DISPATCH_STORE")
    make_wire(tmp_path / "other", 1)
    with pytest.raises(DeliveryError, match="holds subscribers already"):
        moving.move_store(tmp_path / "other", address)


@pytest.mark.needs("postgresql:")
def test_a_move_that_changes_anything_is_taken_back(tmp_path: Path, postgres_server: Server) -> None:
    address = postgres_server.empty_store()
    wire = make_wire(tmp_path, 2)
    with open_server(address, MIGRATIONS) as server:
        server.execute(
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.tag = 1; RETURN NEW; END'"
        )
        server.execute("CREATE TRIGGER spoil BEFORE INSERT ON tag FOR EACH ROW EXECUTE FUNCTION spoil()")
    with subscribers.open_store(wire) as store:
        store.tag("reader-1@paper.example", add=["press"])
    with pytest.raises(DeliveryError, match="has another tag than the file"):
        moving.move_store(tmp_path, address)
    assert postgres_server.run("SELECT count(*) FROM subscriber") == [(0,)]
    with subscribers.open_store(wire) as store:
        assert len(list(store.list_subscribers())) == 2
