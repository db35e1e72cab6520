"""Access: who has an account, what each may do where and until when, and who is signed in.

Owns    accounts, sessions, attempts, calendar_links, mergers
Hears   post_changed (registry), group_ended (registry), group_resumed (registry),
        organisation_merged (registry)
Says    grants_changed
"""
