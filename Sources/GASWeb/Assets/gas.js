// Turns the times of a page, written in UTC by the server, into the reader's own: a list says "3 minutes ago, 14:03",
// a page about one thing the day and the second. Again when a part of the page was replaced, and now and then since
// "3 minutes ago" does not stay true.
"use strict";

(() => {
    document.documentElement.classList.add("js");

    // The language of the pages; the zone is the reader's.
    const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
    const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
    const second = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });
    const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

    // "3 minutes ago", for the last hour; else nothing.
    function ago(date, now) {
        const seconds = (now - date) / 1000;
        if (Math.abs(seconds) < 45) return "just now";
        if (seconds < 0 || seconds >= 3600) return "";
        return relative.format(-Math.max(1, Math.round(seconds / 60)), "minute");
    }

    function exact(date, phrase) {
        const text = `${day.format(date)}, ${second.format(date)}`;
        return phrase ? `${text} (${phrase})` : text;
    }

    function words(date, now) {
        const phrase = ago(date, now);
        if (phrase) return `${phrase}, ${clock.format(date)}`;
        const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
        const days = Math.round((midnight - new Date(date.getFullYear(), date.getMonth(), date.getDate())) / 86400000);
        if (days === 0) return `today, ${clock.format(date)}`;
        if (days === 1) return `yesterday, ${clock.format(date)}`;
        return `${day.format(date)}, ${clock.format(date)}`;
    }

    // For what will be: "14:05" today, else with the day.
    function until(date, now) {
        return date.toDateString() === now.toDateString() ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
    }

    function written(date, form, now) {
        switch (form) {
            case "exact": return exact(date, "");
            case "exact-ago": return exact(date, ago(date, now));
            case "until": return until(date, now);
            default: return words(date, now);
        }
    }

    function localise(root) {
        const now = new Date();
        for (const element of root.querySelectorAll("time[datetime]")) {
            const date = new Date(element.dateTime);
            if (Number.isNaN(date.getTime())) continue;
            element.textContent = written(date, element.dataset.form, now);
            element.title = full.format(date);
        }
    }

    // A page that says that it goes on by itself: the button is for browsers without scripts.
    document.querySelector("form[data-submit-at-once]")?.requestSubmit();

    localise(document);
    document.addEventListener("gas:updated", () => localise(document));
    setInterval(() => localise(document), 30000);
})();
