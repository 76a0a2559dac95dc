"""Whose certificates are believed: those of the system, as its browsers do; certifi's where it has none."""

import ssl
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import certifi

TlsMaker = Callable[[], ssl.SSLContext]


def prepare_tls() -> TlsMaker:
    """Return what gives a connection its context, which trusts whom this machine's owner trusts.

    That is the file or folder that SSL_CERT_FILE or SSL_CERT_DIR names, else the store of the system, which macOS and
    Windows ask themselves. Each connection has a context of its own there: truststore's is locked during a handshake,
    so that a server that never ends one would stop all others.
    """
    return cache(make_openssl_context) if is_read_by_openssl(sys.platform) else make_system_context


def is_read_by_openssl(platform: str) -> bool:
    """Whether OpenSSL finds the certificates of this platform by itself, or the environment has named others."""
    paths = ssl.get_default_verify_paths()
    named = {paths.cafile, paths.capath} - {None, paths.openssl_cafile, paths.openssl_capath}
    return platform not in {"darwin", "win32"} or bool(named)


def make_openssl_context() -> ssl.SSLContext:
    """Make the context of OpenSSL's own store, or of certifi's certificates where that is empty."""
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if not (context.cert_store_stats()["x509_ca"] or has_roots(paths.cafile, paths.capath)):
        context.load_verify_locations(certifi.where())
    return accept_offices(context)


def make_system_context() -> ssl.SSLContext:
    """Make a context for one connection, whose certificate the system verifies as its browsers do."""
    import truststore  # macOS and Windows alone have it, and need it

    return accept_offices(truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


def accept_offices(context: ssl.SSLContext) -> ssl.SSLContext:
    """Switch off what Python 3.13 switched on: the certificates of many offices' proxies lack what RFC 5280 wants."""
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def has_roots(file: str | None, folder: str | None) -> bool:
    """Whether OpenSSL finds certificates in its file or its folder; None: what does not exist."""
    return bool(file or (folder and any(Path(folder).iterdir())))
