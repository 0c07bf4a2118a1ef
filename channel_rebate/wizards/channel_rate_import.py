import base64
from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError

from ..keyring import open_vault
from ..masking import mask_arguments
from ..tools.ratefile import RateFileError, read_rows
from ..tools.tiers import NO_TIERS, close, parse_span

# As many rows as a message lists; the rest is counted.
MAX_ERRORS = 20
MAX_BYTES = 20 * 1024 * 1024

mask_arguments("channel.rate.import")


class ChannelRateImport(models.TransientModel):
    """Take rates from a sheet into the secret model: all or nothing, errors by row.

    The file itself is a secret. It is encrypted before it reaches the database and forgotten
    with the wizard; messages name rows and never what stands in them.
    """

    _name = "channel.rate.import"
    _description = "Import Rates"

    period_id = fields.Many2one(
        comodel_name="channel.period",
        required=True,
        domain="[('state', '=', 'open')]",
        default=lambda self: self.env["channel.agreement"]._default_period_id(),
    )
    filename = fields.Char()
    file = fields.Binary(
        string="Sheet",
        compute="_compute_file",
        inverse="_inverse_file",
        help="XLSX or CSV with the columns Line, or Partner and Product, and Rate. A line with "
        "tiers has a row for each bracket, with the column Bracket From.",
    )
    token = fields.Text(groups=fields.NO_ACCESS, prefetch=False)

    def _compute_file(self):
        """A file goes in and never comes out again."""
        self.file = False

    def _inverse_file(self):
        for wizard in self.filtered("file"):
            content = base64.b64decode(wizard.file)
            if len(content) > MAX_BYTES:
                raise UserError(self.env._("The sheet is too large: 20 MB at most."))
            vault = open_vault(self.env, create=True)
            # Elevated: nobody may read or write this column.
            wizard.sudo().token = vault.seal(content, wizard._token_context())

    def _token_context(self):
        return f"{self._name},{self.id}"

    def action_import(self):
        """Check every row, then store every rate; return to the rate sheet."""
        self.ensure_one()
        self.env["channel.agreement"]._check_keeper()
        brackets = self._match(self._read_rows())
        self.env["channel.rate"]._store_brackets(brackets)
        self.sudo().token = False
        return self._open_rates(self.env["channel.rate"].browse(rate.id for rate in brackets))

    def _open_rates(self, rates):
        action = self.env["ir.actions.act_window"]._for_xml_id("channel_rebate.channel_rate_action")
        return {
            **action,
            "domain": [("agreement_id", "in", rates.agreement_id.ids)],
            "context": {},
        }

    def _read_rows(self):
        # Also here, not only on the button: a server action may call this.
        self.env["channel.agreement"]._check_keeper()
        # Elevated: the column is closed to everybody.
        token = self.sudo().token
        if not token:
            raise UserError(self.env._("Choose a sheet first."))
        content = open_vault(self.env).unseal(token, self._token_context())
        try:
            rows = read_rows(content, self.filename or "")
        except RateFileError as error:
            raise UserError(self._file_message(error)) from None
        if not rows:
            raise UserError(self.env._("The sheet has no row below its headings."))
        return rows

    def _file_message(self, error):
        return {
            "type": self.env._("This is neither an XLSX workbook nor a CSV text."),
            "headings": self.env._(
                "The first row has to name the columns: Line, or Partner and Product, and Rate. "
                "The template has them."
            ),
            "size": self.env._("The sheet has too many rows: %(most)s at most.", most=error.detail),
        }[error.reason]

    def _match(self, rows):
        """Return ``{channel.rate: brackets}`` for the lines that the rows hold a rate for.

        :raise UserError: listing every wrong row by number, without its numbers
        """
        finder = self._build_finder()
        found, errors = defaultdict(list), {}
        for row in rows:
            record, problem = finder(row)
            if not problem:
                found[record].append(row)
            elif row.rate is not None:
                errors[row.number] = problem
        brackets = {}
        for record, of_record in found.items():
            if any(row.rate is not None for row in of_record):
                brackets[record], wrong = self._read_brackets(record, of_record)
                errors.update(wrong)
        self._raise_errors(errors)
        if not brackets:
            raise UserError(self.env._("No row of the sheet holds a rate."))
        return brackets

    def _read_brackets(self, record, rows):
        """Return the brackets in the rows of one line, and ``{row number: problem}``."""
        has_tiers = record.tier_mode != NO_TIERS
        spans, wrong = [], {}
        for row in rows:
            if row.rate is None and not (has_tiers and row.start):
                continue
            span = parse_span(row.start, row.end, row.rate or "")
            if not span or not record._is_valid_rate(span.rate):
                wrong[row.number] = self.env._("this is not a rate, or out of range")
            elif not has_tiers and (span.start or span.end is not None):
                wrong[row.number] = record._explain_problem("plain")
            elif not has_tiers and spans:
                wrong[row.number] = self.env._("there is a row for this line already")
            else:
                spans.append(span)
        brackets, problem = close(spans)
        if problem and not wrong:
            wrong[rows[0].number] = record._explain_problem(problem)
        return brackets, wrong

    def _raise_errors(self, errors):
        if not errors:
            return
        errors = [
            self.env._("Row %(row)s: %(problem)s", row=number, problem=problem)
            for number, problem in sorted(errors.items())
        ]
        if len(errors) > MAX_ERRORS:
            more = self.env._("… and %(count)s more", count=len(errors) - MAX_ERRORS)
            errors = [*errors[:MAX_ERRORS], more]
        raise UserError(self.env._("Nothing was imported.\n%(errors)s", errors="\n".join(errors)))

    def _build_finder(self):
        """Return a function from a row to ``(rate record, problem)``, one of which is empty."""
        records = self.env["channel.rate"].search(
            [("period_id", "=", self.period_id.id), ("state", "!=", "cancelled")]
        )
        by_line = {str(record.line_id.id): record for record in records}
        by_names = defaultdict(records.browse)
        for record in records:
            for partner in record._get_partner_keys():
                for product in record._get_product_keys():
                    by_names[partner, product] |= record

        def find(row):
            if row.line:
                found = by_line.get(row.line, records.browse())
            else:
                found = by_names[row.partner.lower(), row.product.lower()]
                # Of the versions of one agreement a draft is meant, of which there is one at most.
                if len(found.partner_id) == 1:
                    found = found.filtered(lambda record: record.state == "draft") or found[-1:]
            if not found:
                return found, self.env._("no agreement of the period covers this")
            if len(found) > 1:
                return found, self.env._("this fits several lines; use the template's Line column")
            if found.state != "draft":
                return found, self.env._("the agreement is sealed")
            return found, None

        return find

    def action_download_template(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/channel_rebate/rate_template/{self.period_id.id}",
            "target": "download",
        }
