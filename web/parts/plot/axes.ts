// The axes of plots: words and numbers in the reader's language, colours of the page.
import type uPlot from 'uplot';
import type { Words } from '../../text/words.ts';

/** Pixels. */
export const PLOT_HEIGHT = 170;
const DAY = 86_400;

/** A colour of the stylesheet, as it is now. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function axesOf(words: Words, isTime: boolean, write: (value: number) => string): uPlot.Axis[] {
  const look = {
    stroke: colour('--ink-soft'),
    font: `12px ${colour('--font')}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  const times = (_: uPlot, splits: number[], __: number, ___: number, step: number) =>
    timesOf(words.language, splits, step);
  const numbers = (_: uPlot, splits: number[]) =>
    splits.map((value) => (Number.isInteger(value) ? words.format.integer(value) : ''));
  return [
    { ...look, values: isTime ? times : numbers, size: 32, space: 80 },
    { ...look, values: (_, splits) => splits.map(write), size: widest, space: 32 },
  ];
}

/** Times at steps of so many seconds: years, months, days or minutes, as fine as the steps are. */
function timesOf(language: string, splits: number[], step: number): string[] {
  const parts: Intl.DateTimeFormatOptions =
    step >= 360 * DAY
      ? { year: 'numeric' }
      : step >= 28 * DAY
        ? { year: 'numeric', month: 'short' }
        : step >= DAY
          ? { month: 'short', day: 'numeric' }
          : { hour: '2-digit', minute: '2-digit', ...(step < 60 && { second: '2-digit' }) };
  const format = new Intl.DateTimeFormat(language, { ...parts, timeZone: 'UTC' });
  return splits.map((seconds) => format.format(seconds * 1000));
}

/** Pixels that the longest label takes. */
function widest(plot: uPlot, labels: string[] | null): number {
  if (!labels) return 50;
  plot.ctx.save();
  plot.ctx.font = `${12 * devicePixelRatio}px ${colour('--font')}`;
  const width = Math.max(...labels.map((label) => plot.ctx.measureText(label).width)) / devicePixelRatio;
  plot.ctx.restore();
  return Math.ceil(width) + 14;
}
