"""The life of an incident: who may do which step, and what stays as it is."""

from ast import literal_eval
from datetime import timedelta

from lxml import etree
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .incident_common import BREACH, DIVERSION, UNDERCUTTING, IncidentCase

NOT_KEEPERS = ("salesperson", "sales_manager", "officer", "accountant", "administrator")


@tagged("post_install", "-at_install")
class TestReport(IncidentCase):
    def test_what_a_report_begins_with(self):
        incident = self.report(self.sub_s)
        self.assertEqual((incident.state, incident.dealer_id), ("reported", self.dealer_a))
        self.assertEqual(incident.reported_by_id, self.users["salesperson"])
        self.assertRegex(incident.name, r"^INC/\d{4}/\d{4}$")
        self.assertIn(f"{incident.name} · Diversion · Sub S", incident.display_name)
        self.assertNotEqual(self.report(self.dealer_b).name, incident.name)

    def test_the_dealer_is_the_one_of_that_day(self):
        self.sub_s._move_to_channel_dealer(self.dealer_b, fields.Date.to_date("2025-02-10"))
        self.assertEqual(self.report(self.sub_s).dealer_id, self.dealer_b)
        early = self.report(self.sub_s, date=fields.Date.to_date("2025-02-09"))
        self.assertEqual(early.dealer_id, self.dealer_a)

    def test_the_dealer_of_the_territory_is_harmed(self):
        east = self.env["channel.territory"].create({"name": "East"})
        self.dealer_a.channel_territory_id = east
        incident = self.report(self.dealer_b, territory_id=east.id)
        self.assertEqual(incident.harmed_dealer_id, self.dealer_a)
        self.assertFalse(self.report(self.dealer_a, territory_id=east.id).harmed_dealer_id)

    def form_of(self, incident):
        view = "channel_rebate.channel_incident_view_form"
        form = Form(self.as_role("keeper", incident), view)
        if not incident:
            form.type_id, form.description = self.env.ref(DIVERSION), "Seen in his shop"
        return form

    def make_harmed(self):
        """Return the territories of A and of B, who has it since a day, and a report on C."""
        north, south = self.env["channel.territory"].create([{"name": "North"}, {"name": "South"}])
        north.dealer_id, south.dealer_id = self.dealer_a, self.dealer_a
        south._change_dealer(self.dealer_b, BREACH)
        return north, south, self.make_dealer("Dealer C")

    def test_another_territory_or_day_another_harmed(self):
        north, south, dealer_c = self.make_harmed()
        with self.form_of(self.env["channel.incident"]) as form:
            form.partner_id, form.date, form.territory_id = dealer_c, BREACH, south
            self.assertEqual(form.harmed_dealer_id, self.dealer_b)
            form.date = BREACH - timedelta(days=1)
            self.assertEqual(form.harmed_dealer_id, self.dealer_a)
            form.date, form.territory_id = BREACH, north
            self.assertEqual(form.harmed_dealer_id, self.dealer_a)
        with self.form_of(form.record) as form:
            form.territory_id = south
        self.assertEqual(form.record.harmed_dealer_id, self.dealer_b)
        form.record.territory_id = north
        self.assertEqual(form.record.harmed_dealer_id, self.dealer_a)

    def test_who_was_chosen_as_harmed_stays(self):
        north, south, dealer_c = self.make_harmed()
        for chosen in (self.make_dealer("Dealer D"), self.env["res.partner"]):
            with self.form_of(self.env["channel.incident"]) as form:
                form.partner_id, form.date, form.territory_id = dealer_c, BREACH, south
                form.harmed_dealer_id = chosen
                form.territory_id = north
                self.assertEqual(form.harmed_dealer_id, chosen)
            form.record.territory_id = south
            self.assertEqual(form.record.harmed_dealer_id, chosen)

    def test_what_is_refused(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.dealer_a.id})
        tomorrow = fields.Date.today() + timedelta(days=2)
        refused = {
            "neither a dealer": {"partner_id": contact.id},
            "day to come": {"date": tomorrow},
            "less than zero": {"quantity": -1},
            "can't be the harmed": {"harmed_dealer_id": self.dealer_b.id},
            "Number.*by hand": {"name": "INC/1"},
            "by hand": {"state": "confirmed"},
        }
        for text, values in refused.items():
            with self.subTest(text), self.refused(text):
                self.report(self.dealer_b, **values)

    def test_nobody_reports_as_somebody_else(self):
        other = self.users["sales_manager"].id
        for values in ({"reported_by_id": other}, {"is_detected": True}):
            with self.subTest(values), self.refused("by hand"):
                self.report(self.dealer_b, role="keeper", **values)
        with self.refused("by hand"):
            self.report(self.dealer_b, role="keeper").write({"reported_by_id": other})

    def test_found_automatically(self):
        values = {"partner_id": self.dealer_b.id, "type_id": self.env.ref(DIVERSION).id}
        values |= {"date": BREACH, "is_detected": True, "description": "An order"}
        found = self.model("salesperson", "channel.incident").sudo().create([values] * 3)
        self.assertFalse(found.reported_by_id)
        self.assertEqual(len(set(found.mapped("name"))), 3)
        keeper = self.users["keeper"]
        activities = found.activity_ids.filtered(lambda one: one.user_id == keeper)
        self.assertEqual(len(activities), 1)
        # The one with the activity is decided: the next one calls.
        self.as_role("keeper", found[2]).action_confirm()
        self.assertFalse(found[2].activity_ids)
        self.assertIn(keeper, found[:2].activity_ids.user_id)

    def test_photos_are_seen_by_all_who_see_the_incident(self):
        files = self.model("salesperson", "ir.attachment").create({"name": "a.jpg", "raw": b"x"})
        incident = self.report(self.dealer_b, attachment_ids=[(6, 0, files.ids)])
        self.assertEqual((files.res_model, files.res_id), (incident._name, incident.id))
        self.assertEqual(self.as_role("keeper", incident).attachment_ids.raw, b"x")
        foreign = self.model("salesperson_2", "ir.attachment").create({"name": "b", "raw": b"y"})
        with self.assertRaises(AccessError):
            foreign.with_user(self.users["salesperson"]).read(["raw"])

    def test_nobody_is_accused_of_nothing(self):
        with self.refused("describe what happened, or name product and place", ValidationError):
            self.report(self.dealer_b, place=" ")
        self.report(self.dealer_b, place=" ", description="Seen in his shop")
        form = Form(self.model("salesperson", "channel.incident"))
        self.assertFalse(form.type_id)
        form.partner_id = self.dealer_b
        with self.assertRaisesRegex(AssertionError, "required"):
            form.save()

    def test_short_form_closes_with_a_message(self):
        action = self.report(self.dealer_b).action_report()
        self.assertIn("is reported", action["params"]["message"])


