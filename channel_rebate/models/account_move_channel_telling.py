from odoo import models


class Telling:
    """What messages of documents that are told of together need, read once for all of them.

    :param ids: of the documents; those that are being created have none yet
    """

    def __init__(self, ids=()):
        self.ids = ids
        self.kept = {}

    def covers(self, move):
        # Documents that are created together are also read together.
        self.ids = self.ids or list(move._prefetch_ids)
        return move.id in self.ids

    def get(self, key, find):
        """Return what a function without arguments finds; it is called once for each key."""
        if key not in self.kept:
            self.kept[key] = find()
        return self.kept[key]


def get_telling(records):
    telling = records.env.context.get("channel_telling")
    return telling if isinstance(telling, Telling) else None


class AccountMove(models.Model):
    """Messages of a settlement's documents that were posted together.

    For each message Odoo asks who follows the document, what its first message is, where answers
    go, and whether the subtype still exists. Here it asks for all documents at once; what is
    written and who is told stays Odoo's.
    """

    _inherit = "account.move"

    def _message_track(self, fields_iter, initial_values_dict):
        documents = self.filtered("channel_statement_id")
        if len(documents) < 2:
            return super()._message_track(fields_iter, initial_values_dict)
        together = self.with_context(channel_telling=Telling(documents.ids))
        return super(AccountMove, together)._message_track(fields_iter, initial_values_dict)

    def _get_channel_telling(self):
        """Return what is kept for this document, or nothing if it is told of alone."""
        telling = get_telling(self)
        return telling if telling and len(self) == 1 and telling.covers(self) else None

    def _message_compute_parent_id(self, parent_id):
        telling = self._get_channel_telling()
        if parent_id or not telling:
            return super()._message_compute_parent_id(parent_id)
        only = telling.get("parent", self.browse(telling.ids)._find_channel_only_messages)
        if self.id not in only:
            return super()._message_compute_parent_id(parent_id)
        # After this one there are several.
        return only.pop(self.id)

    def _find_channel_only_messages(self):
        """Return by document its only message, or False; of several Odoo chooses."""
        rows = (
            self.env["mail.message"]
            .sudo()
            ._read_group(
                [
                    ("model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("message_type", "!=", "user_notification"),
                ],
                ["res_id"],
                ["id:max", "__count"],
            )
        )
        several = {res_id for res_id, _message_id, count in rows if count > 1}
        found = {res_id: message_id for res_id, message_id, _count in rows}
        return {move_id: found.get(move_id, False) for move_id in {*self.ids} - several}

    def _mail_get_alias_domains(self, default_company=False):
        telling = self._get_channel_telling()
        if not telling:
            return super()._mail_get_alias_domains(default_company=default_company)
        together = super(AccountMove, self.browse(telling.ids))
        found = telling.get(
            ("domain", default_company),
            lambda: together._mail_get_alias_domains(default_company=default_company),
        )
        return {self.id: found[self.id]}

    def _notify_get_reply_to(self, default=None, author_id=False):
        telling = self._get_channel_telling()
        if not telling:
            return super()._notify_get_reply_to(default=default, author_id=author_id)
        together = super(AccountMove, self.browse(telling.ids))
        found = telling.get(
            ("reply", default, author_id),
            lambda: together._notify_get_reply_to(default=default, author_id=author_id),
        )
        return {self.id: found[self.id]}


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    def _get_recipient_data(self, records, message_type, subtype_id, pids=None):
        is_move = get_telling(self) and records and records._name == "account.move"
        telling = is_move and records._get_channel_telling()
        if pids or not telling:
            return super()._get_recipient_data(records, message_type, subtype_id, pids=pids)
        together = records.browse(telling.ids)
        parent = super()
        found = telling.get(
            ("recipients", message_type, subtype_id),
            lambda: parent._get_recipient_data(together, message_type, subtype_id, pids=pids),
        )
        return {records.id: found[records.id]}


class MailMessageSubtype(models.Model):
    _inherit = "mail.message.subtype"

    def exists(self):
        telling = get_telling(self)
        return telling.get(("subtype", self._ids), super().exists) if telling else super().exists()
