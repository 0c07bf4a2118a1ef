import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import TRUSTED
from ..tools.signed_paper import Paper

REPORT = "channel_rebate.action_report_agreement"
# Kept as attachments, which guard them; see ir_attachment.py.
PAPER_FIELDS = ("signed_paper", "signature")


class ChannelAgreement(models.Model):
    """The signed paper, kept with the agreement as long as that is signed.

    Its SHA-256 stands beside it, so that a file that was replaced behind Odoo's back shows.
    """

    _inherit = "channel.agreement"

    signed_paper = fields.Binary(
        readonly=True,
        copy=False,
        help="The scan of the signed paper, or the paper with the signature given on the screen.",
    )
    signed_paper_name = fields.Char(string="Name of the Paper", readonly=True, copy=False)
    signed_paper_hash = fields.Char(
        string="SHA-256 of the Paper",
        readonly=True,
        copy=False,
        help="Tells this very file from any other.",
    )
    signature = fields.Image(
        max_width=1024,
        max_height=1024,
        readonly=True,
        copy=False,
        help="Given on the screen by the partner's signatory.",
    )
    is_paper_changed = fields.Boolean(
        compute="_compute_is_paper_changed",
        help="The file that is kept is not the one with which the agreement was signed.",
    )

    @api.depends("signed_paper", "signed_paper_hash")
    def _compute_is_paper_changed(self):
        for agreement in self.with_context(bin_size=False):
            content = base64.b64decode(agreement.signed_paper or b"")
            found = hashlib.sha256(content).hexdigest() if content else False
            agreement.is_paper_changed = found != agreement.signed_paper_hash

    def action_print(self):
        """Print the paper that is to be signed, or was."""
        return self.env.ref(REPORT).report_action(self)

    def action_open_paper(self):
        """Show the signed paper in a tab of its own."""
        self.ensure_one()
        url = f"/web/content/{self._name}/{self.id}/signed_paper?filename_field=signed_paper_name"
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def action_add_paper(self):
        """Ask for the paper of an agreement that was signed before papers were kept."""
        return self.action_sign()

    # === Taking it in === #

    def _add_papers(self, papers):
        """Keep the papers of agreements that were signed before papers were kept.

        :param dict papers: :class:`Paper` by agreement
        """
        self._check_keeper()
        self.lock_for_update()
        wrong = self.filtered(
            lambda agreement: (
                agreement.state not in ("signed", "revealed") or agreement.signed_paper_hash
            )
        )
        if wrong:
            raise UserError(
                self.env._(
                    "%(agreements)s takes no paper: it is not signed, or has one already.",
                    agreements=", ".join(wrong.mapped("display_name")),
                )
            )
        self._check_papers(papers)
        self._store_papers(papers)
        for agreement in self:
            agreement._message_log(
                body=self.env._(
                    "The signed paper %(name)s (SHA-256 %(hash)s) was added.",
                    name=agreement.signed_paper_name,
                    hash=agreement.signed_paper_hash,
                )
            )

    def _check_papers(self, papers):
        """Refuse to sign without a paper for each agreement, or with a file that is none.

        :param dict papers: :class:`Paper` by agreement
        """
        if missing := self.filtered(
            lambda agreement: agreement not in papers or not papers[agreement].content
        ):
            raise UserError(
                self.env._(
                    "The signed paper is missing: add its scan, or let the partner sign on the "
                    "screen:\n%(agreements)s",
                    agreements="\n".join(f"- {name}" for name in missing.mapped("display_name")),
                )
            )
        wrong = self.filtered(lambda agreement: not papers[agreement].kind)
        if wrong:
            raise UserError(
                self.env._(
                    "A signed paper is a PDF, PNG or JPEG file. Save these as one of them, or scan "
                    "the paper again:\n%(files)s",
                    files="\n".join(
                        f"- {agreement.display_name}: {papers[agreement].name}"
                        for agreement in wrong
                    ),
                )
            )

    def _store_papers(self, papers):
        """Keep the papers, in one statement however many there are.

        :param dict papers: :class:`Paper` by agreement
        """
        # Elevated: nobody writes these attachments himself.
        self.env["ir.attachment"].sudo().with_context(
            # The very file: Odoo would make large pictures smaller.
            channel_trusted=TRUSTED,
            image_no_postprocess=True,
        ).create(
            [
                {
                    "name": agreement._name_paper(papers[agreement]),
                    "res_model": self._name,
                    "res_field": "signed_paper",
                    "res_id": agreement.id,
                    "raw": papers[agreement].content,
                    "company_id": agreement.company_id.id,
                }
                for agreement in self
            ]
        )
        self._write_paper_marks(papers)

    def _write_paper_marks(self, papers):
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                """UPDATE channel_agreement AS agreement
                      SET signed_paper_name = data.name, signed_paper_hash = data.hash
                     FROM unnest(%s::int[], %s::text[], %s::text[]) AS data(id, name, hash)
                    WHERE agreement.id = data.id
                RETURNING agreement.id""",
                self.ids,
                [agreement._name_paper(papers[agreement]) for agreement in self],
                [papers[agreement].file_hash for agreement in self],
            )
        )
        self.invalidate_recordset(
            ["signed_paper", "signed_paper_name", "signed_paper_hash", "is_paper_changed"]
        )

    def _name_paper(self, paper):
        """Return the name under which a paper is kept: its own, with the ending that fits."""
        self.ensure_one()
        stem = paper.name or self.display_name.replace("/", "_")
        endings = (".jpg", ".jpeg") if paper.kind == "jpg" else (f".{paper.kind}",)
        return stem if stem.lower().endswith(endings) else f"{stem}{endings[0]}"

    def _sign_on_screen(self, signature):
        """Put the signature into its place and return the :class:`Paper` that comes of it.

        :param signature: an image, base64
        """
        self.ensure_one()
        self._trusted().signature = signature
        content, kind = self.env["ir.actions.report"]._render_qweb_pdf(REPORT, self.ids)
        if kind != "pdf":
            raise UserError(
                self.env._(
                    "The paper of %(agreement)s can't be made with its signature: this server "
                    "prints no PDF files. Print it, have it signed, and add the scan.",
                    agreement=self.display_name,
                )
            )
        return Paper(content)

    # === Giving it back === #

    def _drop_papers(self):
        """Remove paper and signature of agreements that are not signed any more, and say so."""
        for agreement in self.filtered("signed_paper_hash"):
            agreement._message_log(
                body=self.env._(
                    "The signature was undone; the paper %(name)s (SHA-256 %(hash)s) was removed.",
                    name=agreement.signed_paper_name,
                    hash=agreement.signed_paper_hash,
                )
            )
        values = dict.fromkeys((*PAPER_FIELDS, "signed_paper_name", "signed_paper_hash"), False)
        self._trusted().write(values)
