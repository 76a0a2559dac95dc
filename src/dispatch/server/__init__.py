"""Pages over HTTP, with Starlette and uvicorn.

    manifest    which files of the public folder there are, and by which path
    redirects   _redirects: what has moved, and what is gone
    media       media types, and the headers that belong to them
    codings     gzip and brotli: which one a client takes, and the bytes
    conditions  If-None-Match, If-Match, Range: what RFC 9110 says of them
    copies      a file as it is sent, kept in memory
    public      the application over the public folder
    run         the server around an application
    preview     what an editor sees while writing

Of what strangers ask for, nothing is ever joined to a path of the disk.
"""
