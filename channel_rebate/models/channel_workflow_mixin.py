from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import TRUSTED
from ..locking import touch


class ChannelWorkflowMixin(models.AbstractModel):
    """States that only the buttons change.

    A heir lists in ``_workflow_fields`` what its transitions write (its state among them).
    Writing or creating with such a field is refused unless our own code vouches for it with the
    object :data:`TRUSTED` in the context, which no client can send.
    """

    _name = "channel.workflow.mixin"
    _description = "Guarded workflow"

    _workflow_fields = frozenset({"state"})

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_trusted():
            for vals in vals_list:
                self._check_workflow_fields(vals.keys())
            # A default in the context would get round the check above.
            self._check_workflow_fields(
                key.removeprefix("default_")
                for key in self.env.context
                if key.startswith("default_")
            )
        return super().create(vals_list)

    def write(self, vals):
        if not self._is_trusted():
            self._check_workflow_fields(vals.keys())
        return super().write(vals)

    def _is_trusted(self):
        return self.env.context.get("channel_trusted") is TRUSTED

    def _trusted(self):
        """Return these records in the environment of our own transitions."""
        return self.with_context(channel_trusted=TRUSTED)

    def _check_workflow_fields(self, names):
        if guarded := sorted(self._workflow_fields.intersection(names)):
            raise UserError(
                self.env._(
                    "%(fields)s of %(records)s can't be set by hand: use the buttons of the form.",
                    fields=", ".join(
                        self._fields[name].get_description(self.env)["string"] for name in guarded
                    ),
                    records=", ".join(self.mapped("display_name")) or self.env._("a new record"),
                )
            )

    def _touch(self):
        """Let nobody else change the state at the same time; see :func:`touch`."""
        touch(self)
        self.invalidate_recordset(["state"])

    def _move_to(self, state, allowed, **values):
        """Lock the records, check that each is in an ``allowed`` state, and write the new one.

        :param str state: target state
        :param allowed: the states that it may be reached from
        :param values: what else the transition writes
        :raise UserError: naming the records that are in another state
        """
        self._lock_in(allowed)
        self._trusted().write({"state": state, **values})

    def _lock_in(self, allowed):
        """Lock the records, and check that each is in an ``allowed`` state.

        :raise UserError: naming the records that are in another state
        """
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        if wrong := self.filtered(lambda record: record.state not in allowed):
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "This can't be done now:\n%(records)s",
                    records="\n".join(
                        f"- {record.display_name}: {states[record.state]}" for record in wrong
                    ),
                )
            )

    def _write_multi(self, vals_list):
        """Write what all records get alike in one statement, and not in one for each hundred."""
        if not self._is_step_of_all(vals_list):
            return super()._write_multi(vals_list)
        values = {"write_uid": self.env.uid, "write_date": self.env.cr.now(), **vals_list[0]}
        self.env.execute_query(
            SQL(
                "UPDATE %s SET %s WHERE id = ANY(%s)",
                SQL.identifier(self._table),
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()
                ),
                self.ids,
            )
        )
        return None

    def _is_step_of_all(self, vals_list):
        """Tell whether all records get the same values, plain ones, and a state among them."""
        first = vals_list[0] if vals_list else {}
        columns = [self._fields[name] for name in first]
        return (
            not self._workflow_fields.isdisjoint(first)
            and all(vals == first for vals in vals_list)
            and not any(column.translate or column.company_dependent for column in columns)
        )
