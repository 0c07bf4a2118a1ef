import logging
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import date_utils, format_date, html_escape

from ..const import OFFICER
from ..gate import run_job
from ..locking import touch
from ..tools.accrual import digest, is_safe
from ..unlocking import PassphraseNeededError

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Pool:
    """What is expected for one period up to a month end; lives in memory only.

    :param amount: in company currency, over all partners
    :param basis: by dealer id a digest of the sales that count, and their base in company
        currency by agreement line: ``{"digest": text, "bases": {agreement line id: amount}}``
    :param hidden: ids of the dealers whose rates are not revealed
    :param rates: number of agreement lines with sales of hidden dealers
    """

    period: object
    amount: float
    basis: dict
    hidden: set
    rates: int

    def get_moved(self, before):
        """Return by how much the sales of hidden dealers have changed, for whom they have.

        By agreement line: what is bought instead of something else has another rate.

        :param before: the basis of the last entry, whose keys are texts
        """
        changed = []
        for key in self.hidden:
            now, then = self.basis[key], before.get(str(key), {})
            if now["digest"] == then.get("digest"):
                continue
            new, old = now["bases"], then.get("bases", {})
            lines = new.keys() | old.keys()
            changed.append(sum(abs(new.get(line, 0) - old.get(line, 0)) for line in lines))
        return changed


