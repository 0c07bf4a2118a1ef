from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Entries of accruals: accountants read them, and they are taken back where they came from."""

    _inherit = "account.move"

    channel_accrual_id = fields.Many2one(
        comodel_name="channel.accrual",
        string="Rebate Accrual",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The step of a rebate accrual that this entry posts.",
    )

    @api.depends("channel_accrual_id")
    def _compute_show_reset_to_draft_button(self):  # pylint: disable=missing-return
        super()._compute_show_reset_to_draft_button()
        self.filtered("channel_accrual_id").show_reset_to_draft_button = False

    @api.model_create_multi
    def create(self, vals_list):
        # A default in the context would link as well.
        by_default = self.env.context.get("default_channel_accrual_id")
        if by_default or any(vals.get("channel_accrual_id") for vals in vals_list):
            self._check_channel_accrual_link()
        return super().create(vals_list)

    def write(self, vals):
        if "channel_accrual_id" in vals:
            self._check_channel_accrual_link()
        return super().write(vals)

    def _check_channel_accrual_link(self):
        if not self._is_channel_trusted():
            raise UserError(self.env._("Only an accrual links its entry to itself."))

    def _check_channel_trusted(self):  # pylint: disable=missing-return
        """Refuse what has to be done on the settlement, or on the accrual, instead."""
        super()._check_channel_trusted()
        self._check_no_channel_accrual()

    def _check_no_channel_accrual(self):
        if self._is_channel_trusted():
            return
        if entries := self.filtered("channel_accrual_id"):
            raise UserError(
                self.env._(
                    "%(entries)s is a rebate accrual and can't be changed by hand. A settlement "
                    "officer can undo it under Channel, Settlement, Accruals.",
                    entries=", ".join(entries.mapped("display_name")),
                )
            )
