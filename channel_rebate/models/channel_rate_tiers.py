from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import HOLDERS
from ..tools.tiers import NO_TIERS, close, parse_lines, write_lines
from ..tools.vault import MAX_BRACKETS


class ChannelRate(models.Model):
    """Entering brackets, and what is wrong with them, told without a number of theirs.

    ``brackets`` is neither stored nor searchable, like ``rate``: it goes encrypted into the token.
    """

    _inherit = "channel.rate"

    brackets = fields.Text(
        compute="_compute_brackets",
        inverse="_inverse_brackets",
        groups=HOLDERS,
        copy=False,
        help="One bracket a line: where it begins, a colon, its rate; the first begins at 0. A "
        "bracket reaches up to where the next one begins: that edge itself belongs to the next. "
        "Sales are what the partner's whole company bought in the period, returns deducted; below "
        "zero the first rate applies. Write numbers without separators of thousands.",
    )

    @api.depends("token")
    @api.depends_context("uid")
    def _compute_brackets(self):
        secrets = self._unseal_many(skip_locked=True) if self._is_holder() else {}
        for record in self:
            secret = secrets.get(record._origin.id)
            has_tiers = record.tier_mode != NO_TIERS
            record.brackets = write_lines(secret.brackets) if secret and has_tiers else False

    def _inverse_brackets(self):
        read = {record: record._read_brackets() for record in self}
        self._raise_bracket_problems({record: problem for record, (_b, problem) in read.items()})
        self._store_brackets({record: brackets for record, (brackets, _p) in read.items()})

    def _read_brackets(self):
        """Return ``(brackets, problem)`` of the text that is entered, one of them empty."""
        self.ensure_one()
        spans, wrong = parse_lines(self.brackets or "")
        if wrong:
            rows = ", ".join(map(str, wrong))
            return (), self.env._(
                "row %(rows)s can't be read; write “from: rate”, such as “%(example)s”",
                rows=rows,
                example="1000: 2.5",
            )
        brackets, problem = close(spans)
        return ((), problem) if problem else (brackets, None)

    def _raise_bracket_problems(self, problems):
        """Refuse brackets, naming agreements and lines and never a number.

        :param dict problems: a word of :mod:`tools.tiers`, a text or nothing by record
        """
        texts = [
            f"- {record.agreement_id.display_name}: {record.line_id.display_name}: "
            f"{self._explain_problem(problem)}"
            for record, problem in problems.items()
            if problem
        ]
        if texts:
            raise UserError(
                self.env._("Nothing was saved:\n%(problems)s", problems="\n".join(texts))
            )

    @api.model
    def _explain_problem(self, problem):
        """Return what a word of :mod:`tools.tiers` says; a text stands for itself."""
        return {
            "empty": self.env._("no bracket is entered"),
            "start": self.env._("the first bracket has to begin at 0"),
            "gap": self.env._("there is a gap between two brackets"),
            "overlap": self.env._("two brackets overlap"),
            "top": self.env._("the last bracket has to be open at the top"),
            "many": self.env._("there are more than %(most)s brackets", most=MAX_BRACKETS),
            "plain": self.env._("this line has no tiers and takes one rate"),
            "tiers": self.env._("this line has tiers: enter its brackets"),
            "range": self.env._(
                "a rate or an edge is out of range: a percentage lies between 0 and 100, an "
                "amount per unit and an edge are not negative"
            ),
        }.get(problem, problem)
