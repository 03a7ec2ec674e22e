import { addDays, istDate, istInstant } from '../calendar/ist.ts';
import type { Interval } from './bulk-move.ts';

/** The two calls that an officer presses without typing. */
export const AWAY_PRESETS = ['today', 'tomorrow'] as const;
export type AwayPreset = (typeof AWAY_PRESETS)[number];

/** Longer is a leave, which is entered at the office. */
export const AWAY_DAYS = 30;

/** The stretch of time that a preset means: from now to midnight, or the whole next IST day. */
export function presetTime(preset: AwayPreset, now: Date): Interval {
	const today = istDate(now);
	const midnight = istInstant(addDays(today, 1));
	return preset === 'today'
		? { startsAt: now, endsAt: midnight }
		: { startsAt: midnight, endsAt: istInstant(addDays(today, 2)) };
}

/** Why a stretch of time cannot be entered; null when it can. A begun one is cut to what is left. */
export function awayProblem(
	{ startsAt, endsAt }: Interval,
	now: Date,
): 'away_past' | 'away_order' | 'away_too_long' | null {
	if (endsAt <= startsAt) return 'away_order';
	if (endsAt <= now) return 'away_past';
	const last = istInstant(addDays(istDate(startsAt), AWAY_DAYS));
	return endsAt > last ? 'away_too_long' : null;
}
