import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..keyring import find_vault
from ..tools import chain


class ChannelChainMixin(models.AbstractModel):
    """A list to which one can only add: nobody changes or deletes an entry, superuser or not.

    Entries of one ``chain`` are numbered 1, 2, 3 … and each carries the hash of the one before
    (:mod:`tools.chain`), so that what is changed, dropped or put in by SQL shows. Where the key
    of the rates is at hand, each hash is authenticated with it too, so that even who rewrites the
    whole table is found out.

    A heir lists in ``_chain_fields`` what an entry says, beside its chain, number and time.
    """

    _name = "channel.chain.mixin"
    _description = "Append-only List"
    _order = "id desc"

    _chain_fields = ()

    chain = fields.Char(readonly=True, copy=False, help="Which list the entry belongs to.")
    number = fields.Integer(readonly=True, copy=False, aggregator=None)
    happened_on = fields.Datetime(string="Time", readonly=True, copy=False)
    previous_hash = fields.Char(readonly=True, copy=False)
    entry_hash = fields.Char(
        string="Hash",
        readonly=True,
        copy=False,
        help="SHA-256 over this entry and the hash of the one before it: a changed, dropped or "
        "inserted entry breaks the chain.",
    )
    mac = fields.Char(groups=fields.NO_ACCESS, readonly=True, copy=False, prefetch=False)

    _one_number_a_chain = models.UniqueIndex("(chain, number)", "Each entry has its own number.")

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_change()
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        self._refuse_change()

    def _refuse_change(self):
        raise UserError(
            self.env._("The system adds to this list; nobody can make, change or delete an entry.")
        )

    # === Adding === #

    @api.model
    def _append(self, vals_list):
        """Add entries in one statement and return them, elevated.

        Of two transactions that add to one chain at the same time PostgreSQL stops the later with
        a serialization failure, and Odoo runs it again with the other's entry in sight.

        :raise UserError: the key of the rates is missing or wrong
        :param vals_list: dictionaries of column values with the same keys: ``chain``, the fields
            in ``_chain_fields``, and what else the table has that is not part of the hash
        """
        if not vals_list:
            return self.sudo().browse()
        now = fields.Datetime.now()
        heads = self._get_heads({vals["chain"] for vals in vals_list})
        vault = find_vault(self.env, lock=True)
        rows = []
        for vals in vals_list:
            number, previous = heads.get(vals["chain"], (0, chain.START))
            row = {**vals, "number": number + 1, "happened_on": now, "previous_hash": previous}
            row["entry_hash"] = chain.entry_hash(previous, self._prepare_chained(row))
            row["mac"] = vault.mac(row["entry_hash"]) if vault else None
            heads[vals["chain"]] = row["number"], row["entry_hash"]
            rows.append(row)
        return self._insert_rows(rows)

    @api.model
    def _insert_rows(self, rows):
        table, names = SQL.identifier(self._table), SQL(", ").join(map(SQL.identifier, rows[0]))
        # One value for all, and not a hundred thousand. What is false is empty: a name, an id.
        text = json.dumps(
            [
                {name: None if value is False else value for name, value in row.items()}
                for row in rows
            ],
            default=str,
        )
        inserted = self.env.execute_query(
            SQL(
                """INSERT INTO %(table)s (%(names)s)
                        SELECT %(names)s FROM json_populate_recordset(NULL::%(table)s, %(text)s)
                   ON CONFLICT (chain, number) DO NOTHING RETURNING id""",
                table=table,
                names=names,
                text=text,
            )
        )
        return self.sudo().browse(row[0] for row in inserted)

    @api.model
    def _get_heads(self, chains):
        """Return ``{chain: (number, hash)}`` of the last entry of each."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (chain) chain, number, entry_hash FROM %s
                    WHERE chain = ANY(%s) ORDER BY chain, number DESC""",
                SQL.identifier(self._table),
                list(chains),
            )
        )
        return {name: (number, text) for name, number, text in rows}

    @api.model
    def _prepare_chained(self, row):
        """Return what an entry says, as JSON values.

        :param dict row: column values: numbers, texts, dates, ids
        """
        names = ("chain", "number", "happened_on", *self._chain_fields)
        return {name: self._to_json(row.get(name)) for name in names}

    @api.model
    def _to_json(self, value):
        if value is None or value is False:
            return ""
        if isinstance(value, (str, int)):  # as most are
            return value
        return value.isoformat() if hasattr(value, "isoformat") else value

    # === Checking === #

    def action_check(self):
        """Tell the one who asks whether all entries follow each other."""
        self.check_access("read")
        # Elevated: hashes go over the entries of all companies; the answer holds numbers only.
        breaks = self.sudo()._find_chain_breaks()
        if breaks:
            raise UserError(
                self.env._(
                    "%(list)s was changed in the database, at entry %(numbers)s or before. Compare "
                    "with a backup, and find out who has access to the database.",
                    list=self._description,
                    numbers=", ".join(str(number) for _chain, number in breaks),
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Nothing was changed"),
                "message": self.env._("All entries follow each other."),
                "type": "success",
            },
        }

    @api.model
    def _find_chain_breaks(self):
        """Return ``[(chain, number)]``: the first entry of each chain that does not follow.

        Changed, dropped and inserted entries break it; so do those whose hash was not made with
        the key of the rates, if that is at hand. Entries at the end that were dropped are found
        by who knows the last hash.
        """
        names = ["number", "happened_on", "previous_hash", "entry_hash", "mac"]
        names += self._chain_fields
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT chain, %s FROM %s ORDER BY chain, number",
                SQL(", ").join(map(SQL.identifier, names)),
                SQL.identifier(self._table),
            )
        )
        chains = {}
        for row in rows:
            chains.setdefault(row["chain"], []).append(row)
        try:
            vault = find_vault(self.env)
        except UserError:  # without the key the hashes are all that can be compared
            vault = None
        breaks = [(name, self._find_break(own, vault)) for name, own in chains.items()]
        return [(name, number) for name, number in breaks if number]

    @api.model
    def _find_break(self, rows, vault):
        broken = chain.find_break(
            (row["number"], self._prepare_chained(row), row["previous_hash"], row["entry_hash"])
            for row in rows
        )
        forged = self._find_forged(rows, vault) if vault else None
        return min((number for number in (broken, forged) if number), default=None)

    @api.model
    def _find_forged(self, rows, vault):
        """Return the first entry without the mark of the present key, or nothing.

        All bear it: those from before are marked when a key is made, rotated or lost.
        """
        return next(
            (row["number"] for row in rows if row["mac"] != vault.mac(row["entry_hash"])), None
        )

    @api.model
    def _is_genuine(self, row, vault):
        """Tell whether an entry is what it was when it was added.

        :param dict row: column values
        :param vault: the present key's, whose mark it bears; nothing if no key is known yet
        """
        right = chain.entry_hash(row["previous_hash"], self._prepare_chained(row))
        if row["number"] < 1 or row["entry_hash"] != right:
            return False
        return not vault or row["mac"] == vault.mac(right)

    # === Marks of the key === #

    @api.model
    def _mark_all_anew(self, vault):
        """Authenticate the entries of all lists with a new key, the first one or another."""
        for model in self._get_lists():
            model._mark_anew(vault)

    @api.model
    def _get_lists(self):
        """Return the models of all append-only lists, empty ones of this environment."""
        names = self.env.registry.descendants(["channel.chain.mixin"], "_inherit")
        return [self.env[name] for name in names if not self.env[name]._abstract]

    @api.model
    def _unseen_query(self):
        """Return the SQL of entries that this transaction does not see, for a look from outside."""
        table = SQL.identifier(self._table)
        ids = [row[0] for row in self.env.execute_query(SQL("SELECT id FROM %s", table))]
        return SQL(
            """SELECT entry.id FROM %s AS entry
            LEFT JOIN unnest(%s::int[]) AS seen(id) ON seen.id = entry.id
                WHERE seen.id IS NULL LIMIT 1""",
            table,
            ids,
        )

    @api.model
    def _mark_anew(self, vault):
        rows = self.env.execute_query(
            SQL("SELECT id, entry_hash FROM %s", SQL.identifier(self._table))
        )
        self.env.execute_query(
            SQL(
                """UPDATE %s AS entry SET mac = data.mac
                     FROM unnest(%s::int[], %s::text[]) AS data(id, mac)
                    WHERE entry.id = data.id RETURNING entry.id""",
                SQL.identifier(self._table),
                [row[0] for row in rows],
                [vault.mac(row[1]) for row in rows],
            )
        )
