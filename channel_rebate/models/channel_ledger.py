from odoo import api, fields, models
from odoo.tools import SQL

# What tells one row of the sales behind a statement from another. The invoice and order lines of
# deleted documents are gone; what is left of them is the number.
SALE_KEY = SQL(
    """agreement_line_id, move_line_id, order_line_id, product_id, tax_key,
       CASE WHEN move_line_id IS NULL AND order_line_id IS NULL THEN document END"""
)


class ChannelLedger(models.AbstractModel):
    """What counts: the one place where sales are summed and statements written, in SQL.

    Every method takes all agreements of a run at once and sends a fixed number of statements,
    however many agreements and invoice lines there are.

    *Sell-in* (a dealer's base): lines of posted customer invoices minus credit notes of the
    commercial partner, without tax; goods only, no down payments, and never a document of a
    settlement. With an agreement on paid basis only invoices that are fully paid by the cut-off.

    *Sell-out* (a sub-distributor's base): his confirmed sell-out orders with the dealer of his
    agreement, without tax, a unit at its price or its floor price, whichever is lower, and no
    more units than the dealer can have had.

    A sale counts on the day of its invoice, or on the channel date of its order; a return on the
    day of its sale. The day decides the version of the agreement and the exchange rate.

    Each product falls under the most specific line of the agreement: variant, product, nearest
    category, all. What does not count is written down as well, with the reason.
    """

    _name = "channel.ledger"
    _description = "Channel Sales Ledger"

    @api.model
    def _flush(self):
        """Write pending changes of everything that the statements below read."""
        for model in (
            "account.account",
            "account.move",
            "account.move.line",
            "account.partial.reconcile",
            "channel.agreement",
            "channel.agreement.line",
            "channel.opening",
            "channel.period",
            "channel.settlement",
            "product.product",
            "product.template",
            "res.currency",
            "res.currency.rate",
            "sale.order",
            "sale.order.line",
            "uom.uom",
        ):
            self.env[model].flush_model()

    @api.model
    def _counting_query(self, agreements, cutoff):
        """Return the SQL of the sales of the agreements' partners and periods, counted or not.

        It reads tables that are laid out for it here, for this transaction.

        A row is a document line, or the part of a return that belongs to one of several sales:
        ``partner_id, agreement_id, agreement_line_id, move_line_id, order_line_id, document,
        document_date, date, product_id, tax_key, is_counted, reason``, and:

        * ``quantity, amount``: what the document says, in the product's unit and in the
          agreement's currency, net of tax
        * ``base_quantity, base_amount, base_company_amount``: what of it counts, the last in
          company currency; zero if the row does not count

        Amounts are not rounded: that is done once, over a sum.

        :param agreements: signed ones, of any periods
        :param cutoff: day up to which payments are looked at on paid basis
        """
        # Room to sort and join a million rows in memory, of PostgreSQL and for this transaction.
        self.env.cr.execute("SET LOCAL work_mem = '256MB'")
        self._lay_out(
            {
                **self._agreement_tables(agreements),
                **self._sell_in_tables(),
                **self._sell_out_tables(),
                **self._available_tables(),
                **self._judging_tables(cutoff),
            }
        )
        return self._counted_query()

    @api.model
    def _lay_out(self, tables):
        """Make temporary tables, each from a query that may read those before it.

        They last until the end of the transaction, or until the next ledger is laid out. Parts of
        one large query would do the same, but PostgreSQL cannot know how many rows come out of
        them: taking a million for a handful it joins them line by line. Tables are counted first.

        :param dict tables: query by name
        """
        for name, query in tables.items():
            table = SQL.identifier(name)
            self.env.cr.execute(
                SQL(
                    """DROP TABLE IF EXISTS pg_temp.%(table)s;
                       CREATE TEMPORARY TABLE %(table)s ON COMMIT DROP AS %(query)s;
                       ANALYZE %(table)s""",
                    table=table,
                    query=query,
                )
            )

    @api.model
    def _base_query(self, agreements, until=None):
        """Return the SQL of the sales that count, summed by product, for who writes nothing down.

        Its rows: ``agreement_id, agreement_line_id, product_id, quantity, base_amount,
        base_company_amount`` with the quantity in the product's unit and the base in the
        agreement's and the company's currency, net of tax.

        :param until: last day that counts, if it comes before the end of the period; on paid basis
            also the cut-off, which is today without it
        """
        return SQL(
            """
            SELECT sales.agreement_id, sales.agreement_line_id, sales.product_id,
                   %(quantity)s AS quantity, %(base)s AS base_amount,
                   ROUND(SUM(sales.base_company_amount), 2) AS base_company_amount
              FROM (%(sales)s) AS sales
              JOIN channel_agreement AS agreement ON agreement.id = sales.agreement_id
              JOIN res_currency AS currency ON currency.id = agreement.currency_id
             WHERE sales.is_counted AND sales.date <= COALESCE(%(until)s::date, 'infinity')
          GROUP BY sales.agreement_id, sales.agreement_line_id, sales.product_id, currency.rounding
            """,
            quantity=self._round_quantity(SQL("SUM(sales.base_quantity)")),
            base=self._round(SQL("SUM(sales.base_amount)"), SQL("currency")),
            sales=self._counting_query(agreements, until or fields.Date.context_today(self)),
            until=until,
        )
