from odoo import api, fields, models


class ChannelStatement(models.Model):
    """The sales behind a statement: those that count, and why the others do not."""

    _inherit = "channel.statement"

    company_currency_id = fields.Many2one(comodel_name="res.currency", required=True, readonly=True)
    base_company_amount = fields.Monetary(
        string="Base in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        help="Sales that count, without tax, at the rates of their days.",
    )
    # What the statement was computed from, to find out whether that has changed.
    sales_digest = fields.Char(groups=fields.NO_ACCESS, readonly=True, copy=False, prefetch=False)
    version_count = fields.Integer(
        string="Number of Versions",
        compute="_compute_version_count",
        help="Versions of the agreement that apply in the period.",
    )
    exception_count = fields.Integer(
        string="Exceptions",
        compute="_compute_exception_count",
        help="Lines of invoices and orders that do not count, or with a reservation.",
    )

    @api.depends("agreement_ids")
    def _compute_version_count(self):
        for statement in self:
            # Elevated: also who reads no agreements, as on the portal, may know their number.
            statement.version_count = len(statement.sudo().agreement_ids)

    @api.depends("state")
    def _compute_exception_count(self):
        counts = dict(
            self.env["channel.statement.sale"]._read_group(
                [("statement_id", "in", self.ids), ("reason", "!=", False)],
                ["statement_id"],
                ["__count"],
            )
        )
        for statement in self:
            statement.exception_count = counts.get(statement, 0)

    def _find_sales(self):
        """Return the sales behind these statements, one statement after the other."""
        place = {statement.id: number for number, statement in enumerate(self)}
        sales = self.env["channel.statement.sale"].search([("statement_id", "in", self.ids)])
        return sales.sorted(lambda sale: place[sale.statement_id.id])

    def action_open_sales(self):
        """Open the lines of invoices and orders that were looked at."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_statement_sale_action"
        )
        return {
            **action,
            "domain": [("statement_id", "in", self.ids)],
            "context": {"search_default_counted": 1, **self._get_sales_context()},
        }

    def _get_sales_context(self):
        """Tell the list of sales which columns say something."""
        return {
            "channel_several_partners": len(self) > 1,
            "channel_several_currencies": self._has_other_currency(),
        }

    def action_open_exceptions(self):
        """Open the lines that do not count, or with a reservation."""
        context = {"search_default_exceptions": 1, **self._get_sales_context()}
        if len(self) > 1:
            context["search_default_group_by_reason"] = 1
        title = self.env._("Exceptions")
        return {
            **self.action_open_sales(),
            "name": title,
            "display_name": title,
            "context": context,
        }

    def action_open_statement(self):
        """Open the statement itself, from the list on its settlement."""
        self.ensure_one()
        return self.get_formview_action()
