// npm run demo:picture: runs the demonstration and draws what it prints as docs/demo.svg, a picture in which each line appears when it
// did, waits shortened. Whoever asks for less motion, or a viewer without animations, sees all lines at once.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const OUT = new URL('demo.svg', import.meta.url);
const COLUMNS = 112;
const LINE = 19;
const CHARACTER = 8.05;
const MARGIN = 18;
/** Seconds: the longest pause between two lines, and how long the whole stands before it begins again. */
const LONGEST_PAUSE = 0.9;
const STANDS = 12;

const lines = await record();
writeFileSync(OUT, picture(lines));
console.log(`Wrote docs/demo.svg: ${lines.length} lines, ${lines.at(-1).at.toFixed(1)} s.`);

/** The lines that the demonstration prints, each with the second at which it appears. */
async function record() {
  const program = new URL('../dist/cli.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [program, 'demo'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = [{ text: '$ npm run demo', at: 0 }];
  let [before, at, rest] = [performance.now(), 0, ''];
  const take = (data) => {
    const now = performance.now();
    at += Math.min(LONGEST_PAUSE, (now - before) / 1000);
    before = now;
    const parts = (rest + data).split('\n');
    rest = parts.pop();
    for (const text of parts.flatMap(folded)) {
      at += 0.05;
      lines.push({ text, at });
    }
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`the demonstration ended with status ${code}`);
  return lines;
}

/** A line as several of at most COLUMNS characters, broken between words; ids of 32 bytes shortened. */
function folded(line) {
  const short = line.replace(/\b0x([0-9a-f]{8})[0-9a-f]{52}([0-9a-f]{4})\b/g, '0x$1…$2');
  const found = [];
  let row = '';
  for (const word of short.split(/(?<= )/)) {
    if ((row + word).trimEnd().length > COLUMNS) {
      found.push(row.trimEnd());
      row = '  ';
    }
    row += word;
  }
  return [...found, row.trimEnd()];
}

function picture(lines) {
  const width = Math.ceil(2 * MARGIN + CHARACTER * COLUMNS);
  const height = 2 * MARGIN + LINE * lines.length;
  const whole = lines.at(-1).at + STANDS;
  const written = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const frames = lines.map(
    ({ at }, k) => `@keyframes l${k}{0%,${percent(at, whole)}{opacity:0}${percent(at + 0.02, whole)}{opacity:1}}`,
  );
  const rules = lines.map((_, k) => `#l${k}{animation:l${k} ${whole.toFixed(1)}s linear infinite}`);
  const rows = lines.map(({ text }, k) => {
    const y = MARGIN + LINE * (k + 0.75);
    const kind = text.startsWith('$') ? ' class="typed"' : '';
    return `<text id="l${k}" x="${MARGIN}" y="${y}"${kind} xml:space="preserve">${written(text)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t">
<title id="t">What npm run demo prints: records are stored, checked, consented to, and the insurer has the exact sum</title>
<style>
svg{--ground:#fbfbf9;--ink:#24292e;--typed:#0b5c8a;font:13.4px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
@media (prefers-color-scheme:dark){svg{--ground:#14181c;--ink:#d7dde3;--typed:#7cc7ef}}
rect{fill:var(--ground)}text{fill:var(--ink)}.typed{fill:var(--typed);font-weight:600}
@media (prefers-reduced-motion:no-preference){
${frames.join('\n')}
${rules.join('')}
}
</style>
<rect width="100%" height="100%" rx="8"/>
${rows.join('\n')}
</svg>
`;
}

function percent(at, whole) {
  return `${Math.min(100, (100 * at) / whole).toFixed(2)}%`;
}
