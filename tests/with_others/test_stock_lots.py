"""Beside sale_stock: a lot tells to whom we delivered it."""

from odoo.tests import Form, tagged

from .test_stock import StockCase


@tagged("post_install", "-at_install")
class TestLots(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        types = cls.env["channel.incident.type"]
        cls.type = types.search([], limit=1) or types.create({"name": "Diversion"})
        cls.product = cls.make_product("tracked", 10, is_storable=True, tracking="lot")
        cls.products["tracked"] = cls.product
        cls.other_dealer = cls.make_dealer("Other")
        cls.lot = cls.make_lot("LOT-1")
        cls.delivery = cls.deliver(cls.dealer, cls.lot)

    @classmethod
    def make_lot(cls, name, product=None):
        return cls.env["stock.lot"].create(
            {"name": name, "product_id": (product or cls.product).id}
        )

    @classmethod
    def deliver(cls, partner, lot, done=True):
        """Return the transfer of five units of a lot, which may have been none in stock."""
        order = cls.make_order(partner, {"tracked": 5})
        picking = order.picking_ids
        if lot.product_id != cls.product:
            picking.move_ids.product_id = lot.product_id
        picking.move_ids.move_line_ids.unlink()
        cls.env["stock.move.line"].create(
            {
                "move_id": picking.move_ids.id,
                "picking_id": picking.id,
                "product_id": lot.product_id.id,
                "lot_id": lot.id,
                "quantity": 5,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
            }
        )
        picking.move_ids.picked = True
        if done:
            picking._action_done()
        return picking

    def report(self, **values):
        values = {"description": "Seen in a shop", **values}
        return self.env["channel.incident"].create(
            {"partner_id": self.other_dealer.id, "type_id": self.type.id, **values}
        )

    def test_lot_finds_the_dealer(self):
        incident = self.report(lot=" lot-1 ")
        seen = self.as_role("keeper", incident)
        self.assertEqual(seen.lot_partner_ids, self.dealer)
        for text in ("Dealer", "Units", self.delivery.name):
            self.assertIn(text, seen.lot_deliveries)

    def test_delivered_to_an_address_of_his(self):
        shop = self.env["res.partner"].create(
            {"name": "Shop", "parent_id": self.other_dealer.id, "type": "delivery"}
        )
        lot = self.make_lot("LOT-2")
        order = self.make_order(
            self.other_dealer, {"soap": 1}, partner_shipping_id=shop.id, confirm=False
        )
        self.assertEqual(order.partner_shipping_id, shop)
        self.deliver(self.other_dealer, lot).partner_id = shop
        self.assertEqual(self.report(lot="LOT-2").lot_partner_ids, self.other_dealer)

    def test_two_dealers(self):
        self.deliver(self.other_dealer, self.lot)
        incident = self.report(lot="LOT-1")
        self.assertEqual(incident.lot_partner_ids, self.dealer | self.other_dealer)
        self.assertEqual(incident.lot_deliveries.count("<tr>"), 2)

    def test_product_decides_between_equal_lots(self):
        twin = self.make_product("twin", 10, is_storable=True, tracking="lot")
        self.make_lot("LOT-1", twin)
        self.assertEqual(
            self.report(lot="LOT-1", product_id=self.product.id).lot_partner_ids, self.dealer
        )
        self.assertFalse(self.report(lot="LOT-1", product_id=twin.id).lot_partner_ids)

    def test_unknown_undelivered_and_other_companies(self):
        waiting = self.make_lot("LOT-3")
        self.deliver(self.dealer, waiting, done=False)
        company = self.env["res.company"].create({"name": "Second"})
        for values in ({"lot": "LOT_1"}, {"lot": "LOT-3"}, {"lot": "LOT"}, {"lot": False}):
            self.assertFalse(self.report(**values).lot_partner_ids)
        self.assertFalse(self.report(lot="LOT-1", company_id=company.id).lot_partner_ids)

    def test_form_proposes_who_got_it(self):
        with Form(self.model("salesperson", "channel.incident")) as form:
            form.type_id, form.place = self.type, "Market Street 1"
            form.lot = "LOT-1"
            self.assertEqual(form.partner_id, self.dealer)
            self.assertEqual(form.product_id, self.product)
        with Form(self.env["channel.incident"]) as form:
            form.type_id, form.description = self.type, "Seen in a shop"
            form.partner_id = self.other_dealer
            form.lot = "LOT-1"
            self.assertEqual(form.partner_id, self.other_dealer)
