import { error } from '@sveltejs/kit';
import * as v from 'valibot';
import type { Locale } from '#lib/server/platform/context.ts';
import { words } from '#lib/server/platform/words.ts';

export { words };

export type FormErrors = Record<string, string>;
export type FormValues = Record<string, string | string[]>;

export type ReadForm<Output> =
	{ ok: true; data: Output } | { ok: false; errors: FormErrors; values: FormValues };

/**
 * The fields of a request. A body that is no form (cut off, or of another type than it says) is the
 * sender's fault: 400, not an error of ours. One that is too large stays 413.
 */
export async function formOf(event: { request: Request; locals: App.Locals }): Promise<FormData> {
	try {
		return await event.request.formData();
	} catch (problem) {
		if (!(problem instanceof TypeError)) throw problem;
		const message = words('refusal_invalid_input', event.locals.locale);
		error(400, { message, code: 'invalid_input' });
	}
}

/**
 * Text fields of a form as they were typed; a name that comes twice becomes a list. Without NUL,
 * which nobody types and no text of the database can hold.
 */
export function typedValues(form: FormData): FormValues {
	const values: FormValues = {};
	for (const [name, typed] of form) {
		// A sender may name a field anything; this one would set what the object inherits from.
		if (typeof typed !== 'string' || name === '__proto__') continue;
		const value = typed.replaceAll('\0', '');
		const before = Object.hasOwn(values, name) ? values[name] : undefined;
		values[name] = before === undefined ? value : [before, value].flat();
	}
	return values;
}

/** Messages of our schemas are keys; those of the library's own are sentences. */
const isMessageKey = (message: string) => /^[a-z0-9_]+$/.test(message);

/**
 * Parses a form with a schema whose issue messages are message keys. On failure the first error of
 * each field comes back in the reader's words, together with what was typed.
 */
export function readForm<const Schema extends v.GenericSchema>(
	schema: Schema,
	form: FormData,
	locale: Locale,
): ReadForm<v.InferOutput<Schema>> {
	const values = typedValues(form);
	const result = v.safeParse(schema, values);
	if (result.success) return { ok: true, data: result.output };
	const errors: FormErrors = {};
	for (const issue of result.issues) {
		const field = v.getDotPath(issue)?.split('.')[0] ?? 'form';
		// A field that is not there at all fails before the rule that has words for it.
		const key = isMessageKey(issue.message) ? issue.message : 'error_required';
		errors[field] ??= words(key, locale);
	}
	return { ok: false, errors, values };
}
