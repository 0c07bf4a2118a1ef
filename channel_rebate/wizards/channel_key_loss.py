from odoo import fields, models
from odoo.exceptions import UserError

from ..keyring import describe_key


class ChannelKeyLoss(models.TransientModel):
    """Have a keeper say in words that the key is lost, after he has seen what goes with it."""

    _name = "channel.key.loss"
    _description = "Start with a New Key"

    key_name = fields.Char(string="Lost Key", compute="_compute_key")
    problem = fields.Char(compute="_compute_key")
    agreement_count = fields.Integer(
        string="Sealed Agreements",
        compute="_compute_key",
        help="Of all companies: their rates can't be read without the key.",
    )
    phrase = fields.Char(compute="_compute_key")
    confirmation = fields.Char(help="The words, as they stand above.")

    def _compute_key(self):
        state = describe_key(self.env)
        self.key_name = state.key_id
        self.problem = state.problem
        self.agreement_count = self.env["channel.agreement"]._count_lost(state.key_id)
        self.phrase = self._get_phrase()

    def _get_phrase(self):
        return self.env._("These rates are lost")

    def action_confirm(self):
        self.ensure_one()
        if (self.confirmation or "").strip() != self._get_phrase():
            raise UserError(
                self.env._("Nothing was changed: type “%(words)s”.", words=self._get_phrase())
            )
        return self.env["channel.key"]._declare_lost()
