from odoo import fields, models

from ..const import HOLDERS


class ChannelStatementLine(models.Model):
    """Lines whose rate is locked with a passphrase."""

    _inherit = "channel.statement.line"

    is_locked = fields.Boolean(
        string="Locked",
        compute="_compute_expected",
        groups=HOLDERS,
        help="The rate is locked with the passphrase, until the settlement is approved.",
    )
