"""The nouns: what passes between the stages.

Frozen, keyword-only, without behaviour beyond what can be derived from their own fields. The text beside each
field is its documentation; the JSON Schemas and the reference of files are made from it.
"""

# ruff: noqa: F403 - the table says what the package has
from typing import TYPE_CHECKING

from dispatch.deferred import defer_names

if TYPE_CHECKING:
    from dispatch.model.articles import *
    from dispatch.model.delivery import *
    from dispatch.model.issue import *
    from dispatch.model.page import *
    from dispatch.model.places import *
    from dispatch.model.publication import *
    from dispatch.model.results import *
    from dispatch.model.subscribers import *
else:
    __getattr__ = defer_names(
        __name__,
        articles=(
            "AddressMark Article Author Certainty Correction Credit Enclosure FileUrl Image ImageCopy "
            "ImageVariant Key Layout Mended Source Sponsor Syndicate Terms Url Withdrawal Witness WitnessKind"
        ),
        delivery=("Delivery DeliveryReport DeliveryState Notice NoticeKind ReportKind ReportSource Round RoundState"),
        issue="Contents Issue Section Status",
        page="Link Page PageKind",
        places="Fault Half Place Reason",
        publication=(
            "DARK LIGHT ButtondownSettings Colours DeliverySettings EmailSettings FeedSettings ListmonkSettings "
            "OwnPage Person Publication RepublishSettings SiteSettings SubscribeSettings SyndicationSettings "
            "Theme TopicNames"
        ),
        results="Arrival Document Edition Finding FindingValue Kind Record Severity Subject Visit",
        subscribers="Consent ConsentKind ListedPerson Subscriber SubscriberState Suppression SuppressionReason",
    )
