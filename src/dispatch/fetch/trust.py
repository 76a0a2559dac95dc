"""Whose certificates are believed: those of the system, as its browsers do; certifi's where it has none."""

import ssl
from pathlib import Path

import certifi


def make_tls_context() -> ssl.SSLContext:
    """Make the context for TLS, which trusts whom this machine's owner trusts.

    That is the file or folder that SSL_CERT_FILE or SSL_CERT_DIR names, else the store of the system.
    """
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if not (context.cert_store_stats()["x509_ca"] or has_roots(paths.cafile, paths.capath)):
        context.load_verify_locations(certifi.where())
    # On from Python 3.13, off before: the certificates of many offices' proxies lack what RFC 5280 wants besides.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def has_roots(file: str | None, folder: str | None) -> bool:
    """Whether OpenSSL finds certificates in its file or its folder; None: what does not exist."""
    return bool(file or (folder and any(Path(folder).iterdir())))
