"""The rate grid: what it shows to whom, exact values, all-or-nothing saving, and in a browser."""

from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import PRICES, ChannelCase, ChannelHttpCase


class GridSetup:
    """Dealers A and B in draft with some rates entered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer_a = cls.make_dealer("Dealer A")
        cls.dealer_b = cls.make_dealer("Dealer B")
        cls.agreement_a = cls.make_agreement(cls.dealer_a, {"toothpaste": "3.2500", "soap": None})
        cls.agreement_b = cls.make_agreement(cls.dealer_b, {"soap": "0", "shampoo": "100"})

    @classmethod
    def make_blank(cls, partner):
        """Return a draft agreement without any rate."""
        lines = [
            Command.create({"product_id": cls.products[name].id, "sequence": number})
            for number, name in enumerate(PRICES)
        ]
        return cls.model("keeper", "channel.agreement").create(
            {"partner_id": partner.id, "period_id": cls.period.id, "line_ids": lines}
        )

    def get_grid(self, role="keeper", **options):
        return self.model(role, "channel.rate").get_grid(**{"period_id": self.period.id, **options})

    def save_grid(self, changes, role="keeper"):
        return self.model(role, "channel.rate").save_grid(
            [[rate.id, value] for rate, value in changes]
        )

    def values(self, grid):
        """Return the values of a grid as ``{partner: {column: value}}``."""
        names = {column["key"]: column["name"] for column in grid["columns"]}
        return {
            row["name"]: {names[key]: cell["value"] for key, cell in row["cells"].items()}
            for row in grid["rows"]
        }

    def stored(self, agreement):
        records = self.rates_of(agreement)
        secrets = records._unseal_many()
        return [secrets[record.id].rate if record.id in secrets else None for record in records]


@tagged("post_install", "-at_install")
class TestRateGrid(GridSetup, ChannelCase):
    def test_one_column_for_what_several_agreements_cover(self):
        grid = self.get_grid()
        self.assertEqual(
            [column["name"] for column in grid["columns"]],
            ["[SOAP] Soap", "[TOOTHPASTE] Toothpaste", "[SHAMPOO] Shampoo"],
        )
        self.assertEqual(
            self.values(grid),
            {
                "Dealer A": {"[TOOTHPASTE] Toothpaste": "3.25", "[SOAP] Soap": None},
                "Dealer B": {"[SOAP] Soap": "0", "[SHAMPOO] Shampoo": "100"},
            },
        )

    def test_templates_categories_and_everything_have_columns(self):
        template = self.products["soap"].product_tmpl_id
        category = self.env["product.category"].create({"name": "Care"})
        self.agreement_a.line_ids = [
            Command.create({"applied_on": "template", "product_tmpl_id": template.id}),
            Command.create({"applied_on": "category", "categ_id": category.id}),
            Command.create({"applied_on": "all", "measure": "quantity"}),
        ]
        row = self.get_grid()["rows"][0]
        self.assertEqual(row["cells"]["all-0"]["measure"], "quantity")
        self.assertIn(f"template-{template.id}", row["cells"])
        self.assertIn(f"category-{category.id}", row["cells"])

    def test_rows_describe_the_partner(self):
        self.dealer_a.channel_territory_id = self.env["channel.territory"].create({"name": "East"})
        row = self.get_grid()["rows"][0]
        self.assertEqual(
            [row[key] for key in ("ref", "territory", "state", "state_label", "version")],
            ["DEALER-A", "East", "draft", "Draft", 1],
        )

    def test_search_finds_names_and_references(self):
        self.dealer_b.ref = "X-77"
        self.assertEqual([*self.values(self.get_grid(search="x-7"))], ["Dealer B"])
        self.assertEqual([*self.values(self.get_grid(search="dealer a"))], ["Dealer A"])

    def test_pages(self):
        grid = self.get_grid(offset=1, limit=1)
        self.assertEqual((grid["total"], [*self.values(grid)]), (2, ["Dealer B"]))
        # A page that is gone by now shows the first one.
        self.assertEqual(self.get_grid(offset=80)["offset"], 0)

    def test_roles_apart(self):
        sub = self.make_sub("Sub S", self.dealer_a)
        self.make_blank(sub)
        grid = self.get_grid()
        self.assertNotIn("Sub S", self.values(grid))
        grid = self.model("keeper", "channel.rate").get_grid(self.period.id, "sub_distributor")
        self.assertEqual([row["dealer"] for row in grid["rows"]], ["Dealer A"])

    def test_cancelled_agreements_are_gone(self):
        self.as_role("keeper", self.agreement_a).action_cancel()
        self.assertEqual([*self.values(self.get_grid())], ["Dealer B"])

    def test_latest_open_period_by_default(self):
        self.make_period(date(2025, 4, 1), date(2025, 6, 30), state="closed")
        self.env["channel.period"].search([("date_from", ">", "2025-06-30")]).state = "closed"
        grid = self.model("keeper", "channel.rate").get_grid()
        self.assertEqual(grid["period_id"], self.period.id)
        self.assertFalse(grid["periods"][0]["is_open"])

    # === Values === #

    def test_decimals_travel_exactly(self):
        toothpaste, soap = self.rates_of(self.agreement_a)
        self.save_grid([(toothpaste, "0.1"), (soap, "99.9999")])
        self.assertEqual(self.stored(self.agreement_a), [Decimal("0.1"), Decimal("99.9999")])
        self.assertEqual([*self.values(self.get_grid())["Dealer A"].values()], ["0.1", "99.9999"])

    def test_amounts_per_unit_may_exceed_a_hundred(self):
        line = self.agreement_a.line_ids[1]
        line.measure = "quantity"
        self.save_grid([(self.rates_of(self.agreement_a)[1], "12345678.9012")])
        cell = self.get_grid()["rows"][0]["cells"][f"product-{line.product_id.id}"]
        self.assertEqual((cell["measure"], cell["value"]), ("quantity", "12345678.9012"))

    def test_wrong_values_are_told_by_line_and_none_is_saved(self):
        toothpaste, soap = self.rates_of(self.agreement_a)
        for wrong in ("100.01", "-1", "1.23456", "soap", "NaN", "", None, 7.5):
            with self.subTest(wrong=wrong), self.assertRaises(UserError) as error:
                self.save_grid([(toothpaste, "1"), (soap, wrong)])
            self.assertIn("Dealer A: [SOAP] Soap", str(error.exception))
            self.assertNotIn(str(wrong or "None"), str(error.exception))
        self.assertEqual(self.stored(self.agreement_a), [Decimal("3.25"), None])

    # === Who may === #

    def test_officer_reads_only(self):
        grid = self.get_grid("officer")
        self.assertEqual(self.values(grid)["Dealer A"]["[TOOTHPASTE] Toothpaste"], "3.25")
        self.assertFalse(grid["can_edit"] or any(row["can_edit"] for row in grid["rows"]))
        with self.assertRaises(AccessError):
            self.save_grid([(self.rates_of(self.agreement_a)[0], "1")], role="officer")

    def test_nothing_to_save(self):
        self.assertTrue(self.save_grid([]))

    def test_others_are_refused(self):
        changes = [(self.rates_of(self.agreement_a)[0], "1")]
        for role in ("salesperson", "sales_manager", "accountant", "administrator"):
            with self.subTest(role=role):
                with self.assertRaises(AccessError):
                    self.get_grid(role)
                with self.assertRaises(AccessError):
                    self.save_grid(changes, role)
                with self.assertRaises(AccessError):
                    self.save_grid([], role)

    def test_sealed_agreement_is_shown_and_not_changed(self):
        self.seal(self.agreement_b)
        self.assertEqual([row["can_edit"] for row in self.get_grid()["rows"]], [True, False])
        draft, sealed = self.rates_of(self.agreement_a)[0], self.rates_of(self.agreement_b)[0]
        with self.assertRaisesRegex(UserError, "Dealer B is sealed"):
            self.save_grid([(draft, "1"), (sealed, "1")])
        self.assertEqual(self.stored(self.agreement_a), [Decimal("3.25"), None])

    def test_lines_that_are_gone_are_refused(self):
        toothpaste, soap = self.rates_of(self.agreement_a)
        soap.line_id.sudo().unlink()
        with self.assertRaisesRegex(UserError, "gone"):
            self.save_grid([(toothpaste, "1"), (soap, "1")])
        self.assertEqual(self.stored(self.agreement_a), [Decimal("3.25")])

    def test_companies_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        keeper = self.users["keeper"]
        keeper.company_ids += other
        period = self.make_period(date(2025, 1, 1), date(2025, 3, 31), company_id=other.id)
        agreement = self.make_agreement(self.dealer_a, {"soap": "7"}, period=period)
        rate = self.rates_of(agreement)
        here = self.model("keeper", "channel.rate").with_context(
            allowed_company_ids=self.company.ids
        )
        self.assertNotIn(period.id, [choice["id"] for choice in here.get_grid()["periods"]])
        self.assertNotEqual(here.get_grid(period.id)["period_id"], period.id)
        with self.assertRaises(AccessError):
            here.save_grid([[rate.id, "1"]])
        there = here.with_context(allowed_company_ids=[other.id, self.company.id])
        grid = there.get_grid(period.id)
        self.assertEqual(self.values(grid), {"Dealer A": {"[SOAP] Soap": "7"}})
        self.assertIn("2025-Q1 · Other", [choice["name"] for choice in grid["periods"]])

    # === Size === #

    def count_queries(self, method, *args):
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        getattr(self.model("keeper", "channel.rate"), method)(*args)
        return self.cr.sql_log_count - before

    def test_queries_do_not_grow_with_rows(self):
        many = self.agreement_a + self.agreement_b
        for number in range(20):
            dealer = self.make_dealer(f"Dealer {number:02}")
            many += self.make_agreement(dealer, dict.fromkeys(PRICES, "1"))
        few = [[rate.id, "1"] for rate in self.rates_of(self.agreement_a)]
        changes = [[rate.id, "1"] for rate in self.rates_of(many)]
        grid = (self.period.id, "dealer", "", 0)
        self.count_queries("get_grid", *grid, 2)  # warms the caches of access rights
        self.assertEqual(
            self.count_queries("get_grid", *grid, 22), self.count_queries("get_grid", *grid, 2)
        )
        self.assertEqual(
            self.count_queries("save_grid", changes), self.count_queries("save_grid", few)
        )


@tagged("post_install", "-at_install")
class TestRateGridBrowser(GridSetup, ChannelHttpCase):
    def test_type_paste_save_and_reload(self):
        """Rows: A and B in draft with a gap, C sealed. The steps are in rate_grid_tour.js."""
        (self.agreement_a + self.agreement_b).unlink()
        blank = [self.make_blank(dealer) for dealer in (self.dealer_a, self.dealer_b)]
        sealed = self.make_agreement(self.make_dealer("Dealer C"), dict.fromkeys(PRICES, "1"))
        self.seal(sealed)
        self.make_blank(self.make_sub("Sub S", self.dealer_a))
        self.env["channel.period"].search([("id", "!=", self.period.id)]).state = "closed"
        self.start_tour(
            "/odoo/action-channel_rebate.channel_rate_grid_action",
            "channel_rate_grid",
            login="test_keeper",
        )
        self.env.invalidate_all()
        self.assertEqual(
            [self.stored(agreement) for agreement in blank],
            [
                [Decimal("3.25"), Decimal("4.5"), Decimal("5.5")],
                [None, Decimal(2), Decimal("1.0001")],
            ],
        )
        self.assertEqual(self.stored(sealed), [Decimal(1)] * 3)
