import { Component, onWillDestroy, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const INTERVAL = 2000;

/**
 * How far the documents of a settlement are that are made in the background.
 *
 * Asks as long as something is being made and somebody can see it, and has the form read again when
 * that is over.
 */
export class DocumentProgress extends Component {
    static template = "channel_rebate.DocumentProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.progress = useState({ total: 0, made: 0, posted: 0, failed: 0, waiting: 0 });
        onWillStart(() => this.ask(this.props.record.resId));
        onWillUpdateProps(({ record }) => {
            if (record.resId !== this.props.record.resId) {
                return this.ask(record.resId);
            }
        });
        this.timer = browser.setInterval(() => this.tick(), INTERVAL);
        onWillDestroy(() => browser.clearInterval(this.timer));
    }

    async tick() {
        const { record } = this.props;
        // What somebody is just changing is not read again under his hands.
        if (!record.resId || document.hidden || this.isAsking || this.progress.is_over) {
            return;
        }
        this.isAsking = true;
        try {
            await this.ask(record.resId);
            if (this.progress.is_over && !(await record.isDirty())) {
                await record.load();
            }
        } finally {
            this.isAsking = false;
        }
    }

    async ask(resId) {
        if (resId) {
            const args = [resId];
            const silent = this.orm.silent;
            Object.assign(
                this.progress,
                await silent.call("channel.settlement", "get_document_progress", args)
            );
        }
    }

    get percent() {
        const { total, made, posted } = this.progress;
        return total ? Math.round((50 * (made + posted)) / total) : 0;
    }

    get text() {
        const { total, made, posted, failed } = this.progress;
        const texts = [_t("%s of %s made", formatInteger(made), formatInteger(total))];
        if (posted) {
            texts.push(_t("%s posted", formatInteger(posted)));
        }
        if (failed) {
            texts.push(_t("%s failed", formatInteger(failed)));
        }
        return texts.join(", ");
    }
}

registry.category("view_widgets").add("channel_document_progress", {
    component: DocumentProgress,
});
