"""What the partner is told by e-mail: in his language, without the reporter and without a rate."""

from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase

from .incident_common import IncidentCase
from .penalty_common import Penalties

FORBIDDEN = ("Rita Reporter", "They told me", "reporter@")


@tagged("post_install", "-at_install")
class TestIncidentMail(Penalties, MailCase, IncidentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["salesperson"].write({"name": "Rita Reporter", "email": "reporter@example.com"})
        cls.dealer_b.email = "b@example.com"

    def mails(self, method, *args, **kwargs):
        """Return the e-mails that a step makes, without those to colleagues."""
        with self.mock_mail_gateway():
            method(*args, **kwargs)
        addresses = (self.dealer_a.email, self.dealer_b.email)
        return self._new_mails.filtered(
            lambda mail: set(mail.recipient_ids.mapped("email")) & set(addresses)
        )

    def reported(self, **values):
        incident = self.report(
            self.dealer_b, note="They told me", description="Yellow labels", price=199, **values
        )
        return self.as_role("keeper", incident)

    def assert_tells(self, mail, *texts):
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.dealer_b)
        for text in texts:
            self.assertIn(text, mail.body_html.replace("\xa0", " "))
        everything = f"{mail.subject} {mail.body_html} {mail.email_from} {mail.reply_to}"
        for text in FORBIDDEN:
            self.assertNotIn(text, everything)

    def test_accused(self):
        incident = self.reported(lot="L-7")
        mail = self.mails(incident.action_confirm)
        self.assert_tells(
            mail, "Diversion", "02/15/2025", "Soap, 30 Units", "$ 199.00", "Market Street 1"
        )
        self.assert_tells(mail, "L-7", "Yellow labels", f"/my/incidents/{incident.id}")

    def test_each_partner_his_own(self):
        incidents = self.reported() | self.as_role("keeper", self.report(self.dealer_a))
        mails = self.mails(incidents.action_confirm)
        self.assertEqual(mails.recipient_ids, self.dealer_a | self.dealer_b)
        self.assertEqual([len(mail.recipient_ids) for mail in mails], [1, 1])

    def test_nothing_before_it_is_confirmed(self):
        self.assertFalse(self.mails(self.reported))
        incident = self.reported()
        self.assertFalse(self.mails(self.decide, incident, "dismiss"))

    def test_penalty_in_words(self):
        incident = self.reported()
        incident.action_confirm()
        mail = self.mails(self.penalise, incident, is_waived=True, percent=12.5)
        self.assert_tells(mail, "12.5 % of the rebate of 2025-Q1", "Diversion on 02/15/2025")
        self.assertFalse(mail.model or mail.res_id)

    def test_every_method_in_words(self):
        wanted = {
            "percent": "20 % of the rebate of 2025-Q1",
            "product": "20 % of the rebate for [SOAP] Soap of 2025-Q1",
            "period": "the whole rebate of 2025-Q1",
            "fixed": "$ 300.00 of the rebate of 2025-Q1",
        }
        for method, text in wanted.items():
            incident = self.confirm(self.dealer_b)
            self.penalise(incident, method=method, percent=20, amount=300)
            with self.subTest(method):
                self.assertEqual(incident._get_penalty_text().replace("\xa0", " "), text)

    def test_answers(self):
        incident = self.confirm(self.dealer_b, expired=False, note="They told me")
        self.appeal(incident)
        mail = self.mails(self.decide, incident, "turn_down", "The lot is yours")
        self.assert_tells(mail, "The lot is yours", "the decision stands")
        self.appeal(incident, is_accepted=True)
        mail = self.mails(self.decide, incident, "dismiss", "It was not you")
        self.assert_tells(mail, "It was not you", "given back")

    def test_in_his_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.dealer_b.lang = "fr_FR"
        template = self.env.ref("channel_rebate.mail_template_incident_accused")
        body = template.body_html.replace("Hello", "Bonjour")
        template.with_context(lang="fr_FR").body_html = body
        self.assert_tells(self.mails(self.reported().action_confirm), "Bonjour", "15/02/2025")

    def test_without_an_address(self):
        self.dealer_b.email = False
        incident = self.reported()
        self.assertFalse(self.mails(incident.action_confirm))
        bodies = " ".join(incident.message_ids.mapped("body"))
        self.assertIn("Dealer B has no address", bodies)
