from odoo.modules.migration import load_script
from odoo.tests import Form, tagged
from odoo.tools import file_path, sql

from odoo.addons.channel_rebate.hooks import NEW_COLUMNS, pre_init_hook, uninstall_hook

from .common import PRICES, ChannelCase


@tagged("post_install", "-at_install")
class TestChannelOrders(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_dealer("Dealer")
        cls.sub = cls.make_sub("Sub", cls.dealer)

    def test_tier_and_dealer_follow_the_customer(self):
        with Form(self.model("salesperson", "sale.order")) as form:
            form.partner_id = self.sub
            self.assertEqual((form.channel_tier, form.channel_dealer_id), ("sell_out", self.dealer))
            form.partner_id = self.dealer
            self.assertEqual((form.channel_tier, form.channel_dealer_id), ("sell_in", self.dealer))
            form.partner_id = self.env["res.partner"].create({"name": "Shop"})
            self.assertFalse(form.channel_tier)
            self.assertFalse(form.channel_dealer_id)

    def test_contact_orders_for_his_company(self):
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.sub.id})
        order = self.make_order(contact, {"soap": 1})
        self.assertEqual((order.channel_tier, order.channel_partner_id), ("sell_out", self.sub))

    def test_old_orders_keep_tier_and_dealer(self):
        order = self.make_order(self.sub, {"soap": 1})
        other = self.make_dealer("Other")
        self.sub.channel_dealer_id = other
        self.assertEqual(order.channel_dealer_id, self.dealer)
        self.sub.write({"channel_role": False, "channel_dealer_id": False})
        self.assertEqual(order.channel_tier, "sell_out")

    def test_sell_out_is_confirmed_and_never_invoiced(self):
        sell_out = self.make_order(self.sub, {"soap": 5})
        sell_in = self.make_order(self.dealer, {"soap": 5})
        self.assertEqual((sell_out.state, sell_out.invoice_status), ("sale", "no"))
        self.assertEqual((sell_in.state, sell_in.invoice_status), ("sale", "to invoice"))
        self.assertEqual(sell_out.order_line.qty_to_invoice, 0)
        with self.refused(f"{sell_out.name} is a sell-out order: the dealer invoices it"):
            (sell_out | sell_in)._create_invoices()
        for method in ("delivered", "percentage", "fixed"):
            wizard = self.env["sale.advance.payment.inv"].create(
                {
                    "advance_payment_method": method,
                    "sale_order_ids": sell_out.ids,
                    "amount": 50,
                    "fixed_amount": 50,
                }
            )
            with self.subTest(method), self.refused("is a sell-out order"):
                wizard.create_invoices()
        self.assertEqual(sell_in._create_invoices().amount_untaxed, 5 * PRICES["soap"])

    def test_sell_out_stays_uninvoiced_after_a_change(self):
        order = self.make_order(self.sub, {"soap": 5})
        order.order_line.product_uom_qty = 9
        self.assertEqual((order.invoice_status, order.order_line.qty_to_invoice), ("no", 0))

    def test_tier_is_not_written_by_hand(self):
        order = self.make_order(self.sub, {"soap": 5})
        for values in ({"channel_tier": "sell_in"}, {"channel_dealer_id": self.sub.id}):
            with self.subTest(values), self.refused("follow its customer"):
                self.as_role("salesperson", order).write(values)
            with self.subTest(values), self.refused("follow its customer"):
                self.make_order(self.sub, {"soap": 1}, **values)

    def test_copy_counts_today(self):
        order = self.make_order(self.sub, {"soap": 5})
        copy = order.copy()
        self.assertEqual(copy.channel_tier, "sell_out")
        self.assertNotEqual(copy.channel_order_date, order.channel_order_date)

    def test_update_fills_in_what_older_orders_lack(self):
        """From 19.0.1: sell-in names its dealer, orders their territory, and histories begin."""
        east = self.env["channel.territory"].create({"name": "East"})
        self.dealer.channel_territory_id = east
        orders = self.make_order(self.sub, {"soap": 1}) | self.make_order(self.dealer, {"soap": 1})
        before = [orders.mapped("channel_dealer_id"), orders.mapped("channel_territory_id")]
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE sale_order SET channel_territory_id = NULL;
               UPDATE sale_order SET channel_dealer_id = NULL WHERE channel_tier = 'sell_in';
               DELETE FROM channel_dealer_assignment"""
        )
        for when in ("pre", "post", "pre", "post"):
            path = file_path(f"channel_rebate/migrations/19.0.2.0.0/{when}-migration.py")
            load_script(path, f"channel_rebate_{when}").migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual(
            [orders.mapped("channel_dealer_id"), orders.mapped("channel_territory_id")], before
        )
        self.assertEqual(self.sub.channel_assignment_ids.dealer_id, self.dealer)
        self.assertEqual(len(self.sub.channel_assignment_ids), 1)

    def test_uninstallation_leaves_no_sales_of_others(self):
        order, own = (self.make_order(p, {"soap": 1}) for p in (self.sub, self.dealer))
        self.env.flush_all()
        uninstall_hook(self.env)
        self.env.invalidate_all()
        self.assertEqual((order.state, own.state), ("cancel", "sale"))

    def test_installation_makes_empty_columns(self):
        """Old orders get no channel date of the day of installation."""
        self.make_order(self.sub, {"soap": 1})
        self.env.flush_all()
        for table, column, _type in NEW_COLUMNS:
            self.env.cr.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        pre_init_hook(self.env)
        pre_init_hook(self.env)
        for table, column, _type in NEW_COLUMNS:
            self.assertTrue(sql.column_exists(self.env.cr, table, column))
            self.env.cr.execute(f"SELECT count({column}) FROM {table}")
            self.assertEqual(self.env.cr.fetchone(), (0,))
