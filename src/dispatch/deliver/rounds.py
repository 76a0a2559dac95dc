"""The rounds of a publication: begun, tested, gone on with."""

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from dispatch import check, ledger, locks, render, tokens
from dispatch.databases import SqlConnection
from dispatch.deliver.budget import Budget
from dispatch.deliver.guards import require_current_store, require_unsent
from dispatch.deliver.sending import Sender, SendReport
from dispatch.derived import name_reader
from dispatch.errors import CheckError, DeliveryError
from dispatch.formats import prepared
from dispatch.formats.eml import parse_address
from dispatch.formats.prepared import PreparedMessage, Recipient
from dispatch.model import Edition, Issue, Publication, Record, Round
from dispatch.smtp import Conversation, Envelope, ServerReply, Submission, describe_failure, finish_text
from dispatch.subscribers import deliveries, rounds
from dispatch.subscribers.database import DATABASE, read_keys
from dispatch.subscribers.high_water import HighWater
from dispatch.subscribers.reports import take_replies
from dispatch.tokens import ReaderToken

LOCK = "delivery"  # the lock of whoever sends
NOBODY = bytes(8)  # the key of a subscriber that there is not


@dataclass(frozen=True, kw_only=True)
class Outbound:
    """A publication whose store is open for sending."""

    publication: Publication
    connection: SqlConnection
    high_water: HighWater
    keys: tuple[bytes, ...]
    store: Annotated[str, "the store's name, as dispatch.lock has it"]
    clock: Callable[[], datetime]

    @property
    def resends(self) -> bool:
        """Whether what is in doubt is sent again by itself."""
        return self.publication.delivery.unknown == "resend"

    def find_round(self, issue: Issue, *, takes_over: bool = False) -> Round | None:
        """Find the round that an issue has in this store. Raises DeliveryError when it went out from elsewhere."""
        found = next(iter(rounds.list_rounds(self.connection, issue=issue.id)), None)
        require_unsent(
            self.publication, issue.id, issue.slug, self.store, is_known=found is not None, takes_over=takes_over
        )
        return found

    def prepare_message(self, issue: Issue, begun: datetime) -> bytes:
        """Render the message of a round that begins at a moment. Raises RenderError and DeliveryError."""
        slots = prepared.make_slots(issue.id, self.keys)
        if not name_reader(self.publication, slots["leave"], slots["mailbox"]).email.unsubscribe:
            hint = "Write [subscribe] consent and url, or an address in [email] unsubscribe: mailto:leave@wire.example"
            raise DeliveryError("says nowhere how to leave", subject="dispatch.toml", hint=hint)
        return render.render_prepared(issue, self.publication, begun=begun, values=slots)

    def begin_round(self, issue: Issue, octets: bytes, begun: datetime) -> Round:
        """Begin a round with a prepared message, whose first message may go out at the moment ``begun``."""
        with DATABASE.begin_transaction(self.connection):
            if rounds.list_rounds(self.connection, issue=issue.id):
                hint = f"To go on with it: dispatch send {issue.slug}"
                raise DeliveryError("was begun by somebody else just now", address=issue.slug, hint=hint)
            number = rounds.begin_round(
                self.connection,
                issue=issue.id,
                slug=issue.slug,
                digest=prepared.digest_message(octets),
                message=octets,
                begun=begun,
            )
        found = next(one for one in rounds.list_rounds(self.connection, issue=issue.id) if one.number == number)
        self.record_round("round", found)
        return found

    def record_round(self, kind: Literal["round", "sent"], one: Round) -> None:
        """Record in dispatch.lock that a round has begun, or is over."""
        moment = one.begun if kind == "round" else self.clock()
        record = Record(id=one.issue, kind=kind, url=self.store, published=moment, authors=one.digest)
        with locks.hold_lock(self.publication.root, command="dispatch send"):
            ledger.record_round(self.publication, record)

    def send_round(
        self,
        one: Round,
        server: Submission,
        stop: threading.Event,
        on_progress: Callable[[int], None] = lambda _: None,
    ) -> SendReport:
        """Send what is due of a round, and end it when nothing is left. Raises DeliveryError."""
        self.record_round("round", one)
        octets = rounds.read_message(self.connection, one.number)
        sender = Sender(
            publication=self.publication,
            connection=self.connection,
            keys=self.keys,
            server=server,
            high_water=self.high_water,
            clock=self.clock,
            stop=stop,
            on_progress=on_progress,
        )
        report = sender.send_due(one.number, octets, one.issue, self._write_return_path)
        with DATABASE.begin_transaction(self.connection):
            take_replies(self.connection, one.number, self.keys[0], self.clock())
        is_open = any(report.states.get(state) for state in ("planned", "deferred", "sending"))
        if not (is_open or (self.resends and report.states.get("unknown"))):
            with DATABASE.begin_transaction(self.connection):
                rounds.set_round_state(self.connection, one.number, "ended")
            self.record_round("sent", one)
        return report

    def write_sender(self, key: bytes, number: int) -> str:
        """Write the envelope's sender: to it returns what cannot be delivered, and it says whose that was."""
        token = ReaderToken(subscriber=key, about=number % 65_536)
        return self._write_return_path(tokens.write_mailbox_token(token, "bounce", self.keys))

    def _write_return_path(self, reference: str) -> str:
        local, _, domain = self.publication.delivery.bounces.rpartition("@")
        if not local:
            return parse_address(self.publication.email.sender, self.publication).addr_spec
        return f"{local}+{reference}@{domain}"

    def send_to_testers(
        self, issue: Issue, octets: bytes, addresses: Sequence[str], server: Submission
    ) -> list[ServerReply]:
        """Send a prepared message to some addresses: the very bytes of a round, but for whom they name.

        Raises DeliveryError when the server cannot be used, RenderError for an address that is none.
        """
        message, outcomes = PreparedMessage(octets, issue.id, self.publication, self.keys), []
        for address in addresses:
            recipient = Recipient(email=address, key=NOBODY)
            text = message.fill_slots(recipient, 0)
            envelope = Envelope(self.write_sender(NOBODY, 0), message.find_mailbox(recipient), len(text))
            outcomes.append(send_one(server, envelope, text))
        if all(one.is_accepted for one in outcomes):
            with DATABASE.begin_transaction(self.connection):
                digest = prepared.digest_message(octets)
                deliveries.write_meta(self.connection, f"tested {issue.id}", digest)
        return outcomes

    def fill_sample(self, issue: Issue, octets: bytes) -> Edition:
        """Fill a prepared message for nobody, so that it can be read back."""
        message = PreparedMessage(octets, issue.id, self.publication, self.keys)
        sender = parse_address(self.publication.email.sender, self.publication).addr_spec
        body = message.fill_slots(Recipient(email=sender, key=NOBODY), 0)
        return Edition(format="eml", media_type="message/rfc822", path="email.eml", body=body)

    def count_active(self) -> int:
        """Count who would get an issue now."""
        return rounds.count_active(self.connection)

    def count_audience(self, one: Round) -> int:
        """Count who gets a round: its audience, or who is active now when it has none yet."""
        return self.count_active() if one.audience == rounds.UNPLANNED else one.audience

    def measure_seconds_each(self) -> float:
        """Measure how many seconds a message takes: as the rate allows, and the disk, which keeps every mark."""
        settings = self.publication.delivery
        disk = deliveries.measure_commit(self.connection) / settings.connections
        return max(disk, Budget(settings.rate).seconds_each)

    def was_tested(self, issue: Issue, octets: bytes) -> bool:
        """Whether this very message went out as a test."""
        return deliveries.read_meta(self.connection, f"tested {issue.id}") == prepared.digest_message(octets)


