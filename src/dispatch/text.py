"""One way to fold a text for comparing: names, titles, sections, tags. What is shown is never folded."""

import unicodedata


def fold_text(text: str) -> str:
    """Fold what two ways to write the same words may differ in: letters' composition and width, case, white space.

    Decomposed letters, full-width ones and ligatures count as the plain composed ones (NFKC), capitals as small
    letters, every run of white space as one space. Accents count: “Jon” is not “Jón”. Folded twice, a text changes no
    more.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())  # a capital may fold to decomposed letters
