"""A settled period, and what is marked and told when something changes in it."""

from .test_supplementary import SupplementaryCase


class ChangesCase(SupplementaryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.settlement = cls.settle()
        cls.clear_marks()

    @classmethod
    def clear_marks(cls):
        cls.env["channel.period.check"].search([]).unlink()

    def marked(self):
        """Return the periods that are to be compared again, and forget them."""
        periods = self.env["channel.period.check"].search([]).period_id
        self.clear_marks()
        return periods

    def changed(self):
        """Compare what is marked, as the scheduled action does; return who has changed."""
        self.env["channel.period.check"].search([]).period_id._check_corrections()
        self.assertEqual(self.period.needs_supplementary, bool(self.period.changed_partner_ids))
        self.assertFalse(self.next_period.needs_supplementary)
        return self.period.changed_partner_ids

    def activities(self, period=None):
        return self.env["mail.activity"].search(
            [("res_model", "=", "channel.period"), ("res_id", "=", (period or self.period).id)]
        )