@contextmanager
def open_outbound(
    publication: Publication,
    clock: Callable[[], datetime],
    *,
    command: str,
    patience: float = 0,
    on_wait: Callable[[str], None] = lambda _: None,
    takes_over: bool = False,
) -> Iterator[Outbound]:
    """Open the store for sending: by one process at a time where it is a file, by any number where it is a server's.

    Raises LockedError when another one sends, and DeliveryError when the store is an old copy or another machine's.
    """
    holder = f"{command} on {socket.gethostname()} since {clock():%H:%M} UTC"
    with (
        nullcontext()
        if DATABASE.is_shared
        else locks.hold_lock(publication.root, LOCK, command=holder, patience=patience, on_wait=on_wait),
        DATABASE.open_connection(publication.root) as connection,
    ):
        with DATABASE.begin_transaction(connection):
            keys = read_keys(publication.root)
        high_water = HighWater(publication.root)
        try:
            store = require_current_store(publication, connection, high_water, takes_over=takes_over)
            yield Outbound(
                publication=publication,
                connection=connection,
                high_water=high_water,
                keys=keys,
                store=store,
                clock=clock,
            )
        finally:
            high_water.close()


@contextmanager
def open_for_notices(publication: Publication, clock: Callable[[], datetime]) -> Iterator[Outbound]:
    """Open the store for mails to single readers alone, beside whoever sends a round. Raises DeliveryError."""
    with DATABASE.open_connection(publication.root) as connection:
        with DATABASE.begin_transaction(connection):
            keys = read_keys(publication.root)
        high_water = HighWater(publication.root)
        try:
            yield Outbound(
                publication=publication, connection=connection, high_water=high_water, keys=keys, store="", clock=clock
            )
        finally:
            high_water.close()


def open_conversation(server: Submission) -> Conversation:
    """Connect to the server. Raises DeliveryError when it cannot be reached."""
    try:
        return Conversation(server.open_session(), server.timeouts)
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(f"cannot be reached: {describe_failure(error)}", address=server.name) from error


def send_one(server: Submission, envelope: Envelope, text: bytes) -> ServerReply:
    """Send one message over a connection of its own. Raises DeliveryError when the server cannot be reached."""
    with closing(open_conversation(server)) as talk:
        _, opened = talk.take_turn(None, envelope)
        assert opened is not None  # noqa: S101 - an envelope was given
        if opened.code != 354:
            return opened
        sent, _ = talk.take_turn(finish_text(text), None)
        assert sent is not None  # noqa: S101 - a text was given
        talk.say_goodbye()
        return sent


def list_doubts(outbound: Outbound, one: Round) -> list[str]:
    """List the addresses of which nobody knows whether the message arrived."""
    return [found.email for found in deliveries.list_deliveries(outbound.connection, one.number, state="unknown")]


def prepare_proven(outbound: Outbound, issue: Issue, begun: datetime) -> bytes:
    """Prepare the message, and read one that is filled back. Raises CheckError when something is lost in it."""
    octets = outbound.prepare_message(issue, begun)
    wrong = check.check_edition(outbound.fill_sample(issue, octets), issue, outbound.publication)
    if rules := sorted({found.rule for found in wrong if found.severity == "error"}):
        raise CheckError(f"the message would break {', '.join(rules)}", hint=f"dispatch check {issue.slug}")
    return octets
