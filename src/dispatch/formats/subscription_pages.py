"""What the pages of a subscription say: sign up, confirm, leave, change one’s data. Pure; ``form_page`` renders it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated
from urllib.parse import urlsplit

from markupsafe import Markup

from dispatch.formats.form_page import FormField, FormPage, PageForm
from dispatch.language import Language, list_language_names
from dispatch.model import Link, Publication, Subscriber

TRAP = "homepage"
"""The field that people do not see, and leave empty."""


@dataclass(frozen=True)
class SubscriptionPages:
    """The pages of one publication."""

    publication: Publication
    address: Annotated[str, "where they are reached, with a slash at the end"]

    @cached_property
    def language(self) -> Language:
        """The publication's."""
        return Language.from_code(self.publication.language)

    def format_words(self, key: str, **values: str) -> Markup:
        """The words for a key, with the publication's title and an address kept apart from the text around."""
        kept = {name: Markup("<bdi>{}</bdi>").format(value) for name, value in values.items()}
        return self.language.format_message(f"subscription.{key}", **{"title": self.publication.title, **kept})

    def format_heading(self, key: str) -> str:
        """The same as plain text, for a heading."""
        title = Markup(self.publication.title)  # noqa: S704 - unescaped below
        return str(self.language.format_message(f"subscription.{key}", title=title))

    @property
    def path(self) -> str:
        """Their path: what is on a page leads to the host that the page came from."""
        return urlsplit(self.address).path

    def show_form(self, proof: str, address: str = "", *, note: str = "") -> FormPage:
        """The form; address: what was written before; note: the key of what is said about that."""
        settings = self.publication.subscribe
        fields = (
            FormField("email", self.language.format_message("page.email"), address, "email"),
            FormField(TRAP, kind="trap"),
            FormField("proof", value=proof, kind="hidden"),
        )
        form = PageForm(
            self.language.format_message("subscribe"), action=self.path, fields=fields, words=(settings.consent,)
        )
        privacy = (Link(title=self.format_words("privacy"), path=settings.privacy),) if settings.privacy else ()
        feeds = Link(title=self.format_words("feeds"), path=f"{self.publication.url}/follow/")
        words = (self.format_words(note),) if note else ()
        return FormPage(heading=self.format_heading("title"), words=words, forms=(form,), links=(*privacy, feeds))

    def show_sent(self) -> FormPage:
        """After the form, whatever is known of the address."""
        return FormPage(
            heading=self.format_heading("sent"),
            words=(self.format_words("sent_how"), self.format_words("sent_nothing")),
        )

    def show_later(self) -> FormPage:
        """When too many sign up."""
        return FormPage(heading=self.format_heading("title"), words=(self.format_words("later"),))

    def show_confirm(self, address: str, *, is_new: bool) -> FormPage:
        """What another browser shows, or a machine that opens every link; is_new: the address is to be another one."""
        if is_new:
            form = PageForm(self.format_words("mail_move_link"))
            return FormPage(heading=self.format_heading("mail_move"), words=(address,), forms=(form,))
        form = PageForm(self.format_words("confirm_button"), words=(self.publication.subscribe.consent,))
        how = self.format_words("confirm_how", address=mask_address(address))
        return FormPage(heading=self.format_heading("confirm"), words=(how,), forms=(form,))

    def show_welcome(self, latest: Link | None) -> FormPage:
        """After the confirmation; latest: the newest issue."""
        links = (Link(title=self.format_words("latest"), path=latest.path),) if latest else ()
        return FormPage(heading=self.format_heading("welcome"), words=(self.format_words("welcome_how"),), links=links)

    def show_moved(self, address: str) -> FormPage:
        """After an address was changed."""
        return FormPage(
            heading=self.format_heading("saved"), words=(self.format_words("moved", address=mask_address(address)),)
        )

    def show_expired(self) -> FormPage:
        """Behind a link that says nothing, any more or ever."""
        again = Link(title=self.format_heading("title"), path=self.path)
        find = Link(title=self.format_heading("find"), path=f"{self.path}preferences/")
        return FormPage(
            heading=self.format_heading("expired"), words=(self.format_words("expired_how"),), links=(again, find)
        )

    def show_leave(self, reader: Subscriber) -> FormPage:
        """Whether somebody wants to leave."""
        form = PageForm(self.language.format_message("unsubscribe"))
        how = self.format_words("leave_how", address=mask_address(reader.email))
        return FormPage(heading=self.format_heading("leave"), words=(how,), forms=(form,))

    def show_left(self, *, can_return: bool) -> FormPage:
        """After leaving, and for everybody of whom nothing is known."""
        undo = PageForm(self.format_words("undo"), "undo", words=(self.format_words("undo_how"),), is_quiet=True)
        forms = (undo,) if can_return else ()
        return FormPage(heading=self.format_heading("left"), words=(self.format_words("left_how"),), forms=forms)

    def show_find(self, address: str = "", *, note: str = "") -> FormPage:
        """Where somebody asks for the links to their own subscription."""
        fields = (
            FormField("email", self.language.format_message("page.email"), address, "email"),
            FormField(TRAP, kind="trap"),
        )
        form = PageForm(self.format_words("find_button"), action=f"{self.path}preferences/ask", fields=fields)
        return FormPage(
            heading=self.format_heading("find"), words=(self.format_words(note or "find_how"),), forms=(form,)
        )

    def show_found(self) -> FormPage:
        """After that, whatever is known of the address."""
        return FormPage(
            heading=self.format_heading("found"),
            words=(self.format_words("found_how"), self.format_words("sent_nothing")),
        )

    def show_settings(self, reader: Subscriber, leave: str, *, note: str = "") -> FormPage:
        """What is known of somebody; leave: the address at which they leave."""
        known = ("", self.format_words("any_language"))
        change = PageForm(
            self.format_words("save"),
            "save",
            fields=(
                FormField("name", self.format_words("name"), reader.name, longest=100),
                FormField(
                    "language",
                    self.format_words("language"),
                    reader.language,
                    "choice",
                    (known, *list_language_names()),
                ),
                FormField("email", self.language.format_message("page.email"), reader.email, "email"),
            ),
            words=(self.format_words("move_how"),),
        )
        others = tuple(PageForm(self.format_words(name), name, is_quiet=True) for name in ("data", "erase"))
        is_active = reader.state == "active"
        words = self.format_words("settings_how" if is_active else "settings_not", address=reader.email)
        out = (Link(title=self.language.format_message("unsubscribe"), path=leave),) if is_active else ()
        noted = (self.format_words(note),) if note else ()
        return FormPage(
            heading=self.format_heading("settings"), words=(*noted, words), forms=(change, *others), links=out
        )

    def show_erase(self) -> FormPage:
        """Whether somebody wants all that is known of them erased."""
        form = PageForm(self.format_words("erase"), "erase_all")
        return FormPage(heading=self.format_heading("erase"), words=(self.format_words("erase_how"),), forms=(form,))

    def show_erased(self) -> FormPage:
        """After that."""
        return FormPage(heading=self.format_heading("erased"), words=(self.format_words("left_how"),))


def mask_address(email: str) -> str:
    """Show somebody that it is their own address, and nobody else which: a...n@example.org."""
    local, _, host = email.rpartition("@")
    return f"{local[:1]}...{local[-1:] if len(local) > 2 else ''}@{host}"
