// The page's views, each at its own address: "#consent".

export const VIEWS = ['bills', 'consent', 'sum', 'ledger'] as const;
export type ViewName = (typeof VIEWS)[number];

/** The view that the address names; the first one if it names none. */
export function currentView(): ViewName {
  const name = location.hash.slice(1);
  return VIEWS.find((view) => view === name) ?? VIEWS[0];
}
