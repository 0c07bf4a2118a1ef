"""A reveal goes through a run in parts; what comes of it is that of the whole."""

from odoo.tests import tagged

from odoo.addons.channel_rebate.models import channel_statement_reveal

from .common import WorkedExampleCase
from .penalty_common import Penalties

TAMPER = """
    UPDATE channel_agreement_line SET sealed_terms = replace(sealed_terms, 'Soap', 'Sop')
     WHERE agreement_id = ANY(%s)
"""


@tagged("post_install", "-at_install")
class TestRevealParts(Penalties, WorkedExampleCase):
    def setUp(self):
        super().setUp()
        self.patch(channel_statement_reveal, "DEALERS_AT_ONCE", 1)
        self.sign(self.agreements)

    def approve(self, settlement):
        self.as_role("keeper", settlement).action_approve()
        return settlement

    def count_parts(self, settlement):
        return len(self.as_role("keeper", settlement).statement_ids._split_by_dealer())

    def test_the_worked_example(self):
        settlement = self.compute()
        self.assertEqual(self.count_parts(settlement), 2)
        self.approve(settlement)
        nets = [2473.5, 3228.5, 633.5]
        for partner, net in zip((self.dealer_a, self.dealer_b, self.sub_s), nets, strict=True):
            statement = self.statement_of(settlement, partner)
            self.assertEqual((round(statement.net_amount, 2), statement.has_proof), (net, True))

    def test_who_gets_of_anothers_penalty_is_settled_with_him(self):
        self.make_penalty(self.dealer_b, 300, harmed_dealer_id=self.dealer_a.id, harmed_percent=50)
        settlement = self.compute()
        self.assertEqual(self.count_parts(settlement), 1)
        self.approve(settlement)
        self.assertEqual(self.statement_of(settlement, self.dealer_b).penalty_amount, 300)
        self.assertEqual(self.statement_of(settlement, self.dealer_a).compensation_amount, 150)

    def test_broken_seals_of_all_parts_are_named(self):
        settlement = self.compute()
        self.env.flush_all()
        self.env.cr.execute(TAMPER, [self.agreements.ids])
        self.env.invalidate_all()
        with self.refused("Dealer A: .*Soap(.|\n)*Dealer B: .*Soap"):
            self.approve(settlement)
        self.assertFalse(any(settlement.statement_ids.mapped("net_amount")))
        self.assertEqual(set(self.agreements.mapped("state")), {"signed"})

    def test_each_agreement_has_its_note_and_entry(self):
        self.env.cr.precommit.run()
        before = self.agreements.message_ids
        self.approve(self.compute())
        self.env.cr.precommit.run()
        for agreement in self.agreements:
            values = (agreement.message_ids - before).sudo().tracking_value_ids
            told = values.mapped(lambda value: (value.old_value_char, value.new_value_char))
            self.assertEqual(told, [("Signed", "Revealed")])
            entries = self.env["channel.seal"].search([("agreement_key", "=", agreement.id)])
            self.assertEqual(entries[:1].event, "revealed")
            self.assertEqual((agreement.message_ids - before).author_id, self.keeper_partner())

    def keeper_partner(self):
        return self.users["keeper"].partner_id

    def test_statements_are_written_once(self):
        settlement = self.compute()
        self.env.flush_all()
        before = self.count_updates()
        self.as_role("keeper", settlement).statement_ids._reveal()
        self.as_role("keeper", settlement)._move_to("approved", allowed=("computed",))
        self.env.flush_all()
        self.assertEqual(self.count_updates() - before, len(settlement.statement_ids))
        self.assertEqual(set(settlement.statement_ids.mapped("state")), {"approved"})

    def count_updates(self):
        """Return how many statements PostgreSQL has written anew in this transaction."""
        self.env.cr.execute(
            """SELECT n_tup_upd FROM pg_stat_xact_user_tables
                WHERE relname = 'channel_statement'"""
        )
        return self.env.cr.fetchone()[0]

    def test_salts_are_not_compressed(self):
        self.env.cr.execute(
            """SELECT attstorage FROM pg_attribute
                WHERE attrelid = 'channel_statement'::regclass AND attname = 'proof_text'"""
        )
        self.assertEqual(self.env.cr.fetchone(), ("e",))
