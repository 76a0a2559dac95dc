"""What an editor sees in a browser on this machine: how each reader will see the issue, while it is written.

The preview is the public folder as if the issue were published, as each reader sees it: in light, dark, on paper,
without pictures, in Outlook. One page on 127.0.0.1; nothing is written.

    workspace    what the pages show: the publication, the site, sizes and findings of an issue, test messages
    live_files   the files as they could last be read
    draft_sites  the site as it would be if an issue were published
    app          the application: the page, the frames, what the page asks for
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
