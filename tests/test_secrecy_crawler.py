"""Whatever somebody can read, he finds no sealed rate in it and no rebate that it leads to."""

from odoo.tests import tagged

from odoo.addons.channel_rebate.const import DOCUMENT_READERS

from .crawler import Crawler, find_in_tables
from .secrecy_common import AMOUNTS, OUTSIDERS, RATES, SecrecyCase

NEEDLE = "17.3891"
# Where a keeper finds what, by the way of asking.
KEEPERS_OWN = {
    "read": {"channel.rate", "channel.statement", "channel.statement.line"},
    "export": {
        "channel.rate",
        "channel.settlement",
        "channel.statement",
        "channel.statement.line",
        "channel.statement.sale",
    },
    "onchange": {"channel.rate"},
}


@tagged("post_install", "-at_install")
class TestSecrecyCrawler(SecrecyCase):
    def crawler(self, role):
        return Crawler(self.model(role, "base").env)

    def test_outsiders_find_nothing(self):
        for role in OUTSIDERS:
            with self.subTest(role=role):
                self.assertEqual(self.crawler(role).crawl(), {})

    def test_the_system_finds_nothing(self):
        root = self.env(user=self.env.ref("base.user_root"))
        self.assertEqual(Crawler(root).crawl(("read", "files")), {})

    def test_no_table_holds_anything(self):
        self.assertEqual(find_in_tables(self.env.cr), {})
        self.as_role("keeper", self.settlement).action_approve()
        self.env.flush_all()
        found = find_in_tables(self.env.cr)
        self.assertLessEqual(set(RATES), found["channel_statement_line"])

    def test_a_keeper_finds_the_secrets(self):
        found = self.crawler("keeper").crawl()
        self.assertEqual({part: set(models) for part, models in found.items()}, KEEPERS_OWN)
        self.assertEqual(found["read"]["channel.rate"], set(RATES))
        self.assertLessEqual(set(RATES), found["read"]["channel.statement.line"])
        read = {float(text) for secrets in found["read"].values() for text in secrets}
        self.assertLessEqual(set(map(float, AMOUNTS)), read)

    def test_an_officer_reads_them_too(self):
        found = self.crawler("officer").crawl(["read"])
        self.assertEqual(set(found["read"]), KEEPERS_OWN["read"])

    def test_hidden_fields_answer_no_question(self):
        for role in ("keeper", *OUTSIDERS):
            crawler = self.crawler(role)
            for name in KEEPERS_OWN["read"]:
                fields = self.env[name]._fields.values()
                # How far documents are is written after the reveal only.
                secret = [f.name for f in fields if f.groups and f.groups != DOCUMENT_READERS]
                with self.subTest(role=role, model=name):
                    self.assertTrue(secret)
                    self.assertEqual(crawler.find_oracles(crawler.get_target(name), secret), [])

    def test_questions_about_other_fields_are_answered(self):
        crawler = self.crawler("salesperson")
        found = crawler.find_oracles(crawler.get_target("channel.agreement"), ["version"])
        self.assertEqual(len(found), 7)


@tagged("post_install", "-at_install")
class TestSecrecyCrawlerSees(SecrecyCase):
    """A leak that is planted is found, in each way of asking."""

    def crawl(self, *names, role="salesperson"):
        return Crawler(self.model(role, "base").env).crawl(names=names)

    def test_on_a_partner(self):
        self.dealer_a.write({"comment": NEEDLE, "name": f"Dealer {NEEDLE}"})
        self.env["ir.default"].set("sale.order", "client_order_ref", NEEDLE)
        found = self.crawl("res.partner", "ir.default", "sale.order", role="sales_manager")
        for part in ("read", "export", "groups", "names"):
            self.assertIn("res.partner", found[part], part)
        # Its dealer, and what a new one begins with.
        for part in ("read", "export", "panels", "onchange", "defaults"):
            self.assertIn("sale.order", found[part], part)
        self.assertIn("ir.default", found["read"])
        self.assertIn("res_partner", find_in_tables(self.env.cr))

    def test_in_a_note(self):
        self.dealer_a.message_post(body=f"rate {NEEDLE}")
        self.assertIn("mail.message", self.crawl("mail.message")["read"])
        self.assertIn("mail_message", find_in_tables(self.env.cr))

    def test_in_a_file(self):
        values = {"name": "x.txt", "res_model": "res.partner", "res_id": self.dealer_a.id}
        self.env["ir.attachment"].create({**values, "raw": f"rate {NEEDLE}".encode()})
        self.assertIn("ir.attachment", self.crawl("ir.attachment")["files"])

    def test_on_a_screen(self):
        arch = f'<xpath expr="//field[1]" position="before"><p>{NEEDLE}</p></xpath>'
        view = self.env.ref("channel_rebate.channel_period_view_form")
        values = {"name": "x", "inherit_id": view.id, "model": "channel.period", "arch": arch}
        self.env["ir.ui.view"].create(values)
        self.assertIn("channel.period", self.crawl("channel.period")["views"])
