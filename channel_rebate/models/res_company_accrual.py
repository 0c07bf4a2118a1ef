from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import date_utils

from ..const import OFFICER

# An entry needs all of them.
POSTING_FIELDS = (
    "channel_accrual_journal_id",
    "channel_accrual_expense_account_id",
    "channel_accrual_liability_account_id",
)


class ResCompany(models.Model):
    """Where rebate accruals are posted, and in whose name the scheduled action runs."""

    _inherit = "res.company"

    channel_accrual_journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Accrual Journal",
        domain="[('type', '=', 'general')]",
        check_company=True,
        help="Journal of rebate accruals. Nothing is accrued without journal and both accounts.",
    )
    channel_accrual_expense_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Accrual Expense Account",
        domain="[('account_type', 'in', ('expense', 'expense_direct_cost', 'expense_other', "
        "'income'))]",
        check_company=True,
        help="Debited by what is expected to be paid, and credited when it is released.",
    )
    channel_accrual_liability_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Accrued Rebates Account",
        domain="[('account_type', '=', 'liability_current')]",
        check_company=True,
        help="The liability for rebates that are earned and not settled. It is nobody's payable "
        "account: no partner is named on it.",
    )
    channel_accrual_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Accruals Run As",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="The settlement officer in whose name a scheduled action accrues on the first of "
        "each month. Empty: officers do it by hand.",
    )
    channel_accrual_cron_id = fields.Many2one(
        comodel_name="ir.cron",
        string="Accrual Scheduled Action",
        readonly=True,
        copy=False,
        ondelete="set null",
    )

    @api.constrains(*POSTING_FIELDS)
    def _check_channel_accrual_accounts(self):
        """The right kinds, and the same until everything has been released from them."""
        for company in self:
            journal = company.channel_accrual_journal_id
            liability = company.channel_accrual_liability_account_id
            if (journal and journal.type != "general") or (
                liability and liability.account_type != "liability_current"
            ):
                raise ValidationError(
                    self.env._(
                        "Rebate accruals need a journal for miscellaneous entries and an account "
                        "of current liabilities."
                    )
                )

    @api.constrains("channel_accrual_user_id")
    def _check_channel_accrual_user(self):
        for company in self:
            user = company.channel_accrual_user_id
            if user and not (user.has_group(OFFICER) and company in user.company_ids):
                raise ValidationError(
                    self.env._(
                        "%(user)s can't accrue rebates of %(company)s: choose a settlement officer "
                        "who works in this company.",
                        user=user.name,
                        company=company.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.filtered("channel_accrual_user_id")._schedule_accruals()
        return companies

    def write(self, vals):
        changed = self.filtered(lambda company: company._is_accrual_place_changed(vals))
        changed._check_nothing_accrued()
        result = super().write(vals)
        if {*POSTING_FIELDS, "channel_accrual_user_id"} & vals.keys():
            self._schedule_accruals()
        return result

    def _is_accrual_place_changed(self, vals):
        return any(
            name in vals and (self[name].id or False) != vals[name] for name in POSTING_FIELDS
        )

    def _check_nothing_accrued(self):
        """Refuse other accounts while something stands on these: it is released from them."""
        # Elevated: settings are the administrator's, who reads no accruals; he learns a name.
        groups = (
            self.env["channel.accrual"]
            .sudo()
            ._read_group([("company_id", "in", self.ids)], ["period_id"], ["amount:sum"])
        )
        if accrued := [p for p, amount in groups if not p.company_id.currency_id.is_zero(amount)]:
            raise UserError(
                self.env._(
                    "Rebates of %(periods)s are accrued on these accounts and will be released "
                    "from them. Let a settlement officer undo the accruals, change the accounts, "
                    "and run them again: the amounts stay the same.",
                    periods=", ".join(period.name for period in accrued),
                )
            )

    def _has_accruals(self):
        self.ensure_one()
        return all(self[name] for name in POSTING_FIELDS)

    def _check_accrual_settings(self):
        self.ensure_one()
        # Elevated: officers need not read accounts.
        if not self.sudo()._has_accruals():
            raise UserError(
                self.env._(
                    "Accruals of %(company)s are off: choose their journal and accounts in the "
                    "settings of Channel.",
                    company=self.name,
                )
            )

    def _get_accrual_date(self, day):
        """Return the day on which an entry of ``day`` is posted: that one, or the first open."""
        self.ensure_one()
        locks = self._get_violated_lock_dates(day, False, self.channel_accrual_journal_id)
        return locks[-1][0] + relativedelta(days=1) if locks else day

    def _schedule_accruals(self):
        """Let the scheduled action run as the chosen officer, or not at all.

        Each company has one of its own, since each has an officer of its own.
        """
        for company in self:
            # Elevated: scheduled actions are the system's, and it never runs as the system user.
            cron_sudo = company.sudo().channel_accrual_cron_id
            user = company.channel_accrual_user_id if company.sudo()._has_accruals() else False
            if not user:
                cron_sudo.active = False
            elif cron_sudo:
                cron_sudo.write({"user_id": user.id, "active": True})
            else:
                company.sudo().channel_accrual_cron_id = (
                    self.env["ir.cron"].sudo().create(company._prepare_accrual_cron_values(user))
                )

    def _prepare_accrual_cron_values(self, user):
        self.ensure_one()
        tomorrow = fields.Datetime.now() + relativedelta(days=1)
        return {
            "name": self.env._("Channel: rebate accruals of %(company)s", company=self.name),
            "model_id": self.env["ir.model"]._get_id("channel.accrual"),
            "state": "code",
            "code": f"model._cron_accrue({self.id})",
            "user_id": user.id,
            # Else Odoo asks for write access to the model before our own check is reached.
            "group_ids": self.env.ref("base.group_user").ids,
            "interval_number": 1,
            "interval_type": "months",
            "nextcall": date_utils.end_of(tomorrow, "month").replace(microsecond=0)
            + relativedelta(hours=4),
        }
