from odoo import api, fields, models


class ChannelStatementLine(models.Model):
    """What the list of a whole settlement searches and groups by; nothing of it is stored."""

    _inherit = "channel.statement.line"

    settlement_id = fields.Many2one(related="statement_id.settlement_id")
    period_id = fields.Many2one(related="statement_id.period_id")
    year = fields.Char(related="statement_id.year")
    partner_id = fields.Many2one(related="statement_id.partner_id")
    dealer_id = fields.Many2one(related="statement_id.dealer_id")
    role = fields.Selection(related="statement_id.role")
    state = fields.Selection(related="statement_id.state", string="Status")
    categ_id = fields.Many2one(related="product_id.categ_id", string="Product Category")
    version = fields.Integer(related="agreement_line_id.agreement_id.version", aggregator=None)
    tax_names = fields.Char(string="Sales Taxes", compute="_compute_tax_names")

    @api.depends("tax_key")
    def _compute_tax_names(self):
        names = self._get_tax_names(self)
        for line in self:
            line.tax_names = names.get(line.tax_key, "")
