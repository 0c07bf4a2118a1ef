import { registry } from "@web/core/registry";
import { CHANNEL, openApp, openMenu, patient, row, status } from "./flow_steps";

registry.category("web_tour.tours").add("channel_flow_officer", {
    steps: () =>
        patient([
            ...openApp(CHANNEL),
            ...openMenu(
                "channel_rebate.channel_settlements_menu",
                "channel_rebate.channel_settlement_menu"
            ),
            { content: "new settlement", trigger: ".o_list_button_add", run: "click" },
            {
                content: "the period that is over is proposed",
                trigger: ".o_field_widget[name=period_id] input:value(2025-Q1)",
            },
            { content: "compute", trigger: "button[name=action_compute]", run: "click" },
            { content: "it is computed", trigger: status("Computed") },
            {
                content: "open the three statements",
                trigger: "button[name=action_open_statements]:contains(3)",
                run: "click",
            },
            { content: "dealer A's net is expected", trigger: row("Dealer A", "2,645.06") },
            { content: "dealer B's too", trigger: row("Dealer B", "3,361.78") },
            { content: "and the sub-distributor's", trigger: row("Sub S", "676.09") },
            {
                content: "open dealer A's",
                trigger: `${row("Dealer A")} td[name=partner_id]`,
                run: "click",
            },
            {
                content: "the products' rebates add up",
                trigger: ".o_form_view [name=line_ids] tfoot td:contains(3,321.15)",
            },
        ]),
});
