// Turns the times of a page, written in UTC by the server, into the reader's own, in words; again when a part of the
// page was replaced, and now and then since "3 minutes ago" does not stay true.
"use strict";

(() => {
    document.documentElement.classList.add("js");

    // The language of the pages; the zone is the reader's.
    const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
    const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
    const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });
    const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

    function words(date, now) {
        const seconds = (now - date) / 1000;
        if (Math.abs(seconds) < 45) return "just now";
        if (seconds > 0 && seconds < 3600) return relative.format(-Math.max(1, Math.round(seconds / 60)), "minute");
        const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
        const days = Math.round((midnight - new Date(date.getFullYear(), date.getMonth(), date.getDate())) / 86400000);
        if (days === 0) return `today, ${clock.format(date)}`;
        if (days === 1) return `yesterday, ${clock.format(date)}`;
        return `${day.format(date)}, ${clock.format(date)}`;
    }

    function localise(root) {
        const now = new Date();
        for (const element of root.querySelectorAll("time[datetime]")) {
            const date = new Date(element.dateTime);
            if (Number.isNaN(date.getTime())) continue;
            element.textContent = words(date, now);
            element.title = full.format(date);
        }
    }

    localise(document);
    document.addEventListener("gas:updated", () => localise(document));
    setInterval(() => localise(document), 30000);
})();
