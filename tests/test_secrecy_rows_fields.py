"""Ways out by fields that an administrator adds: rows 8 to 16 of docs/secrecy.rst, in part."""

from odoo.tests import tagged

from .secrecy_calls import on
from .secrecy_common import OUTSIDERS
from .secrecy_rows import PLANT, AdministratorsFields, RowsCase

# Who may read partners.
READERS = ("administrator", "salesperson", "sales_manager", "accountant", "employee")


@tagged("post_install", "-at_install")
class TestRowsOfFields(AdministratorsFields, RowsCase):
    def test_row_08_searching_through_a_link(self):
        ways = [
            [("x_rate_id.rate", ">", 17)],
            [("x_rate_id.token", "like", "1:")],
            [("x_rate_id", "any", [("rate", ">", 17)])],
            [("x_statement_id.expected_net_amount", ">", 1)],
            [("x_statement_id.line_ids.expected_rate", ">", 1)],
        ]
        for domain in ways:

            def search(env, domain=domain):
                return env["res.partner"].search(domain)

            with self.subTest(domain=domain):
                self.assertFails(search, "AccessError|ValueError", [*OUTSIDERS, "keeper"])
        users = [("partner_id.x_rate_id.rate", ">", 17)]
        self.assertFails(lambda env: env["res.users"].search(users), "AccessError|ValueError")
        partners = self.model("keeper", "res.partner")
        self.assertEqual(partners.search([("x_rate_id.is_entered", "=", True)]), self.partners)

    def test_row_09_related_fields(self):
        for name in self.SECRET:

            def read(env, name=name):
                return self.partners.with_env(env).read([name])

            def export(env, name=name):
                return self.partners.with_env(env).export_data(["name", name])

            with self.subTest(field=name):
                self.assertFails(read, "AccessError", OUTSIDERS)
                self.assertFails(export, "AccessError|UserError", OUTSIDERS)
                self.assertUntold(read, ["keeper"])
        for partner in self.partners.sudo():
            self.assertEqual((partner.x_rate, partner.x_net), (0.0, 0.0))
        for role in READERS:
            partner = self.as_role(role, self.dealer_a)
            with self.subTest(role=role):
                self.assertEqual(partner.read(["x_measure"])[0]["x_measure"], "amount")

    def test_row_10_grouping_by_related_fields(self):
        for name in ("x_rate", "x_brackets", "x_net"):
            ways = [
                ([], [], [f"{name}:array_agg"]),
                ([], ["name"], [f"{name}:max"]),
                ([], [name], ["__count"]),
                ([], ["name"], ["__count"], [(f"{name}:max", ">", 17)]),
            ]
            calls = [on("res.partner")("formatted_read_group", *way) for way in ways]
            calls.append(on("res.partner")("search", [], order=f"{name} desc"))
            calls.append(on("res.partner")("search", [(name, ">", 17)]))
            for call in calls:
                for role in (*READERS, "keeper"):
                    with self.subTest(role=role, call=str(call)):
                        self.assertRegex(
                            self.answer_or_error(role, call), "not stored|enough rights"
                        )
        tokens = on("res.partner")("formatted_read_group", [], [], ["x_token:array_agg"])
        measures = on("res.partner")("formatted_read_group", [], [], ["x_measure:array_agg"])
        for role in READERS:
            self.assertNoSecret(self.answer_or_error(role, tokens))
            self.assertIn("amount", str(self.call_as(role, measures)))

    def test_row_14_names_of_what_is_linked(self):
        def look(env):
            partners = self.partners.with_env(env)
            names = {"x_rate_id": {"fields": {"display_name": {}}}}
            return [
                partners.read(["x_rate_id", "x_statement_id"]),
                partners.web_read(names),
                partners.formatted_read_group([], ["x_rate_id"], ["__count"]),
            ]

        self.assertUntold(look)
        self.assertIn("Toothpaste", str(self.tell(look, "salesperson")))
        every = [self.env[name].sudo().search([]).mapped("display_name") for name in OWN_NAMES]
        self.assertNoSecret(every)
        self.products["toothpaste"].name = f"Toothpaste {PLANT}"
        self.assertTold(look, "salesperson")

    def test_row_15_sorting_by_a_link(self):
        """The order is that of the ids: of dealer B's rates, the highest comes first."""
        rates = self.rates.filtered(lambda rate: rate.partner_id == self.dealer_b)
        falling = rates.mapped("rate")
        self.assertEqual(falling, sorted(falling, reverse=True))
        for partner, rate in zip(self.partners, rates.sorted("id", reverse=True), strict=True):
            partner.x_rate_id = rate
        self.env.flush_all()
        for role in READERS:
            Partner = self.model(role, "res.partner")
            found = Partner.search([("id", "in", self.partners.ids)], order="x_rate_id")
            with self.subTest(role=role):
                self.assertEqual(found.ids, self.partners.ids[::-1])

    def test_row_16_linking_and_reading(self):
        """Any id can be linked; what comes with it is what is told."""
        spec = {name: {} for name in self.SECRET}
        unlinked = self.make_dealer("Dealer C")
        for rate in self.rates:
            values = {"x_rate_id": rate.id, "x_statement_id": self.statements[0].id}

            def change(env, values=values):
                partner = unlinked.with_env(env)
                return partner.onchange(values, list(values), spec)

            self.assertUntold(change)
        spec = {"x_measure": {}}
        self.assertIn("amount", str(self.tell(change, "sales_manager")))
        headings = ["name", "x_rate_id/.id"]
        row = ["Linked", str(self.rates[0].id)]

        def load(env):
            ids = env["res.partner"].load(headings, [row])["ids"]
            return env["res.partner"].browse(ids).sudo().read(list(self.SECRET))

        self.assertIn("x_rate", str(self.tell(load, "sales_manager")))
        self.assertUntold(load, [*OUTSIDERS, "keeper"])

    def test_row_16_wizards_link_no_rate(self):
        wizards = [model for model in self.registry.values() if model._transient]
        linked = {field.comodel_name for model in wizards for field in model._fields.values()}
        self.assertNotIn("channel.rate", linked)
        self.assertIn("channel.agreement", linked)


OWN_NAMES = (
    "channel.rate",
    "channel.agreement",
    "channel.agreement.line",
    "channel.settlement",
    "channel.statement",
    "channel.statement.line",
    "channel.rate.look",
)
