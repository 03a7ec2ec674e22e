/** Why the domain said no. Each code has its words in `messages/*.json` under `refusal_<code>`. */
export const REFUSAL_CODES = [
	'aadhaar_not_kept',
	'account_erased',
	'accused_reports_only',
	'acting_ended',
	'address_ended',
	'already_answered',
	'already_attested',
	'already_booked',
	'already_called',
	'already_concluded',
	'app_code_wrong',
	'bad_transition',
	'code_expired',
	'code_used',
	'code_wait',
	'code_wrong',
	'conclusion_incomplete',
	'consent_needed',
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
	'link_unknown',
	'livekit_down',
	'mobile_invalid',
	'no_charge',
	'no_post_for_place',
	'no_seat_after_due_date',
	'not_called',
	'not_found',
	'own_charge',
	'own_proof',
	'password_unchanged',
	'place_invalid',
	'post_held',
	'post_mark_taken',
	'proof_invalid',
	'proof_sample',
	'proof_seen_expired',
	'proof_unsupported',
	'queue_empty',
	'recovery_code_wrong',
	'removed_from_room',
	'share_code_wrong',
	'sign_in_again',
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
	'upload_aadhaar_qr',
	'upload_infected',
	'upload_mismatch',
	'upload_not_checked',
	'upload_pdf_active',
	'upload_pdf_locked',
	'upload_pdf_pages',
	'upload_too_large',
	'upload_too_many',
	'upload_type',
	'upload_unreadable',
	'user_name_taken',
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];
/** For codes that come from outside the program. */
export const isRefusalCode = (text: string): text is RefusalCode =>
	REFUSAL_CODES.some((code) => code === text);

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
