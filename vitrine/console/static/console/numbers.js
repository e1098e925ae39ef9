/** Draws the charts of a page of numbers (uPlot) out of what stands in the page, in its own colours. */

const HEIGHT = 240;
const LOCALE = document.documentElement.lang || undefined;
const DASHES = [[], [], [6, 4], [2, 3]];

/** Of the lines in their order, as the page's custom properties have them now. */
const COLOURS = ["--accent", "--ink", "--muted", "--danger"];

const numbers = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const shares = new Intl.NumberFormat(LOCALE, { style: "percent", maximumFractionDigits: 1 });
const IN_WORDS = {
  ms: (ms) => (ms < 1000 ? `${numbers.format(Math.round(ms))} ms` : `${numbers.format(ms / 1000)} s`),
  count: (count) => numbers.format(count),
  share: (share) => shares.format(share),
};

for (const place of document.querySelectorAll("[data-chart]")) show(place);

function show(place) {
  const told = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  place.hidden = false;
  let chart = draw(place, told);
  new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    chart.destroy();
    chart = draw(place, told);
  });
}

function draw(place, { unit, starts, lines }) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const words = (value) => (value == null ? "–" : IN_WORDS[unit](value));
  const axis = {
    stroke: colour("--muted"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1 },
    font: `12px ${getComputedStyle(document.body).fontFamily}`,
  };
  const options = {
    width: place.clientWidth,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    scales: { y: { range: (_, __, most) => [0, unit === "share" ? 1 : Math.max(most * 1.1, 1)] } },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => moment(tick, starts, true)) },
      { ...axis, size: 64, values: (_, ticks) => ticks.map(words) },
    ],
    series: [
      { value: (_, seconds) => (seconds == null ? "–" : moment(seconds, starts)) },
      ...lines.map(({ label }, index) => ({
        label,
        stroke: colour(COLOURS[index]),
        dash: DASHES[index],
        width: 2,
        spanGaps: true,
        points: { show: starts.length < 40, size: 5, fill: colour("--surface") },
        value: (_, value) => words(value),
      })),
    ],
    cursor: { drag: { x: false, y: false } },
    legend: { live: true },
    hooks: { ready: [newest], setLegend: [newest] },
  };
  options.series[0].label = place.dataset.time;
  return new uPlot(options, [starts, ...lines.map(({ values }) => values)], place);
}

/** The legend tells of the newest values unless others are pointed at. */
function newest(chart) {
  if (chart.legend.idx == null) chart.setLegend({ idx: chart.data[0].length - 1 }, false);
}

/** A start in words: its day, or its hour where starts are hours, the day with it unless `short`. */
function moment(seconds, starts, short) {
  const hours = starts.some((start) => start % 86_400 !== 0);
  const day = hours && short ? {} : { day: "numeric", month: "short" };
  const form = { timeZone: "UTC", ...day, ...(hours ? { hour: "2-digit", minute: "2-digit" } : {}) };
  return new Intl.DateTimeFormat(LOCALE, form).format(new Date(seconds * 1000));
}
