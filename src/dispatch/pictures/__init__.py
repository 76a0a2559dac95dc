"""Pictures that a publication keeps and serves itself: ``images = "copy"``. The one user of Pillow.

A picture is foreign, and so is every byte of it: formats are few, sizes and frames counted before anything is decoded,
and what is served is encoded anew. The same original gives the same bytes under the same name.

album        which pictures an issue shows, their originals beside its articles, and what the site shows instead
variants     an original in several widths and forms
icon         the publication's own sign, for feeds and browsers
original     what is a picture, within which bounds, and whom it credits

for result in gather.copies(publication, issues, client): ...     fetch what is lacking, keep it
album = pictures.of(publication, issue)                           album.copies for the pages, album.files for the site
"""

from dispatch.pictures.album import Album, list_missing, make_album, store_original
from dispatch.pictures.card import draw_card
from dispatch.pictures.icon import ICONS, draw_icons

__all__ = ["ICONS", "Album", "draw_card", "draw_icons", "list_missing", "make_album", "store_original"]
