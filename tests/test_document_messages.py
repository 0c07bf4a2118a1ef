"""Messages of documents that are posted together: the same as of each alone, for fewer queries."""

from odoo.tests import new_test_user, tagged

from .common import WorkedExampleCase

COMPARED = (
    "author_id",
    "body",
    "email_from",
    "message_type",
    "model",
    "parent_id",
    "record_alias_domain_id",
    "record_company_id",
    "reply_to",
    "res_id",
    "subtype_id",
)


@tagged("post_install", "-at_install")
class TestMessages(WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign(cls.agreements)
        cls.company.channel_rebate_post_documents = False
        settlement = cls.settle().with_context(tracking_disable=False)
        cls.documents = cls.as_role("accountant", settlement.statement_ids.move_id)
        cls.env.cr.flush()
        cls.company.alias_domain_id = cls.env["mail.alias.domain"].create({"name": "example.com"})

    def read(self):
        """Return what the messages and notifications of the documents say."""
        self.env.cr.flush()
        messages = self.documents.sudo().message_ids.sorted("id")
        return [
            (
                [message[name] for name in COMPARED],
                [(row.field_id.name, row.new_value_char) for row in message.tracking_value_ids],
                message.notification_ids.mapped("res_partner_id"),
            )
            for message in messages.sorted(lambda message: (message.res_id, message.id))
        ]

    def post(self, *groups):
        """Post the documents group by group; return what was told, and take it back."""
        with self.env.cr.savepoint() as savepoint:
            for group in groups:
                group.action_post()
                self.env.cr.flush()
            told = self.read()
            savepoint.rollback()
        return told

    def compare(self):
        self.assertEqual(len(self.documents), 3)
        alone = self.post(*self.documents)
        together = self.post(self.documents)
        self.assertEqual(together, alone)
        return together

    def test_the_same_as_of_each_alone(self):
        told = self.compare()
        states = [rows for _values, rows, _partners in told if rows]
        self.assertEqual(len(states), 3)

    def test_whoever_follows_one_is_told_of_that_one(self):
        user = new_test_user(self.env, login="follower", notification_type="inbox")
        subtype = self.env.ref("account.mt_invoice_validated")
        self.documents[1].message_subscribe(user.partner_id.ids, subtype.ids)
        told = self.compare()
        documents = [values[COMPARED.index("res_id")] for values, _, who in told if who]
        self.assertEqual(documents, self.documents[1].ids)

    def test_what_was_written_before_stays_what_is_answered(self):
        self.documents[2].message_post(body="Please wait", message_type="comment")
        self.compare()
