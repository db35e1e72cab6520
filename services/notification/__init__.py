"""Notification: tells people what waits for them, and other systems what has happened.

Owns    messages, matters, nodes (what is owed by which day), articles, pictures, work tips with their receipts,
        subscribers, deliveries, replays, sendings, resends, parcels, circuits, preferences, delivery_policies,
        calendars, letters; keeps the feed small
Hears   campaign_opened (registry), campaign_revised (registry), calendar_loaded (registry),
        material_submitted (intake), withdrawal_decided (review), secrecy_found (review), talks_completed (intake),
        talks_reopened (intake), item_registered (rectification), item_planned (rectification),
        item_revised (rectification), item_progressed (rectification),
        meeting_scheduled (registry), postponement_asked (registry), postponement_decided (registry),
        meeting_cancelled (registry), meeting_held (registry), meeting_corrected (registry), relay_awaited (registry),
        material_prechecked (review), verdict_issued (review), verdict_withdrawn (review), answer_extended (review),
        supervision_commented (review), candidate_found (rectification), candidate_explained (rectification),
        candidate_reopened (rectification), candidate_withdrawn (rectification),
        closeout_requested (rectification), closeout_passed (rectification), closeout_decided (rectification),
        item_reopened (rectification), retype_asked (rectification), retype_decided (rectification),
        item_postponement_asked (rectification), item_postponement_decided (rectification),
        plan_submitted (rectification), plan_decided (rectification), plan_stale (rectification),
        item_overdue (rectification), escalation_proposed (rectification),
        item_day_passed (rectification),
        escalation_issued (rectification), escalation_acknowledged (rectification),
        escalation_withdrawn (rectification), report_due (rectification), report_missing (rectification),
        effect_judged (rectification), effect_reworded (rectification), effects_published (rectification),
        effect_withdrawn (rectification), evaluation_proposed (rectification), evaluation_decided (rectification),
        second_round_opened (rectification), view_digested (rectification),
        signature_awaited (intake), signature_settled (intake), receipt_given (intake), question_answered (registry),
        bulletin_made (registry),
        tip_published (notification), tip_reminded (notification), tip_acknowledged (notification)
Says    column_released, column_withdrawn, tip_published, tip_reminded, tip_acknowledged
"""
