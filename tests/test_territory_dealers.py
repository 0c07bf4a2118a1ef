"""Whose a territory is, day by day, and where partners are."""

import importlib.util
from datetime import date

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from odoo import fields
from odoo.tests import Form, tagged
from odoo.tools import file_path

from odoo.addons.channel_rebate.const import TRUSTED

from .test_territories import DAY, TerritoryCase


def load_migration():
    path = file_path("channel_rebate/migrations/19.0.5.0.0/post-territories.py")
    spec = importlib.util.spec_from_file_location("post_territories", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TerritoryDealerCase(TerritoryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north, cls.south = cls.make_territory("North", "31"), cls.make_territory("South", "32")
        cls.dealer_a, cls.dealer_b = cls.make_dealer("Dealer A"), cls.make_dealer("Dealer B")
        cls.nobody = cls.env["res.partner"]

    def change(self, dealer, day, role="sales_manager", territories=None, **values):
        wizard = self.model(role, "channel.territory.dealer.change").create(
            {
                "territory_ids": (territories or self.north).ids,
                "dealer_id": dealer.id,
                "is_vacant": not dealer,
                "date_from": day,
                **values,
            }
        )
        wizard.action_change()

    def dealer_on(self, *day):
        return self.north._get_dealers(date(*day))[self.north]


@tagged("post_install", "-at_install")
class TestTerritoryDealers(TerritoryDealerCase):
    def test_first_has_it_from_the_beginning(self):
        self.dealer_a.channel_territory_id = self.north
        self.assertEqual(self.north.dealer_id, self.dealer_a)
        self.assertEqual(self.dealer_on(1990, 1, 1), self.dealer_a)
        self.assertEqual(self.dealer_a.channel_held_territory_ids, self.north)

    def test_second_is_there_without_having_it(self):
        self.dealer_a.channel_territory_id = self.north
        self.dealer_b.channel_territory_id = self.north
        self.assertEqual(self.north.dealer_id, self.dealer_a)
        self.assertFalse(self.dealer_b.channel_held_territory_ids)

    def test_change_leaves_the_past(self):
        self.north.dealer_id = self.dealer_a
        self.change(self.dealer_b, DAY, reason="Retired")
        self.assertEqual(self.north.dealer_id, self.dealer_b)
        self.assertEqual(self.dealer_on(2025, 1, 31), self.dealer_a)
        self.assertEqual(self.dealer_on(2025, 2, 1), self.dealer_b)
        self.assertIn("Retired", self.north.message_ids[0].body)
        self.assertEqual(self.south._get_dealers(DAY), {self.south: self.nobody})

    def test_main_territory_goes_along(self):
        self.north.dealer_id = self.dealer_a
        self.south.dealer_id = self.dealer_a
        self.assertEqual(self.dealer_a.channel_territory_id, self.north)
        self.change(self.dealer_b, DAY, "keeper")
        self.assertEqual(self.dealer_a.channel_territory_id, self.south)
        self.assertEqual(self.dealer_b.channel_territory_id, self.north)

    def test_nobody_for_a_time(self):
        self.north.dealer_id = self.dealer_a
        self.change(self.nobody, date(2025, 3, 1))
        self.change(self.dealer_a, date(2025, 4, 1))
        days = ((2025, 2, 28), (2025, 3, 1), (2025, 3, 31), (2025, 4, 1))
        self.assertEqual(
            [self.dealer_on(*day) for day in days],
            [self.dealer_a, self.nobody, self.nobody, self.dealer_a],
        )

    def test_nobody_is_not_what_was_left_out(self):
        self.north.dealer_id = self.dealer_a
        with self.refused("Choose the new dealer"):
            self.change(self.nobody, DAY, is_vacant=False)

    def test_correction_from_the_beginning(self):
        self.north.dealer_id = self.dealer_a
        self.change(self.dealer_b, DAY)
        self.change(self.dealer_b, False)
        self.assertEqual(self.dealer_on(1990, 1, 1), self.dealer_b)
        self.assertEqual(len(self.north.assignment_ids), 1)

    def test_change_in_the_future_waits_for_its_day(self):
        self.north.dealer_id = self.dealer_a
        coming = fields.Date.today() + relativedelta(days=10)
        self.change(self.dealer_b, coming)
        self.assertEqual(self.north.dealer_id, self.dealer_a)
        with freeze_time(coming):
            self.env["channel.territory.assignment"]._cron_apply()
        self.assertEqual(self.north.dealer_id, self.dealer_b)
        self.assertFalse(self.dealer_a.channel_territory_id)

    def test_two_at_once(self):
        both = self.north | self.south
        self.change(self.dealer_a, DAY, territories=both)
        self.assertEqual(both.dealer_id, self.dealer_a)
        self.assertEqual(self.dealer_a.channel_held_territory_ids, both)

    def test_who_is_no_dealer_any_more(self):
        both = self.north | self.south
        both.dealer_id = self.dealer_a
        coming = fields.Date.today() + relativedelta(days=10)
        self.change(self.dealer_a, DAY)
        self.change(self.dealer_b, coming, territories=self.south)
        self.dealer_a.channel_role = False
        self.assertFalse(both.dealer_id)
        self.assertEqual(self.dealer_on(2025, 2, 1), self.dealer_a)
        self.assertEqual(self.south._get_dealers(coming)[self.south], self.dealer_b)

    def test_no_dealer_any_more_before_the_change_was_made(self):
        """The cron is late: whose it is today decides, on his first day and afterwards."""
        for territory, days in ((self.north, 0), (self.south, 2)):
            with self.subTest(days=days):
                territory.dealer_id = dealer = self.make_dealer("Dealer C")
                coming = fields.Date.today() + relativedelta(days=10)
                self.change(self.dealer_b, coming, territories=territory)
                with freeze_time(coming + relativedelta(days=days)):
                    dealer.channel_role = False
                    self.env.flush_all()
                self.assertEqual(territory.dealer_id, self.dealer_b)
                self.assertEqual(territory.assignment_ids.dealer_id, dealer | self.dealer_b)
                self.assertEqual(len(territory.assignment_ids), 2)

    def test_archived_by_mistake(self):
        self.dealer_a.channel_territory_id = self.north
        self.dealer_a.active = False
        self.assertFalse(self.north.dealer_id)
        self.dealer_a.write({"active": True, "channel_territory_id": self.north.id})
        self.assertEqual(self.north.dealer_id, self.dealer_a)
        self.assertEqual(len(self.north.assignment_ids), 1)

    def test_put_into_the_wrong_one(self):
        """Before he has ordered, it was never his; afterwards it stays with him."""
        self.users["salesperson"].group_ids += self.env.ref("base.group_partner_manager")
        dealer = self.as_role("salesperson", self.dealer_a)
        dealer.channel_territory_id = self.north
        dealer.channel_territory_id = self.south
        self.assertFalse(self.north.assignment_ids)
        self.assertEqual((self.north | self.south).mapped("dealer_id"), self.dealer_a)
        self.assertFalse(self.north.dealer_id)
        self.make_order(self.dealer_a, {"soap": 1})
        self.dealer_a.channel_territory_id = self.north
        self.assertEqual((self.north | self.south).dealer_id, self.dealer_a)

    def test_sub_distributor_holds_nothing(self):
        sub = self.make_sub("Sub", self.dealer_a, channel_territory_id=self.north.id)
        self.assertFalse(self.north.dealer_id)
        with self.refused("Sub is no dealer, so North can't be his"):
            self.north.dealer_id = sub

    def test_dealer_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.dealer_a.company_id = other
        with self.refused("North"):
            self.north.dealer_id = self.dealer_a

    def test_migration_leaves_out_dealers_of_other_companies(self):
        """What still can't be given is logged, and doesn't stop the update."""
        module = load_migration()
        both = self.dealer_a | self.dealer_b
        both.with_context(channel_trusted=TRUSTED).channel_territory_id = self.north
        self.dealer_a.company_id = self.env["res.company"].create({"name": "Other"})
        self.env.flush_all()
        self.assertIn((self.north.id, self.dealer_b.ids), module.read_dealers(self.env.cr))
        with self.assertLogs(module.__name__, "WARNING") as logs:
            module.give_territory(self.env, self.north.id, self.dealer_a.ids)
        self.assertIn("North", logs.output[0])
        self.assertFalse(self.north.dealer_id)
        module.give_territory(self.env, self.north.id, self.dealer_b.ids)
        self.assertEqual(self.north.dealer_id, self.dealer_b)


@tagged("post_install", "-at_install")
class TestPlaceOfPartners(TerritoryDealerCase):
    def test_form_proposes_the_territory(self):
        view = "channel_rebate.view_partner_form"
        with Form(self.model("sales_manager", "res.partner"), view) as form:
            form.name = "Dealer C"
            form.channel_role = "dealer"
            form.zip = "31 555"
            self.assertEqual(form.channel_territory_id, self.north)
            form.zip = "32555"
            self.assertEqual(form.channel_territory_id, self.north)
            self.assertEqual(form.channel_address_territory_id, self.south)
        self.assertEqual(self.north.dealer_id, form.record)

    def test_no_hint_for_what_is_his(self):
        (self.north | self.south).dealer_id = self.dealer_a
        self.dealer_a.zip = "32001"
        self.assertFalse(self.dealer_a.channel_address_territory_id)
        sub = self.make_sub("Sub", self.dealer_a, zip="32001", channel_territory_id=self.north.id)
        self.assertEqual(sub.channel_address_territory_id, self.south)
        self.as_role("sales_manager", sub).action_take_channel_address_territory()
        self.assertEqual(sub.channel_territory_id, self.south)

    def test_find_for_many(self):
        codes = ("31001", "32001", "99001")
        subs = [self.make_sub(f"Sub {code}", self.dealer_a, zip=code) for code in codes]
        kept = self.make_sub("Kept", self.dealer_a, zip="31", channel_territory_id=self.south.id)
        partners = self.as_role("sales_manager", kept.union(*subs))
        message = partners.action_find_channel_territory()["params"]["message"]
        self.assertEqual(
            [sub.channel_territory_id for sub in subs],
            [self.north, self.south, self.env["channel.territory"]],
        )
        self.assertEqual(kept.channel_territory_id, self.south)
        self.assertIn("Sub 99001", message)
