from odoo import api, models
from odoo.tools import SQL

SELL_IN, SELL_OUT = SQL("'sell_in'"), SQL("'sell_out'")
ALWAYS = SQL("'0001-01-01'::date, '9999-12-31'::date")
# What a statement leaves behind, and whether that adds to sales or takes away from them.
SIDES = {"INSERT": {"new": 1}, "DELETE": {"old": -1}, "UPDATE": {"old": -1, "new": 1}}


class ChannelSalesTotal(models.AbstractModel):
    """Marks the months in which something changes, whoever changes it and on whichever way.

    Triggers do so, once a statement: whatever writes to the tables passes them, the ORM, Odoo's own
    SQL (as when partners are merged) and that of others, and they know what was there before. They
    compare only what the sums hang on, so that drafts and payments leave no mark.
    """

    _inherit = "channel.sales.total"

    @api.model
    def _create_triggers(self):
        for table, marks in self._prepare_marks().items():
            for event in ("INSERT", "UPDATE", "DELETE"):
                if bodies := [mark for events, mark in marks if event in events]:
                    self._create_trigger(table, event, bodies)

    @api.model
    def _drop_triggers(self):
        for table in self._prepare_marks():
            for event in SIDES:
                name = SQL.identifier(self._get_trigger_name(table, event))
                self.env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s CASCADE", name))

    @api.model
    def _get_trigger_name(self, table, event):
        return f"channel_sales_{table}_{event.lower()}"

    @api.model
    def _create_trigger(self, table, event, marks):
        """Have a table make marks.

        :param list marks: functions that return SQL for a dict of tables and what they count
        """
        name = SQL.identifier(self._get_trigger_name(table, event))
        sides = SIDES[event]
        inserts = [
            SQL(
                """INSERT INTO channel_sales_mark (tier, partner_id, date_from, date_to)
                   SELECT DISTINCT * FROM (%s) AS mark WHERE mark.partner_id IS NOT NULL;""",
                mark(sides),
            )
            for mark in marks
        ]
        self.env.cr.execute(
            SQL(
                """CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS
                   $$BEGIN %s RETURN NULL; END$$""",
                name,
                SQL(" ").join(inserts),
            )
        )
        self.env.cr.execute(
            SQL(
                """DROP TRIGGER IF EXISTS %(name)s ON %(table)s;
                   CREATE TRIGGER %(name)s AFTER %(event)s ON %(table)s REFERENCING %(tables)s
                   FOR EACH STATEMENT EXECUTE FUNCTION %(name)s()""",
                name=name,
                table=SQL.identifier(table),
                event=SQL(event),
                tables=SQL(" ").join(SQL(f"{side} TABLE AS {side}_rows") for side in sides),
            )
        )

    @api.model
    def _get_changes(self, sides, alias, names, condition, date=None):
        """Return the SQL of rows of which there are more, or fewer, than before the statement.

        :param str alias: how conditions name the table
        :param list names: columns that matter
        :param SQL condition: rows that matter
        :param str date: a column of which the month matters; rows without it do not
        """
        columns = [SQL.identifier(alias, name) for name in names]
        if date:
            day = SQL.identifier(alias, date)
            columns.append(SQL("%s AS month", self._month_of(day)))
            condition = SQL("%s AND %s IS NOT NULL", condition, day)
            names = [*names, "month"]
        rows = [
            SQL(
                "SELECT %s, %s AS side FROM %s AS %s WHERE %s",
                SQL(", ").join(columns),
                SQL(str(side)),
                SQL.identifier(f"{name}_rows"),
                SQL.identifier(alias),
                condition,
            )
            for name, side in sides.items()
        ]
        return SQL(
            "SELECT %(names)s FROM (%(rows)s) AS sides GROUP BY %(names)s HAVING SUM(side) <> 0",
            names=SQL(", ").join(map(SQL.identifier, names)),
            rows=SQL(" UNION ALL ").join(rows),
        )

    @api.model
    def _month_of(self, day):
        return SQL("date_trunc('month', %s::timestamp)::date", day)

    @api.model
    def _mark_month(self, tier, partner, month):
        """Return the SQL of the columns of a mark."""
        return SQL(
            """%(tier)s, %(partner)s AS partner_id, %(month)s AS date_from,
               (%(month)s + interval '1 month' - interval '1 day')::date AS date_to""",
            tier=tier,
            partner=partner,
            month=month,
        )

    # === What matters === #

    @api.model
    def _prepare_marks(self):
        """Return by table the events, and the SQL of the marks that they make."""
        every = ("INSERT", "UPDATE", "DELETE")
        return {
            "account_move": [(every, self._mark_invoices)],
            "account_move_line": [(every, self._mark_invoice_lines)],
            "sale_order": [
                (every, self._mark_orders),
                (("UPDATE",), self._mark_invoices_of_orders),
            ],
            "sale_order_line": [(every, self._mark_order_lines)],
            "sale_order_line_invoice_rel": [(("INSERT", "DELETE"), self._mark_links)],
            "res_partner": [(("UPDATE",), self._mark_dealers)],
        }

    @api.model
    def _mark_invoices(self, sides):
        """Return the SQL of marks for invoices that come, go, or go elsewhere.

        :param dict sides: those of ``account_move`` rows
        """
        changes = self._get_changes(
            sides,
            "move",
            ["id", "commercial_partner_id", "company_id", "invoice_user_id", "move_type"],
            self.env["channel.ledger"]._invoice_condition(),
            date="invoice_date",
        )
        columns = self._mark_month(SELL_IN, SQL("commercial_partner_id"), SQL("month"))
        return SQL("SELECT %s FROM (%s) AS changed", columns, changes)

    @api.model
    def _mark_invoice_lines(self, sides):
        changes = self._get_changes(
            sides,
            "line",
            ["id", "move_id", "product_id", "product_uom_id", "quantity", "balance"],
            self.env["channel.ledger"]._invoice_line_condition(),
        )
        return self._mark_moves(SQL("SELECT changed.move_id FROM (%s) AS changed", changes))

    @api.model
    def _mark_links(self, sides):
        """An invoice of a sell-in order counts even if its customer is a dealer no more."""
        rows = SQL(" UNION ALL ").join(SQL(f"SELECT * FROM {name}_rows") for name in sides)
        return self._mark_moves(
            SQL(
                """SELECT line.move_id FROM (%s) AS rel
                     JOIN account_move_line AS line ON line.id = rel.invoice_line_id""",
                rows,
            )
        )

    @api.model
    def _mark_invoices_of_orders(self, sides):
        changes = self._get_changes(
            sides, "sale", ["id"], SQL("sale.channel_tier = 'sell_in'")
        )
        return self._mark_moves(
            SQL(
                """SELECT line.move_id FROM (%s) AS changed
                     JOIN sale_order_line AS sold ON sold.order_id = changed.id
                     JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = sold.id
                     JOIN account_move_line AS line ON line.id = rel.invoice_line_id""",
                changes,
            )
        )

    @api.model
    def _mark_moves(self, move_ids):
        return SQL(
            """SELECT %s FROM (%s) AS changed JOIN account_move AS move ON move.id = changed.move_id
                WHERE %s AND move.invoice_date IS NOT NULL""",
            self._mark_month(
                SELL_IN,
                SQL("move.commercial_partner_id"),
                self._month_of(SQL("move.invoice_date")),
            ),
            move_ids,
            self.env["channel.ledger"]._invoice_condition(),
        )

    @api.model
    def _mark_orders(self, sides):
        changes = self._get_changes(
            sides,
            "sale",
            [
                "id",
                "channel_partner_id",
                "channel_dealer_id",
                "channel_territory_id",
                "company_id",
                "currency_rate",
                "user_id",
            ],
            self.env["channel.ledger"]._order_condition(),
            date="channel_order_date",
        )
        columns = self._mark_month(SELL_OUT, SQL("channel_partner_id"), SQL("month"))
        return SQL("SELECT %s FROM (%s) AS changed", columns, changes)

    @api.model
    def _mark_order_lines(self, sides):
        changes = self._get_changes(
            sides,
            "line",
            ["id", "order_id", "product_id", "product_uom_id", "product_uom_qty", "price_subtotal"],
            self.env["channel.ledger"]._order_line_condition(),
        )
        return SQL(
            """SELECT %s FROM (%s) AS changed JOIN sale_order AS sale ON sale.id = changed.order_id
                WHERE %s AND sale.channel_order_date IS NOT NULL""",
            self._mark_month(
                SELL_OUT,
                SQL("sale.channel_partner_id"),
                self._month_of(SQL("sale.channel_order_date")),
            ),
            changes,
            self.env["channel.ledger"]._order_condition(),
        )

    @api.model
    def _mark_dealers(self, sides):
        """All of a customer's invoices count when he becomes a dealer, and no more when he is none."""
        changes = self._get_changes(
            sides, "partner", ["id"], SQL("partner.channel_role = 'dealer'")
        )
        return SQL(
            "SELECT %s, changed.id AS partner_id, %s FROM (%s) AS changed",
            SELL_IN,
            ALWAYS,
            changes,
        )
