"""Sealing and signing when the agreement applies already: marked, and listed by who did it."""

import base64
import importlib.util
from datetime import date, datetime

from freezegun import freeze_time
from odoo import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import file_path

from .common import PAPER, ROLES, WorkedExampleCase

BEFORE, FIRST, AFTER = "2024-12-30", "2025-01-01", "2025-02-03"
NOTHING = {"is_sealed_late": False, "is_signed_late": False, "is_marked_late": False}


@tagged("post_install", "-at_install")
class TestLate(WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.two = cls.as_role("keeper", cls.agreement_a | cls.agreement_b)
        cls.second = new_test_user(cls.env, login="second_keeper", groups=ROLES["keeper"])

    def seal_at(self, moment, agreements):
        with freeze_time(f"{moment} 09:00:00"):
            self.seal(agreements)

    def sign_at(self, moment, agreements, day=None, reason=None):
        with freeze_time(f"{moment} 09:00:00"):
            agreements._mark_signed(
                day or date.fromisoformat(moment),
                "Ann",
                dict.fromkeys(agreements, PAPER),
                reason=reason,
            )

    def flags_of(self, agreement):
        return {name: agreement[name] for name in NOTHING}

    def test_in_time(self):
        self.seal_at(BEFORE, self.two)
        self.sign_at("2024-12-31", self.two)
        for agreement in self.two:
            self.assertEqual(self.flags_of(agreement), NOTHING)
            self.assertFalse(agreement.is_late or agreement.late_by_id)
        self.assertEqual(self.two[0].signed_marked_on, datetime(2024, 12, 31, 9))

    def test_the_first_day_is_late(self):
        self.two[1].date_from = date(2025, 1, 2)
        self.seal_at(FIRST, self.two)
        self.assertEqual(self.two.mapped("is_sealed_late"), [True, False])
        self.assertEqual(self.two.mapped("late_by_id"), self.users["keeper"])
        self.sign_at("2025-01-02", self.two)
        self.assertEqual(self.two.mapped("is_signed_late"), [True, True])

    def test_version_is_late_by_its_own_day(self):
        self.seal_at(BEFORE, self.two[0])
        with freeze_time(AFTER):
            version = self.two[0]._create_version(date(2025, 2, 10))
            self.enter_rates(version, ["3", "4", "5"])
        self.seal_at(AFTER, version)
        self.assertEqual(self.flags_of(version), NOTHING)
        self.sign_at("2025-02-10", self.two[0] | version)
        self.assertTrue(version.is_signed_late and self.two[0].is_signed_late)
        self.assertFalse(version.is_sealed_late)

    def test_backdated_signature_shows(self):
        self.seal_at(BEFORE, self.two)
        self.sign_at(AFTER, self.two[0], day=date(2024, 12, 31))
        self.assertEqual(self.flags_of(self.two[0]), {**NOTHING, "is_marked_late": True})
        self.assertEqual(self.two[0].late_by_id, self.users["keeper"])
        self.assertFalse(self.two[1].is_late)

    def test_responsible_is_who_sealed_late_else_who_signed_late(self):
        self.seal_at(BEFORE, self.two[0])
        self.seal_at(AFTER, self.two[1])
        self.sign_at(AFTER, self.two.with_user(self.second), reason="Flood")
        self.assertEqual(self.two[0].late_by_id, self.second)
        self.assertEqual(self.two[1].late_by_id, self.users["keeper"])
        self.assertEqual(self.two.mapped("late_reason"), ["Flood", "Flood"])

    def test_reason_only_for_what_is_late(self):
        self.two[1].date_from = date(2025, 3, 1)
        self.seal_at(BEFORE, self.two)
        self.sign_at(AFTER, self.two, reason="Flood")
        self.assertEqual(self.two.mapped("late_reason"), ["Flood", False])

    def test_undoing_the_signature_leaves_the_late_seal(self):
        self.seal_at(BEFORE, self.two[0])
        self.seal_at(AFTER, self.two[1])
        self.sign_at(AFTER, self.two)
        self.two.action_unsign()
        self.assertEqual(self.flags_of(self.two[0]), NOTHING)
        self.assertEqual(self.flags_of(self.two[1]), {**NOTHING, "is_sealed_late": True})
        self.assertFalse(any(self.two.mapped("signed_marked_on")))

    def test_facts_are_not_written_by_hand_but_the_reason_is(self):
        self.seal_at(AFTER, self.two)
        for name, value in (
            ("is_sealed_late", False),
            ("is_signed_late", True),
            ("is_marked_late", True),
            ("signed_marked_on", "2024-12-31 00:00:00"),
        ):
            with self.subTest(name), self.refused("use the buttons"):
                self.two.write({name: value})
        self.two[0].late_reason = "Flood"
        self.assertEqual(self.two.mapped("late_reason"), ["Flood", False])

    def test_cancelling_leaves_the_late_seal(self):
        self.seal_at(AFTER, self.two[1])
        self.two[1].action_cancel()
        self.env.invalidate_all()
        self.assertTrue(self.two[1].is_late)
        self.assertEqual(self.two[1].late_by_id, self.users["keeper"])

    def test_wizard_asks_for_the_reason(self):
        self.seal_at(BEFORE, self.two)
        wizard = self.model("keeper", "channel.agreement.sign")
        for moment, is_late in ((BEFORE, False), (AFTER, True)):
            with freeze_time(moment):
                form = Form(wizard.with_context(**self.two.action_sign()["context"]))
            self.assertEqual(form.is_late, is_late)
        form.late_reason = "Flood"
        form.paper = base64.b64encode(PAPER.content)
        form.save().action_sign()
        self.assertEqual(self.two.mapped("late_reason"), ["Flood", "Flood"])

    def test_list_by_responsible_person(self):
        self.seal_at(BEFORE, self.two[0])
        self.seal_at(AFTER, self.two[1])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_agreement_late_action"
        )
        Agreement = self.model("officer", "channel.agreement")
        late = Agreement.search([("is_late", "=", True), ("id", "in", self.two.ids)])
        self.assertEqual(late, self.agreement_b)
        groups = Agreement._read_group([("id", "in", self.two.ids)], ["late_by_id"], ["__count"])
        self.assertEqual(len(groups), 2)
        self.assertIn("is_late", action["domain"])

    def test_menu_is_for_holders(self):
        menu = self.env.ref("channel_rebate.channel_agreement_late_menu")
        for role in ROLES:
            visible = menu.id in self.model(role, "ir.ui.menu")._visible_menu_ids()
            self.assertEqual(visible, role in ("keeper", "officer"), role)

    def test_other_company_sees_none_of_them(self):
        self.seal_at(AFTER, self.two)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        officer = self.users["officer"]
        officer.write({"company_id": other.id, "company_ids": [Command.set(other.ids)]})
        late = self.model("officer", "channel.agreement").search([("is_late", "=", True)])
        self.assertFalse(late & self.agreements)

    def test_migration_marks_what_was_late_before(self):
        self.seal_at(BEFORE, self.two[0])
        self.seal_at(AFTER, self.two[1])
        self.sign_at(AFTER, self.two[0])
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE channel_agreement SET is_sealed_late = NULL, is_signed_late = NULL,
                      is_marked_late = NULL, is_late = NULL, late_by_id = NULL"""
        )
        path = file_path("channel_rebate/migrations/19.0.4.0.0/post-paper.py")
        spec = importlib.util.spec_from_file_location("post_paper", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.migrate(self.env.cr, "19.0.3.0.0")
        self.env.invalidate_all()
        self.assertEqual(self.flags_of(self.two[0]), {**NOTHING, "is_signed_late": True})
        self.assertEqual(self.flags_of(self.two[1]), {**NOTHING, "is_sealed_late": True})
        self.assertEqual(self.two.mapped("is_late"), [True, True])
        self.assertEqual(self.flags_of(self.agreement_s), NOTHING)
