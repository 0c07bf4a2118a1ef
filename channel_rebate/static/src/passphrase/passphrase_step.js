import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { PassphrasePrompt } from "./passphrase_prompt";

/** Asks for the passphrase that a button turned out to need, and takes the step again with it. */
export class PassphraseStep extends Component {
    static template = "channel_rebate.PassphraseStep";
    static components = { PassphrasePrompt };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.params = this.props.action.params;
        this.labels = [_t("Passphrase")];
        this.button = _t("Unlock and Continue");
    }

    async confirm(passphrase) {
        const { model, ids, method } = this.params;
        const args = [model, ids, method, passphrase];
        const next = await this.orm.call("channel.passphrase", "run_step", args);
        await this.action.doAction({ type: "ir.actions.act_window_close" });
        if (next) {
            await this.action.doAction(next);
        }
    }
}

registry.category("actions").add("channel_rebate.passphrase", PassphraseStep);
