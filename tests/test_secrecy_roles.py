"""Nobody knows rates and works in sales, whichever way the groups are given."""

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.channel_rebate.const import KEEPER, OFFICER, SALES

from .common import ChannelCase

SALES_GROUPS = (SALES, "sales_team.group_sale_salesman_all_leads", "sales_team.group_sale_manager")


@tagged("post_install", "-at_install")
class TestSecrecyRoles(ChannelCase):
    def link(self, name):
        return [Command.link(self.env.ref(name).id)]

    def test_from_the_side_of_the_user(self):
        for role, holder in (("keeper", KEEPER), ("officer", OFFICER)):
            for sales in SALES_GROUPS:
                with self.subTest(role=role, sales=sales), self.assertRaises(ValidationError):
                    self.users[role].group_ids = self.link(sales)
            with self.subTest(role=role), self.assertRaises(ValidationError):
                self.users["sales_manager"].group_ids = self.link(holder)

    def test_while_archived(self):
        """Who is archived may come back."""
        salesperson = self.users["salesperson"]
        salesperson.action_archive()
        with self.assertRaises(ValidationError):
            salesperson.group_ids = self.link(KEEPER)
        with self.assertRaises(ValidationError):
            self.env.ref(KEEPER).user_ids = [Command.link(salesperson.id)]
        salesperson.action_unarchive()

    def test_when_a_user_is_made(self):
        for holder in (KEEPER, OFFICER):
            with self.subTest(holder), self.assertRaises(ValidationError):
                new_test_user(self.env, login=f"both_{holder}", groups=f"{holder},{SALES}")

    def test_from_the_side_of_the_group(self):
        keeper, manager = self.users["keeper"], self.users["sales_manager"]
        rows = [
            (KEEPER, "user_ids", manager.id),
            (OFFICER, "user_ids", manager.id),
            (SALES, "user_ids", keeper.id),
            (SALES, "implied_ids", self.env.ref(OFFICER).id),
            (KEEPER, "implied_ids", self.env.ref(SALES).id),
            (SALES, "implied_by_ids", self.env.ref(KEEPER).id),
            ("base.group_user", "implied_ids", self.env.ref(KEEPER).id),
        ]
        for group, field, value in rows:
            with self.subTest(group=group, field=field), self.assertRaises(ValidationError):
                self.env.ref(group).write({field: [Command.link(value)]})

    def test_by_a_group_in_between(self):
        between = self.env["res.groups"].create({"name": "Between"})
        self.users["keeper"].group_ids += between
        with self.assertRaises(ValidationError):
            between.implied_ids = self.env.ref(SALES)

    def test_the_message_names_the_user_and_what_to_do(self):
        with self.assertRaisesRegex(ValidationError, "test_keeper.*Take the sales access away"):
            self.users["keeper"].group_ids = self.link(SALES)

    def test_keeper_and_officer_go_together_with_accounting(self):
        """What is allowed, so that the tests above refuse for the right reason."""
        groups = self.env.ref(KEEPER) + self.env.ref("account.group_account_readonly")
        self.users["officer"].group_ids += groups
        self.assertTrue(self.users["officer"].has_group(KEEPER))
