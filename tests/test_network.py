from datetime import date

from freezegun import freeze_time
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import ChannelCase


@tagged("post_install", "-at_install")
class TestPartners(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_dealer("Dealer")
        cls.sub = cls.make_sub("Sub", cls.dealer)

    def test_sub_distributor_needs_a_dealer(self):
        with self.refused("Orphan is a sub-distributor: name his dealer"):
            self.make_dealer("Orphan", channel_role="sub_distributor")

    def test_sub_distributor_cannot_be_a_dealers_dealer(self):
        with self.refused("Sub is no dealer"):
            self.make_sub("Second", self.sub)
        with self.refused("without being a sub-distributor"):
            self.make_dealer("Other", channel_dealer_id=self.dealer.id)

    def test_dealer_with_sub_distributors_stays_a_dealer(self):
        with self.refused(r"Dealer has sub-distributors \(Sub\)"):
            self.dealer.channel_role = False
        childless = self.make_dealer("Childless")
        childless.channel_role = False
        self.assertFalse(childless.channel_is_entity)

    def test_contacts_take_the_role_and_are_no_entity(self):
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.sub.id})
        self.assertRecordValues(
            contact | self.sub,
            [
                {
                    "channel_role": "sub_distributor",
                    "channel_dealer_id": self.dealer.id,
                    "channel_is_entity": is_entity,
                }
                for is_entity in (False, True)
            ],
        )

    def test_dealer_with_sub_distributors_is_not_deleted(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.dealer.unlink()

    def test_partner_with_an_agreement_stays_a_company_of_its_own(self):
        loner, free = self.make_dealer("Loner"), self.make_dealer("Free")
        self.make_agreement(loner, {"soap": "1"})
        group = self.env["res.partner"].create({"name": "Group", "is_company": True})
        with self.refused("Loner has rebate agreements"):
            loner.write({"parent_id": group.id, "is_company": False})
        free.write({"parent_id": group.id, "is_company": False})
        self.assertEqual(free.commercial_partner_id, group)

    def test_counts_are_each_partners_own(self):
        other = self.make_dealer("Other")
        self.make_sub("Sub 2", self.dealer)
        self.make_agreement(other, {"soap": "1"})
        seen = self.as_role("salesperson", self.dealer | other)
        self.assertEqual(seen.mapped("channel_sub_distributor_count"), [2, 0])
        self.assertEqual(seen.mapped("channel_agreement_count"), [0, 1])

    def test_counts_do_not_show_others_agreements(self):
        """A salesperson counts what the rules let him see."""
        foreign = self.make_dealer("Foreign", user_id=self.users["sales_manager"].id)
        self.make_agreement(foreign, {"soap": "1"})
        self.assertEqual(self.as_role("salesperson", foreign).channel_agreement_count, 0)
        self.assertEqual(self.as_role("sales_manager", foreign).channel_agreement_count, 1)
        self.assertEqual(self.as_role("administrator", foreign).channel_agreement_count, 0)


@tagged("post_install", "-at_install")
class TestTerritories(ChannelCase):
    def test_neighbourhood_is_mutual(self):
        territories = self.env["channel.territory"]
        east, west, north = (territories.create({"name": name}) for name in ("E", "W", "N"))
        east.neighbour_ids = west | north
        self.assertEqual((west.neighbour_ids, north.neighbour_ids), (east, east))
        west.neighbour_ids = False
        self.assertEqual(east.neighbour_ids, north)

    def test_new_territory_reaches_its_neighbours(self):
        east = self.env["channel.territory"].create({"name": "E"})
        west = self.env["channel.territory"].create({"name": "W", "neighbour_ids": east.ids})
        self.assertEqual(east.neighbour_ids, west)

    def test_dealer_of_a_territory(self):
        east, west = self.env["channel.territory"].create([{"name": "E"}, {"name": "W"}])
        dealer = self.make_dealer("Dealer", channel_territory_id=east.id)
        self.make_sub("Sub", dealer, channel_territory_id=west.id)
        self.assertEqual((east.dealer_id, west.dealer_id), (dealer, self.env["res.partner"]))


@tagged("post_install", "-at_install")
class TestPeriods(ChannelCase):
    def test_name_and_end_follow_the_start(self):
        period = self.env["channel.period"].create({"date_from": date(2025, 4, 1)})
        self.assertEqual((period.name, period.date_to), ("2025-Q2", date(2025, 6, 30)))

    def test_next_period_follows_the_last(self):
        with Form(self.model("keeper", "channel.period")) as form:
            self.assertEqual(form.date_from, date(2025, 4, 1))
        self.assertEqual(form.record.name, "2025-Q2")

    @freeze_time("2025-11-30")
    def test_first_period_is_the_coming_quarter(self):
        company = self.env["res.company"].create({"name": "Fresh"})
        period = self.env["channel.period"].with_company(company).create({})
        self.assertEqual((period.name, period.date_from), ("2026-Q1", date(2026, 1, 1)))

    def test_overlap_is_refused_and_named(self):
        with self.refused("overlaps 2025-Q1"):
            self.make_period(date(2025, 3, 31), date(2025, 4, 30))

    def test_other_companies_may_have_the_same_days(self):
        company = self.env["res.company"].create({"name": "Second"})
        period = self.make_period(date(2025, 1, 1), date(2025, 3, 31), company_id=company.id)
        self.assertTrue(period)

    @mute_logger("odoo.sql_db")
    def test_two_users_at_once_cannot_overlap(self):
        """The constraint in the database holds where the check in Python cannot see."""
        with self.assertRaises(IntegrityError):
            self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self.env.cr.execute(
                """INSERT INTO channel_period (name, company_id, date_from, date_to, state)
                   SELECT 'twin', company_id, date_to, date_to, state FROM channel_period
                    WHERE id = %s""",
                [self.period.id],
            )

    @mute_logger("odoo.sql_db")
    def test_end_before_start_is_refused(self):
        with self.assertRaises(IntegrityError):
            self.make_period(date(2025, 6, 1), date(2025, 5, 1))

    def test_drafts_follow_their_period(self):
        first, late = (self.make_agreement(self.make_dealer(name), {"soap": "1"}) for name in "AB")
        self.as_role("keeper", late).date_from = date(2025, 2, 1)
        self.as_role("officer", self.period).date_from = date(2025, 1, 15)
        self.assertEqual(first.date_from, date(2025, 1, 15))
        self.assertEqual(late.date_from, date(2025, 2, 1))
        with self.refused("B has to begin within its period"):
            self.as_role("officer", self.period).date_from = date(2025, 2, 15)

    def test_dates_of_sealed_agreements_stay(self):
        agreement = self.make_agreement(self.make_dealer("Dealer"), {"soap": "1"})
        self.period.date_to = date(2025, 3, 30)
        self.seal(agreement)
        with self.refused("part of sealed agreements"):
            self.period.date_to = date(2025, 3, 29)

    def test_period_in_use_is_not_deleted(self):
        self.make_agreement(self.make_dealer("Dealer"), {"soap": "1"})
        with self.refused("Close it instead"):
            self.period.unlink()
        self.make_period(date(2025, 4, 1), date(2025, 6, 30)).unlink()

    def test_closed_period_takes_no_agreement(self):
        dealer = self.make_dealer("Dealer")
        self.as_role("keeper", self.period).action_close()
        with self.refused("2025-Q1 is closed"):
            self.make_agreement(dealer, {"soap": "1"})
        self.as_role("keeper", self.period).action_reopen()
        self.assertTrue(self.make_agreement(dealer, {"soap": "1"}))
