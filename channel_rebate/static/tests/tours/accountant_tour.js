import { registry } from "@web/core/registry";
import { openApp, openMenu, patient, row, status } from "./flow_steps";

const openCreditNotes = openMenu(
    "account.menu_finance_receivables",
    "account.menu_action_move_out_refund_type"
);

const confirmingOne = [
    {
        content: "open dealer A's draft",
        trigger: `${row("Dealer A", "Draft")} td[name=name]`,
        run: "click",
    },
    {
        content: "it tells where it comes from",
        trigger: ".o_field_widget[name=channel_statement_id]:contains(Dealer A)",
    },
    { content: "confirm", trigger: "button[name=action_post]:enabled", run: "click" },
    { content: "it is posted", trigger: status("Posted") },
];

const confirmingTheRest = [
    ...openCreditNotes,
    // The list first shows what it remembers; when the answer comes, a selection is lost.
    { content: "the list is up to date", trigger: row("Dealer A", "Posted") },
    { content: "two drafts are left", trigger: row("Sub S", "Draft") },
    {
        content: "select dealer B's",
        trigger: `${row("Dealer B")} .o_list_record_selector input`,
        run: "click",
    },
    {
        content: "and the sub-distributor's",
        trigger: `${row("Sub S")} .o_list_record_selector input`,
        run: "click",
    },
    { content: "both are selected", trigger: ".o_selection_box:contains(2)" },
    { content: "actions", trigger: ".o_cp_action_menus button:contains(Actions)", run: "click" },
    {
        content: "confirm them",
        trigger: ".o-dropdown-item:contains(Confirm Entries)",
        run: "click",
    },
    { content: "nothing is left", trigger: ".o_list_view:not(:has(.o_data_row:contains(Draft)))" },
];

registry.category("web_tour.tours").add("channel_flow_accountant", {
    steps: () =>
        patient([
            ...openApp("account.menu_finance"),
            ...openCreditNotes,
            ...confirmingOne,
            ...confirmingTheRest,
        ]),
});
