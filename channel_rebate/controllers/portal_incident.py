from odoo import fields, http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

# What the partner was told of. A report that nobody has confirmed is none of his business.
TOLD = [("confirmed_on", "!=", False)]
# As long as an appeal may be.
MAX_LENGTH = 5000


class ChannelIncidentPortal(CustomerPortal):
    """What a dealer or sub-distributor is accused of, and his appeal.

    Portal users have no access to the model, which also says who has reported: the records are
    elevated, found by the user's own company, and pages show what the partner was told.
    """

    def _find_channel_incidents(self, **options):
        """Return elevated incidents of the user's own company, see above."""
        partner = request.env.user.partner_id.commercial_partner_id
        domain = [("partner_id", "=", partner.id), *TOLD]
        return request.env["channel.incident"].sudo().search(domain, **options)

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "channel_incident_count" in counters:
            values["channel_incident_count"] = len(self._find_channel_incidents())
        return values

    @http.route(
        ["/my/incidents", "/my/incidents/page/<int:page>"], type="http", auth="user", website=True
    )
    def portal_my_incidents(self, page=1, **kwargs):
        page_values = pager(
            url="/my/incidents",
            total=len(self._find_channel_incidents()),
            page=page,
            step=self._items_per_page,
        )
        incidents_sudo = self._find_channel_incidents(
            limit=self._items_per_page, offset=page_values["offset"]
        )
        values = {
            "incidents": incidents_sudo,
            "page_name": "channel_incident",
            "pager": page_values,
            "default_url": "/my/incidents",
        }
        return request.render(
            "channel_rebate.portal_my_incidents",
            {**self._prepare_portal_layout_values(), **values},
        )

    @http.route("/my/incidents/<int:incident_id>", type="http", auth="user", website=True)
    def portal_my_incident(self, incident_id, **kwargs):
        return self._show_channel_incident(incident_id)

    @http.route(
        "/my/incidents/<int:incident_id>/appeal",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_appeal_incident(self, incident_id, text="", **kwargs):
        incident_sudo = self._find_channel_incidents().filtered(
            lambda incident: incident.id == incident_id
        )
        if not incident_sudo:
            return request.redirect("/my")
        today = fields.Date.context_today(incident_sudo)
        try:
            incident_sudo._appeal(text[:MAX_LENGTH], today)
        except UserError as error:
            return self._show_channel_incident(incident_id, error=str(error), text=text)
        return request.redirect(f"/my/incidents/{incident_id}")

    def _show_channel_incident(self, incident_id, **values):
        incident_sudo = self._find_channel_incidents().filtered(
            lambda incident: incident.id == incident_id
        )
        if not incident_sudo:
            return request.redirect("/my")
        return request.render(
            "channel_rebate.portal_my_incident",
            {
                **self._prepare_portal_layout_values(),
                "incident": incident_sudo,
                "page_name": "channel_incident",
                "max_length": MAX_LENGTH,
                **values,
            },
        )
