import { REFUSAL_CODES, Refusal, type RefusalCode } from '#lib/domain/refusal.ts';

export interface Upload {
	name: string;
	bytes: Uint8Array;
}

/** Where the photos page shows a refusal: an Aadhaar card belongs to the step of identity. */
export const UPLOAD_FIELDS: Partial<Record<RefusalCode, string>> = Object.fromEntries(
	REFUSAL_CODES.map((code) => [code, code === 'upload_aadhaar_qr' ? 'identity' : 'photos']),
);

/**
 * The files chosen in a form field; an empty field gives none.
 * @throws {Refusal} `upload_too_large` before a file above `maxBytes` is read.
 */
export async function uploadsOf(
	form: FormData,
	field: string,
	{ maxBytes }: { maxBytes: number },
): Promise<Upload[]> {
	const files = form.getAll(field).filter((one) => one instanceof File && one.size > 0);
	const uploads: Upload[] = [];
	for (const file of files) {
		if (!(file instanceof File)) continue;
		if (file.size > maxBytes) {
			throw new Refusal('upload_too_large', { megabytes: Math.round(maxBytes / 1_000_000) });
		}
		uploads.push({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
	}
	return uploads;
}
