"""Portal: the pages people work on and the one public address for programs; it owns nothing and asks the others.

Owns    nothing (no database, no queue; the opaque session token lives in the reader's cookie, the session in access)
Hears   nothing
Says    nothing
"""
