from odoo.tests import tagged
from .test_document_queries import TestQueries as Base
@tagged("post_install", "-at_install")
class TestBatchQ(Base):
    def test_values_of_documents(self):
        self.company.channel_rebate_post_documents = True
        statements = self.revealed(24)
        self.settlement._move_to("approved", allowed=("computed",))
        self.settlement._trusted().approved_by_id = self.users["keeper"]
        statements = statements.filtered("net_amount")
        print("NUM", len(statements))
        statements._queue_documents()
        Settlement = self.env["channel.settlement"]
        for size in (4, 10, 20, 4, 10, 20):
            counts = []
            with self.counted(counts):
                got = Settlement._work_at_documents(size)
                self.env.flush_all()
            print("COUNT", size, got, counts)
