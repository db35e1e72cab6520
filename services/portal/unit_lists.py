"""Pages that list units by how far something of theirs has come, kept by intake."""

from typing import Any

from flask import render_template

from services.portal import asking, listing, reference


def shown(template: str, permission: str, path: str, *filters: str) -> Any:
    """One page of such a list, under the filters named in the address; for whom the permission lets see it."""
    asking.needs(permission)
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    found = listing.page("intake", path, campaign=campaign, **listing.filters(*filters))
    return render_template(
        template,
        campaign=campaign, units=found, names=reference.unit_names(campaign), groups=reference.group_names(campaign),
        regions=reference.region_names(campaign), roster=reference.own(campaign, permission),
    )  # fmt: skip
