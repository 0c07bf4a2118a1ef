from . import channel_sealed_mixin
from . import channel_workflow_mixin, channel_chain_mixin, channel_token_mixin
from . import channel_key_event, channel_key_status
from . import ir_default
from . import res_company, res_company_copy_owners, res_company_price_limits
from . import res_config_settings, res_config_settings_copy_owners
from . import res_config_settings_price_limits
from . import res_config_settings_target
from . import res_company_accrual, res_config_settings_accrual
from . import res_company_documents, res_config_settings_documents
from . import channel_holder_log, channel_holder_log_confirm, channel_holder_log_message
from . import channel_holder_log_account, channel_holder_log_check
from . import res_config_settings_key
from . import res_groups, res_users
from . import res_groups_holders, res_users_holders, res_partner_holders, res_users_apikeys
from . import res_partner, res_partner_dealer, res_partner_payment, res_partner_sales
from . import channel_territory, channel_territory_area, channel_territory_assignment
from . import channel_territory_dealer, channel_territory_finding, res_partner_territory
from . import channel_dealer_assignment
from . import res_company_year, res_company_target
from . import res_company_incidents, res_config_settings_incidents
from . import channel_period, channel_period_corrections, channel_period_penalties
from . import channel_period_year
from . import channel_period_check, channel_period_changes, channel_period_activity
from . import channel_agreement, channel_agreement_line, channel_agreement_sealing
from . import channel_agreement_checking, channel_agreement_signing, channel_agreement_revealing
from . import channel_rate, channel_rate_unsealing, channel_rate_grid, channel_rate_look
from . import channel_agreement_looks
from . import channel_rate_key
from . import channel_rate_tiers, channel_rate_example, channel_rate_sheet
from . import channel_rate_input
from . import channel_agreement_basis, channel_agreement_version, channel_agreement_dealer
from . import channel_agreement_lost, channel_agreement_forgotten
from . import channel_seal, channel_seal_check, channel_agreement_register
from . import channel_agreement_paper, channel_agreement_late, channel_agreement_copy
from . import channel_rate_copy, ir_attachment
from . import channel_ledger, channel_ledger_sales, channel_ledger_bases, channel_ledger_currency
from . import channel_ledger_analyses, channel_ledger_totals, channel_ledger_left
from . import channel_sales_total, channel_sales_total_marking
from . import channel_ledger_corrections, channel_ledger_digest, channel_ledger_penalties
from . import channel_ledger_counting, channel_ledger_sell_in, channel_ledger_returns
from . import channel_ledger_packing, channel_ledger_plain, channel_ledger_supply
from . import channel_ledger_sell_out, channel_ledger_available, channel_ledger_statements
from . import channel_ledger_lines
from . import channel_opening
from . import channel_settlement, channel_settlement_run, channel_settlement_sales
from . import channel_settlement_supplementary, channel_settlement_penalties
from . import channel_statement, channel_statement_amounts, channel_statement_reveal
from . import channel_statement_documents
from . import channel_statement_corrections, channel_statement_proof, channel_settlement_proof
from . import channel_statement_document_values, channel_statement_document_taxes
from . import channel_statement_payment_entry, channel_statement_payment
from . import channel_statement_line, channel_statement_line_plain
from . import channel_statement_line_example
from . import product_pricelist_item, product_pricelist, product_template
from . import channel_accrual, channel_accrual_run, channel_period_accrual
from . import channel_settlement_accrual, channel_statement_accrual, channel_statement_imagined
from . import channel_statement_dealer, channel_statement_line_lists
from . import channel_settlement_workbench, channel_settlement_preview, channel_statement_preview
from . import channel_penalty, channel_penalty_rule, channel_penalty_settling
from . import channel_penalty_harmed, channel_statement_penalty_mixin
from . import channel_statement_penalty, channel_statement_penalties
from . import channel_statement_compensation, channel_statement_compensations
from . import channel_statement_document_penalties
from . import channel_settlement_export, channel_statement_export, channel_statement_line_export
from . import channel_statement_pack, channel_statement_sale, channel_statement_sales
from . import channel_statement_sale_export
from . import sale_order, sale_order_line, sale_order_line_amounts
from . import sale_order_replenishment, sale_order_return, sale_order_line_return
from . import sale_order_line_price_scope, sale_order_line_price_limits
from . import sale_order_line_channel_floor
from . import sale_order_price_limits, sale_order_price_pass
from . import sale_order_payment, sale_order_portal
from . import sale_order_five_part, sale_order_copy_owners
from . import res_partner_channel_stock, res_partner_credit
from . import res_partner_rebate
from . import crm_team, utm_campaign
from . import account_tax, account_tax_exact_base
from . import account_move, account_move_line, account_move_channel_sales
from . import account_move_channel_document, account_move_channel_drafting
from . import account_move_channel_numbers, account_move_channel_reversal
from . import account_move_channel_telling, account_move_channel_values
from . import account_move_accrual, account_move_line_accrual, account_move_readers
from . import account_payment, account_payment_form, payment_transaction
from . import account_move_changes, account_partial_reconcile, sale_order_changes
from . import channel_agreement_changes, channel_settlement_changes, channel_opening_changes
from . import channel_passphrase_pair, channel_passphrase, channel_passphrase_step
from . import channel_passphrase_forgotten
from . import channel_rate_lock, channel_agreement_passphrase, channel_settlement_passphrase
from . import channel_statement_passphrase, channel_statement_line_passphrase
from . import channel_accrual_passphrase
from . import channel_statement_queue, channel_settlement_queue, channel_settlement_worker
from . import res_company_document_queue, res_config_settings_document_queue
from . import channel_incident_type, channel_incident, channel_incident_reporting
from . import channel_incident_deciding, channel_incident_appeal, channel_incident_penalty
from . import channel_incident_harmed, channel_incident_telling, channel_penalty_incident
from . import res_partner_incidents, sale_order_incidents
from . import channel_scorecard_criterion, channel_scorecard, channel_scorecard_line
from . import channel_scorecard_criteria, channel_scorecard_review, channel_scorecard_activity
from . import channel_scorecard_facts, channel_scorecard_proposal, channel_scorecard_line_proposal
from . import channel_ledger_scorecards
from . import res_company_scorecard, res_config_settings_scorecard, res_partner_scorecard
from . import channel_incident_detection, channel_incident_diversion
from . import channel_incident_undercutting, sale_order_detection
from . import channel_settlement_year, channel_settlement_annual, channel_settlement_annual_changes
from . import channel_statement_annual, channel_statement_annual_reckoning
from . import channel_statement_document_annual
from . import channel_ledger_annual_basis, channel_ledger_annual
from . import channel_scorecard_annual, res_config_settings_annual
