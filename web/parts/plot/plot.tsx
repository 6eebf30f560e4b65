// One plot with its heading, and the same as a table below it, for whoever does not see plots or wants the figures. uPlot draws
// it; the colours are the page's.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { THEME_CHANGED } from '../../frame/theme.ts';
import { useWords } from '../../text/words.ts';
import { axesOf, colour, PLOT_HEIGHT } from './axes.ts';

export interface PlotSeries {
  label: string;
  /** null: no value there. */
  values: (number | null)[];
  kind: 'steps' | 'bars' | 'points';
  /** 1 to 4: which of the plots' colours. */
  colour: 1 | 2 | 3 | 4;
}

/** Series that share a vertical axis. */
export interface Panel {
  series: PlotSeries[];
  /** Writes a number at the vertical axis. */
  write(value: number): string;
}

interface PlotProps {
  title: string;
  hint?: string;
  /** Unix seconds, or plain numbers; ascending, for all panels. */
  x: number[];
  isTime: boolean;
  panels: Panel[];
  /** The table. */
  children: ComponentChildren;
}

export function Plot({ title, hint, x, isTime, panels, children }: PlotProps) {
  const words = useWords();
  return (
    <figure class="plot">
      <figcaption>
        <h3>{title}</h3>
        {hint !== undefined && <p class="hint">{hint}</p>}
      </figcaption>
      {panels.map((panel) => (
        <div key={panel.series[0]!.label}>
          <Legend series={panel.series} />
          <Canvas x={x} isTime={isTime} panel={panel} />
        </div>
      ))}
      <details>
        <summary>{words.say('plot.table')}</summary>
        {children}
      </details>
    </figure>
  );
}

function Legend({ series }: { series: PlotSeries[] }) {
  return (
    <ul class="legend" aria-hidden="true">
      {series.map((one) => (
        <li key={one.label}>
          <span class={`legend-mark ${one.kind} colour-${one.colour}`} />
          {one.label}
        </li>
      ))}
    </ul>
  );
}

interface CanvasProps extends Pick<PlotProps, 'x' | 'isTime'> {
  panel: Panel;
}

function Canvas({ x, isTime, panel }: CanvasProps) {
  const words = useWords();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const node = place.current!;
    let plot: uPlot | undefined;
    const { series, write } = panel;
    const draw = () => {
      plot?.destroy();
      const width = node.clientWidth;
      if (width === 0) return;
      const options: uPlot.Options = {
        width,
        height: PLOT_HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
        scales: { x: { time: isTime, range: rangeOf(x, isTime) }, y: { range: heightOf(series) } },
        axes: axesOf(words, isTime, write),
        series: [{}, ...series.map(drawn)],
      };
      plot = new uPlot(options, [x, ...series.map(({ values }) => values)] as uPlot.AlignedData, node);
    };
    draw();
    const resized = new ResizeObserver(() => {
      if (node.clientWidth !== plot?.width) draw();
    });
    resized.observe(node);
    addEventListener(THEME_CHANGED, draw);
    return () => {
      resized.disconnect();
      removeEventListener(THEME_CHANGED, draw);
      plot?.destroy();
    };
  }, [x, panel, words, isTime]);
  return <div class="plot-canvas" aria-hidden="true" ref={place} />;
}

function drawn({ label, kind, colour: which }: PlotSeries): uPlot.Series {
  const stroke = colour(`--plot-${which}`);
  if (kind === 'points') return { label, stroke, paths: () => null, points: { show: true, size: 7, fill: stroke } };
  if (kind === 'bars') {
    return { label, stroke, fill: stroke, paths: uPlot.paths.bars!({ size: [0.6, 14, 2] }), points: { show: false } };
  }
  return { label, stroke, width: 2, paths: uPlot.paths.stepped!({ align: 1 }), points: { show: false } };
}

/** A twentieth of the range on both sides, so that the first and last bars stand inside; a day, or one, where there is one value. */
function rangeOf(x: number[], isTime: boolean): uPlot.Range.MinMax {
  const [first, last] = [x[0] ?? 0, x.at(-1) ?? 0];
  const margin = (last - first) / 20 || (isTime ? 86_400 : 1);
  return [first - margin, last + margin];
}

/** Bars and sums stand on zero; points are spread over the whole height, as uPlot does. */
function heightOf(series: readonly PlotSeries[]): uPlot.Range.Function {
  const standsOnZero = series.every(({ kind }) => kind !== 'points');
  return (_, min, max) => {
    if (!standsOnZero || min === null) return uPlot.rangeNum(min ?? 0, max ?? 1, 0.1, true);
    return [Math.min(0, min * 1.08), Math.max(0, max * 1.08) || 1];
  };
}
