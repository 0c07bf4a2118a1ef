from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime, formatLang
from odoo.tools.misc import get_lang

from ..models.channel_statement import REVEALED_STATES
from ..tools.paper import count_lines, paginate
from .paper_style import get_style

# As many names as a message lists; the rest is counted.
MAX_NAMES = 20

# Heights in pixels of the style sheets, tried with A4. A reserve is left, as fonts differ.
LINE = 20
SMALL_LINE = 16
SHEET = 1200  # below the band, with a table's head and "continued"
HEAD = 200  # letterhead, facts and parties, without the address
ROW = 9  # borders and padding of a row
SECTION = 78  # title, explanation and head of a table
SUMMARY = 46  # without its rows
NOTE = 22  # what is said below the products, and where the proof is
SEAL = 92  # a fingerprint with its dates
# Latin letters in a line of a code, of a product, of a sub-distributor and of an address.
CODE_WIDTH = 8
PRODUCT_WIDTH = 26
PARTNER_WIDTH = 50
ADDRESS_WIDTH = 44


class ReportStatement(models.AbstractModel):
    """The printed statement: what a partner gets for a period, how it comes about, and its proof.

    It is made with the reader's own rights: whoever may read a statement may print it, and nobody
    before the reveal, holders neither: they have the screen, and paper goes astray.
    """

    _name = "report.channel_rebate.report_statement"
    _description = "Printed Rebate Statement"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the template needs; nothing that clients send along counts.

        :raise UserError: if there is nothing to print, or a statement is not revealed yet
        """
        statements = self.env["channel.statement"].browse(docids)
        if not statements:
            raise UserError(
                self.env._("There is no statement to print: choose one in the list first.")
            )
        statements.check_access("read")
        self._check_revealed(statements)
        return {
            "doc_ids": statements.ids,
            "doc_model": statements._name,
            "docs": statements,
            "papers": [self._prepare_paper(statement) for statement in statements],
            "style": get_style("statement"),
        }

    @api.model
    def _check_revealed(self, statements):
        sealed = statements.filtered(lambda record: record.state not in REVEALED_STATES)
        if not sealed:
            return
        names = sealed[:MAX_NAMES].mapped("display_name")
        if len(sealed) > MAX_NAMES:
            names.append(self.env._("… and %(count)s more", count=len(sealed) - MAX_NAMES))
        raise UserError(
            self.env._(
                "Statements are printed when they are revealed. A rate keeper has to approve the "
                "settlement first:\n%(statements)s",
                statements="\n".join(f"- {name}" for name in names),
            )
        )

    @api.model
    def _prepare_paper(self, statement):
        """Return one statement in its partner's language, shared out over sheets."""
        # Elevated, also below: a partner in the portal reads neither partners, products,
        # agreements nor settlements, but may know those of his own statement.
        lang = get_lang(self.env, statement.sudo().partner_id.lang).code
        statement = statement.with_context(lang=lang)
        blocks = [
            *self._prepare_reckoning(statement),
            *self._prepare_products(statement),
            *self._prepare_shares(statement),
            *self._prepare_penalties(statement),
            *self._prepare_compensations(statement),
            self._prepare_summary(statement),
            *self._prepare_seals(statement),
        ]
        sheets = paginate(
            [block["height"] for block in blocks],
            capacity=SHEET,
            head=HEAD + LINE * self._get_address_lines(statement),
            tail=0,
        )
        return {
            "lang": lang,
            "statement": statement,
            "statement_sudo": statement.sudo(),
            "role": dict(statement._fields["role"]._description_selection(statement.env))[
                statement.role
            ],
            "base": sum(statement.line_ids.mapped("base_amount")),
            "share_base": sum(statement.sudo().sub_statement_ids.mapped("base_amount")),
            "several_versions": statement.version_count > 1,
            "has_average": any(map(self._is_average, statement.line_ids)),
            "has_other_currency": statement._has_other_currency(),
            "sheets": [self._group_blocks([blocks[i] for i in sheet]) for sheet in sheets],
        }

    @api.model
    def _group_blocks(self, blocks):
        """Return ``[(kind, blocks)]`` of one sheet: what belongs to one table."""
        groups = []
        for block in blocks:
            if not groups or groups[-1][0] != block["kind"]:
                groups.append((block["kind"], []))
            groups[-1][1].append(block)
        return groups

    @api.model
    def _finish_section(self, blocks, total=True):
        """Mark first and last block of a section, which carry its title and its total."""
        if blocks:
            blocks[0].update(is_first=True, height=blocks[0]["height"] + SECTION)
            blocks[-1].update(is_last=True)
            blocks[-1]["height"] += ROW + LINE if total else 0
        return blocks

    @api.model
    def _prepare_reckoning(self, statement):
        """Return blocks that say how the rebate of a year comes about; a period's has none."""
        return []

    # === Products === #

    @api.model
    def _prepare_products(self, statement):
        """Return a row for each product and agreement line, whatever taxes its sales had."""
        if not statement.line_ids:
            return [{"kind": "nothing", "height": SECTION}]
        rows = {}
        for line in statement.line_ids:
            row = rows.setdefault(
                (line.agreement_line_id.id, line.product_id.id), self._prepare_product(line)
            )
            row["quantity"] += line.quantity
            row["base"] += line.base_amount
            row["amount"] += line.amount
        blocks = self._finish_section(list(rows.values()))
        notes = any(map(self._is_average, statement.line_ids)) + statement._has_other_currency()
        blocks[-1]["height"] += NOTE * notes
        return blocks

    @api.model
    def _prepare_product(self, line):
        product_sudo = line.product_id.sudo()  # see _prepare_paper
        code = product_sudo.default_code or ""
        name = product_sudo.display_name.removeprefix(f"[{code}] ")
        return {
            "kind": "products",
            "code": code,
            "name": name,
            "version": line.agreement_line_id.sudo().agreement_id.version,
            "unit": product_sudo.uom_id.name,
            "rate": self._get_rate_text(line),
            "quantity": 0.0,
            "base": 0.0,
            "amount": 0.0,
            "height": ROW
            + LINE * max(count_lines(name, PRODUCT_WIDTH), count_lines(code, CODE_WIDTH)),
        }

    @api.model
    def _get_rate_text(self, line):
        """Return a revealed rate as text: percent, or an amount for each unit."""
        decimals = -Decimal(repr(line.rate)).normalize().as_tuple().exponent
        average = "ø " if self._is_average(line) else ""
        if line.measure == "amount":
            return f"{average}{formatLang(line.env, line.rate, digits=max(decimals, 0))} %"
        digits = max(decimals, line.currency_id.decimal_places)
        rate = formatLang(line.env, line.rate, digits=digits)
        return f"{average}{rate} / {line.product_id.sudo().uom_id.name}"

    @api.model
    def _is_average(self, line):
        """Tell whether the rate is the average of several: the tiers themselves stay secret."""
        return line.agreement_line_id.sudo().tier_mode == "marginal"

    # === Sub-distributors, sum and seal === #

    @api.model
    def _prepare_shares(self, statement):
        """Return a row for each sub-distributor whom the dealer pays out of his rebate."""
        # Elevated: he reads no statement but his own, but may know what he pays, and to whom.
        subs_sudo = statement.sudo().sub_statement_ids.sorted(lambda sub: sub.partner_id.name)
        return self._finish_section(
            [
                {
                    "kind": "shares",
                    "name": sub.partner_id.name,
                    "ref": sub.partner_id.ref or "",
                    "base": sub.base_amount,
                    "amount": sub.gross_amount,
                    "height": ROW + LINE * count_lines(sub.partner_id.name, PARTNER_WIDTH),
                }
                for sub in subs_sudo
            ]
        )

    @api.model
    def _prepare_summary(self, statement):
        rows = [
            ("gross", statement.gross_amount),
            ("passed_on", -statement.passed_on_amount),
            ("penalty", -statement.penalty_amount),
            ("compensation", statement.compensation_amount),
            ("carried_in", statement.carried_in_amount),
            ("net", statement.net_amount),
            ("carried_out", statement.carried_out_amount),
        ]
        is_zero = statement.currency_id.is_zero
        rows = [row for row in rows if row[0] in ("gross", "net") or not is_zero(row[1])]
        height = SUMMARY + (ROW + LINE) * len(rows)
        return {"kind": "summary", "rows": rows, "height": height}

    @api.model
    def _prepare_seals(self, statement):
        """Return a block for each version: what proves that its rates are those of the seal."""
        tz = self.env.user.tz or "UTC"
        blocks = self._finish_section(
            [
                {
                    "kind": "seals",
                    "agreement_sudo": agreement_sudo,
                    "sealed_on": format_datetime(statement.env, agreement_sudo.sealed_on, tz=tz),
                    "tz": tz,
                    "height": SEAL,
                }
                for agreement_sudo in statement.sudo().agreement_ids.sorted("version")
            ],
            total=False,
        )
        if blocks and statement.has_proof:
            blocks[0]["height"] += NOTE
        return blocks

    @api.model
    def _get_address_lines(self, statement):
        partner_sudo = statement.sudo().partner_id.with_context(show_address=True)
        return count_lines(partner_sudo.display_name, ADDRESS_WIDTH)
