from datetime import date

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from odoo import fields
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import ChannelCase


@tagged("post_install", "-at_install")
class TestDealerMoves(ChannelCase):
    """A sub-distributor's dealer is a matter of days; old orders keep theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer_a = cls.make_dealer("Dealer A")
        cls.dealer_b = cls.make_dealer("Dealer B")
        cls.sub, cls.twin = (cls.make_sub(name, cls.dealer_a) for name in ("Sub", "Twin"))
        cls.order = cls.make_order(cls.sub, {"soap": 1}, day=date(2025, 2, 1))

    def move(self, day, dealer=None, role="sales_manager", **values):
        wizard = self.model(role, "channel.dealer.move").create(
            {
                "partner_id": self.sub.id,
                "dealer_id": (dealer or self.dealer_b).id,
                "date_from": day,
                **values,
            }
        )
        wizard.action_move()

    def dealer_on(self, *day):
        return self.make_order(self.sub, {"soap": 1}, day=date(*day)).channel_dealer_id

    def test_order_takes_the_dealer_of_its_channel_date(self):
        self.move(date(2025, 4, 1), reason="Shop has moved")
        self.assertEqual(self.sub.channel_dealer_id, self.dealer_b)
        self.assertEqual(self.order.channel_dealer_id, self.dealer_a)
        self.assertEqual(self.dealer_on(2025, 3, 31), self.dealer_a)
        self.assertEqual(self.dealer_on(2025, 4, 1), self.dealer_b)
        self.assertEqual(self.twin.channel_dealer_id, self.dealer_a)

    def test_changed_date_changes_the_dealer(self):
        self.move(date(2025, 4, 1))
        order = self.make_order(self.sub, {"soap": 1}, day=date(2025, 4, 3), confirm=False)
        order.channel_order_date = date(2025, 3, 31)
        self.assertEqual(order.channel_dealer_id, self.dealer_a)

    def test_quotations_follow_the_move(self):
        quotation = self.make_order(self.sub, {"soap": 1}, day=date(2025, 5, 2), confirm=False)
        self.move(date(2025, 5, 1))
        self.assertEqual(quotation.channel_dealer_id, self.dealer_b)
        self.assertEqual(self.order.channel_dealer_id, self.dealer_a)

    def test_move_in_the_future_waits_for_its_day(self):
        coming = fields.Date.today() + relativedelta(days=10)
        self.move(coming)
        self.assertEqual(self.sub.channel_dealer_id, self.dealer_a)
        self.env["channel.dealer.assignment"]._cron_apply()
        self.assertEqual(self.sub.channel_dealer_id, self.dealer_a)
        with freeze_time(coming):
            self.env["channel.dealer.assignment"]._cron_apply()
        self.assertEqual(self.sub.channel_dealer_id, self.dealer_b)
        self.assertEqual(len(self.sub.channel_assignment_ids), 2)

    def test_missed_day_is_caught_up(self):
        coming = fields.Date.today() + relativedelta(days=10)
        self.move(coming)
        with freeze_time(coming + relativedelta(days=3)):
            self.env["channel.dealer.assignment"]._cron_apply()
        self.assertEqual(self.sub.channel_dealer_id, self.dealer_b)

    def test_who_has_left_stops_nobody(self):
        """One moved, then left the network; another has a day to come."""
        coming = fields.Date.today() + relativedelta(days=3)
        leaver = self.make_sub("Leaver", self.dealer_a)
        self.make_order(leaver, {"soap": 1})
        leaver._move_to_channel_dealer(self.dealer_b, date(2025, 4, 1))
        leaver._move_to_channel_dealer(self.dealer_a, coming)
        leaver.write({"channel_role": "dealer", "channel_dealer_id": False})
        self.assertEqual(leaver.channel_assignment_ids[-1].date_from, date(2025, 4, 1))
        self.move(coming)
        with freeze_time(coming):
            self.env["channel.dealer.assignment"]._cron_apply()
        self.assertEqual(self.sub.channel_dealer_id, self.dealer_b)
        self.assertFalse(leaver.channel_dealer_id)

    def test_first_order_does_not_matter_to_a_move_to_come(self):
        coming = fields.Date.today() + relativedelta(days=30)
        self.twin._move_to_channel_dealer(self.dealer_b, coming)
        self.assertEqual(self.twin.channel_dealer_id, self.dealer_a)
        self.assertEqual(len(self.twin.channel_assignment_ids), 2)

    def test_contact_who_goes_on_his_own_has_a_history(self):
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.sub.id})
        contact.parent_id = False
        contact._move_to_channel_dealer(self.dealer_b, date(2025, 4, 1))
        order = self.make_order(contact, {"soap": 1}, day=date(2025, 3, 1))
        self.assertEqual(order.channel_dealer_id, self.dealer_a)

    def test_later_move_replaces_what_was_noted_after_it(self):
        self.move(date(2025, 4, 1))
        self.move(date(2025, 3, 1))
        self.assertEqual(
            self.sub.channel_assignment_ids.mapped("date_from"), [False, date(2025, 3, 1)]
        )
        self.move(date(2025, 3, 1), self.dealer_a)
        self.assertEqual(self.sub.channel_assignment_ids.dealer_id, self.dealer_a)
        self.assertEqual(len(self.sub.channel_assignment_ids), 1)

    def test_plain_write_is_a_move_of_today(self):
        self.sub.channel_dealer_id = self.dealer_b
        self.assertRecordValues(
            self.sub.channel_assignment_ids,
            [
                {"dealer_id": self.dealer_a.id, "date_from": False},
                {"dealer_id": self.dealer_b.id, "date_from": fields.Date.today()},
            ],
        )
        self.assertEqual(self.dealer_on(2025, 3, 31), self.dealer_a)

    def test_before_the_first_order_it_is_a_correction(self):
        self.twin.channel_dealer_id = self.dealer_b
        self.assertEqual(len(self.twin.channel_assignment_ids), 1)
        self.assertEqual(self.twin._get_channel_dealer(date(2020, 1, 1)), self.dealer_b)

    def test_settled_sales_are_not_moved(self):
        self.sign(self.make_agreement(self.dealer_a, {"soap": "4"}))
        self.sign(self.make_agreement(self.sub, {"soap": "1"}))
        self.settle()
        with self.refused("Sub is settled up to .*choose a later day"):
            self.move(date(2025, 3, 31))
        self.move(date(2025, 4, 1))
        self.assertEqual(self.sub.channel_dealer_id, self.dealer_b)

    def test_wizard_names_the_agreements_that_stay(self):
        self.make_agreement(self.dealer_a, {"soap": "4"})
        agreement = self.make_agreement(self.sub, {"soap": "1"})
        with Form(
            self.model("sales_manager", "channel.dealer.move").with_context(
                default_partner_id=self.sub.id
            )
        ) as form:
            form.dealer_id = self.dealer_b
            form.date_from = date(2025, 3, 1)
            self.assertEqual(form.agreements, agreement.display_name)
            form.date_from = date(2025, 4, 1)
            self.assertFalse(form.agreements)

    def test_agreement_hangs_on_the_dealer_of_its_first_day(self):
        later = self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        agreements = {
            dealer: self.make_agreement(dealer, {"soap": "4"}, period=period)
            for dealer, period in ((self.dealer_a, self.period), (self.dealer_b, later))
        }
        self.move(date(2025, 4, 1))
        for period, dealer in ((self.period, self.dealer_a), (later, self.dealer_b)):
            agreement = self.make_agreement(self.sub, {"soap": "1"}, period=period)
            self.assertEqual(agreement.dealer_agreement_id, agreements[dealer])

    def test_only_a_dealer_is_moved_to(self):
        with self.refused("Twin is no dealer"):
            self.move(date(2025, 4, 1), self.twin)
        with self.refused("Sub is no dealer"):
            self.move(date(2025, 4, 1), self.sub)
        coming = fields.Date.today() + relativedelta(days=10)
        self.move(coming)
        with self.refused(r"Dealer B has sub-distributors \(Sub\)"):
            self.dealer_b.channel_role = False

    def test_who_may_not_edit_partners_moves_nobody(self):
        for role in ("salesperson", "keeper", "officer", "accountant"):
            with self.subTest(role), self.refused("not allowed"):
                self.move(date(2025, 4, 1), role=role)
        self.assertEqual(self.sub.channel_dealer_id, self.dealer_a)

    def test_history_is_not_written_by_hand(self):
        assignment = self.sub.channel_assignment_ids
        for role in ("salesperson", "sales_manager", "keeper", "administrator"):
            with self.subTest(role), self.refused("not allowed to modify"):
                self.as_role(role, assignment).date_from = date(2025, 1, 1)
        self.assertEqual(self.as_role("salesperson", assignment).dealer_id, self.dealer_a)

    @mute_logger("odoo.sql_db")
    def test_one_dealer_a_day(self):
        with self.assertRaises(IntegrityError):
            self.sub.channel_assignment_ids.copy({"dealer_id": self.dealer_b.id})
            self.env.flush_all()
