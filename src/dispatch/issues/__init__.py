"""Read and write issues/<slug>/: ``issue.md`` and a file for each article. ``read(create(x)) == x``.

heads.py      which issues there are, what each says of itself
lookup.py     the files of an issue, and what stands beside its articles
folder.py     the files of one issue: text, front matter, body
picture_sizes.py  how large a picture is, from its first bytes
reading.py    files -> Issue, with every fault of every file
merging.py    what changed in an issue, made in what its files hold by now
writing.py    Issue -> files, changing nothing that has not changed
transfer.py   an article with its files, from one issue into another
crediting.py  another key or name of somebody, in the files of all issues
"""

# ruff: noqa: F403 - the table says what the package has
from typing import TYPE_CHECKING

from dispatch.deferred import defer_names

if TYPE_CHECKING:
    from dispatch.issues.crediting import *
    from dispatch.issues.heads import *
    from dispatch.issues.lookup import *
    from dispatch.issues.reading import *
    from dispatch.issues.transfer import *
    from dispatch.issues.writing import *
else:
    __getattr__ = defer_names(
        __name__,
        heads=(
            "IssueHead find_due find_newest find_slug list_article_addresses list_other_folders list_slugs list_strays "
            "read_head read_heads sort_newest_first"
        ),
        lookup=(
            "delete_article_file find_broken_links find_first_headings find_missing_files find_path "
            "find_publication_files find_unmerged list_names "
            "read_introductions read_pictures read_unlisted"
        ),
        reading="read_all_issues read_issue",
        transfer="move_to_issue",
        writing="add_files change_issue create_issue prove_article",
        crediting="rename_author",
    )
