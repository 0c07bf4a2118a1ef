"""What changes a settled period pays next to nothing for it; a scheduled action compares."""

import json
from contextlib import contextmanager, suppress
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import BaseCase, tagged

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from .changes import ChangesCase
from .test_supplementary import LATE
from .test_supplementary_needed import OPEN_DAY
from .throwaway import ThrowawayDatabase

CRON = "channel_rebate.ir_cron_period_check"


@tagged("post_install", "-at_install")
class TestCost(ChangesCase, CronMixinCase):
    """Whoever posts sends one statement more, and none for customers outside of the channel."""

    @contextmanager
    def statements(self, found):
        """Collect the statements that mark periods: they look for them as well."""
        execute = type(self.env.cr).execute

        def listen(cursor, query, *args, **kwargs):
            text = str(getattr(query, "code", query))
            if "channel_period_check" in text:
                found.append(text)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", listen):
            yield

    def post(self, partners, day, count=1):
        """Return the number of all statements, and of ours, of posting invoices in one go."""
        drafts = self.env["account.move"]
        for partner in partners * count:
            drafts |= self.make_invoice(partner, {"soap": 1}, day=day, post=False)
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.precommit.run()
        ours, before = [], self.env.cr.sql_log_count
        with self.statements(ours):
            drafts.action_post()
            self.env.flush_all()
        return self.env.cr.sql_log_count - before, len(ours)

    def test_one_statement_for_a_batch(self):
        dealers = [self.dealer_a, self.dealer_b]
        customers = [self.env["res.partner"].create({"name": name}) for name in "CD"]
        for partners, day, ours in (
            (dealers, OPEN_DAY, 1), (customers, LATE, 0), (dealers, LATE, 1),
        ):  # fmt: skip
            self.post(partners, day)
            with self.subTest(partners=partners, day=day):
                for count in (1, 10):
                    self.assertEqual(self.post(partners, day, count)[1], ours)

    def test_nothing_at_all_for_other_customers(self):
        customers = [self.env["res.partner"].create({"name": name}) for name in "CD"]
        self.post(customers, LATE)  # warms the caches of the registry up
        total, _ours = self.post(customers, LATE, 5)
        with patch.object(type(self.env["account.move"]), "_mark_channel_sales"):
            without, _ours = self.post(customers, LATE, 5)
        self.assertEqual(total, without)

    def test_one_call_of_the_scheduled_action(self):
        self.env.cr.precommit.run()
        with self.capture_triggers(CRON) as triggers:
            self.make_invoice(self.dealer_a, {"soap": 1}, day=OPEN_DAY)
            self.assertFalse(triggers.records)
            invoices = self.make_invoice(self.dealer_a, {"soap": 1}, day=LATE, post=False)
            invoices |= self.make_invoice(self.dealer_b, {"soap": 1}, day=LATE, post=False)
            invoices.action_post()
            self.assertEqual(len(triggers.records), 1)

    def test_a_call_that_is_taken_back_is_made_again(self):
        check = self.env["channel.period.check"]
        with self.capture_triggers(CRON) as triggers:
            with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
                check._mark_periods(self.period)
                raise ZeroDivisionError
            self.assertFalse(triggers.records)
            check._mark_periods(self.period)
            check._mark_periods(self.next_period)
            self.assertEqual(len(triggers.records), 1)

    def test_an_accountant_without_channel_rights_posts(self):
        invoice = self.make_invoice(self.dealer_a, {"soap": 1}, day=LATE, post=False)
        refund = self.first_invoice._reverse_moves([{"invoice_date": OPEN_DAY}])
        self.as_role("accountant", invoice | refund).action_post()
        self.assertEqual(self.changed(), self.dealer_a | self.dealer_b)

    def test_a_salesperson_confirms_a_late_order(self):
        order = self.make_order(self.sub_a, {"soap": 5}, day=LATE, confirm=False)
        self.as_role("salesperson", order).action_confirm()
        self.assertEqual(self.changed(), self.sub_a)

    def test_comparing_costs_the_same_however_many_changed(self):
        counts = []
        self.period._find_changed_partners()  # warms the cache of the registry up
        for number in (1, 5):
            for _i in range(number):
                self.make_invoice(self.dealer_a, {"soap": 1}, day=LATE)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.period._find_changed_partners()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestScheduledAction(ChangesCase):
    def due(self):
        return self.env["channel.period"]._find_to_compare()

    def test_open_periods_once_a_day(self):
        self.assertEqual(self.due(), self.period)
        self.period._check_corrections()
        self.assertFalse(self.due())
        self.period.supplementary_check_on = fields.Datetime.now() - timedelta(days=1)
        self.assertEqual(self.due(), self.period)
        self.period.action_close()
        self.assertFalse(self.due())

    def test_closed_periods_when_something_happens(self):
        self.period._check_corrections()
        self.period.action_close()
        self.make_invoice(self.dealer_a, {"soap": 1}, day=LATE)
        self.assertEqual(self.due(), self.period)
        self.assertEqual(self.changed(), self.dealer_a)

    def test_unsettled_periods_are_not_looked_at(self):
        self.make_invoice(self.dealer_a, {"soap": 1}, day=OPEN_DAY)
        self.assertNotIn(self.next_period, self.due())

    def run_action(self):
        with self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()

    def test_runs_as_the_system(self):
        self.make_invoice(self.dealer_a, {"soap": 1}, day=LATE)
        self.env.flush_all()
        self.run_action()
        self.assertEqual(self.period.changed_partner_ids, self.dealer_a)
        self.assertFalse(self.env["channel.period.check"].search([]))
        self.assertFalse(self.due())

    def test_a_period_that_fails_does_not_stop_the_others(self):
        self.settle(self.next_period, dealer_ids=self.make_open_sale().ids)
        self.make_invoice(self.dealer_a, {"soap": 1}, day=LATE)
        self.env.flush_all()
        Period = type(self.period)
        compare, failing = Period._check_corrections, self.next_period.id

        def fail(period):
            if period.id == failing:
                raise ZeroDivisionError
            compare(period)

        with (
            patch.object(Period, "_check_corrections", fail),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cursor,
            self.assertLogs("odoo.addons.channel_rebate", level="WARNING"),
            suppress(ZeroDivisionError),  # Odoo's assertRaises would roll back
        ):
            self.period.with_env(self.env(cr=cursor))._cron_check_corrections()
        self.assertEqual(self.period.changed_partner_ids, self.dealer_a)
        self.assertEqual(self.due(), self.next_period)

    def make_open_sale(self):
        self.make_invoice(self.dealer_b, {"soap": 1}, day=OPEN_DAY)
        return self.dealer_b


@tagged("post_install", "-at_install")
class TestPostingAtOnce(ThrowawayDatabase, BaseCase):
    def test_nobody_waits_and_nothing_is_lost(self):
        told = json.loads(self.run_script("posting_at_once", "main").splitlines()[-1])
        self.assertEqual(
            told,
            {
                "two accountants": ["", 2],
                "posting while it is compared": ["", 1],
                "changed": ["Dealer A", "Dealer B"],
                "comparing twice": ["SerializationFailure", 0],
            },
        )
