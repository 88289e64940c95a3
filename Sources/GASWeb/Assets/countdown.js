// Counts down to the end of a download, "4:32", and asks for the page to be looked at again when it has come. The server
// says how many seconds are left, so a clock that is wrong here does no harm.
"use strict";

(() => {
    let shown = null;
    let end = 0;
    let timer = 0;

    const two = (number) => String(number).padStart(2, "0");

    function words(seconds) {
        const days = Math.floor(seconds / 86400);
        const hours = Math.floor(seconds / 3600) % 24;
        const minutes = Math.floor(seconds / 60) % 60;
        const clock = hours + days > 0 ? `${hours}:${two(minutes)}` : String(minutes);
        const text = `${clock}:${two(seconds % 60)}`;
        return days > 0 ? `${days} ${days === 1 ? "day" : "days"} ${text}` : text;
    }

    function tick() {
        const left = end - Date.now();
        shown.textContent = words(Math.max(0, Math.ceil(left / 1000)));
        if (left > 0) timer = setTimeout(tick, left % 1000 || 1000);
        else document.dispatchEvent(new CustomEvent("gas:ended"));
    }

    function begin() {
        const element = document.querySelector("[data-seconds-left]");
        if (element === shown) return;
        clearTimeout(timer);
        shown = element;
        if (!shown) return;
        end = Date.now() + Number(shown.dataset.secondsLeft) * 1000;
        tick();
    }

    document.addEventListener("gas:updated", begin);
    begin();
})();
