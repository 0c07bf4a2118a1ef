"""The holder log as tests look at it: what was added, and who was told."""

from contextlib import contextmanager

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.channel_rebate.const import HOLDER_ROLES

CHECKED = ("event", "user_id", "role", "way", "by_user_id")


class Holders:
    """Mixed into a test case with roles: an employee who might become a holder."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.log = cls.env["channel.holder.log"].sudo()
        cls.joe = new_test_user(cls.env, login="test_joe", groups="base.group_user")
        cls.groups = {role: cls.env.ref(name) for role, name in HOLDER_ROLES.items()}

    @contextmanager
    def noted(self, *expected):
        """Check that the block adds these entries, rows of ``CHECKED``, and tells all holders."""
        before = self.log.search([], limit=1)
        holders = self.holders()
        yield
        entries = self.log.search([("id", ">", before.id)], order="number")
        rows = [tuple(entry[name] or None for name in CHECKED) for entry in entries]
        self.assertEqual(rows, list(expected))
        for entry in entries:
            for user in holders | self.holders() | entry.user_id:
                self.assert_told(user, entry)

    def holders(self):
        return self.env["res.users"].browse(uid for uid, _role in self.log._get_logged())

    def messages_to(self, user, entry):
        return self.env["mail.message"].search(
            [
                ("model", "=", "channel.holder.log"),
                ("notification_ids.res_partner_id", "=", user.partner_id.id),
                ("body", "like", entry.entry_hash),
            ]
        )

    def assert_told(self, user, entry):
        message = self.messages_to(user, entry)
        self.assertEqual(len(message), 1, f"{user.login}: {entry.display_name}")
        # "Entry 4 of …" or "第 4 条": the number, and the hash by which it was found.
        self.assertRegex(message.body, rf"\b{entry.number}\b")

    # === Ways to become a holder === #

    def join(self, role="keeper", user=None, by="administrator"):
        users = self.as_role(by, user or self.joe)
        users.write({"group_ids": [Command.link(self.groups[role].id)]})

    def leave(self, role="keeper", user=None):
        users = self.as_role("administrator", user or self.joe)
        users.write({"group_ids": [Command.unlink(self.groups[role].id)]})

    def join_by_sql(self, role="keeper", user=None):
        self.env.cr.execute(
            "INSERT INTO res_groups_users_rel (gid, uid) VALUES (%s, %s)",
            (self.groups[role].id, (user or self.joe).id),
        )
        self.forget()

    def forget(self):
        """Forget what was read before SQL changed it, as a restarted server does."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
