/**
 * What of a checked card a citizen may agree to keep, as it is asked on the form. The photo is for the
 * hearing officer alone, and only until the hearing concludes.
 */
export const CONSENT_GROUPS = ['name', 'dob', 'gender', 'address', 'photo'] as const;
export type ConsentGroup = (typeof CONSENT_GROUPS)[number];

/**
 * What is written down in the ledger of consents.
 * grievance: the notice was shown and agreed to, and the grievance may be worked on. That is a
 * function of the State under law (DPDP Act 2023, s.7(b) and (c)), so it does not rest on the consent
 * and there is nothing to withdraw while it runs: the erasure is asked for instead.
 * proof_fields: the ticked fields of an Aadhaar card or e-KYC are kept. proof_photo: its photo is
 * shown to the hearing officer. photo_place: the place in a photo of the complaint is kept.
 * reminders: SMS beyond those that a step of the case makes necessary.
 */
export const CONSENT_PURPOSES = [
	'grievance',
	'proof_fields',
	'proof_photo',
	'photo_place',
	'reminders',
] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

/** By what it was given or withdrawn: the filing form, the page "my data", or a clerk's hand. */
export const CONSENT_ACTS = ['filing', 'settings', 'clerk'] as const;
export type ConsentAct = (typeof CONSENT_ACTS)[number];

/** Whether taking it back is possible at any time (DPDP Act 2023, s.6(4)). */
export function isWithdrawable(purpose: ConsentPurpose): boolean {
	return purpose !== 'grievance';
}

/** The entry that counts now of each purpose, in the order of purposes. Entries oldest first. */
export function standingConsents<Entry extends { purpose: ConsentPurpose }>(
	entries: readonly Entry[],
): Entry[] {
	const last = new Map(entries.map((entry) => [entry.purpose, entry]));
	return CONSENT_PURPOSES.flatMap((purpose) => last.get(purpose) ?? []);
}
