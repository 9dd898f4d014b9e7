/* Draws the plots of a page (zalainuoer/common/plots.py) with Apache ECharts. Data come as JSON on the page, colours from
   the style sheet, the table of the same numbers stands below each. Nothing here writes markup: no inline style, no
   inline script, so that the Content-Security-Policy stays as it is. */
"use strict";

(() => {
  const FORCED = window.matchMedia("(forced-colors: active)");
  const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
  const SERIES = 6; /* colours in app.css: --plot-1 to --plot-6 */
  const number = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 2 });

  /* A colour variable as the browser computes it: ECharts knows neither var() nor the system's colours. */
  const colour = (figure, name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    figure.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };

  /* 12000 as 1.2万: long numbers leave an axis no room on a phone. */
  const short = (value) => (Math.abs(value) >= 10000 ? `${number.format(value / 10000)}万` : number.format(value));

  /* What tells series apart without colours: plain, slanted, dotted, lying, slanted the other way, upright. */
  const patterns = (color) => {
    const lines = (rotation) => ({ symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation, color });
    const dots = { symbol: "circle", dashArrayX: [[8, 8], [0, 8, 8, 0]], dashArrayY: [6, 0], symbolSize: 0.6, color };
    return [{ symbol: "none" }, lines(-Math.PI / 4), dots, lines(0), lines(Math.PI / 4), lines(Math.PI / 2)];
  };

  const axes = (data, look) => {
    const names = {
      type: "category",
      data: data.categories,
      inverse: data.kind === "rows",
      axisLine: { lineStyle: { color: look.line } },
      axisTick: { show: false },
      axisLabel: { color: look.ink, hideOverlap: true },
    };
    const values = {
      type: "value",
      axisLabel: { color: look.ink, formatter: short, hideOverlap: true },
      splitLine: { lineStyle: { color: look.grid } },
      minInterval: ["人", "户"].includes(data.unit) ? 1 : 0,
    };
    return data.kind === "rows" ? { xAxis: values, yAxis: names } : { xAxis: names, yAxis: values };
  };

  const option = (figure, data) => {
    const look = {
      ink: colour(figure, "--plot-ink"),
      line: colour(figure, "--plot-line"),
      grid: colour(figure, "--plot-grid"),
      surface: colour(figure, "--plot-surface"),
      font: getComputedStyle(figure).fontFamily,
    };
    const several = data.series.length > 1;
    return {
      color: Array.from({ length: SERIES }, (_, place) => colour(figure, `--plot-${place + 1}`)),
      textStyle: { fontFamily: look.font, color: look.ink },
      animation: !CALM.matches,
      animationDuration: 300,
      aria: { enabled: true, label: { description: data.description }, decal: { show: several, decals: patterns(look.surface) } },
      legend: { show: several, top: 0, left: 0, textStyle: { color: look.ink }, itemWidth: 28, itemHeight: 16 },
      grid: { left: 4, right: 16, top: several ? (data.series.length > 3 ? 64 : 40) : 16, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        confine: true,
        axisPointer: { type: data.kind === "line" ? "line" : "shadow" },
        backgroundColor: look.surface,
        borderColor: look.line,
        textStyle: { color: look.ink, fontFamily: look.font },
        valueFormatter: (value) => (value === null || value === undefined ? "—" : `${number.format(value)} ${data.unit}`),
      },
      ...axes(data, look),
      series: data.series.map((one) => ({
        name: one.name,
        type: data.kind === "line" ? "line" : "bar",
        data: one.values,
        stack: data.isStacked ? "all" : undefined,
        barMaxWidth: 28,
        itemStyle: { borderColor: look.surface, borderWidth: data.isStacked ? 1 : 0 },
        label: { show: data.kind === "rows" && !several, position: "right", color: look.ink, formatter: (bar) => number.format(bar.value) },
      })),
    };
  };

  const draw = (figure) => {
    const area = figure.querySelector(".plot-area");
    if (!area) return;
    const data = JSON.parse(document.getElementById(figure.dataset.plot).textContent);
    figure.classList.add("drawn");
    if (data.kind === "rows") area.style.height = `${2.25 * data.categories.length + 2.5}rem`;
    const plot = window.echarts.init(area, null, { renderer: "canvas", locale: "ZH" });
    plot.setOption(option(figure, data));
    new ResizeObserver(() => plot.resize()).observe(area);
    FORCED.addEventListener("change", () => plot.setOption(option(figure, data), true));
    figure.querySelector(".plot-table").open = false;
  };

  document.addEventListener("DOMContentLoaded", () => {
    if (window.echarts) document.querySelectorAll("figure.plot").forEach(draw);
  });
})();
