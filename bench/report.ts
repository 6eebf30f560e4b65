// The results as one self-contained HTML page (no script, nothing fetched), and its summary as one SVG.
import type { Machine } from './machine.ts';
import { barPlot, bars, barsHeight, linePlot, STYLE, svg, text } from './plot.ts';
import type { Result, Subject } from './subject.ts';
import { one, significant, time } from './table.ts';
import { libraries, withVersions } from './versions.ts';

const PAGE_STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 800px; margin: 2rem auto; padding: 0 1rem; color: #1d2125; background: #fff; }
svg { max-width: 100%; height: auto; display: block; margin: 1rem 0; }
table { border-collapse: collapse; font-size: 13px; width: 100%; } th, td { padding: 3px 8px; text-align: right; }
th:first-child, td:first-child, .words { text-align: left; } th { font-weight: 600; border-bottom: 1px solid #868d95; }
small { color: #6b737c; }
@media (prefers-color-scheme: dark) { body { color: #e4e7ea; background: #15181b; } small { color: #98a1aa; } }`;

/** The size of a subject at which most implementations were measured; the largest of those. */
function mainSize(results: readonly Result[]): number {
  const count = (size: number) => results.filter((result) => result.size === size).length;
  const sizes = [...new Set(results.map(({ size }) => size))];
  return sizes.reduce((best, size) => {
    const more = count(size) - count(best);
    return more > 0 || (more === 0 && size > best) ? size : best;
  });
}

interface Chapter {
  subject: Subject;
  all: readonly Result[];
  main: readonly Result[];
}

function chapters(results: readonly Result[], subjects: readonly Subject[]): Chapter[] {
  return subjects.map((subject) => {
    const all = results.filter((result) => result.subject === subject.name);
    const size = mainSize(all);
    return { subject, all, main: all.filter((result) => result.size === size) };
  });
}

export function report(where: Machine, results: readonly Result[], subjects: readonly Subject[]): string {
  const body = chapters(results, subjects).map(({ subject, all, main }) => {
    const scaling = new Set(all.map(({ size }) => size)).size > 1 ? linePlot(all, subject) : '';
    return `<h2>${subject.name}</h2><p>${subject.title}.</p>${barPlot(main, subject)}${scaling}${table(main, subject)}`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>MIStore: bench of the engine</title><style>${PAGE_STYLE}${STYLE}</style></head><body>
<h1>MIStore: bench of the engine</h1>
<p>${where.processor}, ${where.cores} cores, ${where.memoryGB} GB, ${where.system}, Node ${where.node} (V8 ${where.v8}), ${where.date}.
One thread, unless it says more. Medians; the same bytes in and out for all, results compared before they were timed. × is how many times faster than the
subject's baseline; products is the time counted in products of our fastest Fp batch, own products in those of the same library. Where a row says what part of the
time products take, they were counted (docs/engine.md). Scales are logarithmic. ${libraries()}.</p>
${body.join('\n')}
</body></html>
`;
}

function table(results: readonly Result[], subject: Subject): string {
  const rows = [...results]
    .sort((a, b) => a.nsPerOp - b.nsPerOp)
    .map((result) => {
      const ratio = result.ratioToBaseline === null ? '' : `${significant(result.ratioToBaseline)} ×`;
      const products = result.fieldProducts === null ? '' : significant(result.fieldProducts);
      const spread = `±${(100 * result.spread).toFixed(0)} %`;
      const cells = [time(result.nsPerOp), spread, ratio, products].map((cell) => `<td>${cell}</td>`);
      return `<tr><td>${withVersions(result.name)}</td>${cells.join('')}<td class="words">${result.bound}</td></tr>`;
    });
  const head = `<tr><th>${results[0]!.size} at once</th><th>${one(subject.unit)}</th><th>spread</th><th>to ${subject.baseline}</th><th>products</th><th class="words">what bounds it</th></tr>`;
  return `<table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table>`;
}

/** All subjects' bars below each other. */
export function summary(results: readonly Result[], subjects: readonly Subject[]): string {
  const caption =
    'One thread, unless it says more; logarithmic. × is how many times faster than BigInt (Merkle: than OpenZeppelin’s own tree).';
  let top = 34;
  const parts = chapters(results, subjects).map(({ subject, main }) => {
    const part = bars(main, subject, top);
    top += barsHeight(main.length) + 10;
    return part;
  });
  const ground = '<rect class="ground" width="100%" height="100%"/>';
  return svg(
    760,
    top,
    'Times of this engine and of other libraries for the same work',
    ground + text(0, 18, caption, 'class="faint"') + parts.join(''),
    STYLE,
  );
}