class ChannelAccrual(models.Model):
    """The monthly run: by hand, or by a scheduled action in the name of an officer."""

    _inherit = "channel.accrual"

    @api.model
    def _accrue(self, company, month_end):
        """Post what is expected for the open, unsettled periods of a company up to a month end.

        The amount of a month end is fixed once it is posted: another run for it posts nothing,
        or the same amount if it was undone. What changes later goes into the difference of the
        next month end, if enough dealers stand behind that (:func:`tools.accrual.is_safe`).

        :return: the new steps, and why nothing was posted by period
        :raise AccessError: the caller is no officer, or elevated code
        :raise UserError: accruals are not set up, or the month is not over
        """
        self._check_officer()
        company._check_accrual_settings()
        self._check_month_end(month_end)
        periods = self.env["channel.period"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("date_from", "<=", month_end),
            ],
            order="date_from",
        )
        touch(periods)
        steps, reasons = self.browse(), {}
        for pool in self._get_pools(company, periods, month_end):
            values, reason = self._get_step_values(pool, month_end)
            if reason:
                reasons[pool.period] = reason
            else:
                steps |= self._post_step(pool.period, "accrue", date=month_end, **values)
        return steps, reasons

    @api.model
    def _check_month_end(self, month_end):
        if month_end != date_utils.end_of(month_end, "month"):
            raise UserError(self.env._("Accruals are made up to the last day of a month."))
        if month_end >= fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "%(month)s is not over yet: accruals are made for months that are.",
                    month=format_date(self.env, month_end, date_format="LLLL y"),
                )
            )

    @api.model
    def _get_step_values(self, pool, month_end):
        """Return what the new step of a period says, or why there is none: ``(values, reason)``."""
        # Elevated, for the digests of the last entry, which nobody reads.
        posted_sudo = self.sudo()._find_steps(pool.period, ("kind", "=", "accrue"))
        same_sudo = posted_sudo.filtered(lambda step: step.date == month_end)
        if same_sudo and all(step.is_undone for step in same_sudo):
            # Anything else would show, as a difference, what happened in between.
            values = {"amount": same_sudo[:1].amount, "basis": same_sudo[:1].basis}
            return values, None
        if posted_sudo and month_end <= posted_sudo[0].date:
            reason = self.env._(
                "accrued up to %(date)s already", date=format_date(self.env, posted_sudo[0].date)
            )
            return None, reason
        return self._get_delta_values(pool, posted_sudo)

    @api.model
    def _get_delta_values(self, pool, posted_sudo):
        currency = pool.period.company_id.currency_id
        delta = currency.round(pool.amount - pool.period._get_accrued())
        if currency.is_zero(delta):
            return None, self.env._("nothing has changed")
        moved = pool.get_moved(posted_sudo[:1].basis or {})
        entries = len(set(posted_sudo.mapped("date"))) + 1
        if not is_safe(len(pool.hidden), moved, pool.rates, entries):
            return None, self.env._(
                "waits, since rates could be read off the amount: fewer than three dealers with "
                "new sales, one with more than half of them, or too many entries for so few rates"
            )
        return {"amount": delta, "basis": pool.basis}, None

    # === What is expected === #

    @api.model
    def _get_pools(self, company, periods, month_end):
        """Return a :class:`Pool` for each period, oldest first; nothing is written.

        The number of SQL statements does not depend on the number of agreements.
        """
        agreements = periods._get_unsettled_agreements()
        rows = self.env["channel.ledger"]._get_bases(agreements, until=month_end)
        statements = self.env["channel.statement"]._imagine(agreements, rows)
        expected = self._get_expected(company, statements, month_end)
        unposted = periods._get_unposted_amounts(month_end)
        rows_of = {}
        for row in rows:
            if row["quantity"] or row["base_amount"]:
                rows_of.setdefault(row["agreement_id"], []).append(row)
        return [
            self._make_pool(
                period,
                expected.get(period, 0.0) + unposted.get(period, 0.0),
                agreements.filtered(lambda a, p=period: a.period_id == p and a.role == "dealer"),
                rows_of,
            )
            for period in periods
        ]

    @api.model
    def _make_pool(self, period, amount, agreements, rows_of):
        """Return the pool of one period, whose dealers' ``agreements`` these are."""
        basis, hidden, rates = {}, set(), 0
        for partner, own in agreements.grouped("partner_id").items():
            rows = [row for agreement in own for row in rows_of.get(agreement.id, ())]
            if not rows:
                continue
            bases = {}
            for row in rows:
                line = str(row["agreement_line_id"])
                bases[line] = bases.get(line, 0) + row["base_company_amount"]
            basis[partner.id] = {
                "digest": digest(tuple(sorted(row.items())) for row in rows),
                "bases": bases,
            }
            if all(agreement.state == "signed" for agreement in own):
                hidden.add(partner.id)
                rates += len({row["agreement_line_id"] for row in rows})
        return Pool(period, amount, basis, hidden, rates)

    @api.model
    def _get_expected(self, company, statements, month_end):
        """Return Σ net of statements in memory by period, in company currency.

        Periods are taken in their order, and what one leaves to deduct goes into the next, so
        that no cent is deducted twice.

        :raise AccessError: the caller is no holder
        """
        secrets = self.env["channel.rate"]._unseal_lines(
            statements.line_ids.agreement_line_id, way="accrue"
        )
        balances = statements._find_balances(statements.partner_id, company)
        expected = {}
        by_period = statements.grouped(
            lambda statement: (statement.period_id, statement.currency_id)
        )
        for (period, currency), own in sorted(
            by_period.items(), key=lambda item: (item[0][0].date_from, item[0][1].id)
        ):
            carried = {s.id: balances.get(s._get_balance_key(), 0) for s in own}
            accounts = own._get_accounts(secrets, carried)
            for statement in own:
                balances[statement._get_balance_key()] = accounts[statement.id].carried_out
            net = float(sum(account.net for account in accounts.values()))
            net = currency._convert(net, company.currency_id, company, month_end)
            expected[period] = expected.get(period, 0.0) + net
        return expected

    # === Scheduled action === #

    @api.model
    def _cron_accrue(self, company_id):
        """Accrue up to the end of last month; officers are told if that does not work.

        Runs as the officer whom the company chose. Under anybody else, the system user and those
        who are no officers any more, rates stay sealed and nothing is posted.
        """
        company = self.env["res.company"].browse(company_id)
        month_end = fields.Date.context_today(self).replace(day=1) - relativedelta(days=1)
        try:
            with self.env.cr.savepoint():
                records = self.with_company(company)
                own_company = company.with_env(records.env)
                steps, _reasons = run_job(records._accrue, own_company, month_end)
                _logger.info("Rebate accruals posted: %s", len(steps))
        except PassphraseNeededError:
            self._remind_officers(company, month_end)
        except UserError as error:
            _logger.warning("Rebate accruals of company %s were not posted", company_id)
            self._tell_officers(company, str(error))

    @api.model
    def _tell_officers(self, company, text):
        """Give the officers of a company an activity; none of the texts holds a number."""
        # Elevated: whoever the action runs as may be nobody.
        company_sudo = company.sudo()
        self.env["mail.activity"].sudo().create(
            [
                {
                    "user_id": officer.id,
                    "summary": self.env._(
                        "Rebate accruals of %(company)s were not posted", company=company_sudo.name
                    ),
                    "note": html_escape(text),
                    "date_deadline": fields.Date.context_today(self),
                    "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                }
                for officer in company_sudo._get_members_of(OFFICER)
            ]
        )
