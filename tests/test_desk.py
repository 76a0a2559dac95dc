"""The desk: what its page asks and changes, that every change is one edit of the files, and can be taken back."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from commands import run_dispatch
from desking import NOW, fill_inbox, make_entry, make_publication
from dispatch import config, inbox, issues
from dispatch.desk.entries import InboxEntries
from dispatch.desk.live_files import LiveFiles
from dispatch.model import Issue
from mail_sink import mail_sink
from previewing import Running, previewing


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_publication(tmp_path)
    fill_inbox(tmp_path, 30)
    return tmp_path


class Desk:
    """A page that is open."""

    def __init__(self, running: Running, client: httpx.Client) -> None:
        self.running = running
        self.client = client
        self.hand = running.hand(client)

    def ask(self, path: str, **asked: str) -> dict:
        answer = self.client.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def do(self, action: str, **said: object) -> dict:
        answer = self.client.post(f"/do/{action}", json=said, headers=self.hand)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, action: str, **said: object) -> str:
        answer = self.client.post(f"/do/{action}", json=said, headers=self.hand)
        assert answer.status_code == 422, answer.text
        return " ".join(f"{one['what']} {one['hint']}" for one in answer.json()["faults"])

    def numbers(self, **asked: str) -> list[int]:
        return self.ask("/inbox", **asked)["numbers"]


@pytest.fixture
def desk(root: Path) -> Iterator[Desk]:
    with previewing(root, command="desk") as running, running.client() as client:
        yield Desk(running, client)


def read(root: Path) -> Issue:
    return issues.read_issue(config.load(root), "week-48")


def keys(root: Path) -> dict[str, list[str]]:
    return {part.title: [one.key for one in part.articles] for part in read(root).sections}


def snapshot(root: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (root / "issues" / "week-48").iterdir()}


# Who may change something


def test_a_change_needs_the_token_of_the_page_and_a_post(desk: Desk, root: Path) -> None:
    before = snapshot(root)
    said = {"numbers": [1], "issue": "week-48", "title": "X"}
    origin = {"origin": desk.running.base}
    wrong = [{}, origin, {**desk.hand, "origin": "https://wire.example"}, {**origin, "x-desk-token": "no"}]
    wrong += [{**origin, "x-desk-token": desk.running.token}, {"x-desk-token": desk.hand["x-desk-token"]}]
    for action in ("dismiss", "add", "undo", "edit", "create", "publish"):
        for headers in wrong:
            assert desk.client.post(f"/do/{action}", json=said, headers=headers).status_code == 403, headers
        assert desk.client.get(f"/do/{action}", params={"numbers": "1"}).status_code == 405
        with httpx.Client(base_url=desk.running.base) as stranger:
            assert stranger.post(f"/do/{action}", json=said, headers=desk.hand).status_code == 403
    assert snapshot(root) == before
    assert len(desk.numbers()) == 30


def test_what_makes_no_sense_is_refused_in_words(desk: Desk, root: Path) -> None:
    before = snapshot(root)
    bodies = [b"", b"[]", b"{", b'{"numbers": "1"}', b'{"numbers": [true]}', b'{"numbers": [-1]}', b'{"numbers": [[]]}']
    bodies += [b'{"numbers": [1e99]}', b'{"issue": 7}', b'{"key": {}}', b"[" * 100_000, b" " * 300_000]
    for action in ("dismiss", "add", "edit", "move", "section", "credit", "nothing"):
        for body in bodies:
            answer = desk.client.post(f"/do/{action}", content=body, headers=desk.hand)
            assert answer.status_code == 422, (action, body[:30])
            assert answer.json()["faults"][0]["what"]
    assert snapshot(root) == before


# The inbox


def test_the_list_is_numbers_and_rows_are_asked_for(desk: Desk) -> None:
    said = desk.ask("/inbox")
    assert len(said["numbers"]) == said["waiting"] == 30
    assert {one["key"]: one["count"] for one in said["sources"]} == {"paper0": 10, "paper1": 10, "paper2": 10}
    assert [row["number"] for row in said["rows"]] == said["numbers"][:20]
    asked = ",".join(map(str, said["numbers"][:3]))
    rows = desk.client.get("/inbox/rows", params={"numbers": asked}).json()
    assert [row["number"] for row in rows] == said["numbers"][:3]
    assert rows[0] == {
        "number": said["numbers"][0], "title": "Harbour harbour harbour harbour 0", "names": ["Ada Quay"],
        "certainty": "certain", "source": "Paper0", "key": "paper0", "day": "2026-11-28",
        "begun": "Story 0 of paper0: harbour harbour harbour harbour. It has a second paragraph.", "words": 13,
        "language": "en", "picture": True, "places": 0, "changed": False, "state": "new", "section": "",
    }  # fmt: skip


def test_an_entry_is_found_by_words_source_author_tag_certainty_language_and_day(desk: Desk, root: Path) -> None:
    fill_inbox(root, 0, ("paper0", [make_entry(90, language="de-AT", title="Grüße vom Kai", tags=("kai",))]))
    assert len(desk.numbers(source="paper1")) == 10
    assert len(desk.numbers(author="mira")) == 6
    assert len(desk.numbers(certainty="likely")) == 4
    assert len(desk.numbers(search="ferry 16")) == 1
    (german,) = desk.numbers(language="de")
    assert desk.numbers(tag="kai") == desk.numbers(search="grüße") == [german]
    assert len(desk.numbers(days="9999")) == 31
    assert desk.numbers(order="nonsense", certainty="x", days="-1", state="?") == desk.numbers()
    assert desk.numbers(order="source") != desk.numbers(order="day")


def test_what_is_decided_leaves_the_list_and_comes_back(desk: Desk, root: Path) -> None:
    first, second, *_ = desk.numbers()
    assert desk.do("dismiss", numbers=[first, second])["count"] == 2
    assert first not in desk.numbers()
    assert desk.numbers(state="dismissed") == [first, second]
    assert desk.do("dismiss", numbers=[first])["count"] == 0  # nothing that undo would restore
    desk.do("undo")
    assert first not in desk.numbers()
    desk.do("undo")
    assert desk.numbers()[:2] == [first, second]
    assert "there is no article 999" in desk.refused("dismiss", numbers=[second, 999])
    assert second in desk.numbers()
    with inbox.open_inbox(config.load(root)) as box:
        assert box.find_arrival(first).state == "new"


def test_an_article_comes_into_a_section_with_its_note_and_goes_again(desk: Desk, root: Path) -> None:
    before = snapshot(root)
    first, second, third, *_ = desk.numbers()
    done = desk.do("add", issue="week-48", numbers=[first, third], section="Europe", note="Read it.")
    assert keys(root) == {"Harbour": [], "Europe": done["keys"], "Culture": [], "Brief": []}
    (one, _) = read(root).articles
    assert (one.url, one.note) == ("https://paper0.example/0?a=1&copy=2", "Read it.")
    assert desk.numbers(state="used") == [first, third]
    assert desk.numbers()[0] == second
    desk.do("add", issue="week-48", numbers=[second])
    assert len(keys(root)["Harbour"]) == 1
    desk.do("undo")
    desk.do("undo")
    assert snapshot(root) == before
    assert desk.numbers()[:3] == [first, second, third]
    assert "nothing to take back" in desk.refused("undo")


def test_an_article_that_somebody_has_changed_since_is_not_deleted_with_undo(desk: Desk, root: Path) -> None:
    (key,) = desk.do("add", issue="week-48", numbers=desk.numbers()[:1])["keys"]
    file = root / "issues" / "week-48" / f"{key}.html"
    file.write_text(file.read_text("utf-8").replace("It has a second", "It has my own"), "utf-8")
    desk.client.post("/do/undo", json={}, headers=desk.hand)
    assert "my own" in file.read_text("utf-8")


def test_what_no_file_can_hold_is_told_and_the_others_are_added(desk: Desk, root: Path) -> None:
    fill_inbox(root, 0, ("paper0", [make_entry(91, title="", content="")]))
    nameless = next(
        n for n in desk.numbers() if not desk.ask(f"/inbox/{n}")["names"] or "91" in desk.ask(f"/inbox/{n}")["title"]
    )
    assert "no title found" in desk.refused("add", issue="week-48", numbers=[nameless])
    for slug in ("nothing", "", "..", "../issues/week-48", "week-48/", "/etc"):
        assert "there is no issue" in desk.refused("add", issue=slug, numbers=[1])
    assert keys(root)["Harbour"] == []


def test_an_entry_says_all_that_an_editor_asks(desk: Desk) -> None:
    doubtful = desk.numbers(certainty="likely")[0]
    entry = desk.ask(f"/inbox/{doubtful}")
    assert [choice["names"] for choice in entry["choices"]] == [entry["names"], ["Ann Lee"]]
    assert entry["choices"][1]["kinds"] == ["byline"]
    assert desk.client.get("/inbox/999").status_code == 422


def test_the_text_of_an_article_is_a_page_in_which_nothing_runs(desk: Desk, root: Path) -> None:
    fill_inbox(root, 0, ("paper0", [make_entry(92, title="</title><script>x</script>", content="<p>Words.</p>")]))
    number = desk.numbers(search="words")[0]
    answer = desk.client.get(f"/read/light/{number}")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "<script>" not in answer.text
    assert "<p>Words.</p>" in answer.text


def test_what_another_terminal_gathers_or_dismisses_is_told_to_the_page(desk: Desk, root: Path) -> None:
    with desk.client.stream("GET", "/changes") as stream:
        lines = (line for line in stream.iter_lines() if line.startswith("data: "))

        def wait_for_change() -> int:
            return int(json.loads(next(lines).removeprefix("data: "))["version"])

        begun = wait_for_change()
        assert len(desk.numbers()) == 30
        fill_inbox(root, 0, ("paper0", [make_entry(93)]))
        changes = [wait_for_change()]
        while len(desk.numbers()) != 31:
            changes.append(wait_for_change())
        inbox.share_inbox(config.load(root))
        run_dispatch(root, "inbox", "dismiss", "1-10")
        while len(desk.numbers()) != 21:
            changes.append(wait_for_change())
        (entry,) = (root / "inbox" / "paper0").glob("000031-*")  # as git brings it
        entry.with_suffix(".dismissed").write_text("dismissed\n")
        while len(desk.numbers()) != 20:
            changes.append(wait_for_change())
    assert changes == sorted({*changes} - {begun})


def test_to_read_the_inbox_is_no_change(root: Path) -> None:
    entries = InboxEntries(LiveFiles(root), lambda: NOW)
    entries.list_numbers({})
    entries.has_changed()
    entries.list_numbers({})
    assert not entries.has_changed()
    fill_inbox(root, 0, ("paper0", [make_entry(93)]))
    assert entries.has_changed()
    assert not entries.has_changed()


# The issue


@pytest.fixture
def filled(desk: Desk) -> list[str]:
    """The keys of three articles in the sections Harbour, Harbour and Europe; the last has a byline that is likely."""
    one, two, *_ = desk.numbers(certainty="certain")
    keys = desk.do("add", issue="week-48", numbers=[one, two], section="Harbour")["keys"]
    likely = desk.numbers(certainty="likely")[0]
    return [*keys, *desk.do("add", issue="week-48", numbers=[likely], section="Europe")["keys"]]


def outline(desk: Desk) -> dict[str, dict]:
    said = desk.ask("/outline/week-48")
    return {article["key"]: article for section in said["sections"] for article in section["articles"]}


def edit(desk: Desk, key: str, field: str, text: str) -> None:
    was = outline(desk)[key]["fields"][field]
    desk.do("edit", issue="week-48", key=key, field=field, was=was, text=text)


def test_each_field_is_one_edit_of_one_file_and_is_taken_back(desk: Desk, root: Path, filled: list[str]) -> None:
    first = filled[0]
    texts = {
        "title": "Another headline: with a colon", "dek": "The line below", "note": "Read “it” to the end.",
        "layout": "brief", "syndicate": "link", "published": "2026-11-20", "url": "https://paper0.example/new?x=1&y=2",
        "image": "https://paper0.example/a.jpg", "alt": "Boats", "caption": "In port", "picture_credit": "Ann",
        "authors": "Jerry Jackson = https://paper.example/jerry\nاِبن بَطّوطة", "words": "40",
        "tags": "harbour, night ferry", "language": "de-AT", "sponsor": "The Bank", "sponsor_url": "https://bank.example/?a=1&b=2",
        "sponsor_text": "Save with us.",
    }  # fmt: skip
    for field, text in texts.items():
        before = snapshot(root)
        edit(desk, first, field, text)
        after = snapshot(root)
        assert {name for name in after if after[name] != before[name]} == {f"{first}.html"}, field
        assert outline(desk)[first]["fields"][field] == text
        desk.do("undo")
        assert snapshot(root) == before, field
        edit(desk, first, field, text)
    article = read(root).sections[0].articles[0]
    assert [one.name for one in article.authors] == ["Jerry Jackson", "اِبن بَطّوطة"]
    assert (article.url, article.source.excerpt_words) == ("https://paper0.example/new?x=1&y=2", 40)
    assert article.image is not None
    assert (article.image.alt, article.image.credit) == ("Boats", "Ann")


INTRO = "The *week* in brief:\n\n- a [bridge](https://paper.example/?a=1&b=2)\n- “two” ferries: late"
PLACES = {
    (): {"title": "Week 48: the tide", "number": "49", "date": "2026-11-29", "subject": "Ahoy", "preheader": "Hm",
         "intro": INTRO, "sponsor": "The Bank", "sponsor_url": "https://bank.example/?a=1&b=2", "sponsor_text": "Hm."},
    (("section", "Europe"),): {"intro": INTRO, "layout": "brief", "two_columns": "yes", "sponsor": "The Bank",
                               "sponsor_url": "https://bank.example/", "sponsor_text": "Save with us."},
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_each_field_of_the_issue_and_of_a_section_is_one_edit_of_issue_md(
    desk: Desk, root: Path, place: tuple[tuple[str, str], ...]
) -> None:
    def find_fields() -> dict[str, str]:
        said = desk.ask("/outline/week-48")
        (europe,) = (one["fields"] for one in said["sections"] if one["fields"]["title"] == "Europe")
        return dict(europe if place else said["fields"])

    file = root / "issues" / "week-48" / "issue.md"
    file.write_text(file.read_text("utf-8").replace("title: Week 48", "title: Week 48   # not final"), "utf-8")
    for field, text in PLACES[place].items():
        before = file.read_bytes()
        was = find_fields()[field]
        desk.do("edit", issue="week-48", **dict(place), field=field, was=was, text=text)
        assert find_fields()[field] == text
        changed = {*before.splitlines()} ^ {*file.read_bytes().splitlines()}
        assert len(changed) <= (2 if field != "intro" else 7), changed
        desk.do("undo")
        assert file.read_bytes() == before, field
        desk.do("edit", issue="week-48", **dict(place), field=field, was=was, text=text)
        assert "somebody else changed it" in desk.refused(
            "edit", issue="week-48", **dict(place), field=field, was=was, text="x"
        )
    said = file.read_text("utf-8")
    assert "# not final" in said
    issue = read(root)
    assert '<a href="https://paper.example/?a=1&amp;b=2">bridge</a>' in (issue.sections[1] if place else issue).intro
    for field in ("sponsor_text", "sponsor_url", "sponsor", "intro"):
        desk.do("edit", issue="week-48", **dict(place), field=field, was=PLACES[place][field], text="")
    assert not {"sponsor", "intro"} & {name for name, text in find_fields().items() if text}
    assert "bank" not in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("field", "text"),
    [("title", ""), ("number", "x"), ("number", "-1"), ("date", "tomorrow"), ("sponsor_url", "javascript:alert(1)"),
     ("status", "published"), ("id", "x")],
)  # fmt: skip
def test_a_text_that_is_none_of_the_issue_is_refused(standing: Desk, field: str, text: str) -> None:
    fields = standing.ask("/outline/week-48")["fields"]
    if field == "sponsor_url" and not fields["sponsor"]:
        standing.do("edit", issue="week-48", field="sponsor", was="", text="The Bank")
    before = standing.ask("/outline/week-48")
    assert standing.refused("edit", issue="week-48", field=field, was=before["fields"].get(field, ""), text=text)
    assert standing.ask("/outline/week-48") == before


def test_an_introduction_comes_back_as_it_was_written_although_somebody_else_has_changed_more(
    desk: Desk, root: Path
) -> None:
    file = root / "issues" / "week-48" / "issue.md"
    before = file.read_text("utf-8")
    desk.do("edit", issue="week-48", field="intro", was="What the week left on the quay.", text=INTRO)
    file.write_text(file.read_text("utf-8").replace("title: Week 48", "title: Theirs"), "utf-8")
    desk.do("undo")
    assert file.read_text("utf-8") == before.replace("title: Week 48", "title: Theirs")


def test_what_somebody_else_has_changed_is_told_and_never_overwritten(
    desk: Desk, root: Path, filled: list[str]
) -> None:
    file = root / "issues" / "week-48" / f"{filled[0]}.html"
    seen = outline(desk)[filled[0]]["fields"]["title"]
    theirs = file.read_text("utf-8").replace(seen, "What a colleague wrote")
    file.write_text(theirs, "utf-8")
    words = desk.refused("edit", issue="week-48", key=filled[0], field="title", was=seen, text="Mine")
    assert "somebody else changed it" in words
    assert "What a colleague wrote" in words
    assert file.read_text("utf-8") == theirs
    desk.do("edit", issue="week-48", key=filled[0], field="dek", was="", text="Another key")
    assert "What a colleague wrote" in file.read_text("utf-8")
    assert "dek: Another key" in file.read_text("utf-8")


def test_undo_does_not_take_away_what_was_written_since(desk: Desk, root: Path, filled: list[str]) -> None:
    edit(desk, filled[0], "note", "Mine")
    file = root / "issues" / "week-48" / f"{filled[0]}.html"
    file.write_text(file.read_text("utf-8").replace("note: Mine", "note: Theirs"), "utf-8")
    assert "somebody else changed it" in desk.refused("undo")
    assert "note: Theirs" in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("field", "text"),
    [("title", ""), ("layout", "big"), ("syndicate", "all"), ("published", "tomorrow"), ("words", "many"),
     ("words", "9" * 5000), ("url", "javascript:alert(1)"), ("alt", "x"), ("authors", "= x"), ("id", "x"),
     ("sponsor_url", "https://bank.example"), ("intro", "x")],
)  # fmt: skip
def test_a_text_that_is_none_is_refused(standing: Desk, field: str, text: str) -> None:
    desk = standing
    (key, *_) = outline(desk)
    was = outline(desk)[key]["fields"].get(field, "")
    before = desk.ask("/outline/week-48")
    assert desk.refused("edit", issue="week-48", key=key, field=field, was=was, text=text)
    assert desk.ask("/outline/week-48") == before


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose files no test changes, with one article without a picture."""
    root = make_publication(tmp_path_factory.mktemp("desk"))
    fill_inbox(root, 2)
    with previewing(root, command="desk") as running, running.client() as client:
        desk = Desk(running, client)
        desk.do("add", issue="week-48", numbers=[desk.numbers()[1]])
        yield desk


