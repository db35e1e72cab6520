"""Review: has every version of a material pre-checked, lets a group judge it, keeps its comments.

Owns    reviews, tasks, signatures, campaigns, meetings
Hears   campaign_opened (registry), meeting_scheduled (registry), material_submitted (intake)
Says    material_prechecked, verdict_issued
"""
