import * as v from 'valibot';

const id = v.pipe(v.string(), v.uuid('error_unexpected'));
const version = v.pipe(v.string(), v.regex(/^\d{1,9}$/, 'error_unexpected'), v.transform(Number));

/** A citizen's word on a booking as the page showed it. */
export const bookingForm = v.object({ booking: id, version, key: id });
export const otherDayForm = v.object({
	...bookingForm.entries,
	notBefore: v.pipe(v.string(), v.isoDate('refusal_other_day_date')),
});
export const offerForm = v.object({ hold: id, key: id });
export const chooseForm = v.object({ slot: v.pipe(v.string(), v.uuid('error_choose')), key: id });
export const moveForm = v.object({ ...bookingForm.entries, slot: id });
