from odoo import fields, models


class ChannelScorecard(models.Model):
    """How well a dealer has worked in a year: it gives the coefficient of his year-end rebate."""

    _name = "channel.scorecard"
    _description = "Dealer Scorecard"
    _inherit = ["channel.workflow.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "year desc, partner_id, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Dealer", required=True, index=True
    )
    year = fields.Char(required=True, size=4)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("submitted", "To Review"), ("fixed", "Fixed")],
        string="Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many(
        comodel_name="channel.scorecard.line", inverse_name="scorecard_id", string="Scores"
    )
    coefficient = fields.Float(digits=(6, 4), readonly=True)
