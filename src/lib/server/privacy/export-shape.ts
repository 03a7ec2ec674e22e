import * as v from 'valibot';
import { CONSENT_ACTS, CONSENT_PURPOSES } from '#lib/domain/identity/consent.ts';

/** Documented for the reader in docs/data-export.md; a change of shape needs a new number. */
export const EXPORT_VERSION = 1;

const instant = v.pipe(v.string(), v.isoTimestamp());
const text = v.string();
const maybe = v.nullable(text);
const file = v.object({
	/** Path inside the ZIP. */
	path: text,
	name: text,
	type: text,
	bytes: v.number(),
	sha256: v.pipe(text, v.regex(/^[0-9a-f]{64}$/)),
	purpose: v.picklist(['complaint', 'action_taken']),
});

/** `data.json` of an export: instants in ISO 8601 UTC, words in the reader's language. */
export const exportSchema = v.object({
	format: v.literal('jansunwai-my-data'),
	version: v.literal(EXPORT_VERSION),
	madeAt: instant,
	language: v.picklist(['hi', 'en']),
	person: v.object({
		id: text,
		name: maybe,
		mobile: maybe,
		email: maybe,
		address: maybe,
		dateOfBirth: maybe,
		language: text,
		since: instant,
	}),
	signIns: v.array(v.object({ since: instant, until: instant })),
	proofs: v.array(
		v.object({
			kind: text,
			strength: text,
			fields: v.record(text, text),
			lastFour: maybe,
			verifiedAt: instant,
		}),
	),
	consents: v.array(
		v.object({
			purpose: v.picklist(CONSENT_PURPOSES),
			given: v.boolean(),
			noticeVersion: text,
			language: text,
			act: v.picklist(CONSENT_ACTS),
			at: instant,
		}),
	),
	draft: v.nullable(
		v.object({
			updatedAt: instant,
			answers: v.record(text, v.unknown()),
			files: v.array(file),
		}),
	),
	grievances: v.array(
		v.object({
			number: text,
			title: text,
			category: text,
			place: text,
			placeNote: maybe,
			details: text,
			relief: text,
			against: maybe,
			state: text,
			filedAt: instant,
			owner: maybe,
			deadline: v.nullable(instant),
			erasedAt: v.nullable(instant),
			timeline: v.array(v.object({ at: instant, type: text, title: text, text: maybe })),
			directions: v.array(
				v.object({
					kind: text,
					to: text,
					from: text,
					text,
					state: text,
					dueAt: instant,
					report: v.nullable(v.object({ text, at: instant, post: text })),
				}),
			),
			hearings: v.array(
				v.object({
					proceedingNo: text,
					officer: text,
					startedAt: v.nullable(instant),
					concludedAt: instant,
					disposition: text,
					order: maybe,
					reasons: maybe,
					nextAt: v.nullable(instant),
				}),
			),
			files: v.array(file),
		}),
	),
	bookings: v.array(v.object({ number: text, startsAt: instant, post: text, token: v.number() })),
	messages: v.array(v.object({ at: instant, template: text, text: maybe, state: text })),
	looks: v.array(v.object({ at: instant, number: text, post: text, page: text })),
	erasureRequests: v.array(
		v.object({
			requestedAt: instant,
			dueOn: maybe,
			doneAt: v.nullable(instant),
			cancelledAt: v.nullable(instant),
		}),
	),
});
export type ExportedData = v.InferOutput<typeof exportSchema>;