def test_articles_and_sections_move_and_nothing_is_lost(desk: Desk, root: Path, filled: list[str]) -> None:
    first, second, third = filled
    desk.do("move", issue="week-48", key=third, section="Harbour", before=second)
    assert keys(root)["Harbour"] == [first, third, second]
    desk.do("move", issue="week-48", key=first, section="Culture")
    assert keys(root)["Culture"] == [first]
    desk.do("section", issue="week-48", how="add", title="Letters")
    desk.do("section", issue="week-48", how="move", title="Letters", before="Harbour")
    desk.do("edit", issue="week-48", section="Letters", field="title", was="Letters", text="Your letters")
    desk.do("edit", issue="week-48", section="Culture", field="layout", was="", text="brief")
    assert list(keys(root)) == ["Your letters", "Harbour", "Europe", "Culture", "Brief"]
    assert "Say where they go" in desk.refused("section", issue="week-48", how="remove", title="Culture")
    desk.do("section", issue="week-48", how="remove", title="Culture", into="Brief")
    assert keys(root)["Brief"] == [first]
    desk.do("remove", issue="week-48", key=first)
    assert first not in outline(desk)
    assert (root / "issues" / "week-48" / f"{first}.html").is_file()
    for _ in range(8):
        desk.do("undo")
    assert keys(root) == {"Harbour": [first, second], "Europe": [third], "Culture": [], "Brief": []}