@tagged("post_install", "-at_install")
class TestWhereFrom(IncidentCase):
    def test_from_the_partner(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.dealer_b.id})
        action = self.as_role("salesperson", contact).action_report_channel_incident()
        self.assertEqual(action["context"]["default_partner_id"], self.dealer_b.id)
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        with self.refused("Nobody is neither a dealer"):
            self.as_role("salesperson", nobody).action_report_channel_incident()

    def test_from_an_order(self):
        order = self.as_role("salesperson", self.make_order(self.sub_s, {"soap": 7}))
        context = order.action_report_channel_incident()["context"]
        incident = (
            self.model("salesperson", "channel.incident")
            .with_context(**context)
            .create({"type_id": self.env.ref(DIVERSION).id, "place": "Market Street 1"})
        )
        self.assertEqual((incident.partner_id, incident.order_id), (self.sub_s, order))
        self.assertEqual((incident.product_id, incident.quantity), (self.products["soap"], 7))
        self.assertEqual((incident.price, incident.date), (253, order.channel_order_date))
        self.assertEqual(order.channel_incident_count, 1)
        self.assertEqual(self.env["channel.incident"].search(
            order.action_open_channel_incidents()["domain"]), incident)  # fmt: skip

    def test_of_several_products_the_reporter_chooses(self):
        order = self.make_order(self.sub_s, {"soap": 7, "shampoo": 1})
        context = order.action_report_channel_incident()["context"]
        self.assertNotIn("default_product_id", context)

    def test_everybody_counts_what_he_sees(self):
        self.report(self.dealer_b)
        self.report(self.dealer_b, role="sales_manager")
        self.dealer_b.user_id = self.users["sales_manager"]
        counts = {"salesperson": 1, "salesperson_2": 0, "keeper": 2, "accountant": 0}
        for role, count in counts.items():
            with self.subTest(role):
                self.env.invalidate_all()
                partner = self.as_role(role, self.dealer_b)
                self.assertEqual(partner.channel_incident_count, count)


