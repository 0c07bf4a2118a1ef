from odoo import api, models
from odoo.tools import SQL

from .channel_ledger_returns import DIGITS


class ChannelLedger(models.AbstractModel):
    """Amounts in other currencies, converted in SQL as Odoo converts them in Python."""

    _inherit = "channel.ledger"

    @api.model
    def _rate(self, currency, root_company, day):
        """Return SQL for the rate of a currency (an id) on a day: how much of it a unit buys.

        As ``res.currency._get_rates``: the company's own rates before shared ones, the latest by
        that day, before the first rate the first one, and 1 if there is none at all.

        :param root_company: id of the company at the top, which keeps the rates of its branches
        """
        query = """SELECT rate.rate FROM res_currency_rate AS rate
                    WHERE rate.currency_id = %(currency)s
                      AND (rate.company_id = %(company)s OR rate.company_id IS NULL)
                      AND %(condition)s
                 ORDER BY rate.company_id, %(order)s
                    LIMIT 1"""
        terms = {"currency": currency, "company": root_company}
        latest = SQL(
            query, **terms, condition=SQL("rate.name <= %s", day), order=SQL("rate.name DESC")
        )
        first = SQL(query, **terms, condition=SQL("true"), order=SQL("rate.name"))
        return SQL("COALESCE((%s), (%s), 1)", latest, first)

    @api.model
    def _in_agreement_currency(self, amount, company_amount):
        """Return SQL for an amount in the currency of the agreement; not rounded.

        An amount that is in it already is taken as it is; any other is converted from company
        currency with the rate of the day on which the sale counts.

        It takes the alias ``sold``: ``currency_id`` of the amount, ``date``, and the
        ``agreement_currency_id, company_currency_id, root_company_id`` of whose sale it is.

        :param amount: SQL of the amount in the currency of the document
        :param company_amount: SQL of the same amount in company currency
        """
        day = SQL("sold.date")
        return SQL(
            """
            CASE sold.agreement_currency_id
            WHEN sold.currency_id THEN %(amount)s
            WHEN sold.company_currency_id THEN %(company_amount)s
            ELSE %(company_amount)s * %(rate)s / %(company_rate)s END
            """,
            amount=amount,
            company_amount=company_amount,
            rate=self._rate(SQL("sold.agreement_currency_id"), SQL("sold.root_company_id"), day),
            company_rate=self._rate(
                SQL("sold.company_currency_id"), SQL("sold.root_company_id"), day
            ),
        )

    @api.model
    def _document_rates(self):
        """Return SQL for how the amounts of a document ``sold`` are to be read, found out once.

        ``is_company_currency`` (of the agreement), ``agreement_rate`` and ``company_rate``: those
        of the day, if the agreement is in neither the document's currency nor the company's.
        """
        rate = """CASE WHEN sold.agreement_currency_id NOT IN (
                                sold.currency_id, sold.company_currency_id) THEN %s END AS %s"""
        return SQL(
            "sold.agreement_currency_id = sold.company_currency_id AS is_company_currency, %s, %s",
            *(
                SQL(
                    rate,
                    self._rate(
                        SQL.identifier("sold", f"{whose}_currency_id"),
                        SQL("sold.root_company_id"),
                        SQL("sold.date"),
                    ),
                    SQL.identifier(f"{whose}_rate"),
                )
                for whose in ("agreement", "company")
            ),
        )

    @api.model
    def _by_document_rates(self, amount, company_amount):
        """Return SQL for an amount of a document ``move`` in the currency of the agreement."""
        return SQL(
            """
            CASE WHEN move.is_company_currency THEN %(company_amount)s
                 WHEN move.agreement_rate IS NULL THEN %(amount)s
                 ELSE %(company_amount)s * move.agreement_rate / move.company_rate END
            """,
            amount=amount,
            company_amount=company_amount,
        )

    @api.model
    def _round(self, amount, currency):
        """Return SQL for an amount, rounded to the coins of a currency, halves away from zero.

        Quotients have noise in their last decimals: without it, or half a coin may be lost.

        :param currency: alias of a row of ``res_currency``
        """
        return SQL(
            "ROUND(ROUND(%(amount)s / %(currency)s.rounding, %(digits)s)) * %(currency)s.rounding",
            amount=amount,
            digits=DIGITS,
            currency=currency,
        )
