/** Why the domain said no. Each code has its words in `messages/*.json` under `refusal_<code>`. */
export const REFUSAL_CODES = [
	'aadhaar_not_kept',
	'accused_reports_only',
	'already_answered',
	'already_booked',
	'already_called',
	'already_concluded',
	'bad_transition',
	'code_expired',
	'code_wait',
	'code_wrong',
	'conclusion_incomplete',
	'direction_due_date',
	'direction_needed_text',
	'direction_post_outside',
	'draft_incomplete',
	'family_id_invalid',
	'forbidden',
	'hearing_by_accused',
	'hearing_ended',
	'hearing_not_yet',
	'hearing_not_yours',
	'hearing_running',
	'invalid_input',
	'key_reused',
	'kyc_invalid',
	'kyc_unsupported',
	'livekit_down',
	'mobile_invalid',
	'no_charge',
	'no_post_for_place',
	'no_seat_after_due_date',
	'not_called',
	'not_found',
	'own_charge',
	'password_unchanged',
	'place_invalid',
	'post_held',
	'post_mark_taken',
	'proof_invalid',
	'proof_sample',
	'proof_unsupported',
	'queue_empty',
	'removed_from_room',
	'share_code_wrong',
	'sign_in_failed',
	'sitting_not_open',
	'sitting_overlaps',
	'sitting_too_early',
	'sitting_too_far',
	'slot_closed',
	'slot_full',
	'slot_overlaps',
	'slot_past',
	'stale',
	'superior_circle',
	'text_too_long',
	'too_many_requests',
	'too_many_tries',
	'upload_mismatch',
	'upload_too_large',
	'upload_too_many',
	'upload_type',
	'upload_unreadable',
	'user_name_taken',
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];
export type RefusalFacts = Readonly<Record<string, string | number>>;

/** A typed "no": the person asked for something the rules, the state or the input do not allow. */
export class Refusal extends Error {
	readonly code: RefusalCode;
	readonly facts: RefusalFacts;

	constructor(code: RefusalCode, facts: RefusalFacts = {}) {
		super(code);
		this.name = 'Refusal';
		this.code = code;
		this.facts = facts;
	}
}
