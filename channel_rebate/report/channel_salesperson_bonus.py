from odoo import fields, models
from odoo.tools import SQL


class ChannelSalespersonBonus(models.Model):
    """A salesperson's bonus coefficient: the mean of his dealers', weighted by their sales.

    Of fixed scorecards, with the salesperson whom each names. Sales are the bases of the year's
    approved statements, periodic and supplementary, in company currency; a dealer with none, or
    with more returns than sales, weighs nothing. Without any sales it is the plain mean. It is
    worked out anew each time it is asked, and nothing in it comes from a rate.
    """

    _name = "channel.salesperson.bonus"
    _description = "Bonus Coefficient"
    _auto = False
    _order = "year desc, user_id, id"
    _rec_name = "user_id"
    _depends = {
        "channel.scorecard": [
            "coefficient",
            "company_id",
            "partner_id",
            "state",
            "user_id",
            "year",
        ],
        "channel.statement": [
            "base_company_amount",
            "company_id",
            "kind",
            "partner_id",
            "state",
            "year",
        ],
        "res.company": ["currency_id"],
    }

    user_id = fields.Many2one(comodel_name="res.users", string="Salesperson", readonly=True)
    year = fields.Char(readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    dealer_count = fields.Integer(
        string="Dealers", readonly=True, help="Dealers whose scorecards are fixed: these count."
    )
    open_count = fields.Integer(
        string="Not Fixed Yet",
        readonly=True,
        help="Dealers whose scorecards are not fixed: they don't count yet.",
    )
    sales_amount = fields.Monetary(
        string="Sales",
        readonly=True,
        help="Sales of these dealers in the year that count for their rebates, as settled so far, "
        "without tax.",
    )
    coefficient = fields.Float(
        string="Bonus Coefficient",
        digits=(6, 4),
        readonly=True,
        aggregator=None,
        help="The mean of the dealers' coefficients, weighted by their sales.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(card.id) AS id, card.user_id, card.year, card.company_id,
                   company.currency_id,
                   COUNT(*) FILTER (WHERE card.state = 'fixed') AS dealer_count,
                   COUNT(*) FILTER (WHERE card.state != 'fixed') AS open_count,
                   COALESCE(SUM(sold.amount) FILTER (WHERE card.state = 'fixed'), 0)
                       AS sales_amount,
                   ROUND(COALESCE(
                       SUM(card.coefficient * sold.amount) FILTER (WHERE card.state = 'fixed')
                           / NULLIF(SUM(sold.amount) FILTER (WHERE card.state = 'fixed'), 0),
                       AVG(card.coefficient) FILTER (WHERE card.state = 'fixed')), 4)
                       AS coefficient
              FROM channel_scorecard AS card
              JOIN res_company AS company ON company.id = card.company_id
         LEFT JOIN (%s) AS sold
                ON sold.partner_id = card.partner_id
               AND sold.company_id = card.company_id
               AND sold.year = card.year
             WHERE card.user_id IS NOT NULL
          GROUP BY card.user_id, card.year, card.company_id, company.currency_id
            HAVING BOOL_OR(card.state = 'fixed')
            """,
            self._sold_query(),
        )

    def _sold_query(self):
        """Return the SQL of a dealer's sales of a year, of revealed statements that stand."""
        return SQL(
            """
            SELECT statement.partner_id, statement.company_id, statement.year,
                   GREATEST(SUM(statement.base_company_amount), 0) AS amount
              FROM channel_statement AS statement
             WHERE statement.state IN ('approved', 'done')
               AND statement.kind IN ('periodic', 'supplementary')
          GROUP BY statement.partner_id, statement.company_id, statement.year
            """
        )

    def action_open_scorecards(self):
        """Open the scorecards that a row is made of."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_scorecard_action"
        )
        return {
            **action,
            "domain": [
                ("user_id", "=", self.user_id.id),
                ("year", "=", self.year),
                ("company_id", "=", self.company_id.id),
            ],
            "context": {},
        }
