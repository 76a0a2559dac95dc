"""What people try for a command, by habit or from other programs, and the command that does it."""

from collections.abc import Mapping

import click

# One word, or the name of a group and one word: what to type. Words in capitals stand for the reader's own.
INSTEAD: Mapping[str, str] = {
    **dict.fromkeys(("version", "about"), "dispatch --version"),
    **dict.fromkeys(("man", "docs", "usage", "explain", "words"), "dispatch help WORD"),
    **dict.fromkeys(("start", "begin", "setup", "create"), "dispatch init FOLDER"),
    **dict.fromkeys(("example", "sample", "quickstart", "tutorial", "try", "tour"), "dispatch demo"),
    **dict.fromkeys(("new", "draft", "compose"), 'dispatch issue new "Its title"'),
    **dict.fromkeys(("list", "ls", "issues", "archive", "log"), "dispatch issue list"),
    **dict.fromkeys(("show", "cat", "articles", "contents"), "dispatch issue show ISSUE"),
    **dict.fromkeys(("edit", "write", "open"), "dispatch issue edit ISSUE"),
    **dict.fromkeys(("move", "mv", "order", "sort"), "dispatch issue move ISSUE ARTICLE --before ARTICLE"),
    **dict.fromkeys(("remove", "rm", "delete", "del"), "dispatch issue remove ISSUE ARTICLE"),
    **dict.fromkeys(("correct", "fix"), 'dispatch issue correct ISSUE ARTICLE "What was wrong."'),
    **dict.fromkeys(("credit", "byline"), "dispatch issue credit ISSUE ARTICLE"),
    **dict.fromkeys(("post", "article", "link", "url", "clip", "save"), "dispatch add FILE-OR-ADDRESS"),
    **dict.fromkeys(("subscribe", "follow"), "dispatch source add ADDRESS"),
    **dict.fromkeys(("sources", "feed", "feeds", "subscriptions"), "dispatch source list"),
    **dict.fromkeys(("subscribers", "readers", "members", "contacts", "recipients"), "dispatch subscriber list"),
    **dict.fromkeys(("unsubscribe", "unfollow"), "dispatch source remove KEY"),
    **dict.fromkeys(("fetch", "pull", "update", "refresh", "sync", "poll"), "dispatch gather"),
    **dict.fromkeys(("authors", "people", "person"), "dispatch author list"),
    **dict.fromkeys(("rename", "merge"), "dispatch author --help"),
    **dict.fromkeys(("dismiss", "skip", "hide", "read"), "dispatch inbox dismiss NUMBER"),
    **dict.fromkeys(("search", "find", "grep"), "dispatch inbox --search WORDS"),
    **dict.fromkeys(("validate", "lint", "test", "verify", "status"), "dispatch check"),
    **dict.fromkeys(("diff", "compare"), "dispatch review"),
    **dict.fromkeys(("convert", "html", "email", "mail"), "dispatch render ISSUE"),
    **dict.fromkeys(("deliver", "mailing", "issue send"), "dispatch send ISSUE"),
    **dict.fromkeys(("diagnose", "deliverability", "dns", "spf", "dkim", "dmarc"), "dispatch doctor"),
    **dict.fromkeys(("bounce", "complaints"), "dispatch bounces FILE"),
    **dict.fromkeys(("stats", "statistics", "analytics"), "dispatch deliveries --report"),
    **dict.fromkeys(("deploy", "upload", "push", "host", "online"), "dispatch help online"),
    **dict.fromkeys(("view", "look", "watch", "dev", "live"), "dispatch preview"),
    **dict.fromkeys(("editor", "ui", "gui", "browser", "app"), "dispatch desk"),
    **dict.fromkeys(("build", "generate", "make", "site", "release"), "dispatch publish"),
    **dict.fromkeys(("server", "run", "up"), "dispatch serve"),
    **dict.fromkeys(("schedule", "later"), "dispatch publish ISSUE --at TIME"),
    **dict.fromkeys(("undo", "revert", "rollback"), "dispatch unpublish ISSUE"),
    **dict.fromkeys(("retract", "takedown"), "dispatch withdraw ISSUE"),
    **dict.fromkeys(("notify", "websub"), "dispatch ping"),
    **dict.fromkeys(("migrate", "load", "restore"), "dispatch import FILE"),
    **dict.fromkeys(("export", "opml"), "dispatch source export"),
    **dict.fromkeys(("upgrade", "uninstall", "install"), "dispatch help upgrade"),
    **dict.fromkeys(("completion", "complete", "completions"), "dispatch help completion"),
    **dict.fromkeys(("photo", "photos", "image", "images", "pictures"), "dispatch help picture"),
    **dict.fromkeys(("mailchimp", "buttondown", "listmonk", "brevo"), "dispatch help mail service"),
    **dict.fromkeys(("substack", "ghost", "wordpress", "beehiiv", "medium"), "dispatch import FILE"),
    **dict.fromkeys(("config", "settings", "configure", "options"), "dispatch help dispatch.toml"),
    **dict.fromkeys(("container", "podman"), "dispatch help docker"),
    **dict.fromkeys(("questions", "support"), "dispatch help faq"),
    **dict.fromkeys(("issue note", "comment"), 'dispatch note ISSUE ARTICLE "What you say of it."'),
    **dict.fromkeys(("section", "sections", "issue sections"), "dispatch issue section --help"),
    "issue add": "dispatch add FILE-OR-ADDRESS --issue ISSUE",
    **{f"issue {one}": f"dispatch {one} ISSUE" for one in ("publish", "render", "check", "preview", "withdraw")},
    "issue schedule": "dispatch publish ISSUE --at TIME",
    "inbox list": "dispatch inbox",
    **dict.fromkeys(("inbox add", "inbox use"), "dispatch add NUMBER"),
    **dict.fromkeys(("inbox gather", "inbox fetch", "inbox update"), "dispatch gather"),
    **dict.fromkeys(("source gather", "source fetch", "source update"), "dispatch gather"),
    "author add": "dispatch help authors.toml",
}
# What other programs call the commands of a group.
_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("ls", "all"), ("list",)),
    **dict.fromkeys(("rm", "delete", "del"), ("remove", "dismiss")),
    **dict.fromkeys(("create", "new", "add"), ("new", "add")),
    **dict.fromkeys(("mv", "order"), ("move",)),
    **dict.fromkeys(("open", "view", "cat", "get"), ("show",)),
    **dict.fromkeys(("undo", "undelete"), ("restore",)),
    **dict.fromkeys(("check", "try"), ("test",)),
}
# What people try for an option, and the options that do it, where a command has them.
OPTIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("to", "out", "dest", "destination", "dir", "directory", "folder", "path", "target"), ("output", "into")
    ),
    **dict.fromkeys(("force", "confirm", "assume-yes", "no-input", "sure"), ("yes",)),
    **dict.fromkeys(("when", "time", "schedule", "on", "later", "day"), ("at", "date", "published")),
    **dict.fromkeys(("dry", "simulate", "try", "preview", "what-if"), ("dry-run",)),
    **dict.fromkeys(("by", "byline", "writer", "who"), ("author",)),
    **dict.fromkeys(("link", "address", "href", "uri"), ("url",)),
    **dict.fromkeys(("subject", "headline", "name"), ("title",)),
    **dict.fromkeys(("subtitle", "standfirst", "deck"), ("dek",)),
    **dict.fromkeys(("description", "abstract"), ("summary", "dek")),
    **dict.fromkeys(("comment", "remark"), ("note",)),
    **dict.fromkeys(("lang", "locale"), ("language",)),
    **dict.fromkeys(("tz", "zone"), ("timezone",)),
    **dict.fromkeys(("picture", "photo", "thumbnail", "cover"), ("image",)),
    **dict.fromkeys(("alt", "alt-text"), ("image-alt",)),
    **dict.fromkeys(("category", "topic", "keyword", "label"), ("tag", "section")),
    **dict.fromkeys(("max", "count", "top", "first"), ("limit",)),
    **dict.fromkeys(("sender", "mail", "email"), ("from",)),
    **dict.fromkeys(("after", "newer"), ("since", "before")),
    **dict.fromkeys(("query", "find", "filter", "grep"), ("search",)),
    **dict.fromkeys(("id", "handle"), ("slug", "key")),
    **dict.fromkeys(("reason", "why"), ("because",)),
    **dict.fromkeys(("offline", "no-download"), ("no-fetch",)),
    **dict.fromkeys(("browser", "launch"), ("open",)),
    **dict.fromkeys(("type", "as"), ("format", "kind")),
}


