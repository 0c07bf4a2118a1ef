from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..unlocking import unlocked

# The buttons for which somebody may be asked, by model.
STEPS = {
    "channel.agreement": ("action_seal", "action_cancel"),
    "channel.settlement": ("action_approve", "action_show_totals"),
    "channel.accrual.run": ("action_accrue",),
    # Copying rates.
    "channel.agreement.create": ("action_create",),
    "channel.agreement.version": ("action_create",),
}
# What of a client's context the step gets.
CONTEXT_KEYS = ("lang", "tz", "allowed_company_ids")


class ChannelPassphrase(models.AbstractModel):
    """Steps that need the passphrase: asking for it, and taking the step again with it."""

    _inherit = "channel.passphrase"

    @api.model
    def _is_step(self, model, method):
        return method in STEPS.get(model, ())

    @api.model
    def _prepare_asking(self, records, method):
        """Return the action that asks for the passphrase and then calls ``method`` again."""
        return {
            "type": "ir.actions.client",
            "tag": "channel_rebate.passphrase",
            "name": self.env._("Passphrase"),
            "target": "new",
            "params": {
                "company": ", ".join(records.sudo().company_id.mapped("name")),
                "model": records._name,
                "ids": records.ids,
                "method": method,
            },
        }

    @api.model
    def run_step(self, model, ids, method, passphrase):
        """Take one of the steps in :data:`STEPS`, unlocked.

        :return: what the button's method returns
        :raise AccessError: the caller is no holder, or there is no such step
        :raise UserError: the passphrase is wrong, or the records are of several companies
        """
        self._check_holder()
        if not self._is_step(model, method):
            raise AccessError(self.env._("There is no such step."))
        context = {key: self.env.context[key] for key in CONTEXT_KEYS if key in self.env.context}
        records = self.env(context=context)[model].browse(ids).exists()
        if len(records.company_id) != 1:
            raise UserError(
                self.env._("Each company has a passphrase of its own: take them one after another.")
            )
        records.check_access("read")
        with unlocked(records.company_id, passphrase):
            return getattr(records, method)() or False
