"""The small mails of a subscription: to confirm, to welcome, with the links to one's own settings. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from markupsafe import Markup

from dispatch.formats.form_page import FormPage, build_mail
from dispatch.formats.subscription_pages import SubscriptionPages
from dispatch.model import Link


@dataclass(frozen=True, kw_only=True)
class NoticeWriter:
    """Writes one mail to one reader. Of what was typed into a form, it holds the address that it goes to."""

    pages: SubscriptionPages
    to: Annotated[str, "the address"]
    now: datetime
    name: Annotated[str, "random, of which its Message-ID is made"]

    def write_confirmation(self, token: str) -> bytes:
        """Ask somebody whether they want to be subscribed."""
        links = (self._make_link("mail_confirm_link", f"confirm/{token}"),)
        return self._build("mail_confirm", "mail_confirm_how", links=links, notes=(self._format("mail_ignore"),))

    def write_welcome(self, leave: str, latest: Link | None) -> bytes:
        """Welcome somebody; leave: the token; latest: the newest issue."""
        address = f"{self.pages.address}leave/{leave}"
        links = (Link(title=self._format("latest"), path=latest.path),) if latest else ()
        out = Markup('<a href="{}">{}</a>').format(address, self.pages.language.format_message("unsubscribe"))
        notes = (self.pages.language.format_message("subscription.mail_leave", leave=out),)
        return self._build("mail_welcome", "welcome_how", links=links, notes=notes, leave=address)

    def write_links(self, settings: str, leave: str) -> bytes:
        """Send somebody the links to their own subscription: the tokens of both."""
        out = self.pages.language.format_message("unsubscribe")
        links = (
            self._make_link("mail_find_link", f"preferences/{settings}"),
            Link(title=out, path=f"{self.pages.address}leave/{leave}"),
        )
        return self._build("mail_find", "mail_find_how", links=links)

    def write_new_address(self, token: str) -> bytes:
        """Ask whoever has a new address whether it is theirs."""
        links = (self._make_link("mail_move_link", f"confirm/{token}"),)
        return self._build("mail_move", "mail_move_how", links=links, notes=(self._format("mail_ignore"),))

    def write_farewell(self) -> bytes:
        """Tell the old address that there is a new one."""
        return self._build("mail_moved", "mail_moved_how")

    def _format(self, key: str) -> str:
        return self.pages.format_words(key)

    def _make_link(self, key: str, path: str) -> Link:
        return Link(title=self._format(key), path=self.pages.address + path)

    def _build(
        self, heading: str, words: str, *, links: tuple[Link, ...] = (), notes: tuple[str, ...] = (), leave: str = ""
    ) -> bytes:
        shown = FormPage(
            heading=self.pages.format_heading(heading), words=(self._format(words),), links=links, notes=notes
        )
        return build_mail(shown, self.pages.publication, self.now, to=self.to, name=self.name, leave=leave)
