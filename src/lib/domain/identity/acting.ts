/** Why a citizen's own code could not be asked for, when a clerk or an agent files in their name. */
export const ACTING_REASONS = ['phone_elsewhere', 'phone_broken', 'no_signal'] as const;
export type ActingReason = (typeof ACTING_REASONS)[number];

/** By what right a clerk or an agent files for a citizen. */
export const ACTING_BASES = ['otp', 'attested'] as const;
export type ActingBasis = (typeof ACTING_BASES)[number];

/** Long enough for one filing at a counter. */
const ACTING_MINUTES = 45;

/** When the right to file ends that began at `now`. */
export function actingEndsAt(now: Date): Date {
	return new Date(now.getTime() + ACTING_MINUTES * 60_000);
}
