// A table of data: its caption for screen readers, heads with scope, and a region that can be scrolled by keyboard where it is
// wider than the page.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useWords } from '../text/words.ts';

export interface Column {
  head: string;
  /** Numbers stand on the right. */
  isNumber?: boolean;
}

interface DataTableProps {
  caption: string;
  columns: readonly Column[];
  rows: readonly (readonly ComponentChildren[])[];
}

/** Rows that are drawn before more are asked for. */
export const FIRST_ROWS = 200;

export function DataTable({ caption, columns, rows }: DataTableProps) {
  const words = useWords();
  const [isWhole, setWhole] = useState(false);
  const drawn = isWhole ? rows : rows.slice(0, FIRST_ROWS);
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a group of what is in it, not one of form fields */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div class="table-region" role="group" aria-label={caption} tabIndex={0}>
        <table class="data">
          <caption class="unseen">{caption}</caption>
          <thead>
            <tr>
              {columns.map(({ head, isNumber }) => (
                <th key={head} scope="col" class={isNumber ? 'number' : undefined}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {drawn.map((row, r) => (
              <tr key={r}>
                {row.map((cell, c) => (
                  <td key={columns[c]!.head} class={columns[c]!.isNumber ? 'number' : undefined}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {drawn.length < rows.length && <MoreRows count={rows.length} onMore={() => setWhole(true)} />}
      {rows.length === 0 && <p class="hint">{words.say('table.empty')}</p>}
    </>
  );
}

export function MoreRows({ count, onMore }: { count: number; onMore(): void }) {
  const words = useWords();
  return (
    <button type="button" class="quiet" onClick={onMore}>
      {words.say('table.more', { n: count })}
    </button>
  );
}
