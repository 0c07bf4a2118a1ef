import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

const progress = ".o_channel_document_progress";

function call(model, method, ...args) {
    return rpc(`/web/dataset/call_kw/${model}/${method}`, { model, method, args, kwargs: {} });
}

registry.category("web_tour.tours").add("channel_document_progress", {
    steps: () => [
        { content: "nothing yet", trigger: `${progress}:contains(0 of 3 made)` },
        {
            content: "let it rest",
            trigger: "button[name=action_pause_documents]",
            run: "click",
        },
        { content: "it rests", trigger: `${progress}:contains(paused)` },
        {
            content: "go on",
            trigger: "button[name=action_resume_documents]",
            run: "click",
        },
        {
            content: "what the scheduled action does meanwhile",
            trigger: `${progress}:contains(in the background):not(:contains(paused))`,
            async run() {
                const domain = [["code", "like", "_cron_create_documents"]];
                const [action] = await call("ir.cron", "search", domain);
                await call("ir.cron", "method_direct_trigger", [action]);
            },
        },
        { content: "it is over", trigger: `.o_form_view:not(:has(${progress}))` },
        {
            content: "one has failed",
            trigger: "button[name=action_open_failed_documents]:contains(1)",
            run: "click",
        },
        {
            content: "and why",
            trigger: ".o_list_view .o_data_row:contains(Dealer B):contains(is archived)",
        },
    ],
});
