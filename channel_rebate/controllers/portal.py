from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager


class ChannelPortal(CustomerPortal):
    """A dealer's or sub-distributor's own statements, once they are revealed.

    Access rules decide what is found; there is no access token that would open a statement to
    somebody else.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "channel_statement_count" in counters:
            Statement = request.env["channel.statement"]
            values["channel_statement_count"] = (
                Statement.search_count(self._prepare_channel_statements_domain())
                if Statement.has_access("read")
                else 0
            )
        return values

    def _prepare_channel_statements_domain(self):
        """Return which statements the list shows: one's own, also to a holder who looks in."""
        partner = request.env.user.partner_id.commercial_partner_id
        return [("partner_id", "=", partner.id), ("state", "in", ("approved", "done"))]

    def _get_channel_statement_sortings(self):
        return {
            "date": {"label": request.env._("Newest"), "order": "id desc"},
            "net": {"label": request.env._("Net amount"), "order": "net_amount desc, id desc"},
        }

    @http.route(
        ["/my/rebates", "/my/rebates/page/<int:page>"], type="http", auth="user", website=True
    )
    def portal_my_rebates(self, page=1, sortby=None, **kwargs):
        Statement = request.env["channel.statement"]
        if not Statement.has_access("read"):
            return request.redirect("/my")
        sortings = self._get_channel_statement_sortings()
        sortby = sortby if sortby in sortings else "date"
        domain = self._prepare_channel_statements_domain()
        page_values = pager(
            url="/my/rebates",
            url_args={"sortby": sortby},
            total=Statement.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        statements = Statement.search(
            domain,
            order=sortings[sortby]["order"],
            limit=self._items_per_page,
            offset=page_values["offset"],
        )
        # Elevated: names of periods and credit notes beside statements that passed the rules.
        values = {
            "statements": statements.sudo(),
            "page_name": "channel_statement",
            "pager": page_values,
            "default_url": "/my/rebates",
            "searchbar_sortings": sortings,
            "sortby": sortby,
        }
        return request.render(
            "channel_rebate.portal_my_rebates",
            {**self._prepare_portal_layout_values(), **values},
        )

    @http.route("/my/rebates/<int:statement_id>", type="http", auth="user", website=True)
    def portal_my_rebate(self, statement_id, report_type=None, download=False, **kwargs):
        try:
            statement_sudo = self._document_check_access("channel.statement", statement_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if not statement_sudo.filtered_domain(self._prepare_channel_statements_domain()):
            return request.redirect("/my")
        if report_type == "pdf":
            return self._print_channel_statement(statement_sudo.sudo(False), download)
        # As on paper: a row a product, whatever taxes its sales had.
        paper = request.env["report.channel_rebate.report_statement"]
        blocks = paper._prepare_products(statement_sudo) if statement_sudo.line_ids else []
        values = {
            "statement": statement_sudo,
            "products": [block for block in blocks if block["kind"] != "changes"],
            "changes": [block for block in blocks if block["kind"] == "changes"],
            "page_name": "channel_statement",
        }
        return request.render(
            "channel_rebate.portal_my_rebate",
            {**self._prepare_portal_layout_values(), **values},
        )

    def _print_channel_statement(self, statement, download):
        """Send the printed statement, made with the rights of the one who asks."""
        content, _type = request.env["ir.actions.report"]._render_qweb_pdf(
            "channel_rebate.action_report_statement", statement.ids
        )
        title = request.env._("Statement")
        name = f"{title} {statement.display_name}.pdf".replace("/", "_")
        disposition = content_disposition(name, "attachment" if download else "inline")
        headers = [("Content-Type", "application/pdf"), ("Content-Disposition", disposition)]
        return request.make_response(content, headers=headers)
