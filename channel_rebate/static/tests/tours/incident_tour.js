import { registry } from "@web/core/registry";
import { CHANNEL, confirmDialog, openApp, openMenu, patient, row, status } from "./flow_steps";

const field = (name) => `.modal .o_field_widget[name=${name}]`;

/** The salesperson stands in a shop: the page is as small as his phone. */
const report = [
    {
        content: "the dealer is open",
        trigger: ".o_form_view .o_breadcrumb:contains(Dealer B), .o_form_view [name=name]",
    },
    { content: "actions", trigger: ".o_cp_action_menus button:has(.fa-cog)", run: "click" },
    {
        content: "report",
        trigger: ".o-dropdown-item:contains(Report Incident)",
        run: "click",
    },
    { content: "what", trigger: `${field("type_id")} label:contains(Diversion)`, run: "click" },
    { content: "how much", trigger: `${field("quantity")} input`, run: "edit 30" },
    { content: "where", trigger: `${field("place")} input`, run: "edit Market Street 1" },
    { content: "when", trigger: `${field("date")} :is(button, input)`, run: "click" },
    { content: "that day", trigger: `${field("date")} input`, run: "edit 02/15/2025 && press Enter" },
    {
        content: "what happened",
        trigger: `${field("description")} textarea`,
        run: "edit Thirty boxes with his lot number",
    },
    { content: "report", trigger: ".modal button[name=action_report]", run: "click" },
    { content: "it is reported", trigger: ".o_notification:contains(is reported)" },
];

registry.category("web_tour.tours").add("channel_incident_salesperson", {
    steps: () => patient(report),
});

const decide = [
    ...openMenu("channel_rebate.channel_incidents_menu", "channel_rebate.channel_incident_menu"),
    { content: "open it", trigger: `${row("Dealer B", "Diversion")} td[name=name]`, run: "click" },
    {
        content: "he reads what happened",
        trigger: ".o_form_view [name=description]:contains(Thirty boxes with his lot number)",
    },
    { content: "confirm", trigger: "button[name=action_confirm]:visible", run: "click" },
    confirmDialog("the partner is told"),
    { content: "it is confirmed", trigger: `.o_form_view ${status("Confirmed")}` },
];

registry.category("web_tour.tours").add("channel_incident_keeper", {
    steps: () => patient([...openApp(CHANNEL), ...decide]),
});

/** The days to appeal are over. */
const penalise = [
    ...openMenu("channel_rebate.channel_incidents_menu", "channel_rebate.channel_incident_menu"),
    { content: "open it", trigger: `${row("Dealer B", "Diversion")} td[name=name]`, run: "click" },
    { content: "penalise", trigger: "button[name=action_penalise].btn-primary:visible", run: "click" },
    { content: "20 percent are proposed", trigger: `${field("percent")} input:value(20.00)` },
    { content: "do it", trigger: ".modal footer button[name=action_penalise]", run: "click" },
    { content: "it is penalised", trigger: `.o_form_view ${status("Penalised")}` },
];

registry.category("web_tour.tours").add("channel_incident_keeper_penalises", {
    steps: () => patient([...openApp(CHANNEL), ...penalise]),
});

const SETTLEMENTS = openMenu(
    "channel_rebate.channel_settlements_menu",
    "channel_rebate.channel_settlement_menu"
);

const openStatements = {
    content: "open the statements",
    trigger: "button[name=action_open_statements]:contains(3)",
    run: "click",
};

/** The quarter of 3,228.50 is settled: 20 percent of it are 645.70. */
registry.category("web_tour.tours").add("channel_incident_officer", {
    steps: () =>
        patient([
            ...openApp(CHANNEL),
            ...SETTLEMENTS,
            { content: "new settlement", trigger: ".o_list_button_add", run: "click" },
            { content: "compute", trigger: "button[name=action_compute]", run: "click" },
            { content: "it is computed", trigger: status("Computed") },
            openStatements,
            {
                content: "the penalty is expected",
                trigger: `.o_list_view ${row("Dealer B", "645.70", "2,582.80")}`,
            },
        ]),
});

registry.category("web_tour.tours").add("channel_incident_keeper_approves", {
    steps: () =>
        patient([
            ...openApp(CHANNEL),
            ...SETTLEMENTS,
            {
                content: "open the settlement",
                trigger: `${row("Computed")} td[name=name]`,
                run: "click",
            },
            { content: "approve", trigger: "button[name=action_approve]", run: "click" },
            confirmDialog("from now on the amounts are known"),
            { content: "it is approved", trigger: status("Approved") },
            openStatements,
            {
                content: "the penalty was deducted",
                trigger: `.o_list_view ${row("Dealer B", "645.70", "2,582.80", "Approved")}`,
            },
        ]),
});
