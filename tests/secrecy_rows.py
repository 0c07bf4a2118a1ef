"""What the tests of the rows of docs/secrecy.rst have in common: one way out, tried by everybody.

A test is named after its row. It goes the way as everybody outside, and shows by a keeper, or by
the same digits left lying about on purpose, that it would have found a rate.
"""

from .secrecy_common import OUTSIDERS, SECRET_A, SecrecyCase, secrets_in
from .test_secrecy_orm import OrmCalls

# The first rate of dealer A, left lying about on purpose.
PLANT = SECRET_A["toothpaste"]


class Rows(OrmCalls):
    def tell(self, attempt, role):
        """Return what ``attempt(env)`` gives to a role: the answer, or the text of the error."""
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                return attempt(self.model(role, "base").env)
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    def assertUntold(self, attempt, roles=OUTSIDERS):
        for role in roles:
            with self.subTest(role=role):
                self.assertNoSecret(self.tell(attempt, role))

    def assertTold(self, attempt, role, wanted=PLANT):
        """Check that a role gets ``wanted`` by the same way: that it leads somewhere."""
        told = self.tell(attempt, role)
        self.assertIn(wanted, secrets_in(told), told)

    def assertFails(self, attempt, pattern, roles=OUTSIDERS):
        """Check that the attempt gets an error like ``pattern`` and no secret in it."""
        for role in roles:
            with self.subTest(role=role):
                told = str(self.tell(attempt, role))
                self.assertRegex(told, pattern)
                self.assertNoSecret(told)

    def approve(self):
        self.as_role("keeper", self.settlement).action_approve()
        return self.settlement.statement_ids.sudo().move_id

    def our_models(self):
        return [name for name in self.registry if name.startswith("channel.")]


class RowsCase(Rows, SecrecyCase):
    """The computed quarter, whose dealers are the customers of the salesperson who asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.dealer_a | cls.dealer_b | cls.sub_s
        cls.partners.user_id = cls.users["salesperson"]
        cls.env.flush_all()


class AdministratorsFields:
    """Fields that an administrator adds to partners, to reach a rate from there."""

    # Name, type, and the other end or the path.
    FIELDS = (
        ("x_rate_id", "many2one", "channel.rate"),
        ("x_rate", "float", "x_rate_id.rate"),
        ("x_brackets", "text", "x_rate_id.brackets"),
        ("x_token", "char", "x_rate_id.token"),
        ("x_measure", "selection", "x_rate_id.measure"),
        ("x_statement_id", "many2one", "channel.statement"),
        ("x_net", "monetary", "x_statement_id.expected_net_amount"),
    )
    SECRET = ("x_rate", "x_brackets", "x_token", "x_net")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Field = cls.model("administrator", "ir.model.fields")
        Field.create([cls.field_values(*row) for row in cls.FIELDS])
        for partner in cls.partners:
            partner.x_rate_id = cls.rates.filtered(lambda r, p=partner: r.partner_id == p)[0]
            partner.x_statement_id = cls.statement_of(cls.settlement, partner)
        cls.env.flush_all()

    @classmethod
    def field_values(cls, name, ttype, path):
        values = {
            "model_id": cls.env["ir.model"]._get("res.partner").id,
            "state": "manual",
            "name": name,
            "ttype": ttype,
        }
        if ttype == "many2one":
            return {**values, "relation": path}
        return {**values, "related": path, "store": False, "readonly": True}
