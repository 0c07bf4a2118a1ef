from odoo import api, models
from odoo.tools import SQL

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

        :param list marks: functions that return the SQL of marks for one of ``SIDES``
        """
        name = SQL.identifier(self._get_trigger_name(table, event))
        sides = SIDES[event]
        inserts = [
            SQL(
                "INSERT INTO channel_sales_mark (tier, partner_id, month) SELECT DISTINCT %s;",
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
            "product_template": [(("UPDATE",), self._mark_templates)],
            "product_product": [(("UPDATE",), self._mark_variants)],
        }

    @api.model
    def _mark_invoices(self, sides):
        """Return the SQL of marks for invoices that come, go, or go elsewhere, after SELECT.

        :param dict sides: one of ``SIDES``, of rows of ``account_move``
        """
        changes = self._get_changes(
            sides,
            "move",
            ["id", "commercial_partner_id", "company_id", "invoice_user_id", "move_type"],
            self.env["channel.ledger"]._invoice_condition(),
            date="invoice_date",
        )
        return SQL("'sell_in', commercial_partner_id, month FROM (%s) AS changed", changes)

    @api.model
    def _mark_invoice_lines(self, sides):
        changes = self._get_changes(
            sides,
            "line",
            ["id", "move_id", "product_id", "product_uom_id", "quantity", "balance"],
            self.env["channel.ledger"]._invoice_line_condition(),
        )
        return self._mark_moves(
            SQL("SELECT DISTINCT changed.move_id FROM (%s) AS changed", changes)
        )

    @api.model
    def _mark_links(self, sides):
        """An invoice of a sell-in order counts even if its customer is a dealer no more."""
        rows = SQL(" UNION ALL ").join(
            SQL("SELECT * FROM %s", SQL.identifier(f"{name}_rows")) for name in sides
        )
        return self._mark_moves(
            SQL(
                """SELECT line.move_id FROM account_move_line AS line
                    WHERE line.id = ANY(ARRAY(SELECT rel.invoice_line_id FROM (%s) AS rel))""",
                rows,
            )
        )

    @api.model
    def _mark_invoices_of_orders(self, sides):
        changes = self._get_changes(sides, "sale", ["id"], SQL("sale.channel_tier = 'sell_in'"))
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
        """Return the SQL of marks for invoices.

        Their ids come as one value: a join may be planned for an empty table, and be carried out
        for a million lines.
        """
        return SQL(
            """'sell_in', move.commercial_partner_id, %s FROM account_move AS move
                WHERE move.id = ANY(ARRAY(%s)) AND %s AND move.invoice_date IS NOT NULL""",
            self._month_of(SQL("move.invoice_date")),
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
        return SQL("'sell_out', channel_partner_id, month FROM (%s) AS changed", changes)

    @api.model
    def _mark_order_lines(self, sides):
        changes = self._get_changes(
            sides,
            "line",
            ["id", "order_id", "product_id", "product_uom_id", "product_uom_qty", "price_subtotal"],
            self.env["channel.ledger"]._order_line_condition(),
        )
        return SQL(
            """'sell_out', sale.channel_partner_id, %s FROM sale_order AS sale
                WHERE sale.id = ANY(ARRAY(SELECT DISTINCT changed.order_id FROM (%s) AS changed))
                  AND %s AND sale.channel_order_date IS NOT NULL""",
            self._month_of(SQL("sale.channel_order_date")),
            changes,
            self.env["channel.ledger"]._order_condition(),
        )

    @api.model
    def _mark_dealers(self, sides):
        """All of a customer's invoices count while he is a dealer."""
        changes = self._get_changes(
            sides, "partner", ["id"], SQL("partner.channel_role = 'dealer'")
        )
        return SQL("'sell_in', changed.id, NULL::date FROM (%s) AS changed", changes)

    @api.model
    def _mark_templates(self, sides):
        """Sums without products know of them whether they are goods, and their unit."""
        return self._mark_products(
            self._get_changes(sides, "template", ["id", "type", "uom_id"], SQL("true"))
        )

    @api.model
    def _mark_variants(self, sides):
        return self._mark_products(
            self._get_changes(sides, "product", ["id", "product_tmpl_id"], SQL("true"))
        )

    @api.model
    def _mark_products(self, changes):
        return SQL("'product', NULL::int4, NULL::date FROM (%s) AS changed", changes)
