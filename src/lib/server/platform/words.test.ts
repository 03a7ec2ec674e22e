import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REFUSAL_CODES } from '#lib/domain/refusal.ts';
import { TEMPLATES } from './notify.ts';

function load(locale: string): Record<string, unknown> {
	const { $schema: _, ...messages } = JSON.parse(readFileSync(`messages/${locale}.json`, 'utf8'));
	return messages;
}

const hi = load('hi');
const en = load('en');
const placeholders = (message: unknown) =>
	[...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('messages', () => {
	test('Hindi and English have the same keys', () => {
		expect(Object.keys(en).sort()).toEqual(Object.keys(hi).sort());
	});

	test('both languages use the same placeholders', () => {
		const unlike = Object.keys(hi).filter(
			(key) =>
				new Set(placeholders(hi[key])).symmetricDifference(new Set(placeholders(en[key]))).size > 0,
		);
		expect(unlike).toEqual([]);
	});

	test('no message is empty', () => {
		const empty = [hi, en].flatMap((all) => Object.keys(all).filter((key) => !all[key]));
		expect(empty).toEqual([]);
	});

	test('Hindi is written in Devanagari', () => {
		// The other language's own name stands in its own script.
		const latin = Object.entries(hi).filter(([key, message]) => {
			const text = JSON.stringify(message).replace(/\{\w+\}/g, '');
			return /[a-z]/i.test(text) && !/[\u0900-\u097F]/.test(text) && key !== 'lang_switch';
		});
		expect(latin).toEqual([]);
	});

	test('every refusal and every SMS has its words', () => {
		const keys = [
			...REFUSAL_CODES.map((code) => `refusal_${code}`),
			...TEMPLATES.map((template) => `sms_${template}`),
		];
		expect(keys.filter((key) => !(key in hi))).toEqual([]);
	});
});
