"""What each reader will see, shown to an editor while they write: one page on 127.0.0.1, and nothing is written.

The preview is the public folder as if the issue were published, seen through glasses: light, dark, printed, without
pictures, through Outlook's eyes. It renders and checks nothing itself; a Newsroom is handed to it.

    newsroom   what is handed in, and the nouns in between
    app        the application: the page, the frames, what the page asks for
    guard      who may come in: this machine, by this name, with the token
    looks      an edition through glasses, pure
    outlook    the conditional comments of mail, as Outlook reads them, pure
    reader     a feed as a feed reader shows it, pure
    watching   which files changed
    running    the server around it
    page/      the page itself: HTML, CSS and JavaScript as they are sent
"""

from dispatch.desk.app import Preview
from dispatch.desk.newsroom import Listed, Newsroom, Overview, Stop, Weight
from dispatch.desk.running import run

__all__ = ["Listed", "Newsroom", "Overview", "Preview", "Stop", "Weight", "run"]
