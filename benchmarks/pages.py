"""A page that marks nothing, always the same: what the article is must be guessed."""

from benchmarks import sample

LAST = "The last ferry of the year was late."

_MENU = "".join(f'<li class="item"><a href="/section/{n}">Section {n}</a></li>' for n in range(120))
_TEASERS = "".join(
    f'<div class="card"><a href="/story/{n}"><img src="/{n}.jpg" alt="A pier"></a><h3>Story {n}</h3>'
    "<p>In short.</p></div>"
    for n in range(60)
)
UNMARKED = f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>The ferry left at noon | The Paper</title>
<meta name="author" content="Ann Lee"><script>{"var ferry = [1, 2, 3]; " * 1_500}</script></head><body>
<div><ul>{_MENU}</ul></div><div><h1>The ferry left at noon</h1><div>By Ann Lee</div>
<div>{sample.BODY * 3}<p>{LAST}</p></div></div>
<div id="more">{_TEASERS}</div>
<div><ul>{_MENU}</ul></div>
</body></html>"""
