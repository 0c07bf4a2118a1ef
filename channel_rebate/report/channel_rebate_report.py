from odoo import api, fields, models
from odoo.tools import SQL


class ChannelRebateReport(models.Model):
    """What rebates come to, a row a live statement that has been revealed; no table behind it.

    Nothing is in it before its approval, for holders neither. A dealer's rebate is what the
    company pays in all: to himself and to his sub-distributors, who are paid out of his. Sales
    are sell-in, since goods that are sold on are the same goods. Amounts are in company currency
    and without tax: sales at the rates of their days, as in the statement, all others at that of
    the document, as in the books.
    """

    _name = "channel.rebate.report"
    _description = "Channel Rebate Analysis"
    _auto = False
    _order = "year desc, dealer_id, role, id desc"
    # What has to be written to the database before it is asked.
    _depends = {
        "account.move": ["invoice_currency_rate", "move_type"],
        "channel.period": ["year"],
        "channel.settlement": ["date"],
        "channel.statement": [
            "base_company_amount",
            "carried_in_amount",
            "carried_out_amount",
            "company_currency_id",
            "company_id",
            "compensation_amount",
            "currency_id",
            "dealer_id",
            "gross_amount",
            "kind",
            "move_id",
            "net_amount",
            "partner_id",
            "passed_on_amount",
            "penalty_amount",
            "period_id",
            "role",
            "settlement_id",
            "state",
            "year",
        ],
        "res.company": ["parent_path"],
        "res.currency.rate": ["company_id", "currency_id", "name", "rate"],
        "res.partner": ["user_id"],
    }

    # Which statement
    statement_id = fields.Many2one(comodel_name="channel.statement", readonly=True)
    kind = fields.Selection(
        selection=[
            ("periodic", "Periodic"),
            ("supplementary", "Supplementary"),
            ("annual", "Year-end"),
        ],
        readonly=True,
    )
    period_id = fields.Many2one(
        comodel_name="channel.period", readonly=True, help="None for a year-end rebate."
    )
    year = fields.Char(readonly=True, help="The fiscal year that is rebated.")
    date = fields.Date(
        string="Settled on", readonly=True, help="Date of the documents of the settlement."
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency", string="Company Currency", readonly=True
    )
    statement_currency_id = fields.Many2one(
        comodel_name="res.currency", string="Currency", readonly=True, help="The statement's."
    )

    # Who
    partner_id = fields.Many2one(comodel_name="res.partner", readonly=True)
    role = fields.Selection(
        selection=[("dealer", "Dealer"), ("sub_distributor", "Sub-distributor")], readonly=True
    )
    dealer_id = fields.Many2one(
        comodel_name="res.partner",
        readonly=True,
        help="The dealer himself, or whom the sub-distributor was settled with.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        readonly=True,
        help="The dealer's, also for his sub-distributors: their rebates are part of his.",
    )

    # How much
    sales_amount = fields.Monetary(
        string="Sales",
        readonly=True,
        help="Dealers' sell-in that counts for their rebates. What sub-distributors buy is not "
        "added: their dealer has bought it before. A year-end rebate has no sales of its own.",
    )
    sell_out_amount = fields.Monetary(
        string="Sell-out",
        readonly=True,
        help="What sub-distributors have bought and that counts for their rebates.",
    )
    gross_amount = fields.Monetary(
        string="Gross",
        readonly=True,
        help="Own rebates of the periods. A sub-distributor's is part of his dealer's: to add "
        "both, take passed on off.",
    )
    passed_on_amount = fields.Monetary(
        string="Passed on", readonly=True, help="What dealers' sub-distributors get out of it."
    )
    penalty_amount = fields.Monetary(string="Penalty", readonly=True)
    compensation_amount = fields.Monetary(string="Compensation", readonly=True)
    annual_amount = fields.Monetary(
        string="Year-end Rebate", readonly=True, help="Before penalties and compensation."
    )
    rebate_amount = fields.Monetary(
        string="Rebate",
        readonly=True,
        help="Gross - passed on - penalty + compensation + year-end rebate, before anything is "
        "carried over. Of a dealer and his sub-distributors together: what he costs in all.",
    )

    @api.depends("statement_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.statement_id.display_name

    @property
    def _table_query(self):
        columns = SQL(", ").join(
            SQL("%s AS %s", term, SQL.identifier(name))
            for name, term in self._get_columns().items()
        )
        return SQL(
            """
            SELECT %(columns)s
              FROM channel_statement AS statement
              JOIN channel_settlement AS settlement ON settlement.id = statement.settlement_id
              JOIN res_company AS company ON company.id = statement.company_id
         LEFT JOIN channel_period AS period ON period.id = statement.period_id
         LEFT JOIN res_partner AS dealer
                ON dealer.id = COALESCE(statement.dealer_id, statement.partner_id)
         LEFT JOIN account_move AS move ON move.id = statement.move_id
        CROSS JOIN LATERAL (%(amounts)s) AS amount
             %(joins)s
             WHERE statement.state IN ('approved', 'done')
            """,
            columns=columns,
            amounts=self._get_amounts_query(),
            joins=self._get_joins(),
        )

    @api.model
    def _get_columns(self):
        """Return SQL by column; the aliases are those of the table query."""
        is_annual = SQL("statement.kind = 'annual'")
        sales = "CASE WHEN %s OR statement.role != %s THEN 0 ELSE statement.base_company_amount END"
        own = {
            name: SQL("statement.%s", SQL.identifier(name))
            for name in ("id", "kind", "period_id", "company_id", "partner_id", "role")
        }
        return {
            **own,
            "statement_id": SQL("statement.id"),
            "year": SQL("COALESCE(statement.year, period.year)"),
            "date": SQL("settlement.date"),
            "currency_id": SQL("statement.company_currency_id"),
            "statement_currency_id": SQL("statement.currency_id"),
            "dealer_id": SQL("dealer.id"),
            "user_id": SQL("dealer.user_id"),
            "sales_amount": SQL(sales, is_annual, "dealer"),
            "sell_out_amount": SQL(sales, is_annual, "sub_distributor"),
            "gross_amount": SQL("CASE WHEN %s THEN 0 ELSE amount.gross END", is_annual),
            "passed_on_amount": SQL("amount.passed_on"),
            "penalty_amount": SQL("amount.penalty"),
            "compensation_amount": SQL("amount.compensation"),
            "annual_amount": SQL("CASE WHEN %s THEN amount.gross ELSE 0 END", is_annual),
            "rebate_amount": SQL(
                "amount.gross - amount.passed_on - amount.penalty + amount.compensation"
            ),
        }

    @api.model
    def _get_joins(self):
        """Return SQL of further joins, for columns that need them."""
        return SQL()

    @api.model
    def _get_amounts_query(self):
        """Return SQL of a statement's amounts in company currency, not rounded.

        Whatever was not written down is nothing, so that sums never come to NULL by it.
        """
        names = (
            "gross",
            "passed_on",
            "penalty",
            "compensation",
            "carried_in",
            "carried_out",
            "net",
        )
        columns = SQL(", ").join(
            SQL(
                "COALESCE(statement.%s, 0) * conversion.factor AS %s",
                SQL.identifier(f"{name}_amount"),
                SQL.identifier(name),
            )
            for name in names
        )
        return SQL(
            "SELECT %s FROM (SELECT %s AS factor) AS conversion", columns, self._get_factor()
        )

    @api.model
    def _get_factor(self):
        """Return SQL for what a unit of the statement's currency is in company currency.

        The document's own rate; for what has none, as for a payment entry, that of its date.
        """
        rate = self.env["channel.ledger"]._rate
        root_company = SQL("split_part(company.parent_path, '/', 1)::int")
        day = SQL("settlement.date")
        return SQL(
            """
            CASE WHEN statement.currency_id = statement.company_currency_id THEN 1
                 WHEN move.move_type != 'entry' AND move.invoice_currency_rate > 0
                 THEN 1 / move.invoice_currency_rate::numeric
                 ELSE %(company_rate)s::numeric / %(rate)s::numeric END
            """,
            company_rate=rate(SQL("statement.company_currency_id"), root_company, day),
            rate=rate(SQL("statement.currency_id"), root_company, day),
        )

    @api.readonly
    def action_open_statement(self):
        """Open the statement that a row comes from."""
        self.ensure_one()
        return self.statement_id.get_formview_action()