def test_a_credit_is_confirmed_or_chosen(desk: Desk, root: Path, filled: list[str]) -> None:
    found = {one["rule"]: one for one in desk.client.get("/findings/week-48").json()}
    assert found["editorial.certainty"]["key"] == filled[2]
    named = read(root).sections[1].articles[0].authors
    desk.do("credit", issue="week-48", key=filled[2], choice="2")
    assert [one.name for one in read(root).sections[1].articles[0].authors] == ["Ann Lee"]
    desk.do("undo")
    desk.do("credit", issue="week-48", key=filled[2])
    article = read(root).sections[1].articles[0]
    assert (article.certainty, article.authors) == ("certain", named)
    assert "there is no choice 7" in desk.refused("credit", issue="week-48", key=filled[0], choice="7")


def test_an_issue_is_started_edited_and_published(desk: Desk, root: Path, filled: list[str]) -> None:
    plan = desk.ask("/plan/week-48")
    assert plan["stopped"]  # nobody has said who wrote the third
    assert not (root / "public").exists()
    desk.do("credit", issue="week-48", key=filled[2])
    desk.do("edit", issue="week-48", field="subject", was="", text="The week on the quay")
    plan = desk.ask("/plan/week-48")
    assert not plan["stopped"], desk.client.get("/findings/week-48").json()
    assert plan["readers"] is None
    assert {"path": "issues/week-48/email.html", "what": "new"} in plan["changes"]
    assert not (root / "public").exists()
    done = desk.client.post("/publish/week-48", json={}, headers=desk.hand).json()
    assert not done["stopped"]
    assert (root / "public" / "issues" / "week-48" / "email.html").is_file()
    assert read(root).status == "published"
    assert "nothing to take back" in desk.refused("undo")
    (slug,) = desk.do("create", title="Week 49: the tide")["keys"]
    assert slug == "week-49-the-tide"
    assert (root / "issues" / slug / "issue.md").is_file()
    assert desk.ask(f"/plan/{slug}")["doubts"]
    assert "a title cannot be empty" in desk.refused("create", title=" ")