@tagged("post_install", "-at_install")
class TestDecide(IncidentCase):
    def test_keepers_decide_and_nobody_else(self):
        incident = self.report(self.dealer_b)
        for role in NOT_KEEPERS:
            for method in ("action_confirm", "action_dismiss", "action_penalise_as_proposed"):
                with self.subTest(role=role, method=method), self.assertRaises(AccessError):
                    getattr(self.as_role(role, incident), method)()
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.as_role(role, incident)._dismiss("because")
        self.as_role("keeper", incident).action_confirm()
        self.assertEqual(incident.confirmed_by_id, self.users["keeper"])

    def test_the_reporter_does_not_decide(self):
        incident = self.report(self.dealer_b, role="keeper")
        self.assertFalse(incident.can_decide)
        for method in ("action_confirm", "action_dismiss"):
            with self.subTest(method), self.refused("another rate keeper"):
                getattr(incident, method)()
        self.as_role("keeper_2", incident).action_confirm()
        self.expire(incident)
        for method in ("action_penalise", "action_penalise_as_proposed", "action_appeal"):
            with self.subTest(method), self.refused("another rate keeper"):
                getattr(incident, method)()

    def test_several_at_once(self):
        incidents = self.report(self.dealer_a) | self.report(self.dealer_b, kind=UNDERCUTTING)
        self.env.ref(UNDERCUTTING).appeal_days = 3
        self.as_role("keeper", incidents).action_confirm()
        self.assertEqual(incidents.mapped("state"), ["confirmed"] * 2)
        today = fields.Date.context_today(incidents)
        days = [(one.appeal_deadline - today).days for one in incidents]
        self.assertEqual(days, [14, 3])

    def test_one_in_another_state_stops_all(self):
        incidents = self.confirm(self.dealer_a) | self.report(self.dealer_b)
        with self.refused(r"can't be done now:\n.*Dealer A: Confirmed"):
            self.as_role("keeper", incidents).action_confirm()
        self.assertEqual(incidents[1].state, "reported")

    def test_dismiss(self):
        incidents = self.report(self.dealer_a) | self.report(self.dealer_b)
        action = self.as_role("keeper", incidents).action_dismiss()
        self.assertEqual(action["context"]["default_incident_ids"], incidents.ids)
        self.decide(incidents, "dismiss", "The goods were his own")
        self.assertEqual(incidents.mapped("state"), ["dismissed"] * 2)
        self.assertEqual(incidents[1].dismiss_reason, "The goods were his own")
        with self.refused("can't be done now"):
            self.decide(incidents[0], "dismiss")
        with self.refused("can't be done now"):
            self.as_role("keeper", incidents[0]).action_confirm()

    def test_what_the_partner_was_told_stays(self):
        incident = self.confirm(self.dealer_b)
        changes = {"partner_id": self.dealer_a.id, "date": "2025-02-01", "quantity": 3}
        changes |= {"description": "More", "type_id": self.env.ref(UNDERCUTTING).id}
        for name, value in changes.items():
            with self.subTest(name), self.refused("decided already"):
                incident.write({name: value})
        incident.write({"note": "Seen twice", "harmed_dealer_id": self.dealer_a.id})

    def test_the_reporter_changes_and_deletes_until_it_is_decided(self):
        incident = self.report(self.dealer_b)
        incident.write({"quantity": 31})
        decided = self.report(self.dealer_b)
        self.as_role("keeper", decided).action_confirm()
        for attempt in (lambda: decided.write({"note": "x"}), decided.unlink):
            with self.assertRaises(AccessError):
                attempt()
        with self.refused("can't be deleted"):
            self.as_role("keeper", decided).unlink()
        incident.unlink()
        self.assertFalse(incident.exists())

    def test_no_button_without_its_state(self):
        incident = self.as_role("keeper", self.report(self.dealer_b))
        for method, text in (
            (incident.action_penalise, "only confirmed"),
            (incident.action_penalise_as_proposed, "only confirmed"),
            (lambda: self.decide(incident, "turn_down"), "can't be done now"),
            (lambda: self.appeal(incident), "can't be appealed now"),
        ):
            with self.subTest(text), self.refused(text, UserError):
                method()


