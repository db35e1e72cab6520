"""Access: who has an account, what each may do where and until when, and who is signed in.

Owns    accounts, sessions, attempts, calendar_links
Hears   nothing
Says    nothing
"""
