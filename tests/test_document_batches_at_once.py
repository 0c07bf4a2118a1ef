import json

from odoo.tests import BaseCase, tagged

from .throwaway import ThrowawayDatabase

MADE, POSTED = ["draft", "post"], ["posted", ""]


@tagged("post_install", "-at_install")
class TestBatchesAtOnce(ThrowawayDatabase, BaseCase):
    def test_nothing_is_done_twice_and_nothing_forgotten(self):
        """Whoever has not seen what another did is stopped, and run again by Odoo or the worker."""
        told = json.loads(self.run_script("batches_at_once", "main").splitlines()[-1])
        self.assertEqual(
            told,
            {
                "claims": [2, 1],
                "both make": [[1, 1], [["", "create"], MADE, MADE]],
                "one posts, one makes": [[1, 1], [MADE, MADE, POSTED]],
                "one posts, one has nothing to do": [[1, 0], [MADE, POSTED, POSTED]],
                "an accountant posts the last": "SerializationFailure",
                "then": "done",
                "a worker was at it": "SerializationFailure",
                "a worker comes too late": "SerializationFailure",
                "posted while it is finished": "SerializationFailure",
                "then posted": "",
                "and": "done",
            },
        )
