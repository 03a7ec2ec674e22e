import type { RequestEvent } from '@sveltejs/kit';
import type * as v from 'valibot';
import { Refusal } from '#lib/domain/refusal.ts';
import { formOf, readForm } from '#lib/http/form.ts';

/**
 * The form of somebody who is signed in.
 * @throws {Refusal} `forbidden`, `invalid_input`
 */
export async function readOrRefuse<Schema extends v.GenericSchema>(
	event: RequestEvent,
	schema: Schema,
): Promise<v.InferOutput<Schema>> {
	const { actor, locale } = event.locals;
	if (actor.kind === 'anonymous') throw new Refusal('forbidden');
	const read = readForm(schema, await formOf(event), locale);
	if (!read.ok) throw new Refusal('invalid_input');
	return read.data;
}
