"""Areas of territories: which address lies where, and what can't be given away twice."""

from datetime import date
from time import thread_time

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import ChannelCase

DAY = date(2025, 2, 1)


class TerritoryCase(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.country = cls.env.ref("base.us")
        cls.company.country_id = cls.country
        cls.ohio, cls.texas = (
            cls.env["res.country.state"].search(
                [("country_id", "=", cls.country.id), ("code", "=", code)]
            )
            for code in ("OH", "TX")
        )

    @classmethod
    def make_territory(cls, name, *areas, **values):
        """Return a territory; each area is a dictionary of values, or a range of zip codes."""
        ranges = [
            area
            if isinstance(area, dict)
            else {"zip_from": area.split("-")[0], "zip_to": area.split("-")[-1]}
            for area in areas
        ]
        return cls.env["channel.territory"].create(
            {
                "name": name,
                "area_ids": [
                    Command.create({"country_id": cls.country.id, **area}) for area in ranges
                ],
                **values,
            }
        )

    def find(self, code=None, state=None, day=DAY, **values):
        """Return the name of the territory in which an address lies."""
        partner = self.env["res.partner"].new(
            {"zip": code, "state_id": state and state.id, "country_id": self.country.id, **values}
        )
        territories = self.env["channel.territory"]
        return territories._find_for_partners(partner, self.company, day)[partner].name


@tagged("post_install", "-at_install")
class TestFindingTerritories(TerritoryCase):
    def test_most_specific_wins(self):
        self.make_territory("Country", {})
        self.make_territory("State", {"state_id": self.ohio.id})
        self.make_territory("Zip", "43-44")
        self.make_territory("Zip in state", {"state_id": self.ohio.id, "zip_from": "44"})
        self.assertEqual(self.find("44101", self.ohio), "Zip in state")
        self.assertEqual(self.find("43101", self.ohio), "Zip")
        self.assertEqual(self.find("44101", self.texas), "Zip")
        self.assertEqual(self.find("45101", self.ohio), "State")
        self.assertEqual(self.find("45101", self.texas), "Country")
        self.assertFalse(self.find(country_id=self.env.ref("base.de").id))

    def test_innermost_of_nested_ranges_wins(self):
        self.make_territory("Outer", "3000-3999")
        self.make_territory("Middle", "31")
        self.make_territory("Inner", "3112-3115")
        found = [self.find(code) for code in ("31130", "3111", "3200", "4000", "31", None)]
        self.assertEqual(found, ["Inner", "Middle", "Outer", False, "Middle", False])

    def test_other_ways_to_write_a_code(self):
        self.make_territory("Ottawa", "k1a 0-K1a9")
        self.make_territory("New York", "10")
        found = [
            self.find(code) for code in ("K1A 0B6", "k1a-5z9", "K1B 0A0", "10001-1234", " 10 0")
        ]
        self.assertEqual(found, ["Ottawa", "Ottawa", False, "New York", "New York"])

    def test_areas_are_dated(self):
        self.make_territory("Old", {"zip_from": "31", "date_to": date(2025, 1, 31)})
        self.make_territory("New", {"zip_from": "31", "date_from": date(2025, 2, 2)})
        days = (date(2024, 1, 1), date(2025, 1, 31), DAY, date(2025, 2, 2))
        self.assertEqual([self.find("31", day=day) for day in days], ["Old", "Old", False, "New"])

    def test_archived_territories_have_nothing(self):
        territory = self.make_territory("North", "31")
        territory.active = False
        self.assertFalse(self.find("31"))

    def test_address_without_a_country(self):
        """It lies in that of its state, or else of the company."""
        self.make_territory("North", "31")
        self.assertEqual(self.find("31", country_id=False), "North")
        bavaria = self.env["res.country.state"].create(
            {"name": "Bavaria", "code": "BY9", "country_id": self.env.ref("base.de").id}
        )
        self.assertFalse(self.find("31", bavaria, country_id=False))

    def test_each_company_has_its_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.make_territory("Ours", "31")
        theirs = self.make_territory("Theirs", "31", company_id=other.id)
        partner = self.make_dealer("Dealer", zip="31", country_id=self.country.id)
        found = self.env["channel.territory"]._find_for_partners(partner, other, DAY)
        self.assertEqual(found, {partner: theirs})
        self.assertEqual(self.find("31"), "Ours")

    def test_thousands_at_once(self):
        """Partners and areas are read once each, however many they are."""
        for number in range(10, 60):
            self.make_territory(str(number), str(number))
        partners = self.env["res.partner"].create(
            [{"name": "Shop", "zip": f"{number % 90 + 10}000"} for number in range(2000)]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        territories = self.env["channel.territory"]
        self.company.country_id  # noqa: B018
        with self.assertQueryCount(2):
            found = territories._find_for_partners(partners, self.company, DAY)
        names = [found[partner].name for partner in partners]
        self.assertEqual(names[:90], [*map(str, range(10, 60)), *[False] * 40])
        self.assertEqual(names.count("10"), 23)

    def test_search_by_zip_code(self):
        north = self.make_territory("North", "31", "3300-3399")
        self.make_territory("South", "32")
        for code in ("33 50", "31200"):
            self.assertEqual(self.env["channel.territory"].search([("zip_code", "=", code)]), north)


@tagged("post_install", "-at_install")
class TestOverlappingAreas(TerritoryCase):
    def refuses(self, first, second, **values):
        north = self.make_territory("North", first)
        with self.refused("(?s)South: .*and North: .*end it on the day before", ValidationError):
            self.make_territory("South", second, **values)
        return north

    def test_same_country(self):
        self.refuses({}, {})

    def test_same_state(self):
        self.refuses({"state_id": self.ohio.id}, {"state_id": self.ohio.id})

    def test_same_range(self):
        self.refuses("31", "3100-3199")

    def test_ranges_that_cross(self):
        self.refuses("310-319", "3190-3205")

    def test_common_days(self):
        first = {"state_id": self.ohio.id, "date_to": DAY}
        north = self.refuses(first, {"state_id": self.ohio.id, "date_from": DAY})
        north.area_ids.date_to = date(2025, 1, 31)
        self.make_territory("South", {"state_id": self.ohio.id, "date_from": DAY})

    def test_within_a_territory(self):
        with self.refused("North: United States 31, and North: United States 31"):
            self.make_territory("North", "31", "31")

    def test_what_is_allowed(self):
        """Nested, of other levels, of other companies, of archived territories."""
        other = self.env["res.company"].create({"name": "Other"})
        self.make_territory("North", "310-319", {"state_id": self.ohio.id})
        self.make_territory("Inside", "3112-3115", {"state_id": self.texas.id})
        self.make_territory("Level", {"state_id": self.ohio.id, "zip_from": "310", "zip_to": "320"})
        self.make_territory("Theirs", "310-319", company_id=other.id)
        gone = self.make_territory("Gone", "310-319", active=False)
        self.assertEqual(gone.with_context(active_test=False).area_ids.zip_to, "319")

    def test_coming_back_from_the_archive(self):
        north = self.make_territory("North", "31")
        north.active = False
        self.make_territory("South", "31")
        with self.refused("North: United States 31, and South: United States 31"):
            north.active = True

    def test_moving_to_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        north = self.make_territory("North", "31", company_id=other.id)
        self.make_territory("South", "31")
        with self.refused("and South"):
            north.company_id = self.company

    def test_one_of_two_hundred(self):
        north = self.make_territory("North", *(str(code) for code in range(100, 300)))
        area = north.area_ids.filtered(lambda area: area.zip_from == "150")
        with self.refused("United States 255, and North: United States 255"):
            area.write({"zip_from": "255"})

    def test_a_thousand_at_once(self):
        """Each is compared with what it overlaps, not with all the others."""
        codes = [str(code) for code in range(5000, 6000)]
        north = self.make_territory("North", "50-59", *codes)
        self.env.flush_all()
        self.env.invalidate_all()
        areas = north.area_ids
        begin = thread_time()
        with self.assertQueryCount(6):
            areas._check_overlap()
        self.assertLess(thread_time() - begin, 2)
        with self.refused("South: United States 55–60, and North: United States 50–59"):
            self.make_territory("South", "55-60")

    @mute_logger("odoo.sql_db")
    def test_two_users_at_once(self):
        """The constraint in the database holds where the check in Python cannot see."""
        territories = [self.make_territory(name) for name in ("North", "South")]
        self.env.flush_all()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for territory in territories:
                self.env.cr.execute(
                    """INSERT INTO channel_territory_area
                              (territory_id, company_id, territory_active, country_id)
                       VALUES (%s, %s, true, %s)""",
                    [territory.id, self.company.id, self.country.id],
                )

    def test_ends_of_a_range(self):
        for ends in ({"zip_from": "31", "zip_to": "329"}, {"zip_from": "32", "zip_to": "31"}):
            with self.refused("is no range"):
                self.make_territory("North", ends)

    def test_state_of_another_country(self):
        with self.refused("Ohio is no state of Germany"):
            self.make_territory(
                "North", {"country_id": self.env.ref("base.de").id, "state_id": self.ohio.id}
            )


@tagged("post_install", "-at_install")
class TestAddingAreas(TerritoryCase):
    def add(self, zips, role="sales_manager", **values):
        territory = self.make_territory("North")
        wizard = self.model(role, "channel.territory.area.add").create(
            {"territory_id": territory.id, "zips": zips, **values}
        )
        wizard.action_add()
        territory.invalidate_recordset()
        return territory.area_ids.mapped("display_name")

    def test_line_of_text(self):
        self.assertEqual(
            self.add("310, 3200-3299\n3112; 310"),
            ["United States 310", "United States 3112", "United States 3200–3299"],
        )

    def test_states(self):
        states = [Command.set((self.ohio | self.texas).ids)]
        self.assertEqual(self.add(False, "keeper", state_ids=states), ["Ohio", "Texas"])

    def test_zip_codes_in_a_state(self):
        self.assertEqual(self.add("44", state_ids=[Command.set(self.ohio.ids)]), ["Ohio 44"])

    def test_what_is_no_zip_code(self):
        with self.refused("1000-205 is neither a zip code nor a range"):
            self.add("310, 1000-205")

    def test_salespeople_read_only(self):
        territory = self.make_territory("North", "31", dealer_id=self.make_dealer("Dealer").id)
        seen = self.as_role("salesperson", territory)
        self.assertEqual(seen.area_ids.zip_to, "31")
        self.assertEqual(seen.assignment_ids.dealer_id, territory.dealer_id)
        with self.refused("not allowed", AccessError):
            self.add("32", "salesperson")
        with self.refused("not allowed", AccessError):
            seen.area_ids.write({"zip_from": "32"})
        with self.refused("not allowed", AccessError):
            seen._change_dealer(seen.dealer_id)

    def test_form_keeps_a_prefix_a_prefix(self):
        territory = self.as_role("sales_manager", self.make_territory("North", "31"))
        with Form(territory) as form, form.area_ids.edit(0) as area:
            area.zip_from = "32"
        self.assertEqual(territory.area_ids.zip_to, "32")

    def test_history_is_not_written_by_hand(self):
        territory = self.make_territory("North", dealer_id=self.make_dealer("Dealer").id)
        for role in ("sales_manager", "keeper"):
            with self.refused("not allowed", AccessError):
                self.as_role(role, territory.assignment_ids).write({"date_from": DAY})
