"""A salesperson makes, confirms and prints a sell-out order in the ordinary quotation screens."""

from unittest.mock import patch

from odoo.tests import tagged

from .five_part import MARKS, PaperCase, read_pages

START = "/odoo/action-sale.action_quotations_with_onboarding"


@tagged("post_install", "-at_install")
class TestBrowserOrder(PaperCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["keeper"].notification_type = "inbox"

    def run_tour(self):
        """Return what the browser printed: tests make a real PDF only if told so."""
        printed = []
        report_class = self.registry["ir.actions.report"]
        render = report_class._render_qweb_pdf

        def render_really(report, *args, **kwargs):
            result = render(report.with_context(force_report_rendering=True), *args, **kwargs)
            printed.append(result)
            return result

        with patch.object(report_class, "_render_qweb_pdf", render_really):
            self.start_tour(START, "channel_sell_out_order", login="test_salesperson", timeout=180)
        self.env.invalidate_all()
        return printed

    def test_make_confirm_and_print(self):
        ((content, kind),) = self.run_tour()
        order = self.env["sale.order"].search([("channel_partner_id", "=", self.sub.id)])
        self.assertEqual((order.state, order.channel_tier), ("sale", "sell_out"))
        self.assertEqual(order.channel_dealer_id, self.dealer)
        self.assertEqual(order.invoice_status, "no")
        self.assertEqual(kind, "pdf")
        texts = (
            order.name,
            "Dealer A (DEALER-A)",
            "Sub S (SUB-S)",
            "1 TOOTHPASTE Toothpaste 50 Units 165.00 $ 8,250.00",
            "2 SOAP Soap 40 Units 253.00 $ 10,120.00",
            "3 SHAMPOO Shampoo 30 Units 320.00 $ 9,600.00",
            "$ 27,970.00",
        )
        self.assert_pages(read_pages(content), [(mark, *texts) for mark in MARKS["en_US"]])
        self.assert_keeper_is_notified(order)

    def assert_keeper_is_notified(self, order):
        """Marketing finds its copy in the inbox, and opens it."""
        domain = [("mail_message_id.res_id", "=", order.id), ("notification_type", "=", "inbox")]
        notice = self.env["mail.notification"].search(domain)
        self.assertEqual(notice.res_partner_id, self.users["keeper"].partner_id)
        (page,) = self.pages_of("keeper", order, copies="marketing")
        self.assert_pages([page], [(MARKS["en_US"][2], order.name)])
