/* Draws a page's interactive figures when they are scrolled to. Vega is loaded only then. */
"use strict";
(() => {
  const vendor = new URL("../vendor/vega/", document.currentScript.src);
  const paper = window.matchMedia("print");
  let loading;

  const load = (name) => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = new URL(name, vendor);
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });
  const vega = () => (loading ||= load("vega.min.js").then(() => load("vega-lite.min.js")));

  const look = () => {
    const of = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const dark = document.documentElement.dataset.theme === "dark";
    const ink = dark ? "#e4e8ec" : "#1c2733", faint = dark ? "#3c4651" : "#d5dae0";
    const text = { labelColor: ink, titleColor: ink, labelFontSize: 12, titleFontSize: 12.5,
      titleFontWeight: 500 };
    return {
      background: "transparent", font: of("--pr-sans") || "sans-serif",
      axis: { ...text, domainColor: ink, tickColor: ink, gridColor: faint, labelOverlap: true },
      legend: { ...text, orient: "top", labelLimit: 400 }, header: text,
      title: { color: ink, anchor: "start", fontSize: 14, subtitleColor: ink, subtitleFontSize: 12.5 },
      view: { stroke: null }, text: { color: ink, fontSize: 12.5 }, rule: { color: ink },
      range: { category: ["#2f80c2", "#cf6a1f", "#0e9373", "#b8669a", "#82878d"] },
    };
  };

  const draw = async (figure, values = {}) => {
    const { vega: v, vegaLite } = window;
    const spec = JSON.parse(figure.querySelector("script").textContent);
    spec.config = look();
    // A slide has its own height.
    const height = parseFloat(getComputedStyle(figure).getPropertyValue("--pr-chart-height"));
    spec.height = height || spec.height;
    const box = document.createElement("div"), chart = document.createElement("div");
    const knobs = document.createElement("div");
    box.className = "pr-chart";
    chart.className = "pr-canvas";
    knobs.className = "pr-knobs";
    box.append(chart, knobs);
    figure.querySelector(".pr-chart")?.remove();
    figure.append(box);
    const view = new v.View(v.parse(vegaLite.compile(spec).spec),
      { renderer: "svg", container: chart, bind: knobs, hover: true });
    Object.entries(values).forEach(([name, value]) => view.signal(name, value));
    await view.runAsync();
    figure.classList.add("pr-playing");
    figure.pr = { view, knobs: (spec.params || []).filter((one) => one.bind).map((one) => one.name) };
  };

  const begin = (figure) => vega().then(() => draw(figure)).catch((error) => {
    figure.querySelector(".pr-chart")?.remove();  // the picture stays
    console.warn("The figure stays a picture:", error);
  });

  const figures = [...document.querySelectorAll(".pr-play")];
  const seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (entry.isIntersecting) { seen.unobserve(entry.target); begin(entry.target); }
  }), { rootMargin: "300px" });
  figures.forEach((figure) => seen.observe(figure));

  // The theme's switch: the same chart in the other ink, with its knobs where they were.
  new MutationObserver(() => figures.filter((one) => one.pr).forEach((one) => {
    const { view, knobs } = one.pr;
    draw(one, Object.fromEntries(knobs.map((name) => [name, view.signal(name)])));
  })).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  paper.addEventListener("change", () => figures.forEach((one) => one.pr?.view.resize().run()));
})();
