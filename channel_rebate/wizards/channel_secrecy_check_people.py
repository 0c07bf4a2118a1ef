from odoo import api, models

from ..const import HOLDER_ROLES


class ChannelSecrecyCheck(models.TransientModel):
    """Checks of people: who holds rates, and who could act in a holder's name."""

    _inherit = "channel.secrecy.check"

    @api.model
    def _get_holders(self, role=None):
        members = self.env["channel.holder.log"]._find_members()
        uids = {uid for uid, name in members if role in (None, name)}
        return self.env["res.users"].browse(sorted(uids)).filtered("active")

    @api.model
    def _name_users(self, users):
        return ", ".join(users.mapped("name"))

    @api.model
    def _find_enough_holders(self):
        title = self.env._("Two rate keepers and two settlement officers")
        log = self.env["channel.holder.log"]
        counts = {
            role: sum(role in log._get_confirmed_roles(user.id) for user in self._get_holders(role))
            for role in HOLDER_ROLES
        }
        if min(counts.values()) > 1:
            return title, None
        return title, self.env._(
            "There are %(keepers)s rate keepers and %(officers)s settlement officers. Whoever "
            "computes a settlement can't approve it: with fewer than two of each, one who is away "
            "stops it. Name more in their users' forms.",
            keepers=counts["keeper"],
            officers=counts["officer"],
        )

    @api.model
    def _find_mighty_holders(self):
        title = self.env._("No holder is an administrator")
        mighty = self._get_holders().filtered(
            lambda user: user.has_groups("base.group_system,base.group_erp_manager")
        )
        return title, mighty and self.env._(
            "%(users)s can change access rights and see sealed rates. Take one of them away, so "
            "that nobody can open rates for others unseen.",
            users=self._name_users(mighty),
        )

    @api.model
    def _find_second_factors(self):
        title = self.env._("Holders log in with two factors")
        if "totp_enabled" not in self.env["res.users"]._fields:
            return title, self.env._(
                "Two-factor authentication is not installed: whoever gets a holder's password "
                "sees rates. Install it, and let every holder switch it on in his preferences."
            )
        missing = self._get_holders().filtered(lambda user: not user.totp_enabled)
        return title, missing and self.env._(
            "%(users)s log in with a password alone, which an administrator can set. Each "
            "switches two-factor authentication on in his own preferences.",
            users=self._name_users(missing),
        )

    @api.model
    def _find_unconfirmed_holders(self):
        title = self.env._("Every holder was named in the ordinary way")
        log = self.env["channel.holder.log"]
        unconfirmed = {
            uid for uid, role in log._find_members() if role not in log._get_confirmed_roles(uid)
        }
        users = self.env["res.users"].browse(sorted(unconfirmed))
        return title, users and self.env._(
            "The holder log does not confirm %(users)s, so no rate opens to them. If the access "
            "is meant, take it away in the user's form, save, and give it again there. If not, "
            "ask who can write to the database.",
            users=self._name_users(users),
        )

    @api.model
    def _find_broken_chains(self):
        title = self.env._("Append-only lists are unchanged")
        broken = self.env["channel.holder.log"]._find_broken_lists()
        return title, broken and self.env._(
            "Changed in the database: %(lists)s. Compare these entries with the messages and "
            "papers that carry their hashes, and with a backup, and ask who can write to the "
            "database.",
            lists="; ".join(broken),
        )

    @api.model
    def _find_typed_code(self):
        """Own scheduled actions aside, actions on our models are what somebody typed."""
        title = self.env._("No server action or automation acts on sealed data")
        actions = self.env["ir.actions.server"].search(
            [("model_id.model", "in", self._get_secret_models())]
        )
        own = actions.filtered(lambda a: a.get_external_id()[a.id].startswith("channel_rebate"))
        return title, (actions - own) and self.env._(
            "%(actions)s: code that was typed into the database gets no rate, but acts whenever "
            "holders work. Delete what you do not know.",
            actions=", ".join((actions - own).mapped("name")),
        )

    @api.model
    def _get_secret_models(self):
        lists = self.env["channel.chain.mixin"]._get_lists()
        return ["channel.rate", *(model._name for model in lists)]
