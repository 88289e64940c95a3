// Draws the farm's measurements as lines over time, from the table that stays for those who want numbers.
"use strict";

(() => {
    const table = document.getElementById("farm-history");
    if (!table || table.tBodies[0].rows.length < 2) return;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const rows = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
    const times = rows.map((row) => new Date(row.querySelector("time").dateTime));
    let charts = [];

    const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    const clock = (time) => time.toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

    function line(column, index, isStepped) {
        const ink = color(index === 0 ? "chart-1" : "chart-2");
        return {
            label: heads[column],
            data: rows.map((row) => {
                const { value } = row.cells[column + 1].dataset;
                return value === "" ? null : Number(value);
            }),
            borderColor: ink,
            backgroundColor: ink,
            borderDash: index === 0 ? [] : [6, 3],
            borderWidth: 2,
            pointRadius: 0,
            pointHitRadius: 8,
            spanGaps: false,
            stepped: isStepped ? "after" : false,
        };
    }

    function draw(place) {
        const canvas = document.createElement("canvas");
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", `${place.dataset.title} over time as a chart; the same numbers are in the table below.`);
        place.replaceChildren(canvas);
        place.classList.add("is-drawn");
        place.style.height = "220px";
        const columns = place.dataset.lines.split(",").map(Number);
        charts.push(new Chart(canvas, {
            type: "line",
            data: { labels: times.map(clock), datasets: columns.map((column, index) => line(column, index, "steps" in place.dataset)) },
            options: {
                maintainAspectRatio: false,
                animation: false,
                interaction: { mode: "index", intersect: false },
                scales: {
                    x: { grid: { display: false }, ticks: { color: color("soft"), maxTicksLimit: 5, maxRotation: 0 } },
                    y: { beginAtZero: true, grid: { color: color("line") }, ticks: { color: color("soft"), precision: 0, maxTicksLimit: 6 } },
                },
                plugins: { legend: { position: "bottom", labels: { color: color("ink"), usePointStyle: true, pointStyle: "line" } } },
            },
        }));
    }

    function drawAll() {
        charts.forEach((chart) => chart.destroy());
        charts = [];
        document.querySelectorAll("[data-lines]").forEach(draw);
    }

    Chart.defaults.font.family = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";
    drawAll();
    document.getElementById("farm-numbers").open = false;
    dark.addEventListener("change", drawAll);
})();
