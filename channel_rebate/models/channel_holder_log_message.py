from markupsafe import Markup
from odoo import SUPERUSER_ID, models
from odoo.tools import format_datetime


class ChannelHolderLog(models.Model):
    """Every entry is told to every holder, in his language, by the channel of his preferences."""

    _inherit = "channel.holder.log"

    def _tell(self):
        """Send these entries to all holders, old and new, whatever the caller's context says.

        Messages are made in the transaction of the change; Odoo sends e-mails after it, and keeps
        what a mail server refuses.
        """
        uids = {uid for uid, _role in self._find_members() | self._get_logged()}
        # Elevated and without the context: it came from whoever made the change.
        root_env = self.env(user=SUPERUSER_ID, su=True, context={})
        entries_sudo = self.with_env(root_env)
        users_sudo = entries_sudo.user_id | entries_sudo.user_id.browse(uids)
        for lang, readers in users_sudo.grouped("lang").items():
            entries_sudo.with_context(lang=lang)._send(readers.partner_id)

    def _send(self, partners):
        root = self.env.ref("base.partner_root")
        last = self.sorted("number")[-1:]
        self.env["mail.thread"].message_notify(
            model=self._name,
            res_id=last.id,
            author_id=root.id,
            # Without any address Odoo would refuse the message, and with it the change.
            email_from=root.email_formatted or self.env.company.email_formatted or root.name,
            partner_ids=partners.ids,
            subject=self.env._("Channel rebates: holders of sealed rates"),
            body=self._prepare_message_body(),
        )

    def _prepare_message_body(self):
        items = Markup().join(
            Markup("<li>{}<br/>{}<br/><code>{}</code></li>").format(
                entry._describe(),
                self.env._(
                    "%(time)s UTC. Entry %(number)s of the holder log, with the hash",
                    time=format_datetime(self.env, entry.happened_on, tz="UTC"),
                    number=entry.number,
                ),
                entry.entry_hash,
            )
            for entry in self.sorted("number")
        )
        return Markup("<p>{}</p><ul>{}</ul><p>{}</p>").format(
            self.env._("This was added to the holder log, of which every holder is told:"),
            items,
            self.env._(
                "If you did not expect it, ask who did it, and do not enter or approve anything "
                "until you know. Keep this message: with its number and hash it shows later "
                "whether the log was changed."
            ),
        )

    def _describe(self):
        """Return what happened as a sentence, in the language of the environment."""
        self.ensure_one()
        texts = [self._describe_membership() or self._describe_event(), self._describe_who()]
        return " ".join(filter(None, texts))

    def _describe_membership(self):
        roles = dict(self._fields["role"]._description_selection(self.env))
        values = {"user": self.user_login, "role": roles.get(self.role)}
        if self.event == "left":
            return self.env._("%(user)s is no longer %(role)s.", **values)
        if self.event != "joined":
            return None
        if self.way == "start":
            return self.env._("%(user)s was %(role)s when the log began.", **values)
        if self.way == "code":
            return self.env._(
                "%(user)s became %(role)s by code that somebody typed, such as a server action. "
                "It does not open rates to him.",
                **values,
            )
        if self.way == "found":
            return self.env._(
                "%(user)s was found to be %(role)s, and was not made it in the ordinary way. It "
                "does not open rates to him.",
                **values,
            )
        return self.env._("%(user)s became %(role)s.", **values)

    def _describe_event(self):
        values = {"user": self.user_login, "detail": self.detail or ""}
        texts = {
            "start": self.env._("The holder log begins."),
            "password": self._describe_password(values),
            "own_password": self.env._("%(user)s set his own password.", **values),
            "passkey": self.env._("%(user)s has a new passkey to log in: %(detail)s.", **values),
            "login": self.env._("The login of a holder was changed: %(detail)s.", **values),
            "email": self.env._("The e-mail of %(user)s was changed: %(detail)s.", **values),
            "archived": self.env._("The user %(user)s was archived.", **values),
            "unarchived": self.env._("The user %(user)s was unarchived.", **values),
            "api_key": self.env._(
                "An API key was made for %(user)s, but not by himself. It opens no rates.", **values
            ),
            "outside": self.env._(
                "%(user)s logged in by %(detail)s: whoever decides what that service says can log "
                "in as him.",
                **values,
            ),
            "second_factor": self.env._(
                "Two-factor authentication of %(user)s was switched off.", **values
            ),
            "passphrase_set": self.env._("A passphrase was set for %(detail)s.", **values),
            "passphrase_changed": self.env._("The passphrase of %(detail)s was changed.", **values),
            "passphrase_removed": self.env._(
                "The passphrase of %(detail)s was removed: its rates are unlocked.", **values
            ),
            "passphrase_forgotten": self.env._(
                "The passphrase of %(detail)s was given up as forgotten, and another one set: what "
                "it locked can't be read any more.",
                **values,
            ),
            "broken": self.env._(
                "An append-only list was changed in the database: %(detail)s.", **values
            ),
        }
        return texts.get(self.event)

    def _describe_password(self, values):
        if self.way == "found":
            return self.env._("The password of %(user)s was changed in the database.", **values)
        return self.env._("The password of %(user)s was set by somebody else.", **values)

    def _describe_who(self):
        if not self.by_login:
            return None
        if self.session_login:
            return self.env._(
                "Done in the name of %(name)s, in the session of %(session)s.",
                name=self.by_login,
                session=self.session_login,
            )
        return self.env._("Done by %(name)s.", name=self.by_login)
