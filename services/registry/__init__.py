"""Registry: what the campaign is, who takes part, by when each thing is due, and how far every unit has come.

Owns    campaigns, drafts, versions, previews, effects, openings, meetings, days, calendars, rosters, roster_posts,
        roster_holds, coaching_sessions, coaching_attendance, questions, organisations, organisation_imports,
        organisation_lines, teams, bulletins;
        progress_units, progress_lines, progress_counts, progress_days, progress_cursor (read off the feed)
Hears   material_submitted (intake), talks_completed (intake), talks_reopened (intake), receipt_given (intake),
        verdict_issued (review), verdict_withdrawn (review), withdrawal_decided (review), secrecy_found (review),
        supervision_commented (review), item_registered (rectification), item_planned (rectification),
        item_reopened (rectification), closeout_decided (rectification)
Says    campaign_opened, campaign_revised, meeting_scheduled, meeting_cancelled, aspect_recorded, aspect_reopened,
        meeting_held, meeting_corrected, relay_awaited, question_answered, postponement_asked, postponement_decided,
        calendar_loaded, post_changed, group_ended, group_resumed, bulletin_made, organisation_merged
"""
