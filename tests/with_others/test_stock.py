"""Beside sale_stock: goods of a sell-out order never move."""

from unittest.mock import patch

from lxml import etree
from odoo.exceptions import RedirectWarning, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.channel_rebate_stock.hooks import post_init_hook

from ..common import ChannelCase, ChannelHttpCase
from .running_server import KEPT, change_lines

ALL_KINDS = {"soap": 5, "crate": 7, "on delivery": 9}


class StockSetup:
    """A dealer and his sub-distributor, with goods of each kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_dealer("Dealer")
        cls.sub = cls.make_sub("Sub", cls.dealer)
        cls.products["crate"] = cls.make_product("crate", 50, is_storable=True)
        cls.products["on delivery"] = cls.make_product(
            "on delivery", 20, is_storable=True, invoice_policy="delivery"
        )
        cls.warehouse = cls.env.user._get_default_warehouse_id()

    def assertNothingMoves(self, orders):
        """No move, transfer or procurement of the orders or their customers in the database."""
        self.env.flush_all()
        lines, names, partners = orders.order_line, orders.mapped("name"), orders.partner_id
        related = ["|", ("origin", "in", names), ("partner_id", "child_of", partners.ids)]
        for model, link, records in (
            ("stock.move", "sale_line_id", lines),
            ("stock.picking", "sale_id", orders),
        ):
            found = self.env[model].search(["|", (link, "in", records.ids), *related])
            self.assertFalse(found, model)
        self.assertFalse(self.env["stock.reference"].search([("name", "in", names)]))
        self.assertFalse(orders.picking_ids)
        self.assertEqual(set(orders.mapped("delivery_count")), {0})
        self.assertEqual(set(orders.mapped("delivery_status")), {False})

    def no_procurement(self):
        stock_rule = self.env.registry["stock.rule"]
        return patch.object(stock_rule, "run", side_effect=AssertionError("a procurement"))

    def demand(self, order):
        """Return what is still to be moved for an order, by product name."""
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        names = {product: name for name, product in self.products.items()}
        return {names[move.product_id]: move.product_uom_qty for move in moves}


class StockCase(StockSetup, ChannelCase):
    pass


@tagged("post_install", "-at_install")
class TestSellOutMovesNothing(StockCase):
    def confirm_as_salesperson(self, orders):
        self.as_role("salesperson", orders).action_confirm()

    def test_batch_of_both_tiers(self):
        """Two sell-out orders between two sell-in ones: only the latter are delivered."""
        partners = (self.dealer, self.sub, self.make_sub("Sub 2", self.dealer), self.dealer)
        orders = [self.make_order(partner, ALL_KINDS, confirm=False) for partner in partners]
        sell_out, sell_in = orders[1] | orders[2], orders[0] | orders[3]
        self.confirm_as_salesperson(sell_out | sell_in)
        self.assertEqual(set((sell_out | sell_in).mapped("state")), {"sale"})
        self.assertNothingMoves(sell_out)
        for order in sell_in:
            self.assertEqual(self.demand(order), ALL_KINDS)
            self.assertEqual(order.delivery_status, "pending")
        self.assertEqual(self.products["crate"].virtual_available, -14)

    def test_changes_of_a_confirmed_order(self):
        with self.no_procurement():
            order = self.make_order(self.sub, ALL_KINDS)
            salespersons = self.as_role("salesperson", order)
            change_lines(salespersons)
            lines = salespersons.order_line
            salespersons.write(
                {
                    "order_line": [
                        Command.update(lines[0].id, {"product_uom_qty": 1}),
                        Command.update(lines[1].id, {"product_uom_qty": 100}),
                        Command.create({"product_id": self.products["crate"].id}),
                    ]
                }
            )
            self.env["sale.order.line"].create(
                {"order_id": order.id, "product_id": self.products["soap"].id}
            )
        self.assertNothingMoves(order)
        self.assertFalse(order.activity_ids)

    def test_sell_in_beside_it_changes_as_usual(self):
        order = self.make_order(self.dealer, {"crate": 7})
        order.order_line.product_uom_qty = 9
        self.assertEqual(self.demand(order), {"crate": 9})

    def test_cancel_and_confirm_again(self):
        order = self.make_order(self.sub, ALL_KINDS)
        with self.no_procurement():
            order.action_cancel()
            order.action_draft()
            self.confirm_as_salesperson(order)
            order.action_lock()
            order.action_unlock()
            order.order_line[1].product_uom_qty = 8
        self.assertNothingMoves(order)

    def test_return_is_no_receipt(self):
        with self.no_procurement():
            order = self.make_order(self.sub, {"crate": 10, "soap": 5})
            back = order.browse(
                self.as_role("salesperson", order).action_channel_return()["res_id"]
            )
            back.order_line[0].product_uom_qty = -7
            self.confirm_as_salesperson(back)
            self.as_role("salesperson", back).order_line[0].product_uom_qty = -9
        self.assertNothingMoves(order | back)
        self.assertEqual(back.order_line.mapped("product_uom_qty"), [-9, -5])
        self.assertIn("-9.0", back.message_ids[0].body)
        sell_in = self.make_order(self.dealer, {"crate": 7})
        with self.refused("cannot be decreased below the amount already delivered"):
            sell_in.order_line.product_uom_qty = -9

    def test_copy_moves_nothing(self):
        copy = self.make_order(self.sub, ALL_KINDS).copy()
        self.confirm_as_salesperson(copy)
        self.assertEqual(copy.channel_tier, "sell_out")
        self.assertNothingMoves(copy)

    def test_route_of_the_line_does_not_matter(self):
        route = self.warehouse.delivery_route_id
        route.sale_selectable = True
        order = self.make_order(self.sub, {"crate": 7}, confirm=False)
        order.order_line.route_ids = route
        with self.no_procurement():
            self.confirm_as_salesperson(order)
        self.assertNothingMoves(order)

    def test_second_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.assertTrue(self.env["stock.warehouse"].search([("company_id", "=", company.id)]))
        self.env.user.company_ids |= company
        for partner, transfers in ((self.sub, 0), (self.dealer, 1)):
            order = self.make_order(
                partner, {"crate": 7}, company_id=company.id, user_id=self.env.uid
            )
            self.assertEqual(len(order.picking_ids), transfers, partner.name)


@tagged("post_install", "-at_install")
class TestOrdersFromBeforeTheRestart(StockCase):
    """Orders that the running server made while add-ons were installed, in another process."""

    def test_nothing_moves_for_them_now(self):
        orders = self.env["sale.order"].search([("client_order_ref", "=", KEPT)])
        sell_out = orders.filtered(lambda order: order.channel_tier == "sell_out")
        self.assertEqual(len(sell_out), 2)
        self.assertEqual(set(sell_out.mapped("state")), {"sale"})
        with self.no_procurement():
            for order in sell_out:
                change_lines(order)
        self.assertNothingMoves(sell_out)
        self.assertEqual(set(sell_out.mapped("invoice_status")), {"no"})
        sell_in = orders - sell_out
        self.assertEqual(sum(sell_in.picking_ids.move_ids.mapped("product_uom_qty")), 5)
        change_lines(sell_in)
        self.assertEqual(sum(sell_in.picking_ids.move_ids.mapped("product_uom_qty")), 8)

    def test_no_move_of_any_sell_out_order(self):
        for model, field in (("stock.move", "sale_line_id.order_id"), ("stock.picking", "sale_id")):
            domain = [(f"{field}.channel_tier", "=", "sell_out")]
            self.assertFalse(self.env[model].search(domain), model)


@tagged("post_install", "-at_install")
class TestNoTransferByHand(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order(cls.sub, {"crate": 7})
        cls.sell_in = cls.make_order(cls.dealer, {"crate": 7})
        cls.stock_user = new_test_user(
            cls.env, login="test_stock_user", groups="stock.group_stock_user"
        )

    def test_transfer_of_a_sell_out_order(self):
        picking = self.sell_in.picking_ids.with_user(self.stock_user)
        message = f"{picking.name} cannot belong to {self.order.name}: that is a sell-out order"
        with self.refused(message, ValidationError):
            picking.sale_id = self.order.id
        self.assertEqual(self.sell_in.picking_ids, picking.sudo())

    def test_move_of_a_sell_out_line(self):
        move = self.sell_in.picking_ids.move_ids
        with self.refused(f"cannot belong to {self.order.name}", ValidationError):
            move.sale_line_id = self.order.order_line
        values = move.copy_data()[0]
        with self.refused(f"cannot belong to {self.order.name}", ValidationError):
            move.create([values, {**values, "sale_line_id": self.order.order_line.id}])

    def test_delivered_order_does_not_become_sell_out(self):
        delivered, cancelled = self.sell_in, self.make_order(self.dealer, {"crate": 2})
        delivered.picking_ids.move_ids.write({"quantity": 7, "picked": True})
        delivered.picking_ids.button_validate()
        self.assertEqual(delivered.delivery_status, "full")
        (delivered | cancelled)._action_cancel()
        (delivered | cancelled).action_draft()
        message = f"{delivered.name} has the transfers {delivered.picking_ids.name}, so it cannot"
        with self.refused(message, ValidationError):
            delivered.partner_id = self.sub
            self.env.flush_all()
        cancelled.partner_id = self.sub
        self.assertEqual(cancelled.channel_tier, "sell_out")
        with self.no_procurement():
            cancelled.action_confirm()


@tagged("post_install", "-at_install")
class TestSellOutOrderForm(StockCase):
    """What a salesperson sees: nothing of our warehouse."""

    def test_warehouse_follows_the_customer(self):
        with Form(self.model("salesperson", "sale.order")) as form:
            form.partner_id = self.sub
            self.assertFalse(form.warehouse_id)
            form.partner_id = self.dealer
            self.assertEqual(form.warehouse_id, self.warehouse)
            form.partner_id = self.sub
        order = form.save()
        self.assertFalse(order.warehouse_id)
        self.assertFalse(self.make_order(self.sub, ALL_KINDS).order_line.warehouse_id)

    def test_company_without_warehouse_records_sell_out(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.env["stock.warehouse"].search([("company_id", "=", company.id)]).active = False
        values = {"company_id": company.id, "user_id": self.env.uid}
        self.assertEqual(self.make_order(self.sub, ALL_KINDS, **values).state, "sale")
        with self.refused("[Ww]arehouse", RedirectWarning):
            self.make_order(self.dealer, ALL_KINDS, **values)

    def test_no_forecast_and_nothing_to_deliver(self):
        for confirm in (False, True):
            sell_out = self.make_order(self.sub, {"crate": 7}, confirm=confirm).order_line
            sell_in = self.make_order(self.dealer, {"crate": 7}, confirm=confirm).order_line
            with self.subTest(confirm=confirm):
                self.assertEqual((sell_out.qty_to_deliver, sell_out.display_qty_widget), (0, False))
                self.assertEqual((sell_in.qty_to_deliver, sell_in.display_qty_widget), (7, True))
                self.assertEqual((sell_out.free_qty_today, sell_out.qty_delivered), (0, 0))

    def test_group_of_the_delivery_is_hidden(self):
        arch = etree.fromstring(self.model("salesperson", "sale.order").get_view()["arch"])
        (group,) = arch.xpath("//group[@name='sale_shipping']")
        self.assertIn("channel_tier == 'sell_out'", group.get("invisible"))
        self.assertTrue(group.xpath(".//field[@name='picking_policy']"))

    def test_catalog_shows_no_stock(self):
        for partner, shown in ((self.sub, False), (self.dealer, True)):
            order = self.make_order(partner, {"crate": 1}, confirm=False)
            action = self.as_role("salesperson", order).action_add_from_catalog()
            self.assertEqual(action["context"]["display_stock"], shown)

    def test_forecast_report_leaves_sell_out_quotations_out(self):
        ordinary = self.env["res.partner"].create({"name": "Shop"})
        orders = {
            partner: self.make_order(partner, {"crate": 7}, confirm=False)
            for partner in (self.sub, self.dealer, ordinary)
        }
        product = self.products["crate"]
        report = self.env["stock.forecasted_product_product"]
        data = report.get_report_values(product.ids)["docs"]["product"][product.id]
        self.assertEqual(data["draft_sale_qty"]["out"], 14)
        names = {order["name"] for order in data["draft_sale_orders"]}
        self.assertEqual(names, {orders[self.dealer].name, orders[ordinary].name})

    def test_orders_older_than_sale_stock_lose_their_warehouse(self):
        orders = [self.make_order(partner, {"crate": 7}) for partner in (self.sub, self.dealer)]
        self.env.flush_all()
        for table in ("sale_order", "sale_order_line"):
            self.env.cr.execute(f"UPDATE {table} SET warehouse_id = %s", [self.warehouse.id])
        self.env.invalidate_all()
        post_init_hook(self.env)
        for order, warehouse in zip(orders, (False, self.warehouse), strict=True):
            self.assertEqual(order.warehouse_id.id, warehouse and warehouse.id)
            self.assertEqual(order.order_line.warehouse_id.id, warehouse and warehouse.id)


@tagged("post_install", "-at_install")
class TestPortalShippingStatus(StockSetup, ChannelHttpCase):
    def page_of(self, partner):
        order = self.make_order(partner, {"crate": 7})
        user = self.make_portal_user(partner)
        self.authenticate(user.login, user.login)
        response = self.url_open("/my/orders")
        self.assertIn(order.name, response.text)
        return response.text

    def test_sub_distributor_sees_none(self):
        self.assertNotIn("Not Available", self.page_of(self.sub))

    def test_dealer_sees_his(self):
        self.assertIn("Not Delivered", self.page_of(self.dealer))
