"""Writes confirmed sell-out orders of sub-distributors by SQL."""

from copies import FIRST, LAST, LINES_A_DOCUMENT, TAX_PERCENT, Copies
from odoo.fields import Command
from odoo.tools import SQL


class Orders(Copies):
    """Sales of a quarter of dealers to sub-distributors."""

    def make_orders(self, subs, covered, lines):
        """Write confirmed sell-out orders with so many lines in all.

        :param subs: sub-distributors, in the order of ``covered``
        :param list covered: for each of them the numbers of the products that he sells
        """
        source = self._make_source_order(subs[0])
        self._plan_orders(subs, covered, lines)
        self._copy_orders(source)
        self._copy_order_lines(source.order_line)
        self.execute(
            """INSERT INTO account_tax_sale_order_line_rel (sale_order_line_id, account_tax_id)
               SELECT line.id, %(tax_id)s FROM bench_order_line AS line""",
            tax_id=self.products.taxes_id.id,
        )
        for table in ("sale_order", "sale_order_line"):
            self._set_sequence(table)
        source._action_cancel()
        source.unlink()
        self.env.invalidate_all()

    def _make_source_order(self, sub):
        order = self.env["sale.order"].create(
            {
                "partner_id": sub.id,
                "channel_order_date": FIRST,
                "order_line": [Command.create({"product_id": self.products[0].id})],
            }
        )
        order.action_confirm()
        self.env.flush_all()
        return order

    def _plan_orders(self, subs, covered, lines):
        orders = max(len(subs), -(-lines // LINES_A_DOCUMENT))
        self.execute("DROP TABLE IF EXISTS bench_order, bench_order_line")
        self.execute(
            """
            CREATE TEMP TABLE bench_order AS
            SELECT number, %(first_id)s + number AS id, partner.id AS partner_id,
                   partner.channel_dealer_id AS dealer_id, mod(number, %(subs)s) AS sub_number,
                   %(first)s::date + %(day)s AS date
              FROM generate_series(0, %(orders)s - 1) AS number
              JOIN unnest(%(sub_ids)s::int[]) WITH ORDINALITY AS sub(id, position)
                ON sub.position = mod(number, %(subs)s) + 1
              JOIN res_partner AS partner ON partner.id = sub.id
            """,
            first_id=self._next_id("sale_order"),
            subs=len(subs),
            orders=orders,
            first=FIRST,
            day=self.chance("number", (LAST - FIRST).days + 1, 3),
            sub_ids=subs.ids,
        )
        self.execute(
            """
            CREATE TEMP TABLE bench_order_line AS
            SELECT planned.*, product.id AS product_id, product.name AS label, product.uom_id,
                   product.price, planned.quantity * product.price AS amount
              FROM (SELECT %(first_id)s + line.number AS id, plan.id AS order_id,
                           1 + %(quantity)s AS quantity,
                           -- An order begins where his last one ended.
                           (%(covered)s::int[])[
                               1 + plan.sub_number * %(each)s
                               + mod(plan.number / %(subs)s * %(lines_each)s
                                     + line.number / %(orders)s, %(each)s)] AS product_number
                      FROM generate_series(0, %(lines)s - 1) AS line(number)
                      JOIN bench_order AS plan ON plan.number = mod(line.number, %(orders)s)
                   ) AS planned
              JOIN bench_product AS product ON product.number = planned.product_number
            """,
            first_id=self._next_id("sale_order_line"),
            quantity=self.chance("line.number", 3, 4),
            covered=[number for numbers in covered for number in numbers],
            each=len(covered[0]),
            subs=len(subs),
            orders=orders,
            lines=lines,
            lines_each=-(-lines // orders),
        )
        self.execute("CREATE INDEX ON bench_order_line (order_id)")
        self.execute("ANALYZE bench_order, bench_order_line")

    def _copy_orders(self, source):
        changes = {
            "id": "plan.id",
            "name": "'BENCH' || lpad(plan.number::text, 7, '0')",
            "access_token": "NULL",
            **dict.fromkeys(
                (
                    "partner_id",
                    "partner_invoice_id",
                    "partner_shipping_id",
                    "channel_partner_id",
                ),
                "plan.partner_id",
            ),
            "channel_dealer_id": "plan.dealer_id",
            **dict.fromkeys(("channel_order_date", "date_order"), "plan.date"),
            "amount_untaxed": "sums.untaxed",
            "amount_tax": "sums.tax",
            "amount_total": "sums.untaxed + sums.tax",
        }
        self._copy(
            "sale_order",
            source.id,
            changes,
            SQL(
                """
                bench_order AS plan
                JOIN (SELECT order_id, SUM(amount) AS untaxed,
                             ROUND(SUM(amount) * %s / 100, 2) AS tax
                        FROM bench_order_line GROUP BY order_id) AS sums
                  ON sums.order_id = plan.id
                """,
                TAX_PERCENT,
            ),
        )

    def _copy_order_lines(self, source):
        changes = {
            "id": "line.id",
            "order_id": "line.order_id",
            "order_partner_id": "plan.partner_id",
            "name": "line.label",
            "product_id": "line.product_id",
            "product_uom_id": "line.uom_id",
            "product_uom_qty": "line.quantity",
            **dict.fromkeys(
                (
                    "price_unit",
                    "technical_price_unit",
                    "channel_floor_unit_price",
                    "price_reduce_taxexcl",
                ),
                "line.price",
            ),
            "price_reduce_taxinc": f"line.price * {100 + TAX_PERCENT} / 100",
            "price_subtotal": "line.amount",
            "price_tax": f"ROUND(line.amount * {TAX_PERCENT} / 100, 2)",
            "price_total": f"ROUND(line.amount * {100 + TAX_PERCENT} / 100, 2)",
        }
        planned = SQL(
            "bench_order_line AS line JOIN bench_order AS plan ON plan.id = line.order_id"
        )
        self._copy("sale_order_line", source.id, changes, planned)

    def untax_orders(self):
        """Take the tax of all orders away again."""
        self.execute("DELETE FROM account_tax_sale_order_line_rel")
