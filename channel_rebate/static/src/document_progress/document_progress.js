import { Component, onWillDestroy, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const INTERVAL = 2000;
// How many times the server is left alone after it could not answer.
const PAUSE = 10;

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
        this.progress = useState({ total: 0, made: 0, posted: 0, failed: 0, is_over: false });
        this.isAsking = false;
        this.pause = 0;
        onWillStart(() => this.ask(this.props.record.resId));
        onWillUpdateProps(async ({ record }) => {
            if (record.resId !== this.props.record.resId) {
                await this.ask(record.resId);
            }
        });
        this.timer = browser.setInterval(() => this.tick(), INTERVAL);
        onWillDestroy(() => browser.clearInterval(this.timer));
    }

    async tick() {
        if (document.hidden || this.isAsking || this.progress.is_over || this.pause-- > 0) {
            return;
        }
        const { record } = this.props;
        this.isAsking = true;
        try {
            await this.ask(record.resId);
            // What somebody is just changing is not read again under his hands.
            if (this.progress.is_over && !(await record.isDirty())) {
                await record.load();
            }
        } catch {
            // The server may be starting again just now, and the documents go on with it.
            this.pause = PAUSE;
        } finally {
            this.isAsking = false;
        }
    }

    async ask(resId) {
        if (!resId) {
            return;
        }
        const { silent } = this.orm;
        const method = "get_document_progress";
        Object.assign(this.progress, await silent.call("channel.settlement", method, [resId]));
    }

    get percent() {
        const { total, made, posted, is_posting: isPosting } = this.progress;
        const done = isPosting ? (made + posted) / 2 : made;
        return total ? Math.round((100 * done) / total) : 0;
    }

    get text() {
        const { total, made, posted, failed } = this.progress;
        const texts = [
            _t("%(made)s of %(total)s made", {
                made: formatInteger(made),
                total: formatInteger(total),
            }),
        ];
        if (posted) {
            texts.push(_t("%s posted", formatInteger(posted)));
        }
        if (failed) {
            texts.push(_t("%s failed", formatInteger(failed)));
        }
        return texts.join(" · ");
    }
}

registry.category("view_widgets").add("channel_document_progress", {
    component: DocumentProgress,
});
