"""Read and write issues/<slug>/: ``issue.md`` and a file for each article. ``read(create(x)) == x``.

lookup.py     which issues there are, what stands beside them
folder.py     the files of one issue: text, front matter, body
reading.py    files -> Issue, with every fault of every file
merging.py    what changed in an issue, made in what its files hold by now
writing.py    Issue -> files, changing nothing that has not changed
crediting.py  another key or name of somebody, in the files of all issues
"""

from dispatch.issues.crediting import rename_author
from dispatch.issues.lookup import (
    delete_article_file,
    find_broken_links,
    find_due,
    find_missing_files,
    find_newest,
    find_path,
    find_publication_files,
    find_slug,
    find_unmerged,
    list_names,
    list_strays,
    read_pictures,
    read_unlisted,
)
from dispatch.issues.reading import list_other_folders, list_slugs, read_all_issues, read_head, read_issue
from dispatch.issues.writing import add_files, change_issue, create_issue, prove_article

__all__ = [
    "add_files",
    "change_issue",
    "create_issue",
    "delete_article_file",
    "find_broken_links",
    "find_due",
    "find_missing_files",
    "find_newest",
    "find_path",
    "find_publication_files",
    "find_slug",
    "find_unmerged",
    "list_names",
    "list_other_folders",
    "list_slugs",
    "list_strays",
    "prove_article",
    "read_all_issues",
    "read_head",
    "read_issue",
    "read_pictures",
    "read_unlisted",
    "rename_author",
]
