import { expect, it } from 'vitest';
import { sameName } from './registry.ts';

it.each([
	['Ram Kumar', 'RAM  KUMAR', true],
	['Ram Kumar', 'Ram. Kumar', true],
	['रामफल', ' रामफल ', true],
	['Ram Kumar', 'Shyam Kumar', false],
	['', 'Ram', null],
	['Ram', '...', null],
	['Ramphal', 'रामफल', null],
])('of "%s" and "%s" it says %s', (one, other, same) => {
	expect(sameName(one, other)).toBe(same);
	expect(sameName(other, one)).toBe(same);
});
