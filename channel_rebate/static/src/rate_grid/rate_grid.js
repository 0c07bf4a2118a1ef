import { Component, markRaw, onWillStart, useRef, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { usePager } from "@web/search/pager_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { averageRates, formatRate, parseBlock, parseRate } from "./rate_text";

const PAGE_ROWS = 40;
// Where a key moves to, as [rows, columns].
const STEPS = {
    Enter: [1, 0],
    ArrowDown: [1, 0],
    ArrowUp: [-1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
};

/**
 * Agreements down, what they cover across, and a rate where they meet.
 *
 * Rates are on this page and on the server and nowhere else: not in the URL, not in a storage of
 * the browser, not in its console, and not in the state that the breadcrumb restores.
 */
export class RateGrid extends Component {
    static template = "channel_rebate.RateGrid";
    static components = { Dropdown, DropdownItem, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.tableRef = useRef("table");
        this.roles = [
            { value: "dealer", label: _t("Dealers") },
            { value: "sub_distributor", label: _t("Sub-distributors") },
        ];
        const { periodId = false, role = "dealer", search = "", offset = 0 } = this.props.state || {};
        this.query = useState({ periodId, role, search, offset });
        this.grid = useState({ rows: [], columns: [], periods: [], total: 0, canEdit: false });
        this.status = useState({ saving: false });
        usePager(() => ({
            offset: this.query.offset,
            limit: PAGE_ROWS,
            total: this.grid.total,
            isEditable: false,
            onUpdate: ({ offset }) => this.open({ offset }),
        }));
        useSetupAction({
            beforeLeave: ({ forceLeave } = {}) => forceLeave || this.settleChanges(),
            beforeUnload: (ev) => this.onBeforeUnload(ev),
            getLocalState: () => ({ ...this.query }),
        });
        onWillStart(() => this.load());
    }

    // --- What is shown ---

    get period() {
        return this.grid.periods.find((period) => period.id === this.query.periodId);
    }

    get cells() {
        return this.grid.rows.flatMap((row) => Object.values(row.cells));
    }

    get changedCells() {
        return this.cells.filter((cell) => this.isChanged(cell));
    }

    get invalidCells() {
        return this.cells.filter((cell) => this.isInvalid(cell));
    }

    isChanged(cell) {
        return !Object.is(cell.value, cell.saved);
    }

    /** A rate that was entered can be changed, 0 included, but not taken back. */
    isInvalid(cell) {
        return Number.isNaN(cell.value) || (cell.value === null && cell.saved !== null);
    }

    columnCells(column) {
        return this.grid.rows.flatMap((row) => row.cells[column.key] || []);
    }

    averages(cells) {
        return averageRates(cells);
    }

    missingCount(cells) {
        return cells.filter((cell) => !(cell.has_tiers || cell.is_locked || cell.is_lost ? cell.is_entered : cell.value !== null)).length;
    }

    suffix(measure) {
        return measure === "amount" ? "%" : _t("/unit");
    }

    details({ ref, dealer, territory }) {
        return [ref, dealer, territory].filter(Boolean).join(" · ");
    }

    statusText(changed, invalid) {
        return invalid ? _t("%s to correct", invalid) : _t("%s unsaved", changed);
    }

    cellTitle(row, column) {
        return `${row.name} · ${column.name}`;
    }

    // --- Loading and saving ---

    async load() {
        const { periodId, role, search, offset } = this.query;
        const data = await this.keepLast.add(
            this.orm.call("channel.rate", "get_grid", [periodId, role, search, offset, PAGE_ROWS])
        );
        for (const cell of data.rows.flatMap((row) => Object.values(row.cells))) {
            cell.saved = cell.value === null ? null : Number(cell.value);
            this.resetCell(cell);
        }
        Object.assign(this.query, { periodId: data.period_id, offset: data.offset });
        const { rows, columns, periods, total, can_edit: canEdit } = data;
        // Raw, for speed: a page has thousands of cells. What changes one renders the grid itself.
        Object.assign(this.grid, { rows: markRaw(rows), columns, periods, total, canEdit });
    }

    /** Show another page, period, role or search, unless the user stays with his changes. */
    async open(query) {
        if (await this.settleChanges()) {
            Object.assign(this.query, { offset: 0, ...query });
            await this.load();
        } else {
            this.render(); // the search box says again what is shown
        }
    }

    /** Send what was changed; the server takes all or nothing. Return whether it did. */
    async store() {
        if (this.invalidCells.length) {
            this.notification.add(_t("Correct the rates marked in red first."), { type: "danger" });
            this.tableRef.el.querySelector(".o_rate_invalid input").focus();
            return false;
        }
        const changes = this.changedCells.map((cell) => [cell.id, String(cell.value)]);
        this.status.saving = true;
        try {
            await this.orm.call("channel.rate", "save_grid", [changes]);
        } finally {
            this.status.saving = false;
        }
        return true;
    }

    async save() {
        if (await this.store()) {
            await this.load();
        }
    }

    discard() {
        this.changedCells.forEach((cell) => this.resetCell(cell));
        this.render();
    }

    /** Ask what to do with unsaved changes. Return whether the page may be left. */
    async settleChanges() {
        if (!this.changedCells.length) {
            return true;
        }
        return new Promise((resolve, reject) => {
            this.dialog.add(ConfirmationDialog, {
                title: _t("Unsaved changes"),
                body: _t("Some rates were changed and are not saved yet."),
                confirmLabel: _t("Save"),
                confirm: () => this.store().then(resolve, reject),
                cancelLabel: _t("Discard"),
                cancel: () => {
                    this.discard();
                    resolve(true);
                },
                dismiss: () => resolve(false),
            });
        });
    }

    onBeforeUnload(ev) {
        if (this.changedCells.length) {
            ev.preventDefault();
            ev.returnValue = "Unsaved changes";
        }
    }

    // --- Cells ---

    resetCell(cell) {
        cell.value = cell.saved;
        cell.text = formatRate(cell.saved);
    }

    /** Take a text into a cell, as it was typed. */
    enterText(cell, text) {
        cell.text = text;
        cell.value = parseRate(text, cell.measure);
    }

    /** Write a rate in a cell the way that it will be shown once saved. */
    tidyText(cell) {
        if (!Number.isNaN(cell.value)) {
            cell.text = formatRate(cell.value);
        }
    }

    editableCell(row, column) {
        const line = this.grid.rows[row];
        const cell = line?.can_edit ? line.cells[this.grid.columns[column]?.key] : undefined;
        return cell?.has_tiers ? undefined : cell;
    }

    /** Return the place of an event's cell, and the cell; nothing if it is not on an input. */
    locate(ev) {
        if (!ev.target.matches("input[data-row]")) {
            return null;
        }
        const row = Number(ev.target.dataset.row);
        const column = Number(ev.target.dataset.column);
        return { row, column, cell: this.editableCell(row, column) };
    }

    /** Move the focus to the next cell in a direction that can be edited. */
    moveFocus({ row, column }, [rows, columns]) {
        do {
            row += rows;
            column += columns;
        } while (this.grid.rows[row] && this.grid.columns[column] && !this.editableCell(row, column));
        const selector = `input[data-row="${row}"][data-column="${column}"]`;
        this.tableRef.el.querySelector(selector)?.focus();
    }

    onFocusin(ev) {
        if (this.locate(ev)) {
            ev.target.select();
        }
    }

    onInput(ev) {
        this.enterText(this.locate(ev).cell, ev.target.value);
        this.render();
    }

    onChange(ev) {
        this.tidyText(this.locate(ev).cell);
        this.render();
    }

    onKeydown(ev) {
        const place = this.locate(ev);
        if (!place || ev.isComposing || ev.ctrlKey || ev.altKey || ev.metaKey) {
            return;
        }
        if (ev.key === "Escape") {
            this.resetCell(place.cell);
            this.render();
        } else if (ev.key === "Enter" && ev.shiftKey) {
            this.moveFocus(place, STEPS.ArrowUp);
        } else if (ev.key in STEPS && !ev.shiftKey && this.leavesInput(ev)) {
            this.moveFocus(place, STEPS[ev.key]);
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }

    /** Left and right move within the text until its end, unless all of it is selected. */
    leavesInput({ key, target }) {
        const { selectionStart: start, selectionEnd: end, value } = target;
        const isAllSelected = start === 0 && end === value.length;
        if (key === "ArrowLeft") {
            return isAllSelected || end === 0;
        }
        return key !== "ArrowRight" || isAllSelected || start === value.length;
    }

    /** Fill cells with a block; a single value is left to the browser, which puts it at the caret. */
    onPaste(ev) {
        const place = this.locate(ev);
        const block = parseBlock(ev.clipboardData.getData("text/plain"));
        if (!place || (block.length === 1 && block[0].length === 1)) {
            return;
        }
        ev.preventDefault();
        let skipped = 0;
        for (const [i, texts] of block.entries()) {
            for (const [j, text] of texts.entries()) {
                const cell = this.editableCell(place.row + i, place.column + j);
                if (cell && text) {
                    this.enterText(cell, text);
                    this.tidyText(cell);
                } else if (text) {
                    skipped++;
                }
            }
        }
        this.render();
        if (skipped) {
            this.notification.add(
                _t("%s pasted values fell outside of the cells that can be edited.", skipped),
                { type: "warning" }
            );
        }
    }

    // --- Toolbar and links ---

    onSearch(ev) {
        const search = ev.target.value.trim();
        if (search !== this.query.search) {
            this.open({ search });
        }
    }

    openImport() {
        this.openForPeriod("channel_rebate.channel_rate_import_action");
    }

    openCreate() {
        this.openForPeriod("channel_rebate.channel_agreement_create_action");
    }

    openForPeriod(action) {
        this.action.doAction(action, {
            additionalContext: { default_period_id: this.query.periodId },
            onClose: () => this.load(),
        });
    }

    async openList() {
        const ids = this.grid.rows.map((row) => row.id);
        const action = await this.orm.call("channel.agreement", "action_open_rates", [ids]);
        await this.action.doAction(action);
    }

    /** A rate with tiers does not fit in a cell: it has a form of its own. */
    openTiers(cell) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "channel.rate",
            res_id: cell.id,
            views: [[false, "form"]],
        });
    }

    openAgreement(row) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "channel.agreement",
            res_id: row.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("channel_rebate.rate_grid", RateGrid);
