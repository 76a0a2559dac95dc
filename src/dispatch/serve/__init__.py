"""Serve the public folder over HTTP, with Starlette and uvicorn.

site        the application over the public folder
paths       which file of the folder a request's path names
redirects   _redirects: what has moved, and what is gone
media       media types, and the headers that belong to them
subscriptions  the pages on which readers sign up, confirm and leave
subscription_answers  what these pages answer
forms       what strangers send there, and how much is too much
run         the server around an application, with limits for slow and greedy clients
"""
