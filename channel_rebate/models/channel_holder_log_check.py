from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..gate import run_job
from .channel_holder_log import CHAIN

# The same break is told once within this time.
SAME_BREAK = timedelta(days=1)
# Nobody needs to be told.
UNTOLD_EVENTS = ("start", "own_password")


class ChannelHolderLog(models.Model):
    """The hourly check: holders who were made outside of the ordinary ways, and broken chains."""

    _inherit = "channel.holder.log"

    @api.model
    def _cron_check(self):
        run_job(self._check)

    @api.model
    def _check(self):
        self._tell_untold()
        self._note_breaks()
        self._note_members("found")
        self._note_found_accounts()

    @api.model
    def _tell_untold(self):
        """Tell again what was told to nobody: the messages were deleted before they were read."""
        entries = self.sudo().search(
            [
                ("happened_on", ">", fields.Datetime.now() - SAME_BREAK),
                ("event", "not in", UNTOLD_EVENTS),
            ]
        )
        messages = (
            self.env["mail.message"]
            .sudo()
            .search([("model", "=", self._name), ("res_id", "in", entries.ids)])
        )
        told = set(messages.mapped("res_id"))
        # What was added together was told together.
        for together in entries.grouped("happened_on").values():
            if told.isdisjoint(together.ids):
                together._tell()

    @api.model
    def _note_breaks(self):
        """Tell all holders of lists that were changed, each break once a day."""
        since = fields.Datetime.now() - SAME_BREAK
        told = self.sudo().search([("event", "=", "broken"), ("happened_on", ">", since)])
        new = [text for text in self._find_broken_lists() if text not in told.mapped("detail")]
        self._add([self._prepare_entry("broken", way="found", detail=text) for text in new])

    @api.model
    def _find_broken_lists(self):
        """Return a text for each chained list that was changed, naming the list and the entry."""
        texts = [self._name_break(self, CHAIN, number) for number in self._find_dropped()]
        for model in self._get_lists():
            texts += [self._name_break(model, *broken) for broken in model._find_chain_breaks()]
        return texts

    @api.model
    def _find_dropped(self):
        """Return the number of the first entry that is missing at the end, as a list.

        The last message about the list tells of an entry; a list without any was emptied.
        """
        ((last_id, last_number),) = self.env.execute_query(
            SQL("SELECT coalesce(max(id), 0), coalesce(max(number), 0) FROM channel_holder_log")
        )
        told = (
            self.env["mail.message"]
            .sudo()
            ._read_group([("model", "=", self._name), ("res_id", ">", last_id)], [], ["__count"])[
                0
            ][0]
        )
        return [last_number + 1] if told or not last_number else []

    @api.model
    def _name_break(self, model, chain, number):
        return f"{model._description} ({model._name}), {chain or '*'}, no. {number}"
