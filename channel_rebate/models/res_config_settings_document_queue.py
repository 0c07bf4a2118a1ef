from odoo import api, fields, models
from odoo.exceptions import ValidationError

MAX_ACTIONS = 16


class ResConfigSettings(models.TransientModel):
    """When documents are made in the background, and by how many scheduled actions at once."""

    _inherit = "res.config.settings"

    channel_document_batch_from = fields.Integer(
        related="company_id.channel_document_batch_from", readonly=False
    )
    channel_document_actions = fields.Integer(
        string="Scheduled Actions Side by Side",
        groups="base.group_system",
        help="Each occupies a cron worker of Odoo while it makes documents. More than there are "
        "workers, on all hosts together, are of no use. For all companies.",
    )

    @api.model
    def get_values(self):
        values = super().get_values()
        actions = self.env["channel.settlement"]._find_document_actions()
        return {**values, "channel_document_actions": len(actions.filtered("active"))}

    def set_values(self):  # pylint: disable=missing-return
        super().set_values()
        if self.env.user.has_group("base.group_system"):
            self._set_document_actions(self.channel_document_actions)

    def _set_document_actions(self, wanted):
        """Have so many scheduled actions that make documents; copies of the first one."""
        if not 1 <= wanted <= MAX_ACTIONS:
            raise ValidationError(
                self.env._(
                    "Choose between 1 and %(most)s scheduled actions to make documents.",
                    most=MAX_ACTIONS,
                )
            )
        actions = self.env["channel.settlement"]._find_document_actions()
        kept, surplus = actions[:wanted], actions[wanted:]
        # Those that run are locked: nothing is written that stays as it is.
        kept.filtered(lambda action: not action.active).active = True
        surplus.filtered("active").active = False
        for number in range(len(actions), wanted):
            actions[0].copy({"name": f"{actions[0].name} ({number + 1})", "active": True})
