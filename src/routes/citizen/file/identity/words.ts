/** Words of this step. They come with the page, in one language: the script then carries none. */
import type { ConsentGroup } from '#lib/domain/identity/consent.ts';
import { m } from '#lib/paraglide/messages.js';
import type { SeenCard } from '#lib/server/identity/index.ts';

/** The kinds of proof in the order of the menu, and what their fields are called. */
export const proofMenu = () => ({
	kinds: [
		{ value: 'aadhaar_qr', label: m.file_id_qr(), hint: m.file_id_qr_hint() },
		{ value: 'aadhaar_ekyc', label: m.file_id_ekyc(), hint: m.file_id_ekyc_hint() },
		{ value: 'ppp', label: m.file_id_ppp(), hint: m.file_id_ppp_hint() },
		{ value: 'jan_aadhaar', label: m.file_id_jan(), hint: m.file_id_jan_hint() },
		{ value: 'other_document', label: m.file_id_other(), hint: m.file_id_other_hint() },
		{ value: 'mobile_only', label: m.file_id_mobile(), hint: m.file_id_mobile_hint() },
	],
	fields: {
		name: { label: m.file_id_name() },
		qr: { label: m.file_id_qr_text(), hint: m.file_id_qr_text_hint() },
		ekycZip: { label: m.file_id_ekyc_zip(), hint: m.file_id_ekyc_zip_hint() },
		shareCode: { label: m.file_id_share_code(), hint: m.file_id_share_code_hint() },
	},
});

const GROUPS = ['name', 'dob', 'gender', 'address'] as const;
const labels: Record<Exclude<ConsentGroup, 'photo'>, () => string> = {
	name: m.file_id_keep_name,
	dob: m.file_id_keep_dob,
	gender: m.file_id_keep_gender,
	address: m.file_id_keep_address,
};
const genders: Record<string, () => string> = {
	M: m.file_id_gender_m,
	F: m.file_id_gender_f,
	T: m.file_id_gender_t,
};

/** What the page shows of a card before anything of it is kept. */
export interface SeenCardView {
	title: string;
	said: string;
	legend: string;
	hint: string;
	parts: { group: (typeof GROUPS)[number]; label: string; value: string }[];
	/** PNG in base64, and the words beside it. */
	photo: { png: string; alt: string; label: string; hint: string } | null;
	token: string;
	next: string;
	other: string;
}

/** The card in the reader's words. */
export const seenCardView = ({ strength, fields, photo, token }: SeenCard): SeenCardView => ({
	title: m.file_id_seen_right(),
	said:
		strength === 'signature_and_mobile_match'
			? m.file_id_seen_mobile()
			: m.file_id_seen_signature(),
	legend: m.file_id_keep(),
	hint: m.file_id_keep_hint(),
	parts: GROUPS.flatMap((group) => {
		const value = fields[group];
		if (!value) return [];
		const words = group === 'gender' ? (genders[value]?.() ?? value) : value;
		return [{ group, label: labels[group](), value: words }];
	}),
	photo:
		photo === null
			? null
			: {
					png: photo,
					alt: m.file_id_photo_alt(),
					label: m.file_id_keep_photo(),
					hint: m.file_id_keep_photo_hint(),
				},
	token,
	next: m.file_next(),
	other: m.file_id_seen_other(),
});
