"""Intake: takes in what units hand in, keeps every version for ever, and knows what is still owed on each.

Owns    materials, originals, plans, facts, talk_books, studies, forms, boxes, opinions, names, recusals, commented,
        exports, batches, batch_lines, parcels, own_templates
Hears   campaign_opened (registry), campaign_revised (registry), meeting_scheduled (registry),
        meeting_cancelled (registry), material_prechecked (review), verdict_issued (review),
        verdict_withdrawn (review), answer_extended (review), withdrawal_decided (review), secrecy_found (review),
        reader_recused (review), supervision_commented (review)
Says    material_submitted, withdrawal_asked, addendum_attached, receipt_given, talks_completed, talks_reopened,
        opinion_form_closed, opinion_changed, criticism_changed, signature_awaited, signature_settled
"""
