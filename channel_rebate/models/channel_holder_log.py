from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import SQL

from ..const import HOLDER_ROLES
from ..gate import is_installing, is_typed_code_running

# One list for all companies: who is a holder in one of them is it in all.
CHAIN = "holders"

# Whether a change is under way that will be compared with the list when it is done.
_changing = ContextVar("channel_rebate_changing_holders", default=False)


class ChannelHolderLog(models.Model):
    """Who became or ceased to be a holder, by whom and how, and what was done to holders' accounts.

    Everything that changes who is a holder does so within :meth:`_noting_members`, which compares
    the groups with this list. Each new entry is told to every holder (:meth:`_tell`), with its
    number and hash: so each has an anchor of the chain that is not in the database's tables only.
    An entry is also what confirms a holder (:meth:`_confirms`).
    """

    _name = "channel.holder.log"
    _description = "Holder Log"
    _inherit = ["channel.chain.mixin"]
    _rec_names_search = ["user_login", "by_login"]
    _chain_fields = (
        "event",
        "user_id",
        "user_login",
        "role",
        "way",
        "by_user_id",
        "by_login",
        "session_login",
        "detail",
        "password_print",
    )

    event = fields.Selection(
        selection=[
            ("start", "Log started"),
            ("joined", "Became holder"),
            ("left", "No longer holder"),
            ("password", "Password set by somebody else"),
            ("login", "Login changed"),
            ("email", "E-mail changed"),
            ("archived", "Archived"),
            ("unarchived", "Unarchived"),
            ("own_password", "Own password changed"),
            ("passkey", "New passkey"),
            ("api_key", "API key made by somebody else"),
            ("outside", "Logged in by another service"),
            ("second_factor", "Two-factor authentication switched off"),
            ("broken", "A list was changed"),
            ("passphrase_set", "Passphrase set"),
            ("passphrase_changed", "Passphrase changed"),
            ("passphrase_removed", "Passphrase removed"),
            ("passphrase_forgotten", "Passphrase given up"),
        ],
        readonly=True,
        help="What happened to the holder or his account.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Holder",
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    user_login = fields.Char(string="Holder's Login", readonly=True, help="As it was then.")
    role = fields.Selection(
        selection=[("keeper", "Rate Keeper"), ("officer", "Settlement Officer")], readonly=True
    )
    way = fields.Selection(
        selection=[
            ("form", "Ordinary way"),
            ("code", "By code that somebody typed"),
            ("found", "Found by the check"),
            ("start", "Holder before the log began"),
        ],
        readonly=True,
        help="By code: a server action or automation. Found by the check: made outside of the "
        "ordinary ways, such as in the database itself. Neither is an access to rates.",
    )
    by_user_id = fields.Many2one(
        comodel_name="res.users", string="Done By", readonly=True, ondelete="restrict"
    )
    by_login = fields.Char(string="Login of Who Did It", readonly=True, help="As it was then.")
    session_login = fields.Char(
        string="In the Session Of",
        readonly=True,
        help="Login of whose session it was, if code acted there in another's name.",
    )
    detail = fields.Char(readonly=True)

    @api.depends("event", "user_login", "role", "way", "detail")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = entry._describe()

    # === Who is a holder === #

    @api.model
    def _start(self):
        """Begin the list, once, with those who are holders already, who stay so."""
        if is_installing(self.env) and not self._has_started():
            self._add([self._prepare_entry("start", way="start")])
            self._note_members("start")

    @api.model
    def _has_started(self):
        """While the add-on is installed there is no list yet; :meth:`_start` makes it."""
        return bool(self._get_heads({CHAIN}))

    @contextmanager
    def _noting_members(self):
        """Add what the block changes in who is a holder, as done by the current user.

        A change within a change belongs to the outer one: a new user's groups are written again
        while he is made.
        """
        if _changing.get():
            yield
            return
        # What SQL has done before is not this change.
        self._note_members("found")
        token = _changing.set(True)
        try:
            yield
        finally:
            _changing.reset(token)
        self._note_members("form")

    @api.model
    def _note_members(self, way):
        """Add what has changed in who is a holder since the last entry."""
        members, logged = self._find_members(), self._get_logged()
        if members == logged or (way != "start" and not self._has_started()):
            return
        users = self.env["res.users"]
        self._add(
            [
                self._prepare_entry(event, user=users.browse(uid), role=role, way=way)
                for event, changed in (("joined", members - logged), ("left", logged - members))
                for uid, role in sorted(changed)
            ]
        )

    @api.model
    def _find_members(self):
        """Return ``{(user id, role)}`` as the groups say, implied ones and archived users too."""
        group_ids = {
            role: self.env["ir.model.data"]._xmlid_to_res_id(name, raise_if_not_found=False)
            for role, name in HOLDER_ROLES.items()
        }
        self.env["res.users"].flush_model(["group_ids"])
        self.env["res.groups"].flush_model(["user_ids", "implied_ids", "implied_by_ids"])
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE giving (role, gid) AS (
                       SELECT role, gid FROM unnest(%s::text[], %s::int[]) AS given (role, gid)
                        UNION
                       SELECT giving.role, implied.gid
                         FROM giving
                         JOIN res_groups_implied_rel AS implied ON implied.hid = giving.gid
                   )
                   SELECT DISTINCT member.uid, giving.role
                     FROM giving JOIN res_groups_users_rel AS member ON member.gid = giving.gid""",
                list(group_ids),
                [group_id or None for group_id in group_ids.values()],
            )
        )
        return set(rows)

    @api.model
    def _get_logged(self):
        """Return ``{(user id, role)}`` as the list says."""
        rows = self.env.execute_query(
            SQL(
                """SELECT user_id, role FROM (
                       SELECT DISTINCT ON (user_id, role) user_id, role, event
                         FROM channel_holder_log
                        WHERE event IN ('joined', 'left')
                        ORDER BY user_id, role, number DESC
                   ) AS last
                    WHERE event = 'joined'"""
            )
        )
        return set(rows)

    # === Entries === #

    @api.model
    def _prepare_entry(self, event, *, user=None, role=None, way=None, detail=""):
        user_sudo = (user or self.env["res.users"]).sudo()  # whoever acts may not read users
        is_change = way == "form"
        by_sudo = self.env.user.sudo() if is_change else user_sudo.browse()
        return {
            "chain": CHAIN,
            "event": event,
            "user_id": user_sudo.id,
            "user_login": user_sudo.login,
            "role": role,
            "way": "code" if is_typed_code_running() else way,
            "by_user_id": by_sudo.id,
            "by_login": by_sudo.login,
            "session_login": self._get_session_login() if is_change else None,
            "detail": detail,
            "password_print": self._get_print_to_note(event, user_sudo.id),
        }

    @api.model
    def _get_session_login(self):
        """Return the login of whose session it is, if that is not who acts."""
        uid = request.session.uid if request else None
        if uid in (None, self.env.uid):
            return None
        return self.env["res.users"].sudo().browse(uid).login  # any user, for the record

    @api.model
    def _insert_rows(self, rows):
        """Add rows; what code that somebody typed does is called so, and confirms nobody."""
        if is_typed_code_running() and any(row["way"] != "code" for row in rows):
            raise UserError(self.env._("Typed code can't say how something was done."))
        return super()._insert_rows(rows)

    @api.model
    def _add(self, vals_list):
        if not vals_list:
            return
        entries = self._append(vals_list)
        self.env.registry.clear_cache()
        entries._tell()
