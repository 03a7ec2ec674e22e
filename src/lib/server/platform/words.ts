import { m } from '#lib/paraglide/messages.js';
import type { Locale } from './context.ts';

type MessageFunction = (
	inputs: Readonly<Record<string, string | number>>,
	options: { locale: Locale },
) => string;

// The generated module is one function a key; which keys exist is checked by a test of the messages.
const dictionary: Readonly<Record<string, unknown>> = { ...m };

function isMessage(value: unknown): value is MessageFunction {
	return typeof value === 'function';
}

/** Words for a message key that is only known at run time. An unknown key is shown as it is. */
export function words(
	key: string,
	locale: Locale,
	facts: Readonly<Record<string, string | number>> = {},
): string {
	const message = dictionary[key];
	return isMessage(message) ? message(facts, { locale }) : key;
}

/** A text that can never be empty as it was written: where it is, it was erased, and that is said. */
export function orErased(text: string, locale: Locale): string {
	return text === '' ? words('erased_text', locale) : text;
}
