// The roles that keystores are made for. Each has commands of its own: a seed derives other keys for each purpose, but the
// account is one, and what a role may learn or pay for is kept apart by keeping its keystore apart.
export const ROLES = ['hospital', 'server', 'patient', 'insurer', 'operator'] as const;
export type Role = (typeof ROLES)[number];
