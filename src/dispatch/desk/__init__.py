"""An editor's desk in a browser on this machine: the inbox, the issue, and how each reader will see it.

What is decided there is written by the functions that the commands use. The rest is the public folder as if the issue
were published, as each reader sees it: in light, dark, on paper, without pictures, in Outlook. One page on 127.0.0.1.

    workspace    what the pages show: the publication, the site, sizes and findings of an issue, test messages
    entries      the inbox: numbers of what matches, and what is seen of an entry
    editing      what is changed, and taken back
    fields       what is edited in place, as texts, pure
    live_files   the files as they could last be read
    draft_sites  the site as it would be if an issue were published
    app          the application: the page, the frames, what the page asks for
    publishing   what publishing would change, and for whom; and publishes
    reading_routes, editing_routes  what the page asks, and what it sends
    answers      forms within bounds, and faults with their line
    updates      follows the files, and tells the open pages what has changed
    guard        who may come in: this machine, by this name, with the token
    simulate     an edition as a reader sees it, a feed as a feed reader shows it, pure
    outlook      the conditional comments of mail, as Outlook reads them, pure
    running      the server around it
    page/        the page itself: HTML, CSS and JavaScript as they are sent
"""

from dispatch.desk.app import Preview
from dispatch.desk.running import serve_preview
from dispatch.desk.workspace import Workspace

__all__ = ["Preview", "Workspace", "serve_preview"]