class AnsweringGroup(click.Group):
    """A group of commands that answers a wrong one with the right one, or with the nearest."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments begin with."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            above = ctx.command_path.removeprefix("dispatch").strip()
            answer = suggest_command(above, args[0], self.list_commands(ctx))
            raise click.UsageError(f"There is no command “{f'{above} {args[0]}'.strip()}”.{answer}", ctx) from error


def suggest_command(above: str, word: str, known: list[str]) -> str:
    """Suggest what to type for a word that is no command, as a sentence; empty when nothing is near.

    above: the group, empty for the first word. known: the commands that there are.
    """
    from difflib import get_close_matches

    word = word.lower()
    if instead := INSTEAD.get(f"{above} {word}".strip()):
        return f" For that: {instead}"
    same = [one for one in _SYNONYMS.get(word, ()) if one in known]
    near = same or ([word] if word in known else get_close_matches(word, known, n=1))
    return f" Did you mean: {' '.join(filter(None, ('dispatch', above, near[0])))}" if near else ""


def explain_option(error: click.NoSuchOption) -> str:
    """Say that there is no such option, with the one that was meant, as a sentence.

    click compares the dashes too, so that to it every short word is near every other.
    """
    from difflib import get_close_matches

    word = error.option_name.lstrip("-").lower()
    parameters = error.ctx.command.params if error.ctx else []
    known = [option.removeprefix("--") for one in parameters for option in one.opts if option.startswith("--")]
    same = [one for one in OPTIONS.get(word, ()) if one in known]
    near = same[:1] or get_close_matches(word, known, n=1)
    answer = f" Did you mean: --{near[0]}" if near else f" See: {error.ctx.command_path} --help" if error.ctx else ""
    return f"There is no option “{error.option_name}” here.{answer}"
