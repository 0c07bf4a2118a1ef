"""The glue add-ons in other languages."""

from odoo.tests import TransactionCase, tagged

from ..translation_files import TranslationFiles
from .test_stock import StockCase


@tagged("post_install", "-at_install")
class TestStockTranslationFiles(TranslationFiles, TransactionCase):
    module = "channel_rebate_stock"


@tagged("post_install", "-at_install")
class TestLoyaltyTranslationFiles(TranslationFiles, TransactionCase):
    module = "channel_rebate_loyalty"


@tagged("post_install", "-at_install")
class TestPosTranslationFiles(TranslationFiles, TransactionCase):
    module = "channel_rebate_pos"


@tagged("post_install", "-at_install")
class TestCrmTranslationFiles(TranslationFiles, TransactionCase):
    module = "channel_rebate_crm"


@tagged("post_install", "-at_install")
class TestChineseMessages(StockCase):
    def test_messages(self):
        sell_out, sell_in = (
            self.make_order(partner, {"crate": 1}) for partner in (self.sub, self.dealer)
        )
        answer = sell_out.with_context(lang="zh_CN")._try_apply_code("X")
        self.assertRegex(answer["error"], f"^{sell_out.name} 是分销订单")
        picking = sell_in.picking_ids.with_context(lang="zh_CN")
        with self.refused(f"不能归属于 {sell_out.name}"):
            picking.sale_id = sell_out
        till = self.env["pos.config"]
        with self.refused(f"^{sell_out.name} 是Sub的分销订单"):
            sell_out.with_context(lang="zh_CN").load_sale_order_from_pos(till.id)
