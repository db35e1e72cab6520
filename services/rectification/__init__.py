"""Rectification: makes the results real. Keeps every unit's ledger from the problem to the effect.

Owns    items, candidates, campaigns, meetings
Hears   campaign_opened (registry), campaign_revised (registry), meeting_scheduled (registry),
        supervision_commented (review), candidate_adopted (rectification)
Says    item_registered, item_progressed, closeout_requested, closeout_decided, candidate_adopted,
        candidate_explained, candidate_reopened
"""
