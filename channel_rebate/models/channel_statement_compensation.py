from odoo import api, fields, models
from odoo.tools import format_date

from ..const import PAYMENT_READERS

# Who may know whose penalty it was: those who read all statements, not the salesperson of the
# harmed dealer alone.
WRONGDOER_READERS = f"{PAYMENT_READERS},sales_team.group_sale_salesman_all_leads"


class ChannelStatementCompensation(models.Model):
    """What a dealer who was harmed gets of somebody else's penalty.

    He is told what for and when, not whose it was: with the share that was agreed, it would tell
    him the other's rebate.
    """

    _name = "channel.statement.compensation"
    _description = "Compensation in a Rebate Statement"
    _inherit = ["channel.statement.penalty.mixin"]

    _rec_name = "statement_id"
    _account_part = "awards"

    penalty_id = fields.Many2one(groups=WRONGDOER_READERS)
    amount = fields.Monetary(help="Credited; below zero: taken back.")
    text = fields.Char(string="What For", compute="_compute_text")

    @api.depends("penalty_id")
    @api.depends_context("lang")
    def _compute_text(self):
        for line in self:
            line.text = line._get_text()

    def _get_text(self):
        """Return what for, on one line, in the language of the environment."""
        self.ensure_one()
        # Elevated: partners know neither penalty nor incident, only what kind it was and when.
        incident_sudo = self.sudo().penalty_id.incident_id
        kind = incident_sudo.type_id.name or self.env._("Breach of an agreement")
        return self.env._(
            "%(kind)s of %(date)s", kind=kind, date=format_date(self.env, self.sudo().date)
        )