def test_what_is_published_is_sent_as_a_test_and_whom_it_would_reach_is_said(root: Path) -> None:
    with mail_sink() as sink:
        with (root / "dispatch.toml").open("a") as file:
            file.write(f'\n[delivery]\nsmtp = "{sink.url}"\ntest = ["ann@letter.example", "bo@letter.example"]\n')
        (root / "list.csv").write_text("a@paper.example\nb@paper.example\n")
        run_dispatch(root, "subscriber", "import", "list.csv", "--confirmed", "They said so", "--state", "active")
        with previewing(root, command="desk") as running, running.client() as client:
            desk = Desk(running, client)
            desk.do("add", issue="week-48", numbers=desk.numbers(certainty="certain")[:1])
            plan = desk.ask("/plan/week-48")
            assert (plan["readers"], plan["sends"]) == (2, True)
            assert plan["testers"] == ["ann@letter.example", "bo@letter.example"]
            assert client.post("/test/week-48", json={}).status_code == 403
            early = client.post("/test/week-48", json={}, headers=desk.hand)
            assert (early.status_code, sink.taken) == (422, [])
            assert "is not published" in early.json()["faults"][0]["what"]
            client.post("/publish/week-48", json={}, headers=desk.hand)
            sent = client.post("/test/week-48", json={}, headers=desk.hand).json()
        assert [one["to"] for one in sent if one["taken"]] == plan["testers"] == sink.recipients()
    assert "was not sent as a test" not in run_dispatch(root, "send", "week-48", "--dry-run").stderr
