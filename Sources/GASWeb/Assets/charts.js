// Draws the tables of a summary. The tables stay for those who want numbers, or cannot see charts; each is folded
// away once its chart is there.
"use strict";

(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    let charts = [];
    // How wide the lines of labels were when each chart was drawn.
    const drawnWidths = new Map();

    const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

    function rows(table) {
        return [...table.tBodies[0].rows].map((row) => {
            const name = row.querySelector("th");
            return { name: name.textContent, key: name.dataset.key, value: Number(row.querySelector("td").dataset.value) };
        });
    }

    function colors(data) {
        const palette = ["chart-1", "chart-2", "chart-3", "chart-4", "chart-5"].map(color);
        const impacts = { HIGH: "impact-high", MODERATE: "impact-moderate", LOW: "impact-low", MODIFIER: "impact-modifier" };
        return data.map((row, index) => (impacts[row.key] ? color(impacts[row.key]) : palette[index % palette.length]));
    }

    // Writes each number at the end of its bar.
    const barLabels = {
        id: "barLabels",
        afterDatasetsDraw(chart) {
            const { ctx } = chart;
            ctx.save();
            ctx.fillStyle = color("soft");
            ctx.font = "12px system-ui, sans-serif";
            ctx.textBaseline = "middle";
            chart.getDatasetMeta(0).data.forEach((bar, index) => {
                ctx.fillText(chart.data.datasets[0].data[index].toLocaleString("en"), bar.x + 6, bar.y);
            });
            ctx.restore();
        },
    };

    // A label cut into lines: between words, and within one that is longer than a line. What is longer still ends in dots; the
    // table has it whole.
    function lines(name, width) {
        const words = name.split(" ").flatMap((word) => word.match(new RegExp(`.{1,${width}}`, "gu")) ?? []);
        const result = [];
        for (const word of words) {
            const last = result.length - 1;
            if (last >= 0 && result[last].length + word.length < width) result[last] += ` ${word}`;
            else result.push(word);
        }
        return result.length > 3 ? [...result.slice(0, 2), `${result[2].slice(0, width - 1)}…`] : result;
    }

    const isNarrow = (place) => place.clientWidth < 560;
    const lineWidth = (place) => (isNarrow(place) ? 14 : 40);

    function bars(data, width) {
        return {
            type: "bar",
            data: {
                labels: data.map((row) => lines(row.name, width)),
                datasets: [{ data: data.map((row) => row.value), backgroundColor: color("chart-1"), borderRadius: 3, maxBarThickness: 18, minBarLength: 2 }],
            },
            options: {
                indexAxis: "y",
                layout: { padding: { right: 52 } },
                scales: {
                    x: { display: false, beginAtZero: true },
                    y: { grid: { display: false, drawBorder: false }, ticks: { color: color("ink"), autoSkip: false } },
                },
                plugins: { legend: { display: false } },
            },
            plugins: [barLabels],
        };
    }

    function ring(data) {
        return {
            type: "doughnut",
            data: {
                labels: data.map((row) => row.name),
                datasets: [{ data: data.map((row) => row.value), backgroundColor: colors(data), borderColor: color("surface"), borderWidth: 2 }],
            },
            options: {
                cutout: "62%",
                plugins: { legend: { position: "bottom", labels: { color: color("ink"), usePointStyle: true, padding: 12 } } },
            },
        };
    }

    function draw(place) {
        const table = document.getElementById(place.dataset.table);
        const isBar = place.dataset.chart === "bar";
        const data = rows(table).slice(0, isBar ? 30 : 12);
        const canvas = document.createElement("canvas");
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", `${place.dataset.title} as a chart; the same numbers are in the table below.`);
        place.replaceChildren(canvas);
        place.classList.add("is-drawn");
        const width = lineWidth(place);
        drawnWidths.set(place, width);
        const rowHeight = Math.max(isNarrow(place) ? 28 : 26, 14 * Math.max(...data.map((row) => lines(row.name, width).length)));
        place.style.height = isBar ? `${data.length * rowHeight + 16}px` : "260px";
        const settings = isBar ? bars(data, width) : ring(data);
        settings.options.maintainAspectRatio = false;
        if (still.matches) settings.options.animation = false;
        charts.push(new Chart(canvas, settings));
    }

    function drawAll(isFirst) {
        charts.forEach((chart) => chart.destroy());
        charts = [];
        for (const place of document.querySelectorAll("[data-chart]")) {
            draw(place);
            if (isFirst) place.parentElement.querySelector("details").open = false;
        }
    }

    Chart.defaults.font.family = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";
    drawAll(true);
    document.addEventListener("gas:updated", () => {
        if (document.querySelector("[data-chart]:not(.is-drawn)")) drawAll(true);
    });
    dark.addEventListener("change", () => drawAll(false));
    // Labels were cut into lines for the width of then; a chart alone only shrinks.
    addEventListener("resize", () => {
        if ([...document.querySelectorAll("[data-chart]")].some((place) => lineWidth(place) !== drawnWidths.get(place))) drawAll(false);
    });
})();
