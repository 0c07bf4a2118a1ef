"""The five-part order on its way: who may print it, who gets it by e-mail, who is notified."""

from freezegun import freeze_time
from lxml import etree
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import PRICES, ROLES, ChannelCase

REPORT = "report.channel_rebate.report_five_part_order"
ALL = ["dealer", "sub_distributor", "marketing", "sales", "finance"]


class FivePartCase(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_dealer("Dealer", email="dealer@example.com")
        cls.sub = cls.make_sub("Sub", cls.dealer, email="sub@example.com")
        cls.other_sub = cls.make_sub("Other Sub", cls.dealer, email="other@example.com")
        cls.keeper, cls.officer = cls.users["keeper"], cls.users["officer"]

    @classmethod
    def draft(cls, partner=None, **values):
        return cls.make_order(partner or cls.sub, {"soap": 2}, confirm=False, **values)

    @classmethod
    def confirm(cls, orders):
        cls.as_role("salesperson", orders).action_confirm()
        return orders

    def notices(self, orders, user=None):
        """Return the notifications on orders, of a user or of all."""
        domain = [
            ("mail_message_id.model", "=", "sale.order"),
            ("mail_message_id.res_id", "in", orders.ids),
            ("mail_message_id.body", "like", "?copies="),
        ]
        if user:
            domain.append(("res_partner_id", "=", user.partner_id.id))
        return self.env["mail.notification"].search(domain)


@tagged("post_install", "-at_install")
class TestFivePartPrinting(FivePartCase):
    def values(self, role, orders, data=None):
        return self.model(role, REPORT)._get_report_values(orders.ids, data)

    def test_everybody_who_reads_orders_prints_them(self):
        orders = self.draft() | self.draft(self.other_sub)
        for role in ("salesperson", "sales_manager", "keeper", "officer"):
            with self.subTest(role):
                values = self.values(role, orders)
                self.assertEqual((values["docs"], values["copies"]), (orders, ALL))

    def test_nobody_prints_what_he_may_not_read(self):
        order = self.draft(user_id=self.users["sales_manager"].id)
        plain = new_test_user(self.env, login="plain", groups="base.group_user")
        for user in (self.users["salesperson"], plain, self.make_portal_user(self.dealer)):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env[REPORT].with_user(user)._get_report_values(order.ids)

    def test_others_are_refused_by_name(self):
        sell_out, sell_in = self.draft(), self.draft(self.dealer)
        usual = self.draft(self.env["res.partner"].create({"name": "Shop"}))
        names = f"{sell_in.name}, {usual.name}: no sell-out order"
        with self.refused(names):
            self.values("salesperson", sell_out | sell_in | usual)
        with self.refused("There is no order to print"):
            self.values("salesperson", self.env["sale.order"])

    def test_menu_offers_it_for_sell_out_only(self):
        report = self.env.ref("channel_rebate.action_report_five_part_order")
        for order, offered in ((self.draft(), report.ids), (self.draft(self.dealer), [])):
            valid = report.get_valid_action_reports("sale.order", order.ids)
            self.assertEqual(valid, offered)
        self.assertEqual(report.binding_model_id.model, "sale.order")

    def test_print_button_of_the_form_prints_it(self):
        views = self.model("salesperson", "sale.order").get_views([(False, "form")])
        form = etree.fromstring(views["views"]["form"]["arch"])
        conditions = {
            button.get("name"): button.get("invisible")
            for button in form.findall("header/button[@string='Print']")
        }
        self.assertEqual(
            conditions,
            {
                "sale.action_report_saleorder": "(state == 'sale') or (channel_tier == 'sell_out')",
                "channel_rebate.action_report_five_part_order": "channel_tier != 'sell_out'",
            },
        )

    def test_clients_choose_copies_and_nothing_else(self):
        order = self.draft()
        for asked, given in (
            ("marketing", ["marketing"]),
            ("finance,dealer", ["dealer", "finance"]),
            (["sales", "nonsense"], ["sales"]),
            ("nonsense", ALL),
            (None, ALL),
        ):
            with self.subTest(asked):
                data = {"copies": asked, "docs": "nonsense", "papers": []}
                values = self.values("keeper", order, data)
                self.assertEqual(values["copies"], given)
                self.assertEqual((values["docs"], len(values["papers"])), (order, 1))

    def test_long_order_goes_over_several_sheets(self):
        order = self.draft()
        line = order.order_line
        order.order_line = [Command.create(line.copy_data()[0]) for _number in range(59)]
        sheets = self.values("salesperson", order)["papers"][0]["sheets"]
        rows = [row for sheet in sheets for row in sheet]
        self.assertEqual(len(sheets), 2)
        self.assertEqual([row["number"] for row in rows], list(range(1, 61)))
        self.assertEqual([row["line"] for row in rows], list(order.order_line))

    def test_code_stands_in_its_own_column(self):
        (row,) = self.values("salesperson", self.draft())["papers"][0]["sheets"][0]
        self.assertEqual((row["code"], row["name"]), ("SOAP", "Soap"))

    def test_html_shows_states_and_discount(self):
        order = self.draft()
        html = self.render(order)
        self.assertIn("Draft, not confirmed", html)
        self.assertNotIn("Disc. %", html)
        order.order_line.discount = 10
        self.confirm(order)
        html = self.render(order)
        self.assertNotIn("Draft, not confirmed", html)
        self.assertIn("Disc. %", html)
        order.action_cancel()
        self.assertIn("Cancelled", self.render(order))

    def render(self, order):
        report = self.model("salesperson", "ir.actions.report")
        name = "channel_rebate.report_five_part_order"
        return report._render_qweb_html(name, order.ids)[0].decode()


@tagged("post_install", "-at_install")
class TestFivePartEmail(FivePartCase):
    def compose(self, orders):
        """Return the usual composer, opened with the Send button."""
        action = self.as_role("salesperson", orders).action_quotation_send()
        composer = self.model("salesperson", "mail.compose.message")
        return composer.with_context(**action["context"]).create({})

    def sent(self, orders):
        return self.env["mail.mail"].search(
            [("model", "=", "sale.order"), ("res_id", "in", orders.ids)]
        )

    def test_composer_has_both_recipients_and_the_paper(self):
        for order in (self.draft(), self.confirm(self.draft())):
            composer = self.compose(order)
            self.assertEqual(
                composer.template_id,
                self.env.ref("channel_rebate.mail_template_five_part_order"),
            )
            self.assertEqual(composer.partner_ids, self.sub | self.dealer)
            self.assertIn(order.name, composer.subject)
            self.assertRegex(composer.attachment_ids.name, f"Five-part Order - {order.name}")

    def test_it_goes_to_the_contact_who_ordered(self):
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.sub.id, "email": "ann@example.com"}
        )
        self.assertEqual(self.compose(self.draft(contact)).partner_ids, contact | self.dealer)

    def test_sending_marks_a_draft_as_sent_and_asks_for_no_payment(self):
        order = self.draft()
        self.compose(order)._action_send_mail()
        self.assertEqual(order.state, "sent")
        message = order.message_ids.filtered("attachment_ids")
        self.assertEqual(message.notified_partner_ids, self.sub | self.dealer)
        self.assertNotIn("Pay", message.body)

    def test_several_orders_go_out_each_on_its_own(self):
        orders = self.draft() | self.draft(self.other_sub)
        composer = self.compose(orders)
        self.assertEqual(composer.composition_mode, "mass_mail")
        composer._action_send_mail()
        for order, sub in zip(orders, self.sub | self.other_sub, strict=True):
            mail = self.sent(order)
            self.assertEqual(mail.recipient_ids, sub | self.dealer)
            self.assertIn(order.name, mail.subject)
            self.assertIn(sub.name, mail.body_html)
            self.assertRegex(mail.attachment_ids.name, f"Five-part Order - {order.name}")
        self.assertEqual(set(self.sent(orders).mapped("state")) & {"cancel", "exception"}, set())

    def test_other_orders_keep_their_templates(self):
        sell_in = self.draft(self.dealer)
        self.assertEqual(
            self.compose(sell_in).template_id, self.env.ref("sale.email_template_edi_sale")
        )
        self.assertFalse(self.compose(sell_in | self.draft()).template_id)

    def test_confirmation_by_the_customer_sends_no_link_to_pay(self):
        order = self.draft()
        order._validate_order()
        mails = order.message_ids.filtered("attachment_ids")
        self.assertRegex(mails.attachment_ids.name, "Five-part Order")
        template = self.env.ref("channel_rebate.mail_template_five_part_order")
        template.unlink()
        self.assertTrue(order._get_confirmation_template())


