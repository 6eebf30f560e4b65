// Plots of results as SVG text, for a page or a file of its own: bars of one batch size, and lines over batch sizes.
// Both scales are logarithmic. Colours follow the reader's light or dark theme.
import type { Result, Subject } from './subject.ts';
import { one, significant, time } from './table.ts';
import { withVersions } from './versions.ts';

const COLOURS: readonly (readonly [prefix: string, name: string])[] = [
  ['ours, relaxed', 'ours'],
  ['ours, scalar', 'scalar'],
  ['ours', 'ours'],
  ['mcl', 'mcl'],
  ['ffj', 'ff'],
  ['noble', 'noble'],
  ['montgomery', 'montgomery'],
  ['bb.js', 'bb'],
  ['Open', 'oz'],
  ['shamir', 'sss'],
];

/** One style for every plot; `.c-NAME` is an implementation's colour. */
export const STYLE = `
svg { font: 13px system-ui, sans-serif; --ink: #1d2125; --faint: #6b737c; --rule: #d9dde1; --ground: #fff; }
svg text { fill: var(--ink); } svg .faint { fill: var(--faint); } svg .rule { stroke: var(--rule); } svg .ground { fill: var(--ground); }
svg .title { font-weight: 600; }
.c-ours { --c: #0b7a54; } .c-scalar { --c: #58a886; } .c-mcl { --c: #b87400; } .c-ff { --c: #a3478f; }
.c-noble { --c: #2f6cb8; } .c-oz { --c: #a3478f; } .c-sss { --c: #8a5a35; } .c-montgomery { --c: #b23a48; } .c-bb { --c: #4b3fb5; }
.c-other { --c: #868d95; }
rect.bar { fill: var(--c); } polyline { fill: none; stroke: var(--c); stroke-width: 2; } circle { fill: var(--c); }
svg text.end { fill: var(--c); font-size: 12px; }
@media (prefers-color-scheme: dark) {
  svg { --ink: #e4e7ea; --faint: #98a1aa; --rule: #3a4047; --ground: #15181b; }
  .c-ours { --c: #3ec08f; } .c-scalar { --c: #7fc9ac; } .c-mcl { --c: #e0a33c; } .c-ff { --c: #cf7fbd; }
  .c-noble { --c: #6ea4e6; } .c-oz { --c: #cf7fbd; } .c-sss { --c: #bd8f6a; }
  .c-montgomery { --c: #e07a86; } .c-bb { --c: #9a90f0; }
}`;

const colour = (name: string) => `c-${COLOURS.find(([prefix]) => name.startsWith(prefix))?.[1] ?? 'other'}`;
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const round = (x: number) => Number(x.toFixed(1));

export function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(content)}</text>`;
}

const BAR_WIDTH = 760;
const LABEL_WIDTH = 300;
const ROW = 22;

/** Height of the bars of `count` results with their title. */
export const barsHeight = (count: number): number => ROW * count + 40;

/** Bars of the results of one subject and size, the fastest first, from y = top on. */
export function bars(results: readonly Result[], subject: Subject, top: number): string {
  const sorted = [...results].sort((a, b) => a.nsPerOp - b.nsPerOp);
  const smallest = sorted[0]!.nsPerOp / 2;
  const largest = sorted.at(-1)!.nsPerOp;
  const width = (ns: number) =>
    ((BAR_WIDTH - LABEL_WIDTH - 150) * Math.log(ns / smallest)) / Math.log(largest / smallest);
  const rows = sorted.map((result, i) => {
    const y = top + 30 + i * ROW;
    const ratio = result.ratioToBaseline === null ? '' : ` · ${significant(result.ratioToBaseline)} ×`;
    return [
      text(LABEL_WIDTH - 10, y + 14, withVersions(result.name), 'text-anchor="end"'),
      `<rect class="bar ${colour(result.name)}" x="${LABEL_WIDTH}" y="${y + 2}" height="${ROW - 6}" width="${round(width(result.nsPerOp))}" rx="2"/>`,
      text(LABEL_WIDTH + width(result.nsPerOp) + 8, y + 14, `${time(result.nsPerOp)}${ratio}`, 'class="faint"'),
    ].join('');
  });
  const title = `${subject.name}: ${one(subject.unit)}, ${results[0]!.size.toLocaleString('en-US')} at once`;
  return text(0, top + 16, title, 'class="title"') + rows.join('');
}

/** `title`: what it shows, for those who cannot see it. */
export function svg(width: number, height: number, title: string, content: string, style = ''): string {
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`;
  return `${open}<title>${escaped(title)}</title>${style && `<style>${style}</style>`}${content}</svg>`;
}

export const barPlot = (results: readonly Result[], subject: Subject): string =>
  svg(BAR_WIDTH, barsHeight(results.length), `times: ${subject.title}`, bars(results, subject, 0));

/** Time of one unit over the batch size, a line for each implementation. */
export function linePlot(results: readonly Result[], subject: Subject): string {
  const [width, height, left, right, top, bottom] = [760, 330, 70, 220, 30, 40];
  const scale = (values: readonly number[], from: number, to: number) => {
    const [low, high] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
    return (value: number) => from + ((to - from) * (Math.log(value) - low)) / (high - low || 1);
  };
  const sizes = [...new Set(results.map(({ size }) => size))].sort((a, b) => a - b);
  const times = results.map(({ nsPerOp }) => nsPerOp);
  const decades = range(Math.floor(Math.log10(Math.min(...times))), Math.ceil(Math.log10(Math.max(...times)))).map(
    (d) => 10 ** d,
  );
  const x = scale(sizes, left, width - right);
  const y = scale(decades, height - bottom, top);
  const grid = [
    ...decades.map(
      (ns) =>
        `<line class="rule" x1="${left}" x2="${width - right}" y1="${round(y(ns))}" y2="${round(y(ns))}"/>` +
        text(left - 8, y(ns) + 4, time(ns).replace(/\.0+ /, ' '), 'class="faint" text-anchor="end"'),
    ),
    ...sizes.map((size) =>
      text(x(size), height - bottom + 18, size.toLocaleString('en-US'), 'class="faint" text-anchor="middle"'),
    ),
    text((left + width - right) / 2, height - 4, `${subject.unit}s at once`, 'class="faint" text-anchor="middle"'),
    text(0, 16, `${subject.name}: time of ${one(subject.unit)}`, 'class="title"'),
  ];
  const names = [...new Set(results.map(({ name }) => name))];
  const ends: number[] = [];
  const lines = names
    .map((name) => results.filter((result) => result.name === name).sort((a, b) => a.size - b.size))
    .sort((a, b) => a.at(-1)!.nsPerOp - b.at(-1)!.nsPerOp)
    .map((list) => {
      const points = list.map(({ size, nsPerOp }) => [round(x(size)), round(y(nsPerOp))] as const);
      const [endX, endY] = points.at(-1)!;
      // labels of lines that end close together are moved apart, upwards
      const labelY = Math.min(endY + 4, (ends.at(-1) ?? Number.POSITIVE_INFINITY) - 14);
      ends.push(labelY);
      return `<g class="${colour(list[0]!.name)}"><polyline points="${points.map((point) => point.join()).join(' ')}"/>${points
        .map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3"/>`)
        .join('')}${text(Math.max(endX, width - right) + 10, labelY, list[0]!.name, 'class="end"')}</g>`;
    });
  return svg(width, height, `times over batch sizes: ${subject.title}`, grid.join('') + lines.join(''));
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
