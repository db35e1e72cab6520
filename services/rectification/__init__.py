"""Rectification: makes the results real. Keeps every unit's ledger from the problem to the effect.

Owns    items, campaigns, meetings
Hears   campaign_opened (registry), meeting_scheduled (registry)
Says    item_registered, item_progressed, closeout_requested, closeout_decided
"""
