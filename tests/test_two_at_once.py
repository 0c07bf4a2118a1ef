import json

from odoo.tests import BaseCase, tagged

from .throwaway import ThrowawayDatabase


@tagged("post_install", "-at_install")
class TestTwoAtOnce(ThrowawayDatabase, BaseCase):
    def test_the_second_is_stopped_and_sees_the_firsts_result(self):
        """PostgreSQL reports a serialization failure, upon which Odoo runs the request again.

        Of two runs that compute the same period one meets the index of live statements.
        """
        told = json.loads(self.run_script("two_at_once", "main").splitlines()[-1])
        self.assertEqual(
            told,
            {
                "a rate, then the seal": "SerializationFailure",
                "a line, then the seal": "SerializationFailure",
                "the seal, then a rate": "SerializationFailure",
                "computing twice": "UniqueViolation",
                "approving twice": "SerializationFailure",
                "the last two documents": "SerializationFailure",
                "correcting twice": "SerializationFailure",
                "reversing what is being corrected": "SerializationFailure",
                "two returns": "SerializationFailure",
                "replenishing twice": "SerializationFailure",
                "territories that cross": "SerializationFailure",
                "selling while others count": "",
                "the analysis after it": True,
                "counting twice": "SerializationFailure",
                "the analysis at last": True,
            },
        )
