from odoo import api, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import HOLDER_ROLES
from ..keyring import find_vault

# The ways of becoming a holder that were told to all at once.
OPEN_WAYS = ("form", "start")


class ChannelHolderLog(models.Model):
    """The list confirms holders: a row that SQL put into the table of groups opens nothing."""

    _inherit = "channel.holder.log"

    @api.model
    def _confirms(self, groups):
        """Tell whether the current user is in one of the groups, by the list as well.

        :param str groups: names of the holders' groups with commas between
        """
        roles = self._get_confirmed_roles(self.env.uid)
        user = self.env.user
        return any(
            role in roles and user.has_group(name)
            for role, name in HOLDER_ROLES.items()
            if name in groups.split(",")
        )

    @api.model
    def _make_unconfirmed_error(self):
        return AccessError(
            self.env._(
                "%(user)s was not made a rate keeper or settlement officer in the ordinary way, so "
                "no rate opens; the hourly check tells all holders. If the access is meant, the "
                "administrator takes it away in the user's form, saves, and gives it again there: "
                "every holder then gets a message.",
                user=self.env.user.name,
            )
        )

    @api.model
    @tools.ormcache()
    def _get_holder_ids(self):
        """Return the ids of everybody whom the list calls a holder, confirmed or not."""
        return frozenset(uid for uid, _role in self._get_logged())

    @api.model
    @tools.ormcache("uid")
    def _get_confirmed_roles(self, uid):
        """Return the roles that the user was given in the ordinary way.

        Only entries count whose hash is right and authenticated with the key of the rates, once
        there is one: rows that SQL puts into this list open nothing either.
        """
        vault, last = self._find_vault(), {}
        for row in self._fetch_memberships():
            if row["user_id"] == uid:
                is_joined = row["event"] == "joined" and row["way"] in OPEN_WAYS
                last[row["role"]] = is_joined and self._is_genuine(row, vault)
        return frozenset(role for role, is_confirmed in last.items() if is_confirmed)

    @api.model
    def _find_vault(self):
        try:
            return find_vault(self.env)
        except UserError:  # without the key no rate opens anyway
            return None

    @api.model
    def _fetch_memberships(self):
        names = ["chain", "number", "happened_on", "previous_hash", "entry_hash", "mac"]
        return self.env.execute_query_dict(
            SQL(
                """SELECT %s FROM channel_holder_log
                    WHERE event IN ('joined', 'left') ORDER BY number""",
                SQL(", ").join(map(SQL.identifier, [*names, *self._chain_fields])),
            )
        )
