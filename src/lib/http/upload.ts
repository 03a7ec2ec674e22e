import { Refusal } from '#lib/domain/refusal.ts';

export interface Upload {
	name: string;
	bytes: Uint8Array;
}

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
