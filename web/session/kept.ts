// What the page keeps in this browser, and only while the reader has ticked that it may: endpoint, language and colours. No file,
// no amount and no password is ever kept.
import { LANGUAGES, type Language } from '../text/words.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface Kept {
  endpoint?: string;
  language?: Language;
  theme?: Theme;
}

const NAME = 'mistore';

/** Undefined where nothing is kept, or the browser keeps nothing. */
export function readKept(): Kept | undefined {
  try {
    const text = localStorage.getItem(NAME);
    if (text === null) return undefined;
    const { endpoint, language, theme } = JSON.parse(text) as Record<string, unknown>;
    return {
      ...(typeof endpoint === 'string' && { endpoint }),
      ...(LANGUAGES.includes(language as Language) && { language: language as Language }),
      ...(THEMES.includes(theme as Theme) && { theme: theme as Theme }),
    };
  } catch {
    return undefined;
  }
}

/** Keeps these, or forgets all (undefined). */
export function keep(kept: Kept | undefined): void {
  try {
    if (kept === undefined) localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, JSON.stringify(kept));
  } catch {
    // a browser that allows no storage keeps nothing, as if it had not been asked
  }
}
