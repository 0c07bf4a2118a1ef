from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL

from .channel_statement_pack import SUMMED

# What tells one row of the sales behind a statement from another. The invoice and order lines of
# deleted documents are gone; what is left of them is the number.
SALE_KEY = SQL(
    """agreement_line_id, move_line_id, order_line_id, product_id, tax_key,
       CASE WHEN move_line_id IS NULL AND order_line_id IS NULL THEN document END"""
)

# How PostgreSQL is to plan for this transaction: with room to sort and join a million rows in
# memory, where a hash does it without sorting; with other processes, which soon hand over rows so
# narrow; and with a look at a part of each table, which does to tell how large its parts are.
PLANNING = """
    SET LOCAL work_mem = '256MB';
    SET LOCAL enable_mergejoin = off;
    SET LOCAL parallel_tuple_cost = 0.01;
    SET LOCAL default_statistics_target = 25
"""


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
    def _lay_out_sales(self, agreements, cutoff, contents, until=None):
        """Lay out the sales of the agreements' partners and periods, counted or not, as packs.

        :meth:`_packs_query` gives the packs, :meth:`_counting_query` the sales in them.

        :param agreements: signed ones, of any periods
        :param cutoff: day up to which payments are looked at on paid basis
        :param contents: ``WHOLE``, ``SUMMED`` or ``DIGESTED``: what packs have
        :param until: last day that counts, if it comes before the end of the period
        """
        self.env.cr.execute(PLANNING)
        self._lay_out(
            {
                **self._agreement_tables(agreements),
                **self._sell_in_tables(cutoff),
                **self._plain_tables(until, contents),
                **self._sell_out_tables(until, contents),
                **self._available_tables(),
                "counting_covering": self._covering_query(),
                "counting_taken_back": self._taken_back_packs_query(until, contents),
            }
        )

    @api.model
    def _lay_out(self, tables):
        """Make tables for this transaction, each from a query that may read those before it.

        Parts of one large query would do the same, but PostgreSQL cannot know how many rows come
        out of them: taking a million for a handful it joins them line by line. Tables are counted
        first.

        They are not temporary ones, which PostgreSQL reads with one process only, but seen by
        nobody else either: they are gone before the transaction ends. Views give them the same
        names in all sessions.

        :param dict tables: query by name
        """
        cr = self.env.cr
        self._clear_away(tables)
        for name, query in tables.items():
            cr.execute(
                SQL(
                    """CREATE UNLOGGED TABLE %(table)s AS %(query)s;
                       ANALYZE %(table)s %(counted)s;
                       CREATE TEMPORARY VIEW %(name)s AS SELECT * FROM %(table)s""",
                    table=self._laid_out(name),
                    counted=self._counted_columns(name),
                    name=SQL.identifier(name),
                    query=query,
                )
            )
        cr.precommit.add(partial(self._clear_away, tables))

    @api.model
    def _counted_columns(self, _name):
        """Return the SQL of the columns of a table that are counted: nothing for all of them."""
        return SQL()

    @api.model
    def _laid_out(self, name):
        """Return the table behind a name, which this session has for itself."""
        return SQL.identifier(f"{name}_{self.env.cr._cnx.info.backend_pid}")

    @api.model
    def _clear_away(self, names):
        self.env.cr.execute(
            SQL(
                "DROP TABLE IF EXISTS %s CASCADE",
                SQL(", ").join(self._laid_out(name) for name in names),
            )
        )

    @api.model
    def _base_query(self, agreements, until=None):
        """Return the SQL of the sales that count, summed by product, for who writes nothing down.

        It reads tables that are laid out for it here.

        Its rows: ``agreement_id, agreement_line_id, product_id, quantity, base_amount,
        base_company_amount`` with the quantity in the product's unit and the base in the
        agreement's and the company's currency, net of tax.

        :param until: last day that counts, if it comes before the end of the period; on paid basis
            also the cut-off, which is today without it
        """
        cutoff = until or fields.Date.context_today(self)
        self._lay_out_sales(agreements, cutoff, SUMMED, until=until)
        return SQL(
            """
            SELECT sales.agreement_id, sales.agreement_line_id, sales.product_id,
                   %(quantity)s AS quantity, %(base)s AS base_amount,
                   ROUND(SUM(sales.base_company_amount), 2) AS base_company_amount
              FROM (%(packs)s) AS sales
              JOIN channel_agreement AS agreement ON agreement.id = sales.agreement_id
              JOIN res_currency AS currency ON currency.id = agreement.currency_id
             WHERE sales.is_counted
          GROUP BY sales.agreement_id, sales.agreement_line_id, sales.product_id, currency.rounding
            """,
            quantity=self._round_quantity(SQL("SUM(sales.base_quantity)")),
            base=self._round(SQL("SUM(sales.base_amount)"), SQL("currency")),
            packs=self._packs_query(SUMMED),
        )
