from odoo import fields, models
from odoo.tools import format_date


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

    penalty_id = fields.Many2one(groups="base.group_user")
    amount = fields.Monetary(help="Credited; below zero: taken back.")

    def _get_text(self):
        """Return what for, on one line, in the language of the environment."""
        self.ensure_one()
        # Elevated: partners know neither penalty nor incident, only what kind it was and when.
        incident_sudo = self.sudo().penalty_id.incident_id
        kind = incident_sudo.type_id.name or self.env._("Breach of an agreement")
        return self.env._(
            "%(kind)s of %(date)s", kind=kind, date=format_date(self.env, self.sudo().date)
        )
