// Light or dark: as the reader has chosen, or as the system is, now and when that changes.
import type { Theme } from '../session/kept.ts';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Sets the page's colours; returns what ends following the system. */
export function applyTheme(theme: Theme): () => void {
  const apply = () => {
    const isDark = theme === 'auto' ? dark.matches : theme === 'dark';
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    dispatchEvent(new Event(THEME_CHANGED));
  };
  apply();
  if (theme !== 'auto') return () => undefined;
  dark.addEventListener('change', apply);
  return () => dark.removeEventListener('change', apply);
}

/** Plots, which do not take their colours from the stylesheet by themselves, listen for it. */
export const THEME_CHANGED = 'mistore-theme';