@tagged("post_install", "-at_install")
class TestToDecide(IncidentCase):
    def test_what_waits_for_a_keeper(self):
        view = self.env.ref("channel_rebate.channel_incident_view_search")
        domain = etree.fromstring(view.arch).find(".//filter[@name='to_decide']").get("domain")
        waiting = self.report(self.dealer_a) | self.confirm(self.dealer_a)
        waiting |= (appealed := self.confirm(self.dealer_b, expired=False))
        self.appeal(appealed)
        others = self.confirm(self.dealer_b, expired=False) | self.confirm(self.dealer_b)
        others[1].action_penalise_as_proposed()
        self.decide(self.report(self.dealer_b), "dismiss")
        found = self.model("keeper", "channel.incident").search(literal_eval(domain))
        self.assertEqual(found, waiting.sorted())


@tagged("post_install", "-at_install")
class TestTypes(IncidentCase):
    def test_what_is_shipped(self):
        diversion, undercutting = self.env.ref(DIVERSION), self.env.ref(UNDERCUTTING)
        self.assertEqual(diversion._get_step(is_repeat=False), ("percent", 20, 0))
        self.assertEqual(diversion._get_step(is_repeat=True), ("period", 0, 0))
        self.assertEqual(diversion.harmed_percent, 50)
        self.assertEqual(undercutting._get_step(is_repeat=False), ("percent", 10, 0))
        self.assertEqual(undercutting._get_step(is_repeat=True), ("percent", 30, 0))

    def test_own_types(self):
        kind = self.model("keeper", "channel.incident.type").create(
            {"name": "Relabelled", "penalty_method": "fixed", "penalty_amount": 500}
        )
        self.assertEqual(kind._get_step(is_repeat=True), ("fixed", 0, 500))
        for values in (
            {"penalty_amount": 0},
            {"penalty_method": "percent"},
            {"repeat_method": "percent", "repeat_percent": 101},
            {"repeat_method": "fixed"},
        ):
            with self.subTest(values), self.refused("Relabelled", ValidationError):
                kind.write(values)

    def test_keepers_write_them(self):
        for role in ("officer", "sales_manager", "salesperson"):
            kind = self.as_role(role, self.env.ref(DIVERSION))
            self.assertEqual(kind.penalty_percent, 20)
            with self.subTest(role), self.assertRaises(AccessError):
                kind.penalty_percent = 1

    def test_the_types_of_another_company_are_out_of_sight(self):
        other = self.env["res.company"].create({"name": "Other"})
        kind = self.env["channel.incident.type"].create(
            {"name": "Theirs", "company_id": other.id, "penalty_percent": 5}
        )
        self.assertNotIn(kind, self.model("keeper", "channel.incident.type").search([]))
