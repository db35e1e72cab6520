"""Intake: takes in what units hand in, keeps every version for ever, and knows what is still owed on each.

Owns    materials, files, plans
Hears   meeting_scheduled (registry), material_prechecked (review), verdict_issued (review)
Says    material_submitted
"""
