"""Rectification: makes the results real. Keeps every unit's ledger from the problem to the effect.

Owns    items, candidates, criticism_lists, plans, ledger_imports, ledger_lines, ledger_files, escalations, reports,
        nights, issues, evaluations, samples, campaigns, definitions (of campaigns), meetings, calendars, columns,
        regions, turns, traces and recurrences (what stood on an earlier ledger, too), ledger_views, followings, readers
Hears   campaign_opened (registry), campaign_revised (registry), meeting_scheduled (registry),
        meeting_cancelled (registry), calendar_loaded (registry), opinion_changed (intake), criticism_changed (intake),
        supervision_commented (review), verdict_issued (review), verdict_withdrawn (review),
        candidate_adopted (rectification), item_registered (rectification), item_planned (rectification),
        item_revised (rectification), item_progressed (rectification), retype_decided (rectification),
        item_postponement_decided (rectification), item_reopened (rectification), closeout_requested (rectification),
        closeout_decided (rectification), effects_published (rectification), second_round_opened (rectification),
        opinion_form_closed (intake), interim_recorded (rectification), closeout_passed (rectification),
        recheck_recorded (rectification), retype_asked (rectification), item_postponement_asked (rectification),
        grants_changed (access)
Says    item_registered, item_planned, item_revised, item_progressed, interim_recorded, closeout_requested,
        closeout_passed, closeout_decided, item_reopened, recheck_recorded, retype_asked, retype_decided,
        item_postponement_asked, item_postponement_decided, plan_submitted, plan_decided, plan_stale,
        candidate_found, candidate_adopted, candidate_explained, candidate_reopened, candidate_withdrawn, item_due_soon,
        item_overdue, item_day_passed, escalation_proposed, escalation_issued, escalation_acknowledged,
        escalation_withdrawn, report_due, report_missing, effect_judged, effect_reworded, effects_published,
        effect_withdrawn, evaluation_proposed, evaluation_decided, second_round_opened, view_digested
"""
