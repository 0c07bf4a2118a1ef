from odoo import api, models
from odoo.fields import Command
from odoo.tools import SQL


class ChannelAgreement(models.Model):
    """The last step of an agreement, which all of a run take at once.

    Odoo writes a note of each change of state by itself; for a thousand agreements that takes
    longer than to settle them. So it writes the first one, and PostgreSQL copies it.
    """

    _inherit = "channel.agreement"

    def _mark_revealed(self):
        """Move signed agreements on, with an entry in the register and a note for each."""
        self.with_context(mail_notrack=True)._move_to("revealed", allowed=("signed",))
        # In the name of who approves, whoever's rights what follows is read with.
        self.flush_recordset(["state"])
        self.env["channel.seal"]._enter(self, "revealed")
        if self:
            note_sudo = self[:1]._log_state("signed", "revealed")
            self[1:]._copy_note(note_sudo)

    def _without_revealed(self):
        """Leave out those whose last step puts them in nobody's way: they were signed before."""
        return self.filtered(lambda agreement: agreement.state != "revealed")

    def _log_state(self, before, after):
        """Write the note that Odoo would write of a change of state, and return it, elevated."""
        self.ensure_one()
        described = self.fields_get(["state"])["state"]
        values = self.env["mail.tracking.value"]._create_tracking_values(
            before, after, "state", described, self
        )
        return self._message_log(tracking_value_ids=[Command.create(values)])

    def _copy_note(self, note_sudo):
        """Write the note of another agreement, with its tracked values, to these, in one query."""
        note_sudo.env["mail.message"].flush_model()
        note_sudo.env["mail.tracking.value"].flush_model()
        self.env.execute_query(
            SQL(
                """WITH note (message_id) AS (
                       INSERT INTO mail_message (res_id, %(message)s)
                            SELECT record_id, %(message)s
                              FROM mail_message, unnest(%(ids)s::int[]) AS record_id
                             WHERE mail_message.id = %(note_id)s
                         RETURNING mail_message.id
                   )
                   INSERT INTO mail_tracking_value (mail_message_id, %(value)s)
                        SELECT note.message_id, %(value)s
                          FROM note, mail_tracking_value
                         WHERE mail_message_id = %(note_id)s""",
                ids=self.ids,
                note_id=note_sudo.id,
                message=self._list_columns("mail.message", besides=("id", "res_id")),
                value=self._list_columns("mail.tracking.value", besides=("id", "mail_message_id")),
            )
        )
        self.invalidate_recordset(["message_ids"])

    @api.model
    def _list_columns(self, model, besides):
        """Return the columns of a model's table as SQL."""
        names = [
            name
            for name, field in self.env[model]._fields.items()
            if field.store and field.column_type and name not in besides
        ]
        return SQL(", ").join(map(SQL.identifier, names))