@tagged("post_install", "-at_install")
class TestFivePartNotification(FivePartCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper.notification_type = "inbox"

    def test_marketing_and_finance_get_their_copies(self):
        orders = self.confirm(self.draft() | self.draft(self.other_sub))
        for user, kind in ((self.keeper, "inbox"), (self.officer, "email")):
            notices = self.notices(orders, user)
            self.assertEqual(notices.mapped("notification_type"), [kind] * 2)
            self.assertEqual(set(notices.mail_message_id.mapped("res_id")), set(orders.ids))
        self.assertEqual(len(self.notices(orders)), 4)

    def test_they_open_record_message_and_copy(self):
        order = self.confirm(self.draft())
        for role, copy in (("keeper", "marketing"), ("officer", "finance")):
            message = self.as_role(role, self.notices(order, self.users[role]).mail_message_id)
            url = f"/report/pdf/channel_rebate.report_five_part_order/{order.id}?copies={copy}"
            self.assertIn(url, message.body)
            self.assertIn(order.name, message.body)
            record = self.env[message.model].with_user(self.users[role]).browse(message.res_id)
            self.assertEqual(record.read(["name"])[0]["name"], order.name)

    def test_customer_does_not_see_the_note(self):
        order = self.confirm(self.draft())
        message = self.notices(order).mail_message_id
        self.assertTrue(message.is_internal and message.subtype_id.internal)
        found = self.env["mail.message"].with_user(self.make_portal_user(self.sub)).search([])
        self.assertNotIn(message, found)

    def test_email_is_queued_with_links_to_order_and_copies(self):
        order = self.confirm(self.draft())
        mail = self.notices(order, self.officer).mail_mail_id
        self.assertEqual((mail.state, mail.recipient_ids), ("outgoing", self.officer.partner_id))
        self.assertIn(f"/mail/view?model=sale.order&amp;res_id={order.id}", mail.body_html)
        self.assertIn(f"{order.id}?copies=finance", mail.body_html)

    def test_company_names_others(self):
        finance = self.users["accountant"]
        manager = self.users["sales_manager"]
        self.company.channel_finance_user_ids = finance | manager
        order = self.confirm(self.draft())
        self.assertEqual(
            self.notices(order).res_partner_id, (self.keeper | finance | manager).partner_id
        )

    def test_who_cannot_read_orders_is_not_named(self):
        plain = new_test_user(self.env, login="plain", groups="base.group_user")
        with self.refused("plain.* can't read the orders of"):
            self.company.channel_marketing_user_ids = plain
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        with self.refused("can't read the orders of Elsewhere"):
            elsewhere.channel_marketing_user_ids = self.keeper

    def test_salesperson_named_gets_his_own_orders_only(self):
        colleague = new_test_user(self.env, login="colleague", groups=ROLES["salesperson"])
        self.company.channel_marketing_user_ids = colleague
        orders = self.draft() | self.draft(user_id=colleague.id)
        orders.with_user(self.users["sales_manager"]).action_confirm()
        self.assertEqual(
            self.notices(orders, colleague).mail_message_id.mapped("res_id"), orders[1].ids
        )

    def test_who_confirms_is_not_told(self):
        self.company.channel_marketing_user_ids = self.users["salesperson"] | self.keeper
        order = self.confirm(self.draft())
        self.assertEqual(
            self.notices(order).res_partner_id, (self.keeper | self.officer).partner_id
        )

    def test_one_notice_for_who_has_both_parts(self):
        self.company.channel_marketing_user_ids = self.officer
        order = self.confirm(self.draft())
        self.assertEqual(self.notices(order).res_partner_id, self.officer.partner_id)
        self.assertEqual(len(self.notices(order)), 1)
        self.assertIn("copies=marketing", self.notices(order).mail_message_id.body)
        self.assertIn("copies=finance", self.notices(order).mail_message_id.body)

    def test_archived_users_are_not_told(self):
        self.company.channel_marketing_user_ids = self.keeper
        self.keeper.active = False
        order = self.draft()
        self.confirm(order.with_context(active_test=False))
        self.assertEqual(self.notices(order).res_partner_id, self.officer.partner_id)

    def test_holders_of_another_company_are_not_told(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        new_test_user(
            self.env,
            login="keeper_elsewhere",
            groups=ROLES["keeper"],
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        order = self.confirm(self.draft())
        self.assertEqual(
            self.notices(order).res_partner_id, (self.keeper | self.officer).partner_id
        )

    def test_ordinary_and_sell_in_orders_tell_nobody(self):
        orders = self.draft(self.dealer) | self.draft(self.env["res.partner"].create({"name": "S"}))
        self.assertFalse(self.notices(self.confirm(orders)))

    def test_customer_signs_in_the_portal(self):
        order = self.draft()
        order.with_user(self.env.ref("base.public_user")).sudo()._validate_order()
        message = self.notices(order).mail_message_id
        self.assertEqual(len(self.notices(order)), 2)
        self.assertEqual(message.author_id, self.env.ref("base.partner_root"))

    def test_note_is_in_the_language_that_its_readers_share(self):
        (self.keeper | self.officer).lang = "zh_CN"
        self.assertRegex(self.notices(self.confirm(self.draft())).mail_message_id.body, "五连单")
        self.officer.lang = "en_US"
        body = self.notices(self.confirm(self.draft())).mail_message_id.body
        self.assertIn("Five-part order", body)

    def test_nobody_to_tell(self):
        (self.keeper | self.officer).active = False
        self.assertFalse(self.notices(self.confirm(self.draft())))

    def test_bell_rings_at_once(self):
        self.env["bus.bus"].search([]).unlink()
        orders = self.confirm(self.draft() | self.draft(self.other_sub))
        self.env.cr.precommit.run()
        rings = self.env["bus.bus"].search([("message", "like", "mail.message/inbox")])
        self.assertEqual(len(rings), 2)
        self.assertTrue(all(str(self.keeper.partner_id.id) in ring.channel for ring in rings))
        for order in orders:
            self.assertIn(order.name, "".join(rings.mapped("message")))


@tagged("post_install", "-at_install")
class TestFivePartQueries(FivePartCase):
    def count_confirmation(self, partner, number):
        """Return the number of queries; at two times, as an update is split by what changes."""
        with freeze_time("2025-02-01 10:00:00"):
            orders = self.env["sale.order"].union(
                *(
                    self.make_order(partner, dict.fromkeys(PRICES, 5), confirm=False)
                    for _number in range(number)
                )
            )
            self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        with freeze_time("2025-02-01 11:00:00"):
            self.confirm(orders)
            self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_confirming_costs_a_constant_more_than_ordinary_orders(self):
        self.keeper.notification_type = "inbox"
        shop = self.env["res.partner"].create({"name": "Shop"})
        for partner in (shop, self.sub):
            self.count_confirmation(partner, 1)  # warms caches up
        more = [
            self.count_confirmation(self.sub, number) - self.count_confirmation(shop, number)
            for number in (2, 12)
        ]
        self.assertLessEqual(more[1], more[0])
        self.assertLess(more[0], 60)
