// Icons: drawn in the colour of the text beside them, which says the same in words; so they are hidden from screen readers.

const PATHS = {
  good: 'M5 12.5l4.5 4.5L19 7.5',
  bad: 'M7 7l10 10M17 7L7 17',
  warn: 'M12 4.5l8.5 15h-17zM12 10.5v4M12 17v.1',
  note: 'M12 11v6M12 7.5v.1M12 21a9 9 0 100-18 9 9 0 000 18z',
  file: 'M7 3.5h7l4 4v13H7zM14 3.5v4h4M10 12h5M10 16h5',
  upload: 'M12 16V4.5M7 9l5-5 5 5M4.5 15v5h15v-5',
  download: 'M12 4v11.5M7 11l5 5 5-5M4.5 15v5h15v-5',
  wallet: 'M4 7.5h14.5a1.5 1.5 0 011.5 1.5v9a1.5 1.5 0 01-1.5 1.5h-13A1.5 1.5 0 014 18zM4 7.5L15 4v3.5M16 13.5v.1',
  key: 'M8.5 15.5a4 4 0 100-8 4 4 0 000 8zM12.5 11.5H21v4M17 11.5v3',
  light:
    'M12 16a4 4 0 100-8 4 4 0 000 8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  dark: 'M19.5 14.5A8 8 0 019.5 4.5a8 8 0 1010 10z',
  auto: 'M12 3.5a8.5 8.5 0 100 17zM12 3.5a8.5 8.5 0 010 17',
  wait: 'M12 3a9 9 0 109 9M12 7v5l3.5 2',
  close: 'M6 6l12 12M18 6L6 18',
  void: 'M12 21a9 9 0 100-18 9 9 0 000 18zM5.8 5.8l12.4 12.4',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** MIStore's mark: three shares that meet in a sum. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <path d="M8 9.5h5.5L19 16M8 16h11M8 22.5h5.5L19 16" />
      <circle cx="21.6" cy="16" r="3.6" />
    </svg>
  );
}
