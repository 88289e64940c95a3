// Keeps the region #live as it is on the server. The server's events say that something has changed; small changes
// are written into the page, for others the region is fetched anew. Nothing is connected while the page is hidden,
// since browsers allow few connections per site and a reader may have many tabs.
"use strict";

(() => {
    let source = null;
    let retry = 0;
    let isFetching = false;
    let isStale = false;

    const region = () => document.getElementById("live");

    function connect() {
        clearTimeout(retry);
        const feed = region()?.dataset.feed;
        if (!feed || document.hidden || source) return;
        source = new EventSource(feed);
        source.onmessage = (event) => take(JSON.parse(event.data));
        source.onerror = () => {
            if (source?.readyState !== EventSource.CLOSED) return;
            // Refused: the session may have ended, which fetching the page shows.
            disconnect();
            refresh();
            retry = setTimeout(connect, 1000 * Number(region()?.dataset.retry));
        };
    }

    function disconnect() {
        source?.close();
        source = null;
    }

    function take(state) {
        const live = region();
        if (state.version !== undefined) {
            if (state.version !== live.dataset.version) refresh();
        } else if (state.status !== live.dataset.status) {
            announce(`The annotation is now ${state.status.toLowerCase()}.`);
            refresh();
        } else if (state.result !== live.dataset.result) {
            refresh();
        } else {
            for (const element of live.querySelectorAll("[data-field]")) {
                const text = String(state[element.dataset.field] ?? "");
                if (element.textContent !== text) element.textContent = text;
            }
            const bar = live.querySelector("progress[data-progress]");
            if (bar) bar.value = state.percent;
        }
    }

    async function refresh() {
        if (isFetching) {
            isStale = true;
            return;
        }
        isFetching = true;
        try {
            const response = await fetch(location.href, { headers: { "Gas-Live": "1" } });
            if (response.redirected) return location.reload();
            if (response.ok) replace(await response.text());
        } catch {
            // The network is away; the next event or reconnection tries again.
        } finally {
            isFetching = false;
        }
        if (isStale) {
            isStale = false;
            refresh();
        }
    }

    function replace(html) {
        const next = new DOMParser().parseFromString(html, "text/html").getElementById("live");
        const old = region();
        if (!next || !old) return;
        const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
        const { feed, news } = old.dataset;
        const isPartial = replaceParts(old, next);
        if (!isPartial) old.replaceWith(document.adoptNode(next));
        if (focused) document.getElementById(focused)?.focus();
        document.dispatchEvent(new CustomEvent("gas:updated"));
        if (isPartial && next.dataset.news && next.dataset.news !== news) announce(next.dataset.news);
        if (next.dataset.feed !== feed) {
            disconnect();
            connect();
        }
    }

    // Of a job that is where it was only the parts that may have changed are replaced, so that its charts stand still.
    function replaceParts(old, next) {
        const parts = [...next.querySelectorAll("[data-part]")];
        if (parts.length === 0 || old.dataset.status !== next.dataset.status) return false;
        for (const part of parts) document.getElementById(part.id).replaceWith(document.adoptNode(part));
        for (const name of Object.keys(old.dataset)) delete old.dataset[name];
        Object.assign(old.dataset, next.dataset);
        return true;
    }

    function announce(text) {
        const status = document.getElementById("live-status");
        if (status) status.textContent = text;
    }

    document.addEventListener("gas:ended", refresh);
    document.addEventListener("visibilitychange", () => {
        if (document.hidden) disconnect();
        else connect();
    });
    connect();
})();
