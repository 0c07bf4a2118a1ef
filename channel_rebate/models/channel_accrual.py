from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import format_date

from ..const import OFFICER
from ..locking import touch


class ChannelAccrual(models.Model):
    """One posted step of the accrual of a period: what the company expects to pay, in one sum.

    Amounts are in company currency. They are as public as the journal entries that they make, so
    there is nothing in them by partner, product or analytic account; :func:`tools.accrual.is_safe`
    tells when nothing is posted at all. Steps are made by our own code only and are never
    changed; one that was wrong is undone by a step of its own.

    A settlement *releases* the accrual by what it posts and, when nothing that was accrued is
    left, the rest; if it is reversed, what it released is *restored*.
    """

    _name = "channel.accrual"
    _description = "Channel Rebate Accrual"
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Reference", required=True, readonly=True)
    kind = fields.Selection(
        selection=[
            ("accrue", "Accrued"),
            ("release", "Released"),
            ("restore", "Restored"),
            ("undo", "Undone"),
        ],
        required=True,
        readonly=True,
    )
    period_id = fields.Many2one(
        comodel_name="channel.period",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="period_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True,
        readonly=True,
        help="The month end up to which sales are in the accrual, or the day of the release.",
    )
    amount = fields.Monetary(
        required=True,
        readonly=True,
        help="What this step adds to the accrued liability, in company currency. Of a month end "
        "it is the difference to what had been accrued before.",
    )
    settlement_id = fields.Many2one(
        comodel_name="channel.settlement",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The settlement whose documents released the accrual, or whose reversal restored it.",
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Journal Entry",
        readonly=True,
        ondelete="restrict",
        check_company=True,
    )
    accounting_date = fields.Date(
        related="move_id.date",
        string="Accounting Date",
        help="Later than the date if that lay in a locked period: then the first open day.",
    )
    origin_id = fields.Many2one(
        comodel_name="channel.accrual",
        string="Undoes",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    is_undone = fields.Boolean(string="Has Been Undone", readonly=True)
    basis = fields.Json(
        groups=fields.NO_ACCESS,
        prefetch=False,
        help="By dealer of the pool, his sales that count and a digest of them; of no rate and no "
        "rebate. It tells at the next month end who has new sales.",
    )

    _one_a_month_end = models.UniqueIndex(
        "(period_id, date) WHERE kind = 'accrue' AND is_undone IS NOT TRUE",
        "The accrual of this period and month end has been posted already.",
    )

    @api.model
    def _check_officer(self):
        """Refuse everybody but officers; elevated code too, to which sealed rates don't open."""
        if self.env.su or not self.env.user.has_group(OFFICER):
            raise AccessError(
                self.env._(
                    "Only a settlement officer may post accruals. A scheduled action has to run "
                    "as one: choose him in the settings of Channel."
                )
            )

    # === Steps === #

    @api.model
    def _post_step(self, period, kind, amount, date, **values):
        """Make a step and post its entry.

        :param amount: what is added to the liability, in company currency; below 0: taken off
        :param date: the entry's date; the first open day if that one is locked
        """
        # Elevated: neither officers nor those who post documents make steps or these entries by
        # hand. Only plain amounts of a whole pool are handed over.
        step_sudo = (
            self.sudo()
            .with_company(period.company_id)
            .create(
                {
                    "name": self._prepare_name(period, kind, date, values.get("settlement_id")),
                    "kind": kind,
                    "period_id": period.id,
                    "amount": amount,
                    "date": date,
                    **values,
                }
            )
        )
        move_sudo = step_sudo.env["account.move"]._channel_trusted()
        step_sudo.move_id = move_sudo.create(step_sudo._prepare_move_values())
        step_sudo.move_id._channel_trusted().action_post()
        return self.browse(step_sudo.id)

    @api.model
    def _prepare_name(self, period, kind, date, settlement_id=None):
        """Return the neutral text of an entry, in the company's language."""
        company = period.company_id
        records = self.with_context(lang=company.partner_id.lang or self.env.lang)
        values = {
            "period": period.name,
            "month": format_date(records.env, date, date_format="LLLL y"),
            # Elevated: accountants who post documents may belong to no holder group.
            "settlement": self.env["channel.settlement"].sudo().browse(settlement_id).name,
        }
        texts = {
            "accrue": records.env._("Rebate accrual %(period)s, %(month)s", **values),
            "release": records.env._(
                "Rebate accrual %(period)s, released by %(settlement)s", **values
            ),
            "restore": records.env._(
                "Rebate accrual %(period)s, restored after %(settlement)s", **values
            ),
            "undo": records.env._("Rebate accrual %(period)s, %(month)s undone", **values),
        }
        return texts[kind]

    def _prepare_move_values(self):
        """Return the values of an entry of two lines that names nobody and nothing."""
        self.ensure_one()
        company = self.company_id
        accounts = {
            company.channel_accrual_expense_account_id: self.amount,
            company.channel_accrual_liability_account_id: -self.amount,
        }
        return {
            "move_type": "entry",
            "journal_id": company.channel_accrual_journal_id.id,
            "company_id": company.id,
            "date": company._get_accrual_date(self.date),
            "ref": self.name,
            "channel_accrual_id": self.id,
            "line_ids": [
                Command.create(
                    {
                        "name": self.name,
                        "account_id": account.id,
                        "currency_id": company.currency_id.id,
                        "balance": balance,
                        "partner_id": False,
                        "tax_ids": [Command.clear()],
                        # Else Odoo would look for a distribution that goes with the account.
                        "analytic_distribution": False,
                    }
                )
                for account, balance in accounts.items()
            ],
        }

    # === Undo === #

    def action_undo(self):
        """Reverse the entry of the last month end (officer); the amount posted stays fixed."""
        self._check_officer()
        for step in self:
            touch(step.period_id)
            if reason := step._undo_error_message():
                raise UserError(reason)
            step._reverse_step()

    def _undo_error_message(self):
        """Return why this step can't be undone, or nothing."""
        self.ensure_one()
        if self.kind != "accrue" or self.is_undone:
            return self.env._(
                "%(accrual)s is not to be undone: only the accrual of a month end is, and once.",
                accrual=self.name,
            )
        later = self._find_steps(self.period_id, ("kind", "=", "accrue"), ("is_undone", "=", False))
        if later[:1] != self:
            return self.env._(
                "Undo %(later)s first: it was accrued after %(accrual)s.",
                later=later[:1].name,
                accrual=self.name,
            )
        if self.currency_id.compare_amounts(self.period_id._get_accrued(), self.amount) < 0:
            return self.env._(
                "%(accrual)s has been released by a settlement. Reverse the settlement first.",
                accrual=self.name,
            )
        return None

    def _reverse_step(self):
        """Take the step back by Odoo's own reversal."""
        self.ensure_one()
        # Elevated: officers may not write in accounting, and nobody changes steps by hand.
        step_sudo = self.sudo().with_company(self.company_id)
        undo_sudo = step_sudo.create(
            {
                "name": self._prepare_name(self.period_id, "undo", self.date),
                "kind": "undo",
                "period_id": self.period_id.id,
                "amount": -self.amount,
                "date": self.date,
                "origin_id": self.id,
            }
        )
        values = {
            "date": self.company_id._get_accrual_date(step_sudo.move_id.date),
            "ref": undo_sudo.name,
            "channel_accrual_id": undo_sudo.id,
        }
        undo_sudo.move_id = step_sudo.move_id._channel_trusted()._reverse_moves(
            [values], cancel=True
        )
        step_sudo.is_undone = True
        # The unique index frees the month end at once.
        step_sudo.flush_recordset(["is_undone"])

    @api.model
    def _find_steps(self, period, *conditions):
        """Return steps of a period, the latest first."""
        return self.search([("period_id", "=", period.id), *conditions], order="date desc, id desc")

    def action_open_entry(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }
