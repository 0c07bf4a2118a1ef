"""Who sees an incident and what of it: salespeople theirs, partners what they are told, no rate."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .incident_common import IncidentCase
from .penalty_common import Penalties
from .secrecy_common import secrets_in
from .test_views_by_role import specification

READERS = ("keeper", "officer", "salesperson", "sales_manager")
CLOSED = ("accountant", "administrator", "employee", "portal")
SALES = ("salesperson", "sales_manager")
# Rates that stand nowhere else.
SECRET = ("17.3891", "18.4173", "19.5287")


class IncidentAccessCase(Penalties, IncidentCase):
    """B is the sales manager's; the salesperson has A and his S, and reports B."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer_b.user_id = cls.users["sales_manager"]
        cls.users["employee"] = new_test_user(cls.env, login="test_employee")
        cls.users["portal"] = cls.make_portal_user(cls.dealer_b)


@tagged("post_install", "-at_install")
class TestWhoSees(IncidentAccessCase):
    def found(self, role):
        return self.model(role, "channel.incident").search([]).partner_id

    def test_rows(self):
        self.report(self.dealer_b)
        self.report(self.dealer_a, role="sales_manager")
        self.report(self.sub_s, role="sales_manager")
        everybody = self.dealer_a | self.dealer_b | self.sub_s
        for role in ("keeper", "officer", "sales_manager", "salesperson"):
            with self.subTest(role):
                self.assertEqual(self.found(role), everybody)
        self.assertFalse(self.found("salesperson_2"))
        self.users["salesperson_2"].group_ids |= self.env.ref(
            "sales_team.group_sale_salesman_all_leads"
        )
        self.assertEqual(self.found("salesperson_2"), everybody)

    def test_a_report_of_somebody_else_about_somebody_elses_partner(self):
        incident = self.report(self.dealer_b, role="sales_manager")
        self.assertFalse(self.found("salesperson"))
        with self.assertRaises(AccessError):
            self.as_role("salesperson", incident).read(["name"])

    def test_closed_to_others(self):
        incident = self.confirm(self.dealer_b)
        for role in CLOSED:
            for call in ("search", "read", "write", "create", "unlink"):
                arguments = {"search": [[]], "read": [["name"]], "write": [{"note": "x"}]}
                arguments |= {"create": [{"partner_id": self.dealer_b.id}], "unlink": []}
                records = self.as_role(role, incident)
                with self.subTest(role=role, call=call), self.assertRaises(AccessError):
                    getattr(records, call)(*arguments[call])

    def test_only_the_reporter_and_keepers_change_a_report(self):
        incident = self.report(self.dealer_a)
        for role in ("sales_manager", "officer", "salesperson_2"):
            for attempt in (lambda one: one.write({"note": "x"}), lambda one: one.unlink()):
                with self.subTest(role), self.assertRaises(AccessError):
                    attempt(self.as_role(role, incident))
            self.assertFalse(self.as_role(role, incident).sudo().can_change)
        self.as_role("keeper", incident).note = "Seen"

    def test_keepers_do_not_rewrite_what_they_decide(self):
        """Neither the report of somebody else nor what was found; his own he does not decide."""
        found = self.report(self.dealer_a).sudo().copy({"is_detected": True})
        changes = {"partner_id": self.dealer_b.id, "description": "More", "quantity": 900}
        for incident in (self.report(self.dealer_a), found):
            incident = self.as_role("keeper", incident)
            self.assertFalse(incident.can_change)
            for name, value in changes.items():
                with self.subTest(name), self.refused("only the reporter"):
                    incident.write({name: value})
            incident.write({"note": "Seen", "harmed_dealer_id": self.dealer_b.id})
        own = self.report(self.dealer_a, role="keeper")
        self.assertTrue(own.can_change)
        own.write(changes)

    def test_nobody_writes_decisions_by_hand(self):
        incident = self.report(self.dealer_a)
        for name in ("state", "confirmed_on", "appeal_deadline", "appeal_text", "dismiss_reason"):
            for role in ("salesperson", "keeper"):
                with self.subTest(name, role=role), self.refused("by hand"):
                    self.as_role(role, incident).write({name: False})

    def test_messages_are_not_for_the_partner(self):
        incident = self.confirm(self.dealer_b)
        incident.message_post(body="He is known for it")
        messages = self.model("portal", "mail.message")
        for message in incident.sudo().message_ids:
            with self.assertRaises(AccessError):
                messages.browse(message.id).read(["body"])
        found = messages.search([("model", "=", "channel.incident")])
        self.assertFalse(found)

    def test_nobody_is_proposed_as_a_recipient(self):
        incident = self.as_role("keeper", self.report(self.dealer_b))
        recipients = incident._message_get_suggested_recipients()
        self.assertNotIn(self.dealer_b.id, [one.get("partner_id") for one in recipients])

    def test_screens_open(self):
        incident = self.confirm(self.dealer_a)
        self.penalise(incident)
        incident |= self.report(self.sub_s, order_id=self.make_order(self.sub_s, {"soap": 1}).id)
        for role in READERS:
            records = self.as_role(role, incident)
            views = records.get_views([(False, "list"), (False, "form"), (False, "search")])
            with self.subTest(role):
                self.assertTrue(records.web_read(specification(views["views"], records._fields)))

    def test_an_order_of_somebody_else(self):
        order = self.make_order(self.dealer_a, {"soap": 1}, user_id=self.users["sales_manager"].id)
        incident = self.report(self.dealer_a, role="sales_manager", order_id=order.id)
        asked = {"order_id": {"fields": {"display_name": {}}}}
        (row,) = self.as_role("salesperson", incident).web_read(asked)
        self.assertEqual(row["order_id"]["id"], order.id)


@tagged("post_install", "-at_install")
class TestSecrecy(IncidentAccessCase):
    """A penalty is known to holders until the statement with it is approved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enter_rates(cls.agreement_b, SECRET)
        cls.sign(cls.agreements)

    def test_sales_see_the_state_and_not_the_penalty(self):
        incident = self.confirm(self.dealer_b)
        penalty = self.penalise(incident)
        self.assertFalse(incident.with_user(self.users["officer"]).penalty_ids - penalty)
        for role in SALES:
            seen = self.as_role(role, incident)
            with self.subTest(role):
                self.assertEqual(seen.state, "penalised")
                self.assertFalse(self.model(role, "channel.penalty").search([]))
                for attempt in (
                    lambda one: one.read(["penalty_ids"]),
                    lambda one: one.search([("penalty_ids", "!=", False)]),
                    lambda one: one.search([("penalty_ids.percent", ">", 1)]),
                    lambda one: one._read_group([], ["penalty_ids"]),
                ):
                    with self.assertRaises(AccessError):
                        attempt(seen)

    def test_messages_say_no_percentage(self):
        incident = self.confirm(self.dealer_b)
        self.penalise(incident, percent=23)
        messages = self.as_role("sales_manager", incident).message_ids
        self.assertTrue(messages)
        self.assertNotIn("23", " ".join(messages.mapped("body")))
        told = self.model("sales_manager", "mail.message").search([("body", "ilike", "23 %")])
        self.assertFalse(told)

    def test_no_rate_before_approval(self):
        incidents = self.confirm(self.dealer_b) | self.confirm(self.dealer_a)
        incidents.action_penalise_as_proposed()
        self.compute()
        for role in READERS:
            records = self.as_role(role, incidents)
            with self.subTest(role):
                names = list(records.fields_get(attributes=[]))
                rows = records.read(names)
                rows += records.message_ids.read(["body", "preview", "subject"])
                self.assertEqual(secrets_in(rows), set())

    def test_after_approval_sales_read_the_penalty(self):
        incident = self.confirm(self.dealer_b)
        self.penalise(incident, method="fixed", amount=70)
        self.settle()
        found = self.model("sales_manager", "channel.penalty").search([])
        self.assertEqual((found.incident_id, found.amount), (incident, 70))
        views = found.get_views([(False, "list"), (False, "form"), (False, "search")])
        for role in ("sales_manager", "accountant"):
            records = self.as_role(role, found)
            views = records.get_views([(False, "list"), (False, "form"), (False, "search")])
            asked = specification(views["views"], records._fields)
            self.assertTrue(records.web_read(asked))


@tagged("post_install", "-at_install")
class TestActivities(IncidentAccessCase):
    def of(self, incident):
        return set(incident.sudo().activity_ids.user_id.mapped("login"))

    def test_keepers_are_called_and_released(self):
        incident = self.report(self.dealer_b)
        self.assertLessEqual({"test_keeper", "test_keeper_2"}, self.of(incident))
        self.as_role("keeper", incident).action_confirm()
        self.assertFalse(self.of(incident))
        self.appeal(incident)
        self.assertLessEqual({"test_keeper", "test_keeper_2"}, self.of(incident))
        self.decide(incident, "turn_down")
        self.assertFalse(self.of(incident))

    def test_a_keeper_who_reports_is_not_called(self):
        self.assertNotIn("test_keeper", self.of(self.report(self.dealer_b, role="keeper")))

    def test_keepers_of_another_company_are_not_called(self):
        company = self.env["res.company"].create({"name": "Other"})
        values = {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        self.users["keeper_2"].write(values)
        self.assertNotIn("test_keeper_2", self.of(self.report(self.dealer_b)))

    def test_the_reporter_is_told(self):
        incident = self.confirm(self.dealer_b)
        self.penalise(incident)
        told = incident.message_ids.filtered(
            lambda one: self.users["salesperson"].partner_id in one.partner_ids
        )
        self.assertEqual(len(told), 2)
