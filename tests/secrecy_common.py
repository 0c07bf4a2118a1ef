"""A quarter that is computed and not yet approved, with rates of unusual digits.

The digits appear nowhere else, so whatever holds them has let a rate out.
"""

import re
from collections.abc import Mapping

from odoo.tests import HttpCase, TransactionCase, new_test_user

from .common import PRICES, ChannelSetup, WorkedExample

SECRET_A = dict(zip(PRICES, ("17.3891", "18.4173", "19.5287"), strict=True))
SECRET_B = dict(zip(PRICES, ("16.1934", "15.2748", "14.3562"), strict=True))
SECRET_S = dict(zip(PRICES, ("10.6137", "11.7249", "12.8361"), strict=True))
RATES = (*SECRET_A.values(), *SECRET_B.values(), *SECRET_S.values())
# Rebates of the lines, and gross, passed on and net of A; gross (and net) of B and of S.
AMOUNTS = (
    *("2869.20", "4659.58", "6249.18", "2671.91", "3864.52", "4593.98"),
    *("875.63", "1483.20", "2053.78"),
    *("13777.96", "4412.61", "9365.35", "11130.41"),
)

# Everybody who must not know a rate, with what makes it as easy as can be to ask for one.
EXPORT = "base.group_allow_export"
OUTSIDERS = {
    "salesperson": f"sales_team.group_sale_salesman,{EXPORT}",
    "sales_manager": f"sales_team.group_sale_manager,{EXPORT}",
    "accountant": f"account.group_account_manager,{EXPORT}",
    "administrator": f"base.group_system,{EXPORT}",
    "rights_manager": f"base.group_erp_manager,{EXPORT}",
    "employee": f"base.group_user,{EXPORT}",
    "portal": "base.group_portal",
}


def renderings(number):
    """Return the texts in which a decimal (text) may turn up."""
    whole, _point, decimals = number.partition(".")
    scaled = f"{whole}{decimals}"
    plain = {number, number.rstrip("0"), f"{int(whole):,}.{decimals}", f"0.{scaled}"}
    # Five digits in a row may as well be the id of something.
    bare = {scaled} if len(scaled) > 5 else set()
    return plain | bare | {text.replace(".", ",") for text in plain}


_RENDERINGS = sorted({text for number in (*RATES, *AMOUNTS) for text in renderings(number)})
# Digits that stand for themselves: 17.3891 is not found in 117.38915.
_SECRETS = re.compile(rf"(?<![\d.,])(?:{'|'.join(map(re.escape, _RENDERINGS))})(?!\d)")


def texts_in(answer):
    """Yield every leaf of an answer as text, keys included."""
    if isinstance(answer, Mapping):
        answer = [*answer.keys(), *answer.values()]
    if isinstance(answer, list | tuple | set):
        for item in answer:
            yield from texts_in(item)
    else:
        yield str(answer)


def secrets_in(answer):
    """Return the rates and amounts that ``answer`` holds: what JSON could, or text."""
    return {found for text in texts_in(answer) for found in _SECRETS.findall(text)}


def secrets_in_rows(text):
    """Return the secrets in a text that may list numbers with commas and no space between."""
    return secrets_in([text, text.replace(",", ", ")])


class SealedQuarter(WorkedExample):
    """Sealed, signed and computed; credit notes and amounts come with approval only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for role, groups in OUTSIDERS.items():
            if role == "portal":
                cls.users[role] = cls.make_portal_user(cls.dealer_a)
            else:
                cls.users[role] = new_test_user(cls.env, login=f"outer_{role}", groups=groups)
        # Keepers may export too: then they get what the others must not.
        cls.users["keeper"].group_ids += cls.env.ref(EXPORT)
        cls.turn_chatter_on()
        cls.enter_secrets()
        cls.sign(cls.agreements)
        cls.settlement = cls.compute()
        cls.statements = cls.settlement.statement_ids
        cls.rates = cls.rates_of(cls.agreements)
        cls.env.flush_all()
        cls.env.cr.precommit.run()
        cls.env.invalidate_all()

    @classmethod
    def enter_secrets(cls):
        cls.enter_rates(cls.agreement_a, SECRET_A.values())
        cls.enter_rates(cls.agreement_b, SECRET_B.values())
        cls.enter_rates(cls.agreement_s, SECRET_S.values())

    @classmethod
    def turn_chatter_on(cls):
        """Track changes, and let everybody outside follow the agreements."""
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.agreements = cls.agreements.with_env(cls.env)
        followers = [cls.users[role].partner_id.id for role in OUTSIDERS]
        cls.agreements.message_subscribe(followers)

    def assertNoSecret(self, answer, message=None):
        self.assertEqual(secrets_in(answer), set(), message)


class SecrecyCase(SealedQuarter, ChannelSetup, TransactionCase):
    pass


class SecrecyHttpCase(SealedQuarter, ChannelSetup, HttpCase):
    pass
