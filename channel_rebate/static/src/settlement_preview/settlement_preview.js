import { Component, markRaw, useRef, useState } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { usePager } from "@web/search/pager_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { PassphrasePrompt } from "../passphrase/passphrase_prompt";

const PAGE_ROWS = 80;

/**
 * What a settlement would give today, or what a computed one comes to, written down nowhere.
 *
 * Amounts are on this page and nowhere else: not in the URL, not in a storage of the browser, and
 * not in the state that the breadcrumb restores. A passphrase goes into one call, and is kept
 * neither here nor there.
 */
export class SettlementPreview extends Component {
    static template = "channel_rebate.SettlementPreview";
    static components = { Dropdown, DropdownItem, Layout, PassphrasePrompt };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.tableRef = useRef("table");
        useAutofocus({ refName: "search" });
        this.columns = [
            { name: "base", label: _t("Base") },
            { name: "gross", label: _t("Gross") },
            { name: "passed_on", label: _t("Passed on") },
            { name: "penalty", label: _t("Penalty") },
            { name: "compensation", label: _t("Compensation") },
            { name: "carried_in", label: _t("Carried in") },
            { name: "net", label: _t("Net") },
            { name: "carried_out", label: _t("Carried out") },
        ];
        this.roles = { dealer: _t("All dealers"), sub_distributor: _t("All sub-distributors") };
        const { periodId = false, search = "" } = this.props.state || {};
        this.query = useState({ periodId, search, offset: 0 });
        this.data = useState({ rows: [], totals: [], periods: [], notSigned: 0, settled: 0 });
        this.status = useState({ loading: true, error: "", locked: false });
        this.settlementId = this.props.action.params?.settlement_id;
        this.passphraseLabels = [_t("Passphrase")];
        this.showLabel = _t("Show Amounts");
        usePager(() => ({
            offset: this.query.offset,
            limit: PAGE_ROWS,
            total: this.status.loading ? 0 : this.foundRows.length,
            isEditable: false,
            onUpdate: ({ offset }) => Object.assign(this.query, { offset }),
        }));
        useSetupAction({
            getLocalState: () => ({ periodId: this.query.periodId, search: this.query.search }),
        });
        this.load(); // not waited for: the page says meanwhile that it computes
    }

    // --- What is shown ---

    get period() {
        return this.data.periods.find((period) => period.id === this.query.periodId);
    }

    /** Return the rows whose partner or dealer has the name or reference that is looked for. */
    get foundRows() {
        const wanted = this.query.search.toLowerCase();
        const has = (text) => text.toLowerCase().includes(wanted);
        return this.data.rows.filter((row) =>
            [row.name, row.ref, row.dealer, row.dealer_ref].some(has)
        );
    }

    get rows() {
        return this.foundRows.slice(this.query.offset, this.query.offset + PAGE_ROWS);
    }

    /** Return what is paid out, over dealers and sub-distributors, in each currency. */
    get payouts() {
        const sums = new Map();
        for (const { currency_id: currencyId, net } of this.data.totals) {
            sums.set(currencyId, (sums.get(currencyId) || 0) + net);
        }
        return [...sums].map(([currencyId, net]) => this.money(net, currencyId)).join(" · ");
    }

    get leftOut() {
        const { notSigned, settled } = this.data;
        const texts = [
            notSigned && _t("Not signed, so not counted: %s", notSigned),
            settled && _t("Settled already: %s", settled),
        ];
        return texts.filter(Boolean).join(" · ");
    }

    money(amount, currencyId) {
        return formatCurrency(amount, currencyId);
    }

    /** Return an amount of a row as text; what is zero, save base and net, is left blank. */
    cellText(row, { name }) {
        const isShown = row[name] || name === "base" || name === "net";
        return isShown ? this.money(row[name], row.currency_id) : "";
    }

    // --- Loading ---

    async load() {
        Object.assign(this.status, { loading: true, error: "" });
        try {
            this.show(await this.keepLast.add(this.fetch("")));
        } catch (error) {
            if (!(error instanceof RPCError)) {
                throw error;
            }
            Object.assign(this.data, { rows: [], totals: [] });
            this.status.error = error.data?.message || error.message;
        } finally {
            this.status.loading = false;
        }
    }

    fetch(passphrase) {
        const [method, id] = this.settlementId
            ? ["get_amounts", this.settlementId]
            : ["get_preview", this.query.periodId];
        return this.orm.call("channel.settlement", method, [id, passphrase]);
    }

    show({ rows, totals, periods, period_id: periodId, is_locked: locked, ...counts }) {
        const { not_signed: notSigned, settled } = counts;
        Object.assign(this.data, { rows: markRaw(rows), totals, periods, notSigned, settled });
        Object.assign(this.query, { periodId, offset: 0 });
        this.status.locked = locked;
    }

    /** Take what was typed into one call; an error shows beside the field. */
    async unlock(passphrase) {
        this.show(await this.keepLast.add(this.fetch(passphrase)));
    }

    open(periodId) {
        Object.assign(this.query, { periodId, offset: 0 });
        return this.load();
    }

    // --- Searching and moving ---

    onSearch(ev) {
        Object.assign(this.query, { search: ev.target.value.trim(), offset: 0 });
    }

    onSearchKeydown(ev) {
        if (ev.key === "ArrowDown") {
            ev.preventDefault();
            this.tableRef.el?.querySelector("tbody tr")?.focus();
        } else if (ev.key === "Escape" && this.query.search) {
            ev.stopPropagation();
            Object.assign(this.query, { search: "", offset: 0 });
        }
    }

    onRowKeydown(ev, row) {
        const { target } = ev;
        if (ev.key === "Enter") {
            this.openPartner(row);
        } else if (ev.key === "ArrowDown") {
            target.nextElementSibling?.focus();
        } else if (ev.key === "ArrowUp") {
            const above = target.previousElementSibling;
            (above || document.querySelector(".o_settlement_preview_search")).focus();
        } else {
            return;
        }
        ev.preventDefault();
    }

    openPartner(row) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: row.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("channel_rebate.settlement_preview", SettlementPreview);
