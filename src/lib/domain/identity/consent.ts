/** What of a checked card a citizen may agree to keep, as it is asked on the form. */
export const CONSENT_GROUPS = ['name', 'dob', 'gender', 'address'] as const;
export type ConsentGroup = (typeof CONSENT_GROUPS)[number];
