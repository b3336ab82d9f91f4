import type uPlot from "uplot";
import type { Point, RunNews } from "./follow-run.ts";

/**
 * Draws the runs that the page's server tells of, while they train. Runs in the page: it may use nothing of this module.
 *
 * @param Plot - uPlot, which the page has loaded.
 */
export function drawRuns(Plot: typeof uPlot): void {
  interface Run extends Omit<RunNews, "points"> {
    readonly points: Point[];
  }
  interface Chart {
    readonly place: HTMLElement;
    plot: uPlot | undefined;
  }
  const runs = new Map<string, Run>();
  const charts = new Map<string, Chart>();
  const titles: Readonly<Record<string, string>> = {
    loss: "Loss, nats per supervised token",
    targetLoss: "Held-out loss, nats per target token",
    per: "Error rate",
    tokensPerSecond: "Tokens per second",
    learningRate: "Learning rate",
    gradientNorm: "Norm of the gradient",
  };
  const byId = (id: string) => document.getElementById(id) as HTMLElement;
  const colours = () => {
    const own = getComputedStyle(document.documentElement);
    return (name: string) => own.getPropertyValue(`--${name}`).trim();
  };

  function take({ points, ...news }: RunNews): void {
    const first = points[0]?.step ?? Number.POSITIVE_INFINITY;
    const known = (runs.get(news.run)?.points ?? []).filter(({ step }, at, all) => {
      // A step and its evaluation arrive apart; anything else of these steps is of before a resume.
      return step < first || (step === first && at === all.length - 1 && !("loss" in (points[0]?.values ?? {})));
    });
    runs.set(news.run, { ...news, points: [...known, ...points] });
  }

  const lastOf = ({ points }: Run, name: string): Point | undefined => points.findLast(({ values }) => name in values);
  const text = (value: number | undefined, digits = 4): string => (value === undefined ? "–" : value.toFixed(digits));
  const isDone = ({ steps }: Run, step: number): boolean => steps !== undefined && step >= steps;

  function cellsOf(run: Run): string[] {
    const last = lastOf(run, "loss");
    const step = last?.step ?? 0;
    const recent = run.points.slice(-20).flatMap(({ values }) => values.seconds ?? []);
    const left = ((run.steps ?? step) - step) * (recent.reduce((sum, one) => sum + one, 0) / recent.length);
    const minutes = left < 90 ? `${Math.ceil(left)} s` : `${Math.round(left / 60)} min`;
    return [
      run.run,
      run.isRunning ? "running" : isDone(run, step) ? "finished" : "stopped",
      `${step}/${run.steps ?? "?"}`,
      text(last?.values.loss),
      text(lastOf(run, "targetLoss")?.values.targetLoss),
      text(lastOf(run, "per")?.values.per),
      last ? Math.round(last.values.tokensPerSecond ?? 0).toLocaleString("en") : "–",
      run.isRunning && run.steps !== undefined && recent.length > 0 ? minutes : "–",
    ];
  }

  function fillTable(): void {
    const rows = [...runs.values()].map((run) => {
      const row = document.createElement("tr");
      for (const [at, cell] of cellsOf(run).entries()) {
        const box = document.createElement(at === 0 ? "th" : "td");
        if (at === 0) box.setAttribute("scope", "row");
        box.textContent = cell;
        row.append(box);
      }
      return row;
    });
    document.querySelector("tbody")?.replaceChildren(...rows);
  }

  function chartOf(name: string): Chart {
    const known = charts.get(name);
    if (known) return known;
    const place = document.createElement("section");
    const heading = document.createElement("h2");
    heading.textContent = titles[name] as string;
    place.append(heading);
    place.setAttribute("aria-label", titles[name] as string);
    byId("charts").append(place);
    const chart: Chart = { place, plot: undefined };
    charts.set(name, chart);
    return chart;
  }

  function draw(): void {
    const colour = colours();
    const names = Object.keys(titles).filter((name) => [...runs.values()].some((run) => lastOf(run, name)));
    // All places first: the first charts are as wide as the page while they are alone.
    for (const name of names) chartOf(name);
    for (const name of names) {
      const shown = [...runs.values()].filter((run) => lastOf(run, name));
      const series = shown.map(({ points }) => points.filter(({ values }) => name in values));
      const steps = [...new Set(series.flat().map(({ step }) => step))].sort((a, b) => a - b);
      const values = series.map((points) => {
        const at = new Map(points.map((point) => [point.step, point.values[name]]));
        return steps.map((step) => at.get(step) ?? null);
      });
      const chart = chartOf(name);
      const data = [steps, ...values] as uPlot.AlignedData;
      if (chart.plot && chart.plot.series.length === shown.length + 1) {
        chart.plot.setData(data);
        continue;
      }
      chart.plot?.destroy();
      const axis = {
        stroke: colour("muted"),
        grid: { stroke: colour("line"), width: 1 },
        ticks: { stroke: colour("line") },
      };
      const lines = shown.map(({ run }, at) => ({
        label: run,
        stroke: colour(`series-${at % 6}`),
        width: 2,
        dash: at < 6 ? [] : [6, 3],
        spanGaps: true,
      }));
      const size = { width: chart.place.clientWidth, height: 240 };
      const options = { ...size, scales: { x: { time: false } }, axes: [axis, { ...axis, size: 64 }] };
      chart.plot = new Plot({ ...options, series: [{ label: "step" }, ...lines] }, data, chart.place);
    }
  }

  function redraw(): void {
    for (const chart of charts.values()) {
      chart.plot?.destroy();
      chart.plot = undefined;
    }
    draw();
  }

  let isDue = false;
  const source = new EventSource("/events");
  source.onopen = () => {
    byId("state").textContent = "live";
    runs.clear();
  };
  source.onerror = () => {
    byId("state").textContent = "trivium watch has ended; what it said last:";
  };
  source.onmessage = ({ data }) => {
    take(JSON.parse(data as string) as RunNews);
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      fillTable();
      draw();
    });
  };
  addEventListener("resize", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}
