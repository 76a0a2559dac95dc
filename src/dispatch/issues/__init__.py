"""Read and write issues/<slug>/: ``issue.md`` and a file for each article. ``read(create(x)) == x``.

folders.py    which issues there are, what stands beside them
folder.py     the files of one issue: text, front matter, body
reading.py    files -> Issue, with every fault of every file
merging.py    what changed in an issue, made in what its files hold by now
writing.py    Issue -> files, changing nothing that has not changed
"""

from dispatch.issues.folders import astray, delete, find, missing, newest, path, pictures, strays, unlisted
from dispatch.issues.reading import head, misnamed, names, read, read_all
from dispatch.issues.writing import change, create, lay

__all__ = [
    "astray",
    "change",
    "create",
    "delete",
    "find",
    "head",
    "lay",
    "misnamed",
    "missing",
    "names",
    "newest",
    "path",
    "pictures",
    "read",
    "read_all",
    "strays",
    "unlisted",
]
