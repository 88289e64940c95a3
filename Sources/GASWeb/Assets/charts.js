// Draws the tables of a summary. The tables stay for those who want numbers, or cannot see charts; each is folded
// away once its chart is there.
"use strict";

(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    let charts = [];

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

    // A label for a narrow chart: cut into lines between words.
    function lines(name) {
        const result = [];
        for (const word of name.split(" ")) {
            const last = result.length - 1;
            if (last >= 0 && result[last].length + word.length < 16) result[last] += ` ${word}`;
            else result.push(word);
        }
        return result;
    }

    function bars(data, isNarrow) {
        return {
            type: "bar",
            data: {
                labels: data.map((row) => (isNarrow ? lines(row.name) : row.name)),
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
        const isNarrow = place.clientWidth < 560;
        const rowHeight = isNarrow ? 14 * Math.max(2, ...data.map((row) => lines(row.name).length)) : 26;
        place.style.height = isBar ? `${data.length * rowHeight + 16}px` : "260px";
        const settings = isBar ? bars(data, isNarrow) : ring(data);
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
})();
