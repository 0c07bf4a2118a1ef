"""The paper that is signed: what is on it, who prints it, and how it is kept."""

import base64
import io
import re
from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged
from PIL import Image

from odoo.addons.channel_rebate.models.channel_agreement_paper import PAPER_FIELDS
from odoo.addons.channel_rebate.tools.signed_paper import Paper

from .common import PAPER, WorkedExampleCase, WorkedExampleHttpCase
from .five_part import read_pages, squeeze

URL = "/report/pdf/channel_rebate.report_agreement"
PDF = "application/pdf"
RENDER = 'context={"force_report_rendering":true}'
DAY = date(2025, 1, 2)
# With digits that nothing else on the paper has.
RATES = ("6.0707", "7.0707", "8.0707")


def picture(kind="PNG", size=(300, 100)):
    content = io.BytesIO()
    Image.new("RGB", size, "navy").save(content, kind)
    return content.getvalue()


def numbers_in(page):
    """Return what is left of a page without digits of hashes, in which any number may stand."""
    return re.sub(r"[0-9a-f]{16,}", "", page)


class AgreementPaperCase(WorkedExampleHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # See test_statement_print.
        cls.set_registry_readonly_mode(False)
        cls.enter_rates(cls.agreement_a, RATES)
        cls.seal(cls.agreements)

    def download(self, login, agreements, **arguments):
        self.authenticate(login, login)
        ids = ",".join(map(str, agreements.ids))
        more = "".join(f"&{key}={value}" for key, value in arguments.items())
        return self.url_open(f"{URL}/{ids}?{RENDER}{more}", timeout=120)

    def pages_of(self, role, agreements):
        response = self.download(f"test_{role}", agreements)
        self.assertEqual(response.headers["Content-Type"], PDF, response.text[:2000])
        return read_pages(response.content)

    def html_of(self, agreements):
        report = self.env["ir.actions.report"].with_user(self.users["salesperson"])
        content, _kind = report._render_qweb_html(
            "channel_rebate.action_report_agreement", agreements.ids
        )
        return content.decode()

    def assert_texts(self, page, texts):
        missing = [text for text in texts if squeeze(text) not in page]
        self.assertFalse(missing, page)


@tagged("post_install", "-at_install")
class TestAgreementPaper(AgreementPaperCase):
    def test_terms_in_clear_and_the_seal(self):
        texts = (
            "Rebate Agreement",
            "Dealer A (DEALER-A)",
            "Applies 01/01/2025",
            "03/31/2025",
            "What is invoiced",
            "1 TOOTHPASTE Toothpaste",
            "% of amount No tiers",
            self.agreement_a.fingerprint,
            *self.agreement_a.line_ids.mapped("line_hash"),
            "Sealed by: test_keeper",
            "Page 1/1",
            "Signature and stamp",
        )
        for role in ("keeper", "salesperson"):
            with self.subTest(role):
                (page,) = self.pages_of(role, self.agreement_a)
                self.assert_texts(page, texts)
                self.assertNotIn(self.agreement_b.fingerprint, page)

    def test_sub_distributor_and_several_in_one_file(self):
        first, second = self.pages_of("officer", self.agreement_b | self.agreement_s)
        self.assert_texts(first, ["Dealer B (DEALER-B)"])
        self.assert_texts(second, ["Sub-distributor Sub S (SUB-S)", "Buys from: Dealer A"])
        self.assertNotIn("Buysfrom", first)

    def test_no_rate_on_it_before_or_after_the_reveal(self):
        sealed = self.html_of(self.agreements)
        self.assertEqual(sealed.count('class="o_black_box"'), 9)
        self.sign(self.agreements)
        self.settle()
        self.assertEqual(self.agreement_a.state, "revealed")
        revealed = self.html_of(self.agreements)
        self.assertEqual(sealed, revealed)
        (page,) = self.pages_of("keeper", self.agreement_a)
        for text in (*RATES, *(rate[:4] for rate in RATES)):
            self.assertNotIn(text, numbers_in(revealed))
            self.assertNotIn(text, numbers_in(page))

    def test_black_box_tells_nothing_of_rate_or_tiers(self):
        """Plain or with tiers, small or large: each is the same piece of the page."""
        agreement = self.make_agreement(self.make_dealer("C"), {"soap": None, "shampoo": "0"})
        self.as_role("keeper", agreement).line_ids[0].tier_mode = "whole"
        rate = self.rates_of(agreement)[0]
        rate.brackets = "0: 1\n4321: 2\n8765: 3"
        html = self.html_of(self.seal(agreement))
        boxes = re.findall(r"<td>\s*(<div[^>]*o_black_box.*?)</td>", html, re.DOTALL)
        self.assertEqual((len(boxes), len(set(boxes))), (2, 1))
        for text in ("4321", "8765"):
            self.assertNotIn(text, numbers_in(html))

    def test_reprint_is_the_same_whatever_was_renamed(self):
        before = self.html_of(self.agreements)
        self.products["soap"].write({"name": "Savon", "default_code": "SAVON"})
        self.dealer_a.write({"name": "Renamed", "ref": "NEW", "vat": "1234"})
        self.company.name = "Renamed Company"
        self.period.name = "Renamed Period"
        self.users["keeper"].name = "Renamed Keeper"
        version = self.as_role("keeper", self.agreement_a)._create_version(date(2025, 2, 1))
        self.enter_rates(version, ["7", "8", "9"])
        self.seal(version)
        self.env.invalidate_all()
        self.assertEqual(self.html_of(self.agreements), before)

    def test_in_the_partners_language(self):
        self.products["soap"].with_context(lang="zh_CN").name = "香皂"
        dealer = self.make_dealer("经销商甲", lang="zh_CN")
        agreement = self.seal(self.make_agreement(dealer, {"soap": "1"}))
        (page,) = self.pages_of("keeper", agreement)
        self.assert_texts(page, ["经销商甲", "香皂", "2025/01/01", agreement.fingerprint])

    def test_qr_code_is_that_of_the_fingerprint(self):
        """Another fingerprint is another code, and nothing else changes it."""
        codes = [
            re.search(r"data:image/png;base64,[^\"]+", self.html_of(one))[0]
            for one in self.agreements
        ]
        self.assertEqual(len(set(codes)), 3)
        with Image.open(io.BytesIO(base64.b64decode(codes[0].partition(",")[2]))) as code:
            self.assertEqual((code.format, code.width), ("PNG", code.height))

    def test_long_agreement_is_numbered_and_signed_on_its_last_page(self):
        names = [f"item {number}" for number in range(60)]
        self.products.update({name: self.make_product(name, 1) for name in names})
        agreement = self.make_agreement(self.make_dealer("C"), dict.fromkeys(names, "1"))
        pages = self.pages_of("keeper", self.seal(agreement))
        self.assertGreater(len(pages), 2)
        for number, page in enumerate(pages, 1):
            self.assert_texts(page, [f"Page {number}/{len(pages)}", agreement.fingerprint[:16]])
            is_last = number == len(pages)
            self.assertEqual(squeeze("Signature and stamp") in page, is_last)
        text = "".join(pages)
        for line in agreement.line_ids:
            self.assertEqual(text.count(line.line_hash), 1)


@tagged("post_install", "-at_install")
class TestWhoPrintsIt(AgreementPaperCase):
    def test_whoever_may_read_it(self):
        self.dealer_b.user_id = self.users["sales_manager"]
        for role, agreement, status in (
            ("salesperson", self.agreement_a, 200),
            ("salesperson", self.agreement_b, 403),
            ("sales_manager", self.agreement_b, 200),
            ("accountant", self.agreement_b, 200),
            ("administrator", self.agreement_a, 403),
        ):
            with self.subTest(role, agreement=agreement.display_name):
                self.assertEqual(self.download(f"test_{role}", agreement).status_code, status)

    def test_not_in_the_portal(self):
        login = self.make_portal_user(self.dealer_a).login
        response = self.download(login, self.agreement_a)
        self.assertEqual(response.status_code, 403)
        self.assertNotIn(self.agreement_a.fingerprint, response.text)

    def test_neither_drafts_nor_cancelled_ones(self):
        draft, cancelled = (self.make_agreement(self.make_dealer(n), {"soap": "1"}) for n in "CD")
        self.as_role("keeper", self.seal(cancelled)).action_cancel()
        response = self.download("test_keeper", self.agreement_a | draft | cancelled)
        self.assertEqual(response.status_code, 422)
        for text in ("2025-Q1 · C: Draft", "2025-Q1 · D: Cancelled", "Seal these first"):
            self.assertIn(text, response.text)
        self.assertNotIn("Dealer A", response.text)

    def test_what_clients_send_along_does_not_count(self):
        options = f'{{"docs":[1],"papers":[],"style":"x","doc_ids":[{self.agreement_b.id}]}}'
        response = self.download("test_keeper", self.agreement_a, options=options)
        (page,) = read_pages(response.content)
        self.assert_texts(page, [self.agreement_a.fingerprint])

    def test_other_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        accountant = self.users["accountant"]
        accountant.write({"company_id": other.id, "company_ids": [Command.set(other.ids)]})
        self.assertEqual(self.download("test_accountant", self.agreement_a).status_code, 403)

    def test_nothing_chosen(self):
        self.authenticate("test_keeper", "test_keeper")
        self.assertIn("There is no agreement to print", self.url_open(f"{URL}?{RENDER}").text)


@tagged("post_install", "-at_install")
class TestSigningOnScreen(AgreementPaperCase):
    def sign_on_screen(self, agreement):
        """Press the wizard's button as a browser does, so that a PDF is made."""
        wizard = self.model("keeper", "channel.agreement.sign").create(
            {
                "agreement_ids": agreement.ids,
                "signed_on": DAY,
                "signatory": "Ann",
                "signature": base64.b64encode(picture()),
            }
        )
        self.authenticate("test_keeper", "test_keeper")
        context = {"force_report_rendering": True}
        params = {"model": wizard._name, "method": "action_sign", "args": [wizard.ids]}
        return self.make_jsonrpc_request(
            "/web/dataset/call_button", {**params, "kwargs": {"context": context}}, timeout=120
        )

    def test_the_paper_is_kept_with_the_signature_in_its_place(self):
        self.sign_on_screen(self.agreement_a)
        self.env.invalidate_all()
        agreement = self.agreement_a
        self.assertEqual((agreement.state, agreement.signatory), ("signed", "Ann"))
        content = base64.b64decode(agreement.signed_paper)
        self.assertEqual(Paper(content).file_hash, agreement.signed_paper_hash)
        (page,) = read_pages(content)
        self.assert_texts(page, [agreement.fingerprint, "Name: Ann", "Date: 01/02/2025"])
        self.assertIn('class="o_signature"', self.html_of(agreement))
        self.assertNotIn('class="o_signature"', self.html_of(self.agreement_b))
        self.assertEqual(agreement.signed_paper_name, "2025-Q1 · Dealer A.pdf")


@tagged("post_install", "-at_install")
class TestKeptPaper(WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seal(cls.agreements)
        cls.two = cls.as_role("keeper", cls.agreement_a | cls.agreement_b)

    def papers_of(self, agreements, field="signed_paper"):
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "channel.agreement"),
                ("res_id", "in", agreements.ids),
                ("res_field", "=", field),
            ]
        )

    def test_nobody_signs_without_a_paper(self):
        one = {self.two[0]: PAPER}
        with self.refused("paper is missing(.|\n)*- 2025-Q1 · Dealer B$"):
            self.two._mark_signed(DAY, "Ann", one)
        with self.refused("Dealer A\n- 2025-Q1 · Dealer B$"):
            self.two._mark_signed(DAY, "Ann", dict.fromkeys(self.two, Paper(b"")))
        self.assertEqual(set(self.two.mapped("state")), {"sealed"})

    def test_only_files_that_are_papers(self):
        for content in (b"<html>%PDF-</html>", b"PK\x03\x04", b"GIF89a", b"<svg/>"):
            papers = {self.two[0]: PAPER, self.two[1]: Paper(content, "signed.pdf")}
            with self.subTest(content), self.refused("JPEG(.|\n)*Dealer B: signed.pdf$"):
                self.two._mark_signed(DAY, "Ann", papers)
        papers = {
            self.two[0]: Paper(picture("JPEG"), "a.JPEG"),
            self.two[1]: Paper(picture("PNG"), ""),
        }
        self.two._mark_signed(DAY, "Ann", papers)
        self.assertEqual(self.two.mapped("signed_paper_name"), ["a.JPEG", "2025-Q1 · Dealer B.png"])

    def test_the_very_file_is_kept(self):
        """Odoo makes large pictures smaller, which a paper must not be."""
        large = Paper(picture("PNG", (3000, 2500)), "large.png")
        self.two._mark_signed(DAY, "Ann", {self.two[0]: large, self.two[1]: PAPER})
        self.assertEqual(base64.b64decode(self.two[0].signed_paper), large.content)
        self.assertEqual(base64.b64decode(self.two[1].signed_paper), PAPER.content)
        self.assertEqual(self.two.mapped("is_paper_changed"), [False, False])
        self.assertEqual(self.two[0].signed_paper_hash, large.file_hash)

    def test_wizard_takes_one_scan_for_all_and_others_one_by_one(self):
        wizard = self.model("keeper", "channel.agreement.sign")
        with Form(wizard.with_context(**self.two.action_sign()["context"])) as form:
            form.paper = base64.b64encode(PAPER.content)
            with form.line_ids.edit(1) as line:
                line.paper = base64.b64encode(picture())
        # Browsers send the names of files along.
        form.record.paper_name = "stack.pdf"
        form.record.line_ids[1].paper_name = "b.png"
        form.record.action_sign()
        self.assertEqual(self.two.mapped("signed_paper_name"), ["stack.pdf", "b.png"])
        self.assertEqual(base64.b64decode(self.two[1].signed_paper), picture())

    def test_signature_on_the_screen_is_for_one(self):
        wizard = self.model("keeper", "channel.agreement.sign").create(
            {"agreement_ids": self.two.ids, "signature": base64.b64encode(picture())}
        )
        with self.refused("for one agreement, and without a scan"):
            wizard.action_sign()

    def test_without_a_printer_the_signature_is_refused(self):
        with self.refused("prints no PDF files"):
            self.two[0]._mark_signed(DAY, "Ann", signature=base64.b64encode(picture()))
        self.assertFalse(self.two[0].signature)

    def test_paper_is_not_written_by_hand(self):
        self.sign(self.two)
        other = base64.b64encode(picture())
        for values in (
            {"signed_paper": other},
            {"signed_paper": False},
            {"signature": other},
            {"signed_paper_name": "x.pdf"},
            {"signed_paper_hash": "00"},
        ):
            for records in (self.two, self.two.sudo()):
                with self.subTest(values), self.refused("use the buttons"):
                    records.write(values)

    def test_its_attachment_is_not_written_either(self):
        self.sign(self.two)
        paper = self.papers_of(self.two[0])
        self.assertEqual(len(self.papers_of(self.two)), 2)
        for role, elevated in (("keeper", False), ("keeper", True), ("administrator", True)):
            own = self.model(role, "ir.attachment").create({"name": "x", "raw": b"x"})
            attempts = self.attempts_on(paper.with_user(own.env.user), own)
            for number, attempt in enumerate(attempts):
                with (
                    self.subTest(role, elevated=elevated, number=number),
                    self.refused("paper of 2025-Q1 · Dealer A can't be changed"),
                ):
                    attempt(elevated)
        with self.assertRaises(AccessError):
            self.as_role("administrator", paper).write({"raw": b"%PDF-other"})
        self.assertEqual(paper.raw, PAPER.content)

    def attempts_on(self, paper, own):
        """Return ways to replace or remove a paper, given an attachment of one's own."""
        target = {"res_model": "channel.agreement", "res_id": self.two[0].id}
        as_paper, as_signature = ({**target, "res_field": name} for name in PAPER_FIELDS)
        return (
            lambda su: paper.sudo(su).write({"raw": b"%PDF-other"}),
            lambda su: paper.sudo(su).write({"res_id": self.agreement_s.id}),
            lambda su: paper.sudo(su).write({"res_field": False}),
            lambda su: paper.sudo(su).unlink(),
            lambda su: own.sudo(su).write(as_paper),
            lambda su: own.sudo(su).create({"name": "x", "raw": b"x", **as_signature}),
        )

    def test_file_that_was_replaced_shows(self):
        self.sign(self.two)
        self.env.cr.execute(
            "UPDATE ir_attachment SET db_datas = 'other', store_fname = NULL WHERE id = %s",
            [self.papers_of(self.two[0]).id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.two.mapped("is_paper_changed"), [True, False])
        self.env.cr.execute(
            "DELETE FROM ir_attachment WHERE id = %s", [self.papers_of(self.two[1]).id]
        )
        self.env.invalidate_all()
        self.assertEqual(self.two.mapped("is_paper_changed"), [True, True])

    def test_undoing_the_signature_gives_the_paper_back(self):
        self.sign(self.two)
        digits = self.two[0].signed_paper_hash
        self.two[0].action_unsign()
        self.env.invalidate_all()
        self.assertFalse(self.papers_of(self.two[0]))
        self.assertRecordValues(
            self.two,
            [
                {"signed_paper": False, "signed_paper_hash": False, "signed_paper_name": False},
                {
                    "signed_paper": base64.b64encode(PAPER.content),
                    "signed_paper_hash": PAPER.file_hash,
                    "signed_paper_name": "signed.pdf",
                },
            ],
        )
        self.assertIn(digits, self.two[0].message_ids[0].body)
        self.sign(self.two[0])
        self.assertEqual(self.two[0].signed_paper_hash, digits)

    def test_paper_of_what_was_signed_before_papers_were_kept(self):
        """It can be added once, whatever was settled since, and changes nothing else."""
        self.sign(self.two)
        self.env.cr.execute(
            "DELETE FROM ir_attachment WHERE res_model = 'channel.agreement' AND res_id = ANY(%s)",
            [self.two.ids],
        )
        self.env.cr.execute("UPDATE channel_agreement SET signed_paper_hash = NULL")
        self.env.invalidate_all()
        self.assertFalse(self.two[0].is_paper_changed)
        action = self.two[0].action_add_paper()
        wizard = self.model("keeper", "channel.agreement.sign").with_context(**action["context"])
        with Form(wizard) as form:
            self.assertTrue(form.is_addition)
            form.paper = base64.b64encode(picture())
        form.record.action_sign()
        self.assertEqual(base64.b64decode(self.two[0].signed_paper), picture())
        self.assertEqual((self.two[0].signed_on, self.two[0].state), (DAY, "signed"))
        self.assertFalse(self.two[1].signed_paper)

    def test_no_paper_is_added_to_what_has_one_or_is_not_signed(self):
        self.sign(self.two[0])
        papers = dict.fromkeys(self.two, PAPER)
        for agreement in self.two:
            name = agreement.display_name
            with self.subTest(name), self.refused(f"{name} takes no paper"):
                agreement._add_papers(papers)
        with self.assertRaises(AccessError):
            self.as_role("officer", self.two)._add_papers(papers)

    def test_who_may_read_the_agreement_reads_its_paper(self):
        self.sign(self.two)
        self.dealer_b.user_id = self.users["sales_manager"]
        mine, other = self.as_role("salesperson", self.two)
        self.assertEqual(base64.b64decode(mine.signed_paper), PAPER.content)
        with self.assertRaises(AccessError):
            other.read(["signed_paper"])
        for agreement, may in ((mine, True), (other, False)):
            paper = self.papers_of(agreement.sudo()).with_user(self.users["salesperson"])
            self.assertEqual(paper.has_access("read"), may)
            self.assertFalse(paper.has_access("write"))
