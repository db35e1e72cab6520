"""Review: has every version of a material pre-checked, lets a group judge it, keeps its comments.

Owns    reviews, tasks, workers, signatures, readers, recusals, talks, supervision_comments, rereadings, opinions (which
        stand, without their words), trials, campaigns, meetings, calendars
Hears   campaign_opened (registry), campaign_revised (registry), calendar_loaded (registry),
        meeting_scheduled (registry), meeting_cancelled (registry), meeting_held (registry),
        meeting_corrected (registry), group_ended (registry), material_submitted (intake), withdrawal_asked (intake),
        opinion_changed (intake)
Says    material_prechecked, material_flagged, reading_passed, reading_withdrawn, verdict_issued, verdict_withdrawn,
        answer_extended, withdrawal_decided, secrecy_found, supervision_commented, reader_recused
"""
